"""Nouns that were written down by an older version are read by a newer one."""

from datetime import UTC, datetime

from bot.model import codec
from bot.model.job import Artifact, Media, Probe, Vantage

MOMENT = datetime(2026, 1, 2, tzinfo=UTC)
ARTIFACT = Artifact(
    "job-1", Probe.CAPTURE, Vantage("a", "lab", "eth0"), Media.PCAP, "sha256:00", 0, MOMENT, MOMENT, None
)


def test_an_artifact_of_a_case_from_before_is_still_read() -> None:
    """Cases are kept for a month, and are judged again after an upgrade."""
    written = codec.encode(ARTIFACT)
    del written["incomplete"], written["ahead_ms"]
    assert codec.decode(Artifact, written) == ARTIFACT

"""Nouns that were written down by an older version are read by a newer one."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from bot.model import codec
from bot.model.incident import AnyEvent, Traced
from bot.model.job import Artifact, Media, Probe, Vantage
from bot.model.path import Path
from tests.bot import paths

MOMENT = datetime(2026, 1, 2, tzinfo=UTC)
ARTIFACT = Artifact(
    "job-1", Probe.CAPTURE, Vantage("a", "lab", "eth0"), Media.PCAP, "sha256:00", 0, MOMENT, MOMENT, None
)


def test_an_artifact_of_a_case_from_before_is_still_read() -> None:
    """Cases are kept for a month, and are judged again after an upgrade."""
    written = codec.encode(ARTIFACT)
    del written["incomplete"], written["ahead_ms"]
    assert codec.decode(Artifact, written) == ARTIFACT


@pytest.mark.parametrize("told", [pytest.param(told, id=told.__name__) for told in paths.ALL])
def test_what_the_tables_hold_survives_the_journal(told: Callable[[], Path]) -> None:
    """A card is shown again after a restart, and a case is opened next year."""
    event = Traced(at=MOMENT, path=told())
    written = json.loads(json.dumps(codec.encode(event, AnyEvent)))
    assert codec.decode(AnyEvent, written) == event  # type: ignore[arg-type]

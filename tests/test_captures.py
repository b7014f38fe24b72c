"""Whole captures of strangers, judged: nobody is accused by a file that nobody vouches for and no vCenter explains.

Each address in each capture is asked about, as somebody would who drops the file into the channel. The labels say what
the files hold; some hold real faults, but none of them carries a verdict alone: that two of the MACs belong to one VM,
or to two, or to nobody, is what a vCenter says.
"""

import json
import os
from datetime import UTC, datetime
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from bot.frames.frame import NOBODY, ArpFrame
from bot.frames.hearing import hear
from bot.incidents import judging
from bot.model.job import Artifact, Media, Probe, Vantage, digest_of
from bot.model.verdict import Answer

OWN = Path(__file__).parent / "captures"
PUBLIC = os.environ.get("RULEOUT_CAPTURES")  # noqa: TID251  the test run's own switch, no setting of the product
MOMENT = datetime(2026, 1, 2, tzinfo=UTC)
ADDRESSES = 40  # of one capture; a scan holds hundreds


def _accused(path: Path) -> list[tuple[IPv4Address, str | None]]:
    data = path.read_bytes()
    hearing = hear(data)
    digest = digest_of(data)
    artifact = Artifact(
        "file", Probe.CAPTURE, Vantage(path.name, "", ""), Media.PCAP, digest, len(data), MOMENT, MOMENT, None
    )
    arp = [one.frame for one in hearing.frames if isinstance(one.frame, ArpFrame)]
    asked = dict.fromkeys(ip for frame in arp for ip in (frame.sender_ip, frame.target_ip) if ip != NOBODY)
    told = (judging.judge_artifacts(ip, [artifact], {digest: hearing})[0] for ip in list(asked)[:ADDRESSES])
    return [
        (one.target, one.claim)
        for one in told
        if one.target and one.verdict not in (Answer.INCONCLUSIVE, Answer.HEALTHY)
    ]


@pytest.mark.parametrize("path", [pytest.param(path, id=path.name) for path in sorted(OWN.glob("*.pcap*"))])
def test_our_own_captures_accuse_nobody(path: Path) -> None:
    """Healthy bonds, virtual routers and clusters look like a duplicate address to whoever counts MACs."""
    assert _accused(path) == []


def test_public_captures_accuse_nobody() -> None:
    """Spoofers, storms, scans, probes and plain traffic, recorded by strangers."""
    if PUBLIC is None:
        pytest.skip("RULEOUT_CAPTURES does not name a folder of public captures")
    labels = json.loads((Path(PUBLIC) / "labels.json").read_text(encoding="utf-8"))
    readable = [label["file"] for label in labels if not label["malformed"]]
    assert readable
    assert {name: _accused(Path(PUBLIC) / name) for name in readable} == {name: [] for name in readable}

"""Whole captures against what is known to be in them.

Those in ``tests/captures`` are our own. Public ones are not copied here, for their licences differ: the variable
RULEOUT_CAPTURES names a folder with them and their ``labels.json``.
"""

import hashlib
import json
import os
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.errors import BundleError
from bot.frames.captured import Captured, heard
from bot.frames.decode import decode
from bot.frames.frame import ArpFrame, EchoFrame, Frame, RarpFrame
from bot.frames.recording import Recording

OWN = Path(__file__).parents[2] / "captures"
PUBLIC = os.environ.get("RULEOUT_CAPTURES")  # noqa: TID251  the test run's own switch, no setting of the product

# Where our count differs from the label on purpose.
COUNTED_DIFFERENTLY = {
    "34_sll_ethsrc_ne_sha_synthetic.pcap": 0,  # of one: its cooked header gives the sender an address of 4 bytes
    "35_two_interfaces_same_frame.pcapng": 2,  # of four records: each frame was recorded on two interfaces
    "66_arp_trailer_reply_synthetic.pcap": 1,  # of two: the other speaks trailer protocol 0x1000, not IPv4
}


def _labels(folder: Path) -> Iterator[Any]:
    yield from json.loads((folder / "labels.json").read_text(encoding="utf-8"))


def _frames(path: Path) -> list[Frame]:
    return [one.frame for one in heard(Recording(path.read_bytes()))]


def _several_macs(frames: list[Frame]) -> dict[str, dict[str, int]]:
    claims: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for frame in frames:
        if isinstance(frame, ArpFrame) and frame.claims:
            claims[str(frame.sender_ip)][frame.sender_mac] += 1
    return {ip: dict(macs) for ip, macs in claims.items() if len(macs) > 1}


@pytest.mark.parametrize("label", [pytest.param(label, id=label["file"]) for label in _labels(OWN)])
def test_our_own_captures_hold_what_their_labels_say(label: Any) -> None:
    """They come from kernels and emulations that are not our decoder, so they catch what a round trip cannot."""
    data = (OWN / label["file"]).read_bytes()
    assert hashlib.sha256(data).hexdigest() == label["sha256"]
    frames = _frames(OWN / label["file"])
    assert len(list(Recording(data))) == label["packets"]
    assert sum(isinstance(frame, ArpFrame) for frame in frames) == label["arp"]
    assert sum(isinstance(frame, RarpFrame) for frame in frames) == label["rarp"]
    assert _several_macs(frames) == label["several_macs"]


def test_a_stale_entry_shows_as_echo_requests_without_replies() -> None:
    """The fault that no ARP tool sees: everything is in the echo traffic."""
    frames = _frames(OWN / "ip_reassigned_no_garp_stale_cache.pcap")
    echoes = [frame for frame in frames if isinstance(frame, EchoFrame)]
    assert [frame.reply for frame in echoes] == [False, True] * 2 + [False] * 12
    assert len({frame.to for frame in echoes if not frame.reply}) == 1


def test_public_captures_hold_what_their_labels_say() -> None:
    """Recorded by strangers with tools and faults of their own: what we would never have thought of."""
    if PUBLIC is None:
        pytest.skip("RULEOUT_CAPTURES does not name a folder of public captures")
    read = 0
    for label in _labels(folder := Path(PUBLIC)):
        if label["malformed"]:
            continue
        name, frames = label["file"], _frames(folder / label["file"])
        arp = COUNTED_DIFFERENTLY.get(name, label["n_arp"])
        assert (name, sum(isinstance(frame, ArpFrame) for frame in frames)) == (name, arp)
        assert (name, sum(isinstance(frame, RarpFrame) for frame in frames)) == (name, label["n_rarp"])
        assert (name, _several_macs(frames)) == (name, label["ips_with_several_macs"])
        vlans = {frame.vlans for frame in frames if isinstance(frame, ArpFrame) and frame.vlans}
        assert (name, vlans) == (name, set(map(tuple, label["vlans"])))
        read += 1
    assert read > 0


def test_damaged_public_captures_end_in_a_sentence_or_in_nothing() -> None:
    """Never in a made-up claim."""
    if PUBLIC is None:
        pytest.skip("RULEOUT_CAPTURES does not name a folder of public captures")
    for label in _labels(folder := Path(PUBLIC)):
        if label["malformed"]:
            _sane(folder / label["file"])


def test_an_address_in_a_tunnel_is_told_with_the_tunnel() -> None:
    """Recorded on mirrors and hypervisors; the inner network is not the one that the mirror stands in."""
    if PUBLIC is None:
        pytest.skip("RULEOUT_CAPTURES does not name a folder of public captures")
    for label in _labels(folder := Path(PUBLIC)):
        arp = (
            [frame for frame in _frames(folder / label["file"]) if isinstance(frame, ArpFrame)]
            if label["encaps"]
            else []
        )
        assert all(frame.tunnel for frame in arp), label["file"]


def _sane(path: Path) -> None:
    recording, frames = Recording(path.read_bytes()), list[Captured]()
    try:
        frames += recording
    except BundleError:
        return
    for one in frames:
        frame = decode(one.data, one.link_type)
        assert not isinstance(frame, ArpFrame) or len(one.data) >= 14 + 28, path.name

"""Passing over frames: never one that carries evidence, in whatever container, link layer or tag it stands."""

from collections.abc import Callable
from ipaddress import IPv4Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.frames import captured, skim
from bot.frames.captured import Captured
from bot.frames.craft import craft
from bot.frames.decode import decode
from bot.frames.frame import EchoFrame, who_has
from bot.frames.link import COOKED, COOKED_2, ETHERNET, RADIOTAP
from bot.frames.recording import Recording
from bot.model.addresses import BROADCAST
from tests.bot.frames.containers import pcap, pcapng, record
from tests.bot.frames.test_round_trip import OUR_IP, OURS, TARGET

ARP = craft(who_has(TARGET, asker=OUR_IP, asker_mac=OURS))
ECHO = craft(EchoFrame(BROADCAST, OURS, OUR_IP, TARGET, reply=False, ident=1, seq=1))
UDP = ECHO[:23] + b"\x11" + ECHO[24:]
TCP = ECHO[:23] + b"\x06" + ECHO[24:]
KINDS = st.sampled_from([b"\x08\x00", b"\x08\x06", b"\x86\xdd", b"\x81\x00", b"\x88\xa8", b"\x00\x2e"])
FIRST = st.sampled_from([b"\x45", b"\x46", b"\x60"])
PROTOCOL = st.sampled_from([b"\x01", b"\x06", b"\x11", b"\x2f", b"\x70"])
PORT = st.sampled_from([b"\x12\xb5", b"\x21\x18", b"\x17\xc1", b"\x00\x35", b"\x07\xc1", b"\x0c\x96"])


@st.composite
def frames(draw: st.DrawFn) -> bytes:
    """A frame of any kind: real evidence, tagged or in a tunnel, or only something that begins like it; often cut."""
    whole = draw(st.sampled_from([ARP, ECHO, TCP]))
    if draw(st.booleans()):
        whole = whole[:12] + draw(KINDS) + draw(FIRST) + whole[15:23] + draw(PROTOCOL) + whole[24:]
    if draw(st.booleans()):  # its port, and behind it what a tunnel would carry
        whole = whole[:36] + draw(PORT) + whole[38:42] + b"\x08\0\0\0\0\0\x05\0" + draw(st.sampled_from([ARP, ECHO]))
    if draw(st.booleans()):
        whole = whole[:12] + b"\x81\x00\x00\x07" + whole[12:]
    return whole[: draw(st.integers(0, len(whole)))] if draw(st.booleans()) else whole


def _evidence(recording: Recording, about: IPv4Address | None) -> list[Captured]:
    return [one for one in recording if decode(one.data, one.link_type, about)]


@given(
    st.lists(st.builds(Captured, st.just(1), st.just(5), st.just(1), frames(), st.just(99), st.integers(0, 1))),
    st.sampled_from([pcap, pcapng]),
    st.sampled_from("<>"),
    st.sampled_from([ETHERNET, COOKED, COOKED_2, RADIOTAP]),
    st.sampled_from([None, OUR_IP, TARGET, IPv4Address("10.0.0.77")]),
)
def test_no_frame_with_evidence_is_passed_over(
    held: list[Captured], container: Callable[..., bytes], order: str, link_type: int, about: IPv4Address | None
) -> None:
    """A second answer that is passed over is a wrong verdict; and its number is how somebody finds it again."""
    data = container(held, order, link_type)
    skimmed = Recording(data, only_evidence=True, about=about)
    assert _evidence(skimmed, about) == _evidence(Recording(data), about)


@pytest.mark.parametrize("container", [pcap, pcapng])
@pytest.mark.parametrize("order", ["<", ">"])
def test_mixed_traffic_is_passed_over_and_counted(container: Callable[..., bytes], order: str) -> None:
    """That is what makes a gigabyte readable in a second; passing over nothing would hold the law too."""
    tagged, ipv6 = TCP[:12] + b"\x81\x00\x00\x07" + TCP[12:], TCP[:12] + b"\x86\xdd\x60" + TCP[15:]
    dull = [TCP, tagged, ipv6, UDP]
    told = Recording(container(map(record, [*dull, ARP, *dull]), order), only_evidence=True)
    assert [(one.number, one.data) for one in told] == [(5, ARP)]


@pytest.mark.parametrize("container", [pcap, pcapng])
def test_packets_of_the_target_are_read_up_to_a_number(
    container: Callable[..., bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file may hold nothing else, and the first thousands tell the way; ARP behind them is still heard."""
    monkeypatch.setattr(skim, "MOST_PACKETS", 2)
    told = Recording(container(map(record, [TCP, TCP, TCP, ARP, TCP])), only_evidence=True, about=TARGET)
    assert [one.number for one in told] == [1, 2, 4]


def test_packets_beyond_that_number_take_no_place_from_arp(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where frames are not passed over but opened one by one, as behind radio headers and tags."""
    monkeypatch.setattr(captured, "MOST_PACKETS", 2)
    frames = [record(data) for data in (TCP, TCP, TCP, ARP)]
    assert [type(one.frame).__name__ for one in captured.heard(frames, TARGET)] == [
        "PacketFrame", "PacketFrame", "ArpFrame",
    ]  # fmt: skip


def test_a_frame_cut_off_at_the_end_is_not_counted() -> None:
    """The file's end has to be said, even where the last frame would not have mattered."""
    data = pcap(map(record, [TCP, ARP, TCP]))
    recording = Recording(data[:-1], only_evidence=True)
    assert [one.number for one in recording] == [2]
    assert recording.end is not None
    assert recording.end.cut_short

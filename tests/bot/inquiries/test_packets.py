"""Packets with other addresses in them: as many, as long, at the same moments; and nothing of the old ones."""

from ipaddress import IPv4Address
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.frames import pcapng
from bot.frames.captured import Captured
from bot.frames.decode import decode
from bot.frames.frame import ArpFrame, EchoFrame
from bot.inquiries import packets
from bot.inquiries.packets import Packets
from bot.inquiries.pseudonyms import Pseudonyms
from bot.model.addresses import can_own

TESTS = Path(__file__).parents[2]
CAPTURES = [
    pytest.param(path, id=f"{path.parent.name} {path.name}")
    for path in sorted((*TESTS.glob("captures/*.pcap"), *TESTS.glob("scenarios/*/*/*-prod-arp.pcap*")))
]
ETHERNET = 1


def changed(data: bytes) -> tuple[Packets, bytes, Pseudonyms]:
    read = packets.read(data)
    assert read is not None
    words = Pseudonyms(packets.words(read), (), b"salt")
    return read, packets.redacted(read, words), words


@pytest.mark.parametrize("path", CAPTURES)
def test_what_decides_is_the_same_with_other_addresses(path: Path) -> None:
    """ARP and echoes as they were, but for who they are about; each frame as long and as late."""
    before, data, words = changed(path.read_bytes())
    after = packets.read(data)
    assert after is not None
    assert after.dropped == before.dropped
    for old, new in zip(before.frames, after.frames, strict=True):
        assert (new.number, new.time_ns, new.length_bytes, new.outgoing) == (
            old.number, old.time_ns, old.length_bytes, old.outgoing,
        )  # fmt: skip
        assert len(new.data) == len(old.data)
        was, is_ = decode(old.data), decode(new.data)
        if isinstance(was, ArpFrame):
            assert isinstance(is_, ArpFrame)
            assert (is_.operation, is_.vlans) == (was.operation, was.vlans)
            assert is_.sender_ip == words.address(was.sender_ip)
            assert is_.sender_mac == words.mac(was.sender_mac)
        if isinstance(was, EchoFrame):
            assert isinstance(is_, EchoFrame)
            assert (is_.ident, is_.seq, is_.ttl, is_.reply) == (was.ident, was.seq, was.ttl, was.reply)
            assert is_.destination == words.address(was.destination)


@pytest.mark.parametrize("path", CAPTURES)
def test_no_old_address_and_no_old_mac_is_left(path: Path) -> None:
    """In no byte of a frame."""
    before, made, words = changed(path.read_bytes())
    after = packets.read(made)
    assert after is not None
    data = b"\xff\xff\xff".join(one.data for one in after.frames)
    for word in packets.words(before):
        if ":" in word:
            gone = can_own(words.mac(word)) and words.mac(word) != word  # type: ignore[arg-type]
            assert not gone or bytes.fromhex(word.replace(":", "")) not in data, word
        elif words.address(IPv4Address(word)) != IPv4Address(word):
            assert IPv4Address(word).packed not in data, word


@given(st.binary(max_size=200))
def test_whatever_a_frame_holds_it_keeps_its_length(frame: bytes) -> None:
    """Frames come from anybody; none of them breaks an export."""
    data = pcapng.write([Captured(1, 0, ETHERNET, frame, len(frame))])
    _, made, _ = changed(data)
    again = packets.read(made)
    assert again is not None
    assert [len(one.data) for one in again.frames] == [len(frame)]


@given(st.binary(min_size=60, max_size=200))
def test_what_a_packet_carried_is_gone(payload: bytes) -> None:
    """Only as much is kept as tells two packets apart."""
    head = bytes.fromhex("005056801234 005056804321 0800 4500 00ff 0001 0000 40 11 0000 0a000005 0a000006")
    _, made, _ = changed(pcapng.write([Captured(1, 0, ETHERNET, head + payload, 300)]))
    again = packets.read(made)
    assert again is not None
    carried = again.frames[0].data[len(head) :]
    assert carried[:16] == payload[:16]
    assert not any(carried[16:])


def test_the_check_sum_of_the_header_is_right() -> None:
    """Else every reader would call the redacted packets damaged."""
    head = bytes.fromhex("005056801234 005056804321 0800 4500 001c 0001 0000 40 01 0000 0a000005 0a000006")
    _, made, _ = changed(pcapng.write([Captured(1, 0, ETHERNET, head + bytes(8), 42)]))
    again = packets.read(made)
    assert again is not None
    header = again.frames[0].data[14:34]
    total = sum(int.from_bytes(header[at : at + 2], "big") for at in range(0, 20, 2))
    assert (total & 0xFFFF) + (total >> 16) == 0xFFFF


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"no capture", id="another file"),
        pytest.param(pcapng.write([Captured(1, 0, ETHERNET, bytes(60), 60)])[:-9], id="cut off"),
        pytest.param((TESTS / "captures" / "arp_flux_two_nics.pcap").read_bytes()[:20], id="no header"),
    ],
)
def test_what_cannot_be_changed_is_left_out(data: bytes) -> None:
    """Half of it would be other evidence."""
    assert packets.read(data) is None


def test_the_names_of_what_recorded_it_are_gone() -> None:
    """An interface is described in words too."""
    data = pcapng.write([Captured(1, 0, ETHERNET, bytes(60), 60)], interface="prod-uplink", dropped=3)
    before, made, _ = changed(data)
    assert b"prod-uplink" not in made
    assert before.dropped == 3


def test_a_load_balancers_mac_is_still_made_from_its_address() -> None:
    """It is by this that it is known to be shared by design."""
    words = Pseudonyms(
        ["10.0.0.5 02:bf:0a:00:00:05 03:bf:0a:00:00:05 02:03:0a:00:00:05 01:00:5e:7f:00:05"], (), b"salt"
    )
    other = words.address(IPv4Address("10.0.0.5")).packed.hex(":")
    assert words.replaced("02:bf:0a:00:00:05") == f"02:bf:{other}"
    assert words.replaced("03:bf:0a:00:00:05") == f"03:bf:{other}"
    assert words.replaced("02:03:0a:00:00:05") == f"02:03:{other}"
    assert words.replaced("01:00:5e:7f:00:05") == f"01:00:5e:7f:{other[6:]}"
    assert words.replaced("33:33:ff:80:12:34") == "33:33:00:00:00:01"

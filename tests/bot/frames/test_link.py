"""The headers in front of the evidence, for every link layer that people capture on."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.frames.decode import decode
from bot.frames.frame import ArpFrame
from bot.frames.link import COOKED, COOKED_2, ETHERNET, OPENERS, RADIOTAP, WIFI, open_link
from bot.model.addresses import BROADCAST, Mac

SENDER, ASKER, POINT = Mac("00:50:56:80:00:01"), Mac("02:00:00:00:00:fa"), Mac("00:0b:86:00:00:01")


def octets(mac: Mac) -> bytes:
    return bytes.fromhex(mac.replace(":", ""))


ANSWER = struct.pack("!HHBBH", 1, 0x0800, 6, 4, 2) + octets(SENDER) + bytes([10, 0, 0, 5])
ANSWER += octets(ASKER) + bytes([10, 0, 0, 250])
SNAP = b"\xaa\xaa\x03\0\0\0\x08\x06"


def cooked(packet_type: int, kind: bytes = b"\x08\x06") -> bytes:
    return struct.pack("!HHH", packet_type, 1, 6) + octets(SENDER) + b"\0\0" + kind + ANSWER


def cooked_2(packet_type: int) -> bytes:
    return struct.pack("!HHIHBB", 0x0806, 0, 3, 1, packet_type, 6) + octets(SENDER) + b"\0\0" + ANSWER


def wifi(flags: int, *addresses: Mac, control: int = 0x08, qos: bytes = b"") -> bytes:
    first, second, third, *fourth = map(octets, addresses)
    return bytes([control, flags, 0, 0]) + first + second + third + b"\0\0" + b"".join(fourth) + qos + SNAP + ANSWER


@pytest.mark.parametrize(
    ("link_type", "data", "to", "transmitter", "vlans"),
    [
        pytest.param(ETHERNET, octets(ASKER) + octets(SENDER) + b"\x08\x06" + ANSWER, ASKER, SENDER, (), id="Ethernet"),
        pytest.param(COOKED, cooked(0), None, SENDER, (), id="cooked, to us"),
        pytest.param(COOKED, cooked(1), BROADCAST, SENDER, (), id="cooked, to all"),
        pytest.param(COOKED, cooked(0, b"\x81\0\0\x0a\x08\x06"), None, SENDER, (10,), id="cooked, tagged"),
        pytest.param(COOKED_2, cooked_2(4), None, SENDER, (), id="cooked 2, our own"),
        pytest.param(COOKED_2, cooked_2(1), BROADCAST, SENDER, (), id="cooked 2, to all"),
        pytest.param(WIFI, wifi(1, POINT, SENDER, ASKER), ASKER, SENDER, (), id="Wi-Fi, to the access point"),
        pytest.param(WIFI, wifi(2, ASKER, POINT, SENDER), ASKER, SENDER, (), id="Wi-Fi, from the access point"),
        pytest.param(WIFI, wifi(3, POINT, POINT, ASKER, SENDER), ASKER, SENDER, (), id="Wi-Fi, between access points"),
        pytest.param(
            WIFI, wifi(1, POINT, SENDER, ASKER, control=0x88, qos=b"\0\0"), ASKER, SENDER, (), id="Wi-Fi with QoS"
        ),
        pytest.param(
            RADIOTAP, b"\0\0\x0a\0" + bytes(6) + wifi(1, POINT, SENDER, ASKER), ASKER, SENDER, (), id="radiotap"
        ),
    ],
)
def test_the_same_answer_is_read_behind_every_link_header(
    link_type: int, data: bytes, to: Mac | None, transmitter: Mac, vlans: tuple[int, ...]
) -> None:
    """A destination that the capture does not keep is None: a made-up MAC would be evidence of nothing."""
    frame = decode(data, link_type)
    assert isinstance(frame, ArpFrame)
    assert (frame.to, frame.transmitter, frame.vlans) == (to, transmitter, vlans)
    assert (frame.sender_mac, str(frame.sender_ip), str(frame.target_ip)) == (SENDER, "10.0.0.5", "10.0.0.250")


@pytest.mark.parametrize(
    ("link_type", "data"),
    [
        pytest.param(WIFI, wifi(0x41, POINT, SENDER, ASKER), id="encrypted Wi-Fi"),
        pytest.param(WIFI, wifi(1, POINT, SENDER, ASKER, control=0x80), id="a beacon"),
        pytest.param(WIFI, wifi(1, POINT, SENDER, ASKER, control=0x48), id="data without data"),
        pytest.param(COOKED, struct.pack("!HHH", 0, 772, 8) + bytes(8) + b"\x08\x06" + ANSWER, id="no MAC of 6 bytes"),
        pytest.param(RADIOTAP, b"\0\0\xff\xff" + wifi(1, POINT, SENDER, ASKER), id="radiotap that lies of its length"),
        pytest.param(101, ANSWER, id="raw IP"),
    ],
)
def test_what_carries_no_readable_answer_gives_none(link_type: int, data: bytes) -> None:
    """Encrypted, managing or without MAC addresses: nothing is concluded."""
    assert decode(data, link_type) is None


@given(st.sampled_from(sorted(OPENERS)), st.binary(max_size=80))
def test_no_bytes_break_a_link_layer(link_type: int, data: bytes) -> None:
    """A capture may come from anybody."""
    link = open_link(data, link_type)
    decode(data, link_type)
    assert link is None or link.at <= len(data) + 2

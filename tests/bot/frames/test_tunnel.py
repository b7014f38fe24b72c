"""Networks inside networks: their ARP is told with the name of the tunnel, and never mixed with the outer one's."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.frames.craft import craft
from bot.frames.decode import decode
from bot.frames.frame import ArpFrame, who_has
from bot.frames.tunnel import open_tunnel
from bot.model.addresses import Mac
from tests.bot.frames.test_round_trip import OUR_IP, OURS, TARGET

INNER = craft(who_has(TARGET, asker=OUR_IP, asker_mac=OURS))
OUTER_MACS = bytes.fromhex("020000000001020000000002")
VXLAN = struct.pack("!II", 0x08000000, 5001 << 8)


def ip(protocol: int, payload: bytes, fragment: int = 0) -> bytes:
    header = struct.pack(
        "!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 1, fragment, 64, protocol, 0, b"\x0a\1\0\1", b"\x0a\1\0\2"
    )
    return OUTER_MACS + b"\x08\x00" + header + payload


def udp(port: int, payload: bytes) -> bytes:
    return struct.pack("!HHHH", 50000, port, 8 + len(payload), 0) + payload


def gre(kind: int, payload: bytes, flags: int = 0, options: bytes = b"") -> bytes:
    return struct.pack("!HH", flags, kind) + options + payload


@pytest.mark.parametrize(
    ("data", "tunnel"),
    [
        pytest.param(ip(17, udp(4789, VXLAN + INNER)), "vxlan 5001", id="VXLAN"),
        pytest.param(ip(17, udp(8472, VXLAN + INNER)), "vxlan 5001", id="VXLAN on Linux' old port"),
        pytest.param(
            ip(17, udp(6081, struct.pack("!BBHI", 1, 0, 0x6558, 77 << 8) + b"\0" * 4 + INNER)), "geneve 77", id="GENEVE"
        ),
        pytest.param(ip(47, gre(0x6558, INNER)), "gre", id="GRE with Ethernet"),
        pytest.param(ip(47, gre(0x6558, INNER, 0x2000, b"\0\0\1\0")), "gre 256", id="GRE with a key, as NVGRE"),
        pytest.param(ip(47, gre(0x6558, INNER, 0xB000, bytes(4) + b"\0\0\0\7" + bytes(4))), "gre 7", id="all options"),
        pytest.param(ip(47, gre(0x88BE, INNER)), "erspan", id="ERSPAN I"),
        pytest.param(
            ip(47, gre(0x88BE, struct.pack("!II", 0x10000000 | 12, 0) + INNER, 0x1000, bytes(4))),
            "erspan 12", id="ERSPAN II",
        ),
        pytest.param(
            ip(47, gre(0x22EB, struct.pack("!III", 0x20000000 | 9, 0, 1) + bytes(8) + INNER, 0x1000, bytes(4))),
            "erspan 9", id="ERSPAN III with its subheader",
        ),
    ],
)  # fmt: skip
def test_the_arp_of_the_inner_network_is_read_with_the_tunnels_name(data: bytes, tunnel: str) -> None:
    """An address in a tenant's network is another address than the same one outside."""
    frame = decode(data)
    assert isinstance(frame, ArpFrame)
    assert (frame.tunnel, frame.transmitter, frame.target_ip) == (tunnel, OURS, TARGET)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(ip(17, udp(53, VXLAN + INNER)), id="another port"),
        pytest.param(ip(17, udp(4789, bytes(8) + INNER)), id="VXLAN without a network's number"),
        pytest.param(ip(17, udp(4789, VXLAN + INNER[:30])), id="cut off inside"),
        pytest.param(ip(47, gre(0x0800, INNER)), id="GRE with IP"),
        pytest.param(ip(47, gre(0x6558, INNER), fragment=100), id="a later fragment"),
        pytest.param(ip(6, INNER), id="TCP"),
    ],
)
def test_what_is_no_whole_inner_frame_claims_nothing(data: bytes) -> None:
    """An outer host is no claimant of an inner address, nor the other way round."""
    assert decode(data) is None


@given(st.binary(max_size=60), st.integers(0, 60), st.sampled_from([17, 47]))
def test_no_bytes_break_a_tunnel(data: bytes, at: int, protocol: int) -> None:
    """A capture may come from anybody."""
    open_tunnel(data, at, protocol)


def test_the_macs_of_an_inner_network_stay_what_they_are() -> None:
    """The mirror's own addresses stand outside and say nothing about the target."""
    frame = decode(ip(47, gre(0x88BE, INNER)))
    assert frame is not None
    assert frame.transmitter != Mac("02:00:00:00:00:02")

"""What the kernel lets through to the capture, by the rules of its own machine."""

import pytest
from hypothesis import given, settings

from bot.agents.packet_filter import program
from bot.frames.craft import craft
from bot.frames.decode import decode
from bot.frames.frame import Sent
from tests.bot.agents.machine import passed_bytes
from tests.bot.frames.test_round_trip import FRAMES

_MACS = bytes(12)


def kept_bytes(frame: bytes) -> int:
    """How much of a frame passes."""
    return passed_bytes(program(256), frame)


@settings(deadline=None)
@given(FRAMES)
def test_no_evidence_is_filtered_away(frame: Sent) -> None:
    """A rule too narrow would make the agent deaf, and its silence would accuse somebody."""
    crafted = craft(frame)
    assert decode(crafted) is not None
    assert kept_bytes(crafted) == (256 if len(frame.vlans) <= 2 else 0)


def _udp(destination: str, port: int) -> bytes:
    return bytes.fromhex(f"0800 4500002000010000 4011 0000 0a000001 {destination} 07c1 {port:04x}") + bytes(28)


@pytest.mark.parametrize(
    "frame",
    [
        pytest.param(bytes.fromhex("0800 4500002000010000 ff70") + bytes(40), id="VRRP"),
        pytest.param(_udp("e0000002", 1985), id="HSRP"),
        pytest.param(_udp("e0000066", 1985), id="HSRP version 2"),
        pytest.param(_udp("e0000066", 3222), id="GLBP"),
        pytest.param(bytes.fromhex("8100000a") + _udp("e0000066", 3222), id="GLBP behind a tag"),
        pytest.param(bytes.fromhex("9000") + bytes(46), id="a frame of a bond to itself"),
    ],
)
def test_hellos_of_virtual_routers_and_bonds_pass(frame: bytes) -> None:
    """They tell shared addresses and teaming from a conflict, and hold nobody's data."""
    assert kept_bytes(_MACS + frame) == 256


@pytest.mark.parametrize(
    "frame",
    [
        pytest.param(bytes.fromhex("0800 4500002000010000 4011") + bytes(40), id="UDP"),
        pytest.param(_udp("0a000005", 1985), id="UDP to a port of HSRP, but to one machine"),
        pytest.param(_udp("e00000fb", 5353), id="multicast DNS"),
        pytest.param(bytes.fromhex("8100000a 0800 4500002000010000 4006") + bytes(40), id="TCP behind a tag"),
        pytest.param(bytes.fromhex("86dd") + bytes(46), id="IPv6"),
        pytest.param(bytes.fromhex("88cc") + bytes(46), id="LLDP"),
        pytest.param(bytes.fromhex("8100"), id="a tag cut off"),
    ],
)
def test_nobody_elses_data_reaches_the_agent(frame: bytes) -> None:
    """In promiscuous mode a mirror port would hand us the whole segment's traffic."""
    assert kept_bytes(_MACS + frame) == 0

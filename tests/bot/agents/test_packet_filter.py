"""What the kernel lets through to the capture, by the rules of its own machine."""

import struct

import pytest
from hypothesis import given, settings

from bot.agents.packet_filter import program
from bot.frames.craft import craft
from bot.frames.decode import decode
from bot.frames.frame import Frame
from tests.bot.frames.test_round_trip import FRAMES

_MACS = bytes(12)


def kept_bytes(frame: bytes) -> int:
    """How much of a frame passes, by the semantics of classic BPF: a load beyond the frame drops it."""
    steps = list(struct.iter_unpack("=HBBI", program(256)))
    at, loaded = 0, 0
    while True:
        code, equal, other, operand = steps[at]
        at += 1
        match code:
            case 0x28 | 0x30:
                size = 2 if code == 0x28 else 1
                if operand + size > len(frame):
                    return 0
                loaded = int.from_bytes(frame[operand : operand + size], "big")
            case 0x15:
                at += equal if loaded == operand else other
            case 0x06:
                return int(operand)


@settings(deadline=None)
@given(FRAMES)
def test_no_evidence_is_filtered_away(frame: Frame) -> None:
    """A rule too narrow would make the agent deaf, and its silence would accuse somebody."""
    crafted = craft(frame)
    assert decode(crafted) is not None
    assert kept_bytes(crafted) == (256 if len(frame.vlans) <= 2 else 0)


@pytest.mark.parametrize(
    "frame",
    [
        pytest.param(bytes.fromhex("0800 4500002000010000 4011") + bytes(40), id="UDP"),
        pytest.param(bytes.fromhex("8100000a 0800 4500002000010000 4006") + bytes(40), id="TCP behind a tag"),
        pytest.param(bytes.fromhex("86dd") + bytes(46), id="IPv6"),
        pytest.param(bytes.fromhex("88cc") + bytes(46), id="LLDP"),
        pytest.param(bytes.fromhex("8100"), id="a tag cut off"),
    ],
)
def test_nobody_elses_data_reaches_the_agent(frame: bytes) -> None:
    """In promiscuous mode a mirror port would hand us the whole segment's traffic."""
    assert kept_bytes(_MACS + frame) == 0

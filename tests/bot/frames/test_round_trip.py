"""What is crafted is read back as it was, and what others craft is read too."""

from ipaddress import IPv4Address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.frames.craft import craft
from bot.frames.decode import decode
from bot.frames.frame import ArpFrame, EchoFrame, RarpFrame, Sent, address_probe, who_has
from bot.model.addresses import BROADCAST, Mac, mac_from_bytes

OURS, THEIRS = Mac("02:aa:00:00:00:09"), Mac("00:50:56:8a:00:10")
OUR_IP, TARGET = IPv4Address("10.0.0.9"), IPv4Address("10.0.0.5")

_macs = st.binary(min_size=6, max_size=6).map(mac_from_bytes)
_ips = st.ip_addresses(v=4)
_words = st.integers(0, 0xFFFF)
_vlans = st.lists(st.integers(0, 0xFFF), max_size=3).map(tuple)
FRAMES = st.one_of(
    st.builds(ArpFrame, _macs, _macs, _words, _macs, _ips, _macs, _ips, _vlans),
    st.builds(RarpFrame, _macs, _macs, _words, _macs, _macs, _vlans),
    st.builds(
        EchoFrame,
        to=_macs,
        transmitter=_macs,
        source=_ips,
        destination=_ips,
        reply=st.booleans(),
        ident=_words,
        seq=_words,
        ttl=st.integers(0, 255),
        size_bytes=st.integers(0, 1472),
        dont_fragment=st.booleans(),
        vlans=_vlans,
    ),
)


@settings(deadline=None)
@given(FRAMES)
def test_a_frame_survives_the_wire(frame: Sent) -> None:
    """Planner, wire and reader speak of one and the same thing, so that a plan can be found in its capture."""
    assert decode(craft(frame)) == frame


@pytest.mark.parametrize(
    "frame",
    [
        pytest.param(who_has(TARGET, asker=OUR_IP, asker_mac=OURS), id="arp"),
        pytest.param(
            EchoFrame(to=THEIRS, transmitter=OURS, source=OUR_IP, destination=TARGET, reply=False, ident=1, seq=1),
            id="echo",
        ),
        pytest.param(RarpFrame(BROADCAST, OURS, 3, OURS, OURS, (10,)), id="rarp"),
    ],
)
def test_no_frame_is_shorter_than_ethernet_allows(frame: Sent) -> None:
    """Some drivers send a short frame as it is, and switches drop it as a runt."""
    assert len(craft(frame)) >= 60


def test_a_question_to_everybody_is_written_as_rfc_826_has_it() -> None:
    """The bytes are checked by hand once: a mistake made alike in craft and decode would pass a round trip."""
    assert craft(who_has(TARGET, asker=OUR_IP, asker_mac=OURS)) == bytes.fromhex(
        "ffffffffffff 02aa00000009 0806 0001 0800 06 04 0001 02aa00000009 0a000009 000000000000 0a000005".replace(
            " ", ""
        )
    ).ljust(60, b"\0")


def test_an_address_probe_claims_nothing() -> None:
    """With any sender address but 0.0.0.0 it would change caches, which is what RFC 5227 made it to avoid."""
    probe = address_probe(TARGET, asker_mac=OURS)
    assert (str(probe.sender_ip), probe.to, probe.claims) == ("0.0.0.0", BROADCAST, False)


def test_a_crafted_echo_has_the_check_sums_that_receivers_verify() -> None:
    """A wrong sum is dropped silently by the target, and we would report a loss that we made ourselves."""
    echo = EchoFrame(to=THEIRS, transmitter=OURS, source=OUR_IP, destination=TARGET, reply=False, ident=7, seq=3)
    packet = craft(echo)[14:]
    assert (_ones_complement(packet[:20]), _ones_complement(packet[20:])) == (0xFFFF, 0xFFFF)


def _ones_complement(data: bytes) -> int:
    total = sum(int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data), 2))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return total

"""What counts as evidence in a frame, and what does not."""

from ipaddress import IPv4Address

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.frames.decode import decode, parties
from bot.frames.frame import ArpFrame, EchoFrame, HelloFrame, LoopFrame, PacketFrame, RarpFrame
from bot.model.addresses import Mac

_MACS = "ffffffffffff 0050568a0010"
_BODY = "0050568a0010 0a000005 000000000000 0a000009"
_ARP = f"{_MACS} 0806 0001 0800 06 04 0002 {_BODY}"
_ECHO = f"{_MACS} 0800 45000020 0001 4000 40 01 0000 0a000005 0a000009 0000 0000 1234 0007"


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.replace(" ", ""))


@pytest.mark.parametrize(
    ("frame", "vlans"),
    [
        pytest.param(_ARP, (), id="untagged"),
        pytest.param(f"{_MACS} 8100 607b {_ARP[26:]}", (123,), id="802.1Q with a priority"),
        pytest.param(f"{_MACS} 88a8 00c8 8100 07d1 {_ARP[26:]}", (200, 2001), id="802.1ad outside 802.1Q"),
        pytest.param(f"{_MACS} 9100 0002 9100 0003 8100 0004 {_ARP[26:]}", (2, 3, 4), id="old QinQ, three deep"),
        pytest.param(f"{_MACS} 0024 aaaa03 000000 {_ARP[26:]}", (), id="behind LLC and SNAP"),
        pytest.param(_ARP.replace("0001 0800", "0006 0800"), (), id="hardware type IEEE 802"),
        pytest.param(_ARP + "1213141516171819", (), id="with a trailer"),
    ],
)
def test_arp_is_found_behind_whatever_tags(frame: str, vlans: tuple[int, ...]) -> None:
    """The same address in two VLANs is two addresses: a reader that loses the tag sees a conflict that is none."""
    arp = decode(_bytes(frame))
    assert isinstance(arp, ArpFrame)
    assert (str(arp.sender_ip), arp.sender_mac, arp.vlans) == ("10.0.0.5", "00:50:56:8a:00:10", vlans)


@pytest.mark.parametrize(
    "frame",
    [
        pytest.param(_ARP.replace("0001 0800 06", "0018 0800 06"), id="hardware type is not Ethernet"),
        pytest.param(_ARP.replace("0800 06", "1000 06"), id="protocol is not IPv4"),
        pytest.param(_ARP.replace("06 04 0002", "07 04 0002"), id="hardware addresses of 7 octets"),
        pytest.param(_ARP.replace("06 04 0002", "06 10 0002"), id="protocol addresses of 16 octets"),
        pytest.param(_ARP[:-2], id="the last octet is missing"),
        pytest.param(f"{_MACS} 8100", id="cut inside a tag"),
        pytest.param(f"{_MACS} 86dd 60000000", id="IPv6"),
        pytest.param(_ECHO.replace("4000 40", "2001 40"), id="a later fragment"),
        pytest.param(_ECHO.replace("40 01 0000", "40 11 0000"), id="UDP"),
        pytest.param(_ECHO.replace("45000020", "65000020"), id="IP version 6"),
        pytest.param(_ECHO.replace("45000020", "44000020"), id="header length below 20"),
        pytest.param(_ECHO.replace("45000020", "4500001b"), id="total length inside the ICMP header"),
        pytest.param(_ECHO.replace("0a000009 0000 0000", "0a000009 0301 0000"), id="host unreachable"),
        pytest.param(_ECHO[:-2], id="cut inside the ICMP header"),
        pytest.param("", id="nothing"),
    ],
)
def test_a_frame_that_is_not_whole_is_no_evidence(frame: str) -> None:
    """In a mutated packet every field is suspect: one flipped length must not make an address conflict."""
    assert decode(_bytes(frame)) is None


@pytest.mark.parametrize(
    ("frame", "claims"),
    [
        pytest.param(_ARP, True, id="a reply"),
        pytest.param(_ARP.replace("04 0002", "04 0001"), True, id="a request: RFC 826 learns from it as well"),
        pytest.param(_ARP.replace("04 0002", "04 0009"), False, id="an inverse ARP reply"),
        pytest.param(_ARP.replace("0a000005", "00000000"), False, id="sender address 0.0.0.0"),
        pytest.param(_ARP.replace("0002 0050568a0010", "0002 000000000000"), False, id="sender MAC zero"),
        pytest.param(_ARP.replace("0002 0050568a0010", "0002 03bf0a000005"), False, id="multicast cluster MAC"),
    ],
)
def test_only_a_mac_that_can_own_an_address_claims_one(frame: str, claims: bool) -> None:
    """Multicast clusters answer with a group MAC by design; the frame is kept, but it is nobody's claim."""
    arp = decode(_bytes(frame))
    assert isinstance(arp, ArpFrame)
    assert arp.claims is claims


def test_rarp_is_told_from_arp() -> None:
    """An ESXi host announces a MAC this way after a vMotion; arpwatch and others take it for broken ARP."""
    rarp = decode(_bytes(f"{_MACS} 8035 0001 0800 06 04 0003 0050568a0010 00000000 0050568a0010 00000000"))
    assert isinstance(rarp, RarpFrame)
    assert (rarp.operation, rarp.sender_mac, rarp.target_mac) == (3, "00:50:56:8a:00:10", "00:50:56:8a:00:10")


def _ipv4(protocol: int, payload: str, destination: str = "e0000012", ttl: int = 255) -> bytes:
    size = 20 + len(_bytes(payload))
    header = f"45c0 {size:04x} 0000 0000 {ttl:02x} {protocol:02x} 0000 0a4d0002 {destination}"
    return _bytes(f"01005e000012 0050569c0001 0800 {header} {payload}")


_HSRP = "07c107c1001c0000 0000 10 03 0a 78 0a 00 636973636f000000 0a4d0005"
_HSRP_2 = "07c107c1003c0000 0128 02 00 06 04 04d2 0050569c0001" + "00" * 28
_GLBP = "0c960c9600300000 0100 03fd 0000 0050569c0001" + "00" * 12


@pytest.mark.parametrize(
    ("frame", "protocol", "group"),
    [
        pytest.param(_ipv4(112, "21 33 96 01 00 01 0000 0a4d0005"), "VRRP", 0x33, id="VRRP version 2"),
        pytest.param(_ipv4(112, "31 0a 64 01 0064 0000 0a4d0005"), "VRRP", 10, id="VRRP version 3"),
        pytest.param(_ipv4(17, _HSRP, "e0000002", 1), "HSRP", 10, id="HSRP"),
        pytest.param(_ipv4(17, _HSRP_2, "e0000066", 1), "HSRP", 1234, id="HSRP version 2"),
        pytest.param(_ipv4(17, _GLBP, "e0000066", 255), "GLBP", 1021, id="GLBP"),
    ],
)
def test_a_virtual_router_is_known_by_its_hello(frame: bytes, protocol: str, group: int) -> None:
    """Everybody can take a MAC of that form; the hello of its group is what confirms it."""
    hello = decode(frame)
    assert isinstance(hello, HelloFrame)
    assert (hello.protocol, hello.group, hello.transmitter) == (protocol, group, "00:50:56:9c:00:01")


@pytest.mark.parametrize(
    "frame",
    [
        pytest.param(_ipv4(112, "21 33 96 01 00 01 0000 0a4d0005", ttl=254), id="VRRP from beyond a router"),
        pytest.param(_ipv4(112, "41 33 96 01 00 01 0000 0a4d0005"), id="VRRP version 4"),
        pytest.param(_ipv4(112, "21 33 96"), id="VRRP cut off"),
        pytest.param(_ipv4(17, _HSRP, "0a4d0005", 1), id="HSRP to one machine"),
        pytest.param(_ipv4(17, _HSRP.replace("0000 10", "0001 10"), "e0000002", 1), id="HSRP coup"),
        pytest.param(_ipv4(17, _HSRP.replace("07c107c1", "07c10035"), "e0000002", 1), id="another port"),
        pytest.param(_ipv4(17, "0c960c96"), id="GLBP cut off"),
    ],
)
def test_what_only_resembles_a_hello_confirms_nothing(frame: bytes) -> None:
    """A confirmed virtual router explains several MACs away, so a forged hello from elsewhere must not pass for one."""
    assert decode(frame) is None


def test_a_slave_of_a_bond_shows_itself_to_the_switch() -> None:
    """EtherType 0x9000 to itself; what others send with that type is a loop test of a switch."""
    assert decode(_bytes("0050568a0010 0050568a0010 9000" + "00" * 46)) == LoopFrame(Mac("00:50:56:8a:00:10"))
    assert decode(_bytes("cf0000000000 0050568a0010 9000" + "00" * 46)) is None


_TCP = f"{_MACS} 0800 45000028 1234 4000 40 06 beef 0a000005 0a000009 0050 c001 00000001 00000002 5010 2000 0000 0000"


def test_a_packet_is_evidence_only_where_it_is_about_the_target() -> None:
    """By which machines the target's packets go is a finding; everybody else's are nobody's business."""
    about, other = IPv4Address("10.0.0.9"), IPv4Address("10.0.0.1")
    packet = decode(_bytes(_TCP), about=about)
    assert isinstance(packet, PacketFrame)
    assert (str(packet.source), str(packet.destination), packet.ttl) == ("10.0.0.5", "10.0.0.9", 64)
    assert decode(_bytes(_TCP), about=other) is None
    assert decode(_bytes(_TCP)) is None
    assert isinstance(decode(_bytes(_ECHO), about=about), EchoFrame), "an echo request tells more than a packet"
    tagged = decode(_bytes(f"{_MACS} 8100 000a {_TCP[26:]}"), about=about)
    assert isinstance(tagged, PacketFrame)
    assert tagged.vlans == (10,)


def test_a_packet_is_known_again_behind_a_router_and_by_nothing_else() -> None:
    """A router changes frame addresses, TTL and check sum; a retransmission is another packet."""
    about = IPv4Address("10.0.0.5")

    def fingerprint(text: str) -> bytes:
        packet = decode(_bytes(text), about=about)
        assert isinstance(packet, PacketFrame)
        return packet.fingerprint

    routed = _TCP.replace("40 06 beef", "3f 06 bfef").replace("0050568a0010", "001b54c20001")
    assert fingerprint(routed) == fingerprint(_TCP)
    assert fingerprint(_TCP.replace("1234 4000", "1235 4000")) != fingerprint(_TCP)
    assert fingerprint(_TCP.replace("00000001 0000", "00000009 0000")) != fingerprint(_TCP)


def test_a_short_snapshot_of_an_echo_is_enough() -> None:
    """Captures keep only the beginning of a frame; the size on the wire stands in the IP header."""
    echo = decode(_bytes(_ECHO.replace("45000020", "450005dc")))
    assert isinstance(echo, EchoFrame)
    assert (echo.reply, echo.ident, echo.seq, echo.ttl, echo.size_bytes) == (True, 0x1234, 7, 64, 1472)


@pytest.mark.parametrize(
    ("frame", "addresses"),
    [
        pytest.param(_ARP, ["10.0.0.5", "10.0.0.9"], id="arp"),
        pytest.param(_ECHO.replace("0a000009 0000 0000", "0a000009 0301 0000"), ["10.0.0.5", "10.0.0.9"], id="icmp"),
        pytest.param(_ARP[:-21], [], id="cut"),
        pytest.param(f"{_MACS} 86dd", [], id="neither"),
    ],
)
def test_the_parties_of_a_frame_are_its_addresses(frame: str, addresses: list[str]) -> None:
    """By them an agent leaves other people's traffic alone."""
    assert [str(ip) for ip in parties(_bytes(frame))] == addresses


@given(st.binary(max_size=80))
@example(b"\xff" * 12 + b"\x81\x00" * 30)
def test_no_bytes_make_it_raise(data: bytes) -> None:
    """A frame from the wire is a stranger's text; one exception would end the listening of a whole segment."""
    tag, ip = b"\x81\x00\x00\x0a\x08\x06", b"\x08\x00\x45"
    for frame in (data, data[:12] + tag + data[12:], data[:12] + ip + data[12:]):
        assert decode(frame) is None or len(frame) > 20
        assert decode(frame, about=IPv4Address(0)) is None or len(frame) > 20
        assert len(parties(frame)) in (0, 2)

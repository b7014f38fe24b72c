"""Bytes to frames, with nothing but ``struct``: made for hostile input and for captures of millions of frames."""

from ipaddress import IPv4Address
from struct import Struct

from bot.frames.frame import ArpFrame, EchoFrame, Frame, RarpFrame
from bot.model.addresses import mac_from_bytes

ETHERNET = 1  # LINKTYPE_ETHERNET, tcpdump.org/linktypes.html

ARP, RARP, IPV4 = 0x0806, 0x8035, 0x0800  # IEEE 802 numbers, EtherType
TAGS = frozenset({0x8100, 0x88A8, 0x9100})  # 802.1Q, 802.1ad, and what switches used for QinQ before it

_HALF = Struct("!H")
_ARP = Struct("!HHBBH6s4s6s4s")
_HARDWARE = (1, 6)  # Ethernet, and IEEE 802 (RFC 5494: the same addresses)
_SNAP = b"\xaa\xaa\x03\0\0\0"  # an EtherType behind an LLC header (RFC 1042)
_LONGEST_LENGTH = 1500  # a smaller "EtherType" is a length (IEEE 802.3 section 3.2.6)
_ICMP = 1
_IP = Struct("!BBHHHBBH4s4s")
_ECHO = Struct("!BBHHH")
_ECHO_REPLY, _ECHO_REQUEST = 0, 8
_DONT_FRAGMENT, _FRAGMENT_OFFSET = 0x4000, 0x1FFF


def decode(data: bytes) -> Frame | None:
    """The evidence in one Ethernet frame, or None where it carries none. Never raises, whatever the bytes.

    ARP counts only with its fixed Ethernet/IPv4 header and its whole body: in a mutated packet every field is
    suspect. Frames cut behind the ICMP header are read; ``size_bytes`` is what the IP header says.
    """
    kind, at, vlans = _ethertype(data)
    if kind == IPV4:
        return _echo(data, at, vlans)
    if kind in (ARP, RARP):
        return _arp(data, at, vlans, kind)
    return None


def parties(data: bytes) -> tuple[IPv4Address, ...]:
    """The addresses that an ARP or IPv4 frame is about: sender and target, source and destination."""
    kind, at, _ = _ethertype(data)
    if kind == ARP and len(data) >= at + _ARP.size:
        return IPv4Address(data[at + 14 : at + 18]), IPv4Address(data[at + 24 : at + 28])
    if kind == IPV4 and len(data) >= at + _IP.size:
        return IPv4Address(data[at + 12 : at + 16]), IPv4Address(data[at + 16 : at + 20])
    return ()


def _ethertype(data: bytes) -> tuple[int, int, tuple[int, ...]]:
    """What follows behind the tags, where it begins, and the VLANs from the outside in. Kind 0: nothing whole."""
    at, vlans = 12, tuple[int, ...]()
    while len(data) >= at + 2:
        kind: int = _HALF.unpack_from(data, at)[0]
        if kind in TAGS and len(data) >= at + 4:
            vlans = (*vlans, _HALF.unpack_from(data, at + 2)[0] & 0x0FFF)
            at += 4
        elif kind <= _LONGEST_LENGTH and data.startswith(_SNAP, at + 2) and len(data) >= at + 10:
            return _HALF.unpack_from(data, at + 8)[0], at + 10, vlans
        else:
            return kind, at + 2, vlans
    return 0, at, vlans


def _arp(data: bytes, at: int, vlans: tuple[int, ...], kind: int) -> ArpFrame | RarpFrame | None:
    if len(data) < at + _ARP.size:
        return None
    hardware, protocol, hardware_bytes, protocol_bytes, operation, sha, spa, tha, tpa = _ARP.unpack_from(data, at)
    if hardware not in _HARDWARE or (protocol, hardware_bytes, protocol_bytes) != (IPV4, 6, 4):
        return None
    to, transmitter = mac_from_bytes(data[:6]), mac_from_bytes(data[6:12])
    sender, target = mac_from_bytes(sha), mac_from_bytes(tha)
    if kind == RARP:
        return RarpFrame(to, transmitter, operation, sender, target, vlans)
    return ArpFrame(to, transmitter, operation, sender, IPv4Address(spa), target, IPv4Address(tpa), vlans)


def _echo(data: bytes, at: int, vlans: tuple[int, ...]) -> EchoFrame | None:
    if len(data) < at + _IP.size:
        return None
    version, _, total_bytes, _, fragment, ttl, protocol, _, source, destination = _IP.unpack_from(data, at)
    header_bytes = (version & 0x0F) * 4
    if version >> 4 != 4 or header_bytes < _IP.size or protocol != _ICMP or fragment & _FRAGMENT_OFFSET:
        return None
    size_bytes = total_bytes - header_bytes - _ECHO.size
    if size_bytes < 0 or len(data) < at + header_bytes + _ECHO.size:
        return None
    kind, code, _, ident, seq = _ECHO.unpack_from(data, at + header_bytes)
    if kind not in (_ECHO_REPLY, _ECHO_REQUEST) or code:
        return None
    return EchoFrame(
        to=mac_from_bytes(data[:6]),
        transmitter=mac_from_bytes(data[6:12]),
        source=IPv4Address(source),
        destination=IPv4Address(destination),
        reply=kind == _ECHO_REPLY,
        ident=ident,
        seq=seq,
        ttl=ttl,
        size_bytes=size_bytes,
        dont_fragment=bool(fragment & _DONT_FRAGMENT),
        vlans=vlans,
    )

"""Bytes to frames, with nothing but ``struct``: made for hostile input and for captures of millions of frames."""

from dataclasses import replace
from ipaddress import IPv4Address
from struct import Struct

from bot.frames.frame import ArpFrame, EchoFrame, Frame, HelloFrame, LoopFrame, PacketFrame, RarpFrame
from bot.frames.hello import VRRP, open_hello
from bot.frames.link import ARP, ETHERNET, IPV4, LOOP, RARP, Link, open_link
from bot.frames.tunnel import open_tunnel
from bot.model.addresses import mac_from_bytes

_ARP = Struct("!HHBBH6s4s6s4s")
_HARDWARE = (1, 6)  # Ethernet, and IEEE 802 (RFC 5494: the same addresses)
_ICMP = 1
_IP = Struct("!BBHHHBBH4s4s")
_ECHO = Struct("!BBHHH")
_ECHO_REPLY, _ECHO_REQUEST = 0, 8
_PLAIN_IP = b"\x08\x00"
_EVIDENCE = frozenset({b"", b"\x01", b"\x11", b"\x2f", bytes([VRRP])})  # cut off; and ICMP, UDP, GRE: may hold some
_SOURCE, _DESTINATION = slice(26, 30), slice(30, 34)  # of plain IPv4 on Ethernet
_DONT_FRAGMENT, _FRAGMENT_OFFSET = 0x4000, 0x1FFF
_FINGERPRINT_BYTES = 16  # of what the packet carries: the ports, and what is counted or summed up behind them


def decode(data: bytes, link_type: int = ETHERNET, about: IPv4Address | None = None) -> Frame | None:
    """The evidence in one frame, or None where it carries none. Never raises, whatever the bytes.

    ARP counts only with its fixed Ethernet/IPv4 header and its whole body: in a mutated packet every field is
    suspect. Frames cut behind the ICMP header are read; ``size_bytes`` is what the IP header says. Other packets are
    evidence only from or to the address that it is ``about``.
    """
    dull = link_type == ETHERNET and data[12:14] == _PLAIN_IP and data[23:24] not in _EVIDENCE
    if dull and (about is None or about.packed not in (data[_SOURCE], data[_DESTINATION])):
        return None  # nearly every frame of a capture of mixed traffic: five times as fast as to look any closer
    link = open_link(data, link_type)
    if link is None:
        return None
    if link.kind == IPV4:
        return _echo(data, link) or _packet(data, link, about) or _inside(data, link)
    if link.kind == LOOP:
        return LoopFrame(link.transmitter, link.vlans) if link.to == link.transmitter else None
    return _arp(data, link) if link.kind in (ARP, RARP) else None


def parties(data: bytes) -> tuple[IPv4Address, ...]:
    """The addresses that an ARP or IPv4 frame on Ethernet is about: sender and target, source and destination."""
    link = open_link(data, ETHERNET)
    if link is None:
        return ()
    if link.kind == ARP and len(data) >= link.at + _ARP.size:
        return IPv4Address(data[link.at + 14 : link.at + 18]), IPv4Address(data[link.at + 24 : link.at + 28])
    if link.kind == IPV4 and len(data) >= link.at + _IP.size:
        return IPv4Address(data[link.at + 12 : link.at + 16]), IPv4Address(data[link.at + 16 : link.at + 20])
    return ()


def _packet(data: bytes, link: Link, about: IPv4Address | None) -> HelloFrame | PacketFrame | None:
    at = link.at
    if len(data) < at + _IP.size:
        return None
    version, _, _, _, fragment, ttl, protocol, _, source, destination = _IP.unpack_from(data, at)
    behind = at + (version & 0x0F) * 4
    if version >> 4 != 4 or behind < at + _IP.size:
        return None
    to = IPv4Address(destination)
    if not fragment & _FRAGMENT_OFFSET and (hello := open_hello(data[behind:], protocol, to, ttl)):
        return HelloFrame(link.to, link.transmitter, hello.protocol, hello.group, link.vlans)
    if about is None or about.packed not in (source, destination):
        return None
    # Without the TTL and its check sum, which change at each router.
    fingerprint = data[at : at + 8] + data[at + 12 : behind + _FINGERPRINT_BYTES]
    return PacketFrame(link.to, link.transmitter, IPv4Address(source), to, ttl, fingerprint, link.vlans)


def _inside(data: bytes, link: Link) -> ArpFrame | RarpFrame | None:
    """The ARP of a network inside this one. Not its echoes: those of two networks must never be counted together."""
    if len(data) < link.at + _IP.size:
        return None
    version, _, _, _, fragment, _, protocol, *_ = _IP.unpack_from(data, link.at)
    if version >> 4 != 4 or fragment & _FRAGMENT_OFFSET:
        return None
    inner = open_tunnel(data, link.at + (version & 0x0F) * 4, protocol)
    if inner is None:
        return None
    carried = data[inner.at :]
    within = open_link(carried, ETHERNET)
    frame = _arp(carried, within) if within and within.kind in (ARP, RARP) else None
    return replace(frame, tunnel=inner.tunnel) if frame else None


def _arp(data: bytes, link: Link) -> ArpFrame | RarpFrame | None:
    if len(data) < link.at + _ARP.size:
        return None
    hardware, protocol, hardware_bytes, protocol_bytes, operation, sha, spa, tha, tpa = _ARP.unpack_from(data, link.at)
    if hardware not in _HARDWARE or (protocol, hardware_bytes, protocol_bytes) != (IPV4, 6, 4):
        return None
    to, transmitter, vlans = link.to, link.transmitter, link.vlans
    sender, target = mac_from_bytes(sha), mac_from_bytes(tha)
    if link.kind == RARP:
        return RarpFrame(to, transmitter, operation, sender, target, vlans)
    return ArpFrame(to, transmitter, operation, sender, IPv4Address(spa), target, IPv4Address(tpa), vlans)


def _echo(data: bytes, link: Link) -> EchoFrame | None:
    at = link.at
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
        to=link.to,
        transmitter=link.transmitter,
        source=IPv4Address(source),
        destination=IPv4Address(destination),
        reply=kind == _ECHO_REPLY,
        ident=ident,
        seq=seq,
        ttl=ttl,
        size_bytes=size_bytes,
        dont_fragment=bool(fragment & _DONT_FRAGMENT),
        vlans=link.vlans,
    )

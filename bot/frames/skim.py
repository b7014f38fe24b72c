"""Passing over the records of a capture that cannot hold evidence, at a price that a gigabyte can be read for.

Nearly every frame of a capture of mixed traffic is TCP, UDP or IPv6. One ``unpack_from`` tells so from the record, and
nothing is built for it. What is passed over is a part of what ``decode`` makes nothing of; tests hold the two together.
So a frame is passed over by what stands where an IPv4 header has it, whether or not the frame reaches as far: those
that do not are too short for any evidence. Of the packets from or to one address the first ``MOST_PACKETS`` are stopped
at: they tell which way it is reached, and a file may hold nothing else.
"""

from collections.abc import Callable
from ipaddress import IPv4Address
from struct import Struct, error

from bot.frames.captured import MOST_PACKETS
from bot.frames.hello import HELLO_PORTS, VRRP
from bot.frames.link import COOKED, COOKED_2, ETHERNET
from bot.frames.tunnel import TUNNEL_PORTS

Skim = Callable[[memoryview, int, int], tuple[int, int]]
"""From a window of the file, a place in it and the number of frames before: the next record to look at, and likewise.

It stops before every record that is not whole in the window.
"""


_PLACES = {ETHERNET: (12, 14), COOKED: (14, 16), COOKED_2: (0, 20)}  # of the EtherType and of the payload
_TAG_BEFORE_KIND = frozenset({ETHERNET, COOKED})  # the newer cooked header keeps the EtherType apart from the tag
_TAG_BYTES, _NEVER = 4, -1
_IPV4, _IPV6, _TAG = 0x0800, 0x86DD, 0x8100
_PLAIN = 0x45  # version 4 with a header of 20 bytes
_ICMP, _UDP, _GRE = 1, 17, 47
_OPENED = frozenset({_ICMP, _GRE, VRRP})
_PORTS = TUNNEL_PORTS | HELLO_PORTS
_PCAP_HEADER_BYTES = 16
_PACKET_BLOCK, _NG_HEADER_BYTES, _LENGTH_BYTES = 6, 28, 4


def pcap(order: str, link_type: int, about: IPv4Address | None) -> Skim | None:
    """For the records of a classic pcap of that byte order; None where frames of this link type have to be opened."""
    if link_type not in _PLACES:
        return None
    kinds = _Kinds(order, link_type, about)
    look, holds_nothing = kinds.struct("8xI4x").unpack_from, kinds.tagged(_PCAP_HEADER_BYTES)
    ipv4, ports, address, left = kinds.ipv4, kinds.ports, kinds.about, MOST_PACKETS

    def skim(data: memoryview, at: int, number: int) -> tuple[int, int]:
        nonlocal left
        before = at
        try:
            while True:
                size_bytes, kind, first, protocol, source, destination, port = look(data, at)
                if kind == ipv4 and first == _PLAIN:
                    opened = protocol in _OPENED or (protocol == _UDP and port in ports)
                    if opened or (left and (source == address or destination == address)):
                        left -= not opened
                        return at, number
                elif not holds_nothing(data, at, kind):
                    return at, number
                before = at
                at += _PCAP_HEADER_BYTES + size_bytes
                number += 1
        except error:  # the window ends inside the next record's first bytes, or inside the last record
            return (at, number) if at <= len(data) else (before, number - 1)

    return skim


def pcapng(order: str, link_type: int, about: IPv4Address | None) -> Skim | None:
    """For the packet blocks of a section's first interface, of that link type; else as ``pcap``."""
    if link_type not in _PLACES:
        return None
    kinds = _Kinds(order, link_type, about)
    look, holds_nothing = kinds.struct("III8xI4x").unpack_from, kinds.tagged(_NG_HEADER_BYTES)
    ipv4, ports, length = kinds.ipv4, kinds.ports, Struct(order + "I").unpack_from
    address, left = kinds.about, MOST_PACKETS

    def skim(data: memoryview, at: int, number: int) -> tuple[int, int]:
        nonlocal left
        try:
            while True:
                block, block_bytes, interface, size_bytes, kind, first, protocol, source, destination, port = look(
                    data, at
                )
                odd = block_bytes % 4 or block_bytes < _NG_HEADER_BYTES + size_bytes + _LENGTH_BYTES
                if odd or interface or block != _PACKET_BLOCK:
                    return at, number
                if kind == ipv4 and first == _PLAIN:
                    opened = protocol in _OPENED or (protocol == _UDP and port in ports)
                    if opened or (left and (source == address or destination == address)):
                        left -= not opened
                        return at, number
                elif not holds_nothing(data, at, kind):
                    return at, number
                if length(data, at + block_bytes - _LENGTH_BYTES)[0] != block_bytes:
                    return at, number
                number += 1
                at += block_bytes
        except error:
            return at, number

    return skim


class _Kinds:
    """What to look for in the frames of one link type, as it comes out of a file of one byte order."""

    def __init__(self, order: str, link_type: int, about: IPv4Address | None) -> None:
        self._order = order
        self._kind_at, self._payload_at = _PLACES[link_type]
        self.ipv4, self._ipv6 = self._read(_IPV4), self._read(_IPV6)
        self._tag = self._read(_TAG) if link_type in _TAG_BEFORE_KIND else _NEVER
        self.ports = frozenset(map(self._read, _PORTS))
        self.about = _NEVER if about is None else int(Struct(self._order + "I").unpack(about.packed)[0])

    def _read(self, value: int) -> int:
        return int(Struct(self._order + "H").unpack(value.to_bytes(2, "big"))[0])

    def struct(self, header: str, before_bytes: int = 0) -> Struct:
        """The header, the EtherType, the payload's first byte, and what are IPv4's protocol and addresses there and
        UDP's port.
        """
        between = self._payload_at - self._kind_at - 2
        return Struct(f"{self._order}{header}{before_bytes + self._kind_at}xH{between}xB8xB2xII2xH")

    def tagged(self, header_bytes: int) -> Callable[[memoryview, int, int], bool]:
        """Whether the record of a frame that is no plain IPv4 holds no evidence: IPv6, and what is so behind a tag."""
        look, tag, ipv4, ipv6 = self.struct("", header_bytes + _TAG_BYTES).unpack_from, self._tag, self.ipv4, self._ipv6
        ports, about = self.ports, self.about

        def holds_nothing(data: memoryview, at: int, kind: int) -> bool:
            if kind != tag:
                return kind == ipv6
            kind, first, protocol, source, destination, port = look(data, at)
            if kind == ipv4 and first == _PLAIN:
                opened = protocol in _OPENED or (protocol == _UDP and port in ports)
                return not opened and about not in (source, destination)
            return kind == ipv6

        return holds_nothing

"""Packets with other addresses and MACs in them, and without what they carried.

Kept is what verdicts rest on: the link header, ARP whole, the header of IPv4 and the first bytes behind it (ports,
an echo's numbers, the group of a router's hello). Everything else becomes zeros of the same length, so that frames
keep their numbers and sizes.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address

from bot.errors import BundleError
from bot.frames import pcapng
from bot.frames.captured import Captured
from bot.frames.link import ARP, ETHERNET, IPV4, RARP, open_link
from bot.frames.recording import Recording
from bot.inquiries.pseudonyms import Pseudonyms
from bot.model.addresses import Mac, mac_from_bytes

_ARP_BYTES, _IP_BYTES = 28, 20
_ICMP, _VRRP = 1, 112
_KEPT_BYTES = {_ICMP: 8, _VRRP: 8}  # behind the IP header; a VRRP hello names its addresses after these
_KEPT_USUALLY = 16  # as many as tell two packets apart
_ECHO = (0, 8)
_FRAGMENT_OFFSET = 0x1FFF


@dataclass(frozen=True, slots=True)
class Packets:
    """The frames of one Ethernet interface, and how many the recorder says it lost; None: it does not say."""

    frames: tuple[Captured, ...]
    dropped: int | None


def read(data: bytes) -> Packets | None:
    """The packets of a capture that can be changed; None: not Ethernet, of several interfaces, damaged or cut off."""
    try:
        recording = Recording(data)
        frames = tuple(recording)
    except BundleError:
        return None
    end = recording.end
    plain = all(one.link_type == ETHERNET and not one.interface for one in frames)
    if end is None or end.cut_short or end.untimed or not plain:
        return None
    return Packets(frames, end.dropped)


def words(packets: Packets) -> Iterator[str]:
    """Every address and MAC that will be kept, as text; what becomes zeros is not told."""
    found = set[bytes]()

    def note(octets: bytes) -> bytes:
        found.add(octets)
        return octets

    for one in packets.frames:
        _changed(one.data, note, note)
    yield from (str(mac_from_bytes(one)) if len(one) == 6 else str(IPv4Address(one)) for one in sorted(found))


def redacted(packets: Packets, other: Pseudonyms) -> bytes:
    """The capture with other addresses and MACs, as pcapng without the names of what recorded it."""
    macs, addresses = dict[bytes, bytes](), dict[bytes, bytes]()

    def mac(octets: bytes) -> bytes:
        if octets not in macs:
            macs[octets] = bytes.fromhex(other.mac(Mac(octets.hex(":"))).replace(":", ""))
        return macs[octets]

    def address(octets: bytes) -> bytes:
        if octets not in addresses:
            addresses[octets] = other.address(IPv4Address(octets)).packed
        return addresses[octets]

    changed = (one._replace(data=_changed(one.data, mac, address)) for one in packets.frames)
    return pcapng.write(changed, dropped=packets.dropped)


_Octets = Callable[[bytes], bytes]


def _changed(data: bytes, mac: _Octets, address: _Octets) -> bytes:
    """The frame with whatever ``mac`` and ``address`` make of the octets in it; as long as before."""
    link = open_link(data, ETHERNET)
    if link is None:
        return bytes(len(data))
    head = mac(data[:6]) + mac(data[6:12]) + data[12 : link.at]
    payload = data[link.at :]
    if link.kind in (ARP, RARP) and len(payload) >= _ARP_BYTES:
        kept = (
            payload[:8] + mac(payload[8:14]) + address(payload[14:18]) + mac(payload[18:24]) + address(payload[24:28])
        )
    elif link.kind == IPV4 and len(payload) >= _IP_BYTES and payload[0] >> 4 == 4:
        kept = _packet(payload, address)
    else:
        kept = b""
    return (head + kept).ljust(len(data), b"\0")


def _packet(payload: bytes, address: _Octets) -> bytes:
    behind = max((payload[0] & 0x0F) * 4, _IP_BYTES)
    head = bytearray(payload[:12] + address(payload[12:16]) + address(payload[16:20]))
    head += bytes(min(behind, len(payload)) - _IP_BYTES)  # options name the routers on the way
    head[10:12] = b"\0\0"
    if len(head) == behind:
        head[10:12] = _sum(bytes(head))
    return bytes(head) + _carried(payload, behind)


def _carried(payload: bytes, behind: int) -> bytes:
    protocol, fragment = payload[9], int.from_bytes(payload[6:8], "big")
    if fragment & _FRAGMENT_OFFSET:
        return b""
    carried = payload[behind : behind + _KEPT_BYTES.get(protocol, _KEPT_USUALLY)]
    if protocol == _ICMP and carried[:1] and carried[0] not in _ECHO:
        return carried[:4]  # behind these a redirect names a router, and others the packet that they are about
    return carried


def _sum(head: bytes) -> bytes:
    """The check sum of an IPv4 header (RFC 791) whose own field is zero."""
    total = sum(int.from_bytes(head[at : at + 2], "big") for at in range(0, len(head), 2))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return (~total & 0xFFFF).to_bytes(2, "big")

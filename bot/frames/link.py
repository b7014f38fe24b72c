"""The header in front of a frame's payload, for every link layer that captures come with.

Linux cooked captures (``tcpdump -i any``) keep only the sender's address, so the destination may be unknown: None, and
never a made-up MAC. Source: tcpdump.org/linktypes.html, LINKTYPE_LINUX_SLL and LINKTYPE_LINUX_SLL2; IEEE 802.11-2020
sections 9.2.4 and 9.3.2; radiotap.org; RFC 1042.
"""

from collections.abc import Callable, Mapping
from struct import Struct
from typing import NamedTuple

from bot.model.addresses import BROADCAST, Mac, mac_from_bytes

ETHERNET, WIFI, COOKED, RADIOTAP, COOKED_2 = 1, 105, 113, 127, 276

ARP, RARP, IPV4, LOOP = 0x0806, 0x8035, 0x0800, 0x9000  # IEEE 802 numbers, EtherType
TAGS = frozenset({0x8100, 0x88A8, 0x9100})  # 802.1Q, 802.1ad, and what switches used for QinQ before it

_HALF = Struct("!H")
_SNAP = b"\xaa\xaa\x03\0\0\0"  # an EtherType behind an LLC header (RFC 1042)
_LONGEST_LENGTH = 1500  # a smaller "EtherType" is a length (IEEE 802.3 section 3.2.6)
_COOKED = Struct("!HHH8sH")  # packet type, hardware, address length, address, protocol
_COOKED_2 = Struct("!HHIHBB8s")  # protocol, reserved, interface, hardware, packet type, address length, address
_TO_ALL = 1  # the packet type of a broadcast
_WIFI_BYTES = 24
_DATA, _QOS, _NO_DATA, _ENCRYPTED = 2, 0x80, 0x40, 0x40
_FOURTH_ADDRESS_BYTES, _QOS_BYTES = 6, 2


class Link(NamedTuple):
    """From whom to whom, what follows (an EtherType; 0: nothing whole), where it begins, and the VLANs outside in."""

    to: Mac | None
    transmitter: Mac
    kind: int
    at: int
    vlans: tuple[int, ...]


def open_link(data: bytes, link_type: int) -> Link | None:
    """The link header of one frame, or None where it is not whole, carries no data or is encrypted. Never raises."""
    opener = OPENERS.get(link_type)
    return opener(data) if opener else None


def _ethernet(data: bytes) -> Link | None:
    if len(data) < 14:
        return None
    return Link(mac_from_bytes(data[:6]), mac_from_bytes(data[6:12]), *_payload(data, 12))


def _cooked(data: bytes) -> Link | None:
    if len(data) < _COOKED.size:
        return None
    packet_type, _, address_bytes, address, _ = _COOKED.unpack_from(data)
    return _from_sender(packet_type, address_bytes, address, *_payload(data, _COOKED.size - 2))


def _cooked_2(data: bytes) -> Link | None:
    if len(data) < _COOKED_2.size:
        return None
    kind, _, _, _, packet_type, address_bytes, address = _COOKED_2.unpack_from(data)
    at, vlans = _COOKED_2.size, tuple[int, ...]()
    if kind in TAGS and len(data) >= at + 4:
        tag = _HALF.unpack_from(data, at)[0] & 0x0FFF
        kind, at, inner = _payload(data, at + 2)
        vlans = (tag, *inner)
    return _from_sender(packet_type, address_bytes, address, kind, at, vlans)


def _from_sender(
    packet_type: int, address_bytes: int, address: bytes, kind: int, at: int, vlans: tuple[int, ...]
) -> Link | None:
    if address_bytes != 6:
        return None
    to = BROADCAST if packet_type == _TO_ALL else None
    return Link(to, mac_from_bytes(address[:6]), kind, at, vlans)


def _radiotap(data: bytes) -> Link | None:
    if len(data) < 4:
        return None
    size_bytes = int.from_bytes(data[2:4], "little")
    link = _wifi(data[size_bytes:]) if size_bytes >= 8 else None
    return link._replace(at=link.at + size_bytes) if link else None


def _wifi(data: bytes) -> Link | None:
    if len(data) < _WIFI_BYTES:
        return None
    control, flags = data[0], data[1]
    if control >> 2 & 3 != _DATA or control & _NO_DATA or flags & _ENCRYPTED:
        return None
    to_ds, from_ds = flags & 1, flags >> 1 & 1
    first, second, third = (mac_from_bytes(data[at : at + 6]) for at in (4, 10, 16))
    at = _WIFI_BYTES
    to, transmitter = (third if to_ds else first), (third if from_ds else second)
    if to_ds and from_ds:
        if len(data) < at + _FOURTH_ADDRESS_BYTES:
            return None
        transmitter = mac_from_bytes(data[at : at + _FOURTH_ADDRESS_BYTES])
        at += _FOURTH_ADDRESS_BYTES
    if control & _QOS:
        at += _QOS_BYTES
    if not data.startswith(_SNAP, at):
        return None
    return Link(to, transmitter, *_payload(data, at + len(_SNAP)))


def _payload(data: bytes, at: int) -> tuple[int, int, tuple[int, ...]]:
    """The EtherType behind all tags, where its payload begins, and the VLANs; kind 0: nothing whole."""
    vlans = tuple[int, ...]()
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


OPENERS: Mapping[int, Callable[[bytes], Link | None]] = {
    ETHERNET: _ethernet,
    WIFI: _wifi,
    COOKED: _cooked,
    RADIOTAP: _radiotap,
    COOKED_2: _cooked_2,
}
"""Every link type that can be read."""

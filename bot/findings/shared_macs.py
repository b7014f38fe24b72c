"""MACs that several machines share by design, or that no machine has: virtual routers, load balancing, NAT engines."""

import re
from collections.abc import Callable
from ipaddress import IPv4Address
from typing import NamedTuple

from bot.model.addresses import Mac


class Group(NamedTuple):
    """A group of virtual routers as its hellos name it: the protocol, and the group's number."""

    protocol: str
    number: int


_VIRTUAL: tuple[tuple[re.Pattern[str], str, str, Callable[[int], int]], ...] = (
    # The form of the MAC, what it is called, the protocol of its hellos, and the group's number among its six octets.
    (re.compile(r"00:00:5e:00:0[12]:.."), "VRRP or CARP", "VRRP", lambda mac: mac & 0xFF),  # RFC 9568 section 7.3
    (re.compile(r"00:00:0c:07:ac:.."), "HSRP", "HSRP", lambda mac: mac & 0xFF),  # RFC 2281 section 5.1
    (re.compile(r"00:00:0c:9f:f.:.."), "HSRP version 2", "HSRP", lambda mac: mac & 0xFFF),
    (re.compile(r"00:07:b4:..:..:.."), "GLBP", "GLBP", lambda mac: mac >> 8 & 0x3FF),
)
_VIRTUALBOX_NAT = Mac("52:54:00:12:35:02")  # its gateway, whose answers come in frames from 52:54:00:12:35:00


def virtual_kind(mac: Mac, address: IPv4Address) -> str | None:
    """What shares this MAC by design (a virtual router, a load-balancing cluster), or None for a plain station."""
    for pattern, kind, _, _ in _VIRTUAL:
        if pattern.fullmatch(mac):
            return kind
    octets = bytes.fromhex(mac.replace(":", ""))
    # Network Load Balancing builds its MACs from the address itself: 02:bf or 03:bf and the four octets, 02:01 to
    # 02:20 for its 32 hosts. Docker does so too (02:42), and that is no cluster.
    if octets[2:] == address.packed and octets[0] in (2, 3) and (octets[1] == 0xBF or 1 <= octets[1] <= 32):
        return "Network Load Balancing"
    if octets[:4] == b"\x01\x00\x5e\x7f" and octets[4:] == address.packed[2:]:
        return "Network Load Balancing (IGMP)"
    return None


def sent_for_another(mac: Mac, address: IPv4Address) -> bool:
    """Whether answers that name this MAC come in another's frames by design."""
    return mac == _VIRTUALBOX_NAT or virtual_kind(mac, address) is not None


def group_of(mac: Mac) -> Group | None:
    """The group of virtual routers whose hellos confirm this MAC; None where no hello does."""
    for pattern, _, protocol, number in _VIRTUAL:
        if pattern.fullmatch(mac):
            return Group(protocol, number(int(mac.replace(":", ""), 16)))
    return None

"""By what virtual routers tell each other that they are there: VRRP and CARP, HSRP, GLBP.

Source: RFC 9568 section 5; CARP in OpenBSD's ip_carp.h; RFC 2281 section 5; HSRP version 2 and GLBP as Wireshark's
packet-hsrp.c and packet-glbp.c read them.
"""

from ipaddress import IPv4Address
from typing import NamedTuple

VRRP = 112
HSRP_PORT, GLBP_PORT = 1985, 3222
HELLO_PORTS = frozenset({HSRP_PORT, GLBP_PORT})
LOCAL = 0xE00000  # 224.0.0.0/24, which no router passes on (RFC 5771 section 4): its first three octets

_UDP, _UDP_HEADER_BYTES = 17, 8
_TTL_OF_VRRP = 255  # RFC 9568 section 5.1.1.3: any other came from elsewhere
_ADVERTISEMENTS = (0x21, 0x31)  # versions 2 and 3, type 1
_VRRP_GROUP_AT = 1
_HSRP, _HSRP_HELLO, _HSRP_GROUP_AT = 0, 0, 6
_HSRP_2, _HSRP_2_GROUP_AT = b"\x01\x28\x02", 6  # a TLV of 40 bytes with the group's state, version 2
_GLBP, _GLBP_GROUP_AT = 1, 2


class Hello(NamedTuple):
    """Who is there: the protocol's name, and the group's number."""

    protocol: str
    group: int


def open_hello(payload: bytes, protocol: int, destination: IPv4Address, ttl: int) -> Hello | None:
    """The hello in the payload of an IPv4 packet, or None where it is none. Never raises."""
    if int(destination) >> 8 != LOCAL:
        return None
    if protocol == VRRP and ttl == _TTL_OF_VRRP and len(payload) >= 8 and payload[0] in _ADVERTISEMENTS:
        return Hello("VRRP", payload[_VRRP_GROUP_AT])
    if protocol != _UDP or len(payload) < _UDP_HEADER_BYTES + 8:
        return None
    port, said = int.from_bytes(payload[2:4], "big"), payload[_UDP_HEADER_BYTES:]
    if port == HSRP_PORT and said.startswith(_HSRP_2):
        return Hello("HSRP", int.from_bytes(said[_HSRP_2_GROUP_AT : _HSRP_2_GROUP_AT + 2], "big"))
    if port == HSRP_PORT and (said[0], said[1]) == (_HSRP, _HSRP_HELLO):
        return Hello("HSRP", said[_HSRP_GROUP_AT])
    if port == GLBP_PORT and said[0] == _GLBP:
        return Hello("GLBP", int.from_bytes(said[_GLBP_GROUP_AT : _GLBP_GROUP_AT + 2], "big"))
    return None

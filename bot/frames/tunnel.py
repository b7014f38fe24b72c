"""What a frame carries inside: VXLAN, GENEVE, GRE with Ethernet in it, and ERSPAN mirrors.

The inner frame is of another network than the outer one, so it is told with the name of its tunnel. Source: RFC 7348
(VXLAN), RFC 8926 (GENEVE), RFC 2784, 2890 and 7637 (GRE, NVGRE), draft-foschiano-erspan-03.
"""

from struct import Struct
from typing import NamedTuple

_UDP, _GRE = 17, 47
_VXLAN_PORTS = frozenset({4789, 8472})  # IANA's, and what Linux took before there was one
_GENEVE_PORT = 6081
TUNNEL_PORTS = _VXLAN_PORTS | {_GENEVE_PORT}
_ETHERNET, _ERSPAN_2, _ERSPAN_3 = 0x6558, 0x88BE, 0x22EB  # EtherTypes of what GRE and GENEVE carry
_CHECKSUM, _KEY, _SEQUENCE = 0x8000, 0x2000, 0x1000
_UDP_HEADER, _WORD, _GRE_HEADER = Struct("!HHHH"), Struct("!I"), Struct("!HH")
_ERSPAN_2_BYTES, _ERSPAN_3_BYTES, _SUBHEADER_BYTES = 8, 12, 8
_SESSION = 0x3FF


class Inner(NamedTuple):
    """A frame inside another: the tunnel's name, such as "vxlan 5001", and where the Ethernet frame begins."""

    tunnel: str
    at: int


def open_tunnel(data: bytes, at: int, protocol: int) -> Inner | None:
    """The frame inside the IP payload that begins at ``at``, or None where there is none. Never raises."""
    if protocol == _UDP and len(data) >= at + _UDP_HEADER.size + 8:
        port = _UDP_HEADER.unpack_from(data, at)[1]
        at += _UDP_HEADER.size
        if port in _VXLAN_PORTS and data[at] & 0x08:  # the network's number is valid
            return Inner(f"vxlan {_WORD.unpack_from(data, at + 4)[0] >> 8}", at + 8)
        if port == _GENEVE_PORT and data[at] >> 6 == 0 and data[at + 2 : at + 4] == _ETHERNET.to_bytes(2, "big"):
            return Inner(f"geneve {_WORD.unpack_from(data, at + 4)[0] >> 8}", at + 8 + (data[at] & 0x3F) * 4)
    if protocol == _GRE and len(data) >= at + _GRE_HEADER.size:
        return _gre(data, at)
    return None


def _gre(data: bytes, at: int) -> Inner | None:
    flags, kind = _GRE_HEADER.unpack_from(data, at)
    at += _GRE_HEADER.size + (4 if flags & _CHECKSUM else 0)
    key = _WORD.unpack_from(data, at)[0] if flags & _KEY and len(data) >= at + 4 else None
    at += (4 if flags & _KEY else 0) + (4 if flags & _SEQUENCE else 0)
    if kind == _ETHERNET:
        return Inner("gre" if key is None else f"gre {key}", at)
    if kind == _ERSPAN_2 and not flags & _SEQUENCE:
        return Inner("erspan", at)  # type I has no header of its own
    if kind in (_ERSPAN_2, _ERSPAN_3) and len(data) >= at + _ERSPAN_3_BYTES:
        session = _WORD.unpack_from(data, at)[0] & _SESSION
        size_bytes = _ERSPAN_2_BYTES
        if kind == _ERSPAN_3:
            size_bytes = _ERSPAN_3_BYTES + (_SUBHEADER_BYTES if data[at + 11] & 1 else 0)
        return Inner(f"erspan {session}", at + size_bytes)
    return None

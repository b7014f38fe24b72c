"""The kernel's filter in front of the capture: ARP, RARP, ICMP and hellos, behind up to two tags in the bytes.

A tag that the kernel has taken out of the bytes is invisible here and needs no rule. Everything else never reaches
the agent, however busy the segment is: of UDP only what virtual routers tell their group, which no router passes on.

Source: include/uapi/linux/bpf_common.h and filter.h; Documentation/networking/filter.rst.
"""

import struct

from bot.frames.hello import HELLO_PORTS, LOCAL, VRRP
from bot.frames.link import ARP, IPV4, LOOP, RARP, TAGS

_LOAD_WORD, _LOAD_HALF, _LOAD_BYTE = 0x20, 0x28, 0x30  # BPF_LD | BPF_ABS with BPF_W, BPF_H or BPF_B
_SHIFT_RIGHT = 0x74  # BPF_ALU | BPF_RSH | BPF_K
_JUMP_IF_EQUAL, _RETURN = 0x15, 0x06  # BPF_JMP | BPF_JEQ | BPF_K; BPF_RET | BPF_K
_ICMP, _UDP = 1, 17
_ETHERTYPE_AT, _TAG_BYTES = 12, 4
# Behind the EtherType: the protocol, the destination, and, behind a header of 20 bytes, the port it goes to.
_PROTOCOL_BEHIND, _DESTINATION_BEHIND, _PORT_BEHIND = 11, 18, 24
_DEPTHS = 3  # untagged, one tag, two tags

_Step = tuple[int, int, str | None, str | None]  # code, operand, label if equal, label if not (None: the next step)


def program(snap_bytes: int) -> bytes:
    """The filter as an array of ``struct sock_filter``; what passes is cut to ``snap_bytes``."""
    labels, steps = dict[str, int](), list[_Step]()
    for depth in range(_DEPTHS):
        labels[f"tags {depth}"] = len(steps)
        at = _ETHERTYPE_AT + depth * _TAG_BYTES
        deeper = f"tags {depth + 1}" if depth + 1 < _DEPTHS else "drop"
        steps.append((_LOAD_HALF, at, None, None))
        steps += [(_JUMP_IF_EQUAL, kind, "keep", None) for kind in (ARP, RARP, LOOP)]
        steps += [(_JUMP_IF_EQUAL, tag, deeper, None) for tag in sorted(TAGS)]
        steps.append((_JUMP_IF_EQUAL, IPV4, None, "drop"))
        steps.append((_LOAD_BYTE, at + _PROTOCOL_BEHIND, None, None))
        steps += [(_JUMP_IF_EQUAL, protocol, "keep", None) for protocol in (_ICMP, VRRP)]
        steps.append((_JUMP_IF_EQUAL, _UDP, None, "drop"))
        steps.append((_LOAD_WORD, at + _DESTINATION_BEHIND, None, None))
        steps.append((_SHIFT_RIGHT, 8, None, None))
        steps.append((_JUMP_IF_EQUAL, LOCAL, None, "drop"))
        steps.append((_LOAD_HALF, at + _PORT_BEHIND, None, None))
        *most, last = sorted(HELLO_PORTS)
        steps += [(_JUMP_IF_EQUAL, port, "keep", None) for port in most]
        steps.append((_JUMP_IF_EQUAL, last, "keep", "drop"))
    labels["keep"], labels["drop"] = len(steps), len(steps) + 1
    steps += [(_RETURN, snap_bytes, None, None), (_RETURN, 0, None, None)]

    def distance(here: int, label: str | None) -> int:
        return 0 if label is None else labels[label] - here - 1

    return b"".join(
        struct.pack("=HBBI", code, distance(here, equal), distance(here, other), operand)
        for here, (code, operand, equal, other) in enumerate(steps)
    )

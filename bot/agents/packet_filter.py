"""The kernel's filter in front of a check: ARP, RARP, ICMP and hellos, behind up to two tags in the bytes.

A tag that the kernel has taken out of the bytes is invisible here and needs no rule. Everything else never reaches
the agent, however busy the segment is: of UDP only what virtual routers tell their group, which no router passes on.
"""

from bot.agents.bpf import BYTE, HALF, IF_EQUAL, RETURN, SHIFT_RIGHT, WORD, Step, assemble
from bot.frames.hello import HELLO_PORTS, LOCAL, VRRP
from bot.frames.link import ARP, IPV4, LOOP, RARP, TAGS

_ICMP, _UDP = 1, 17
_ETHERTYPE_AT, _TAG_BYTES = 12, 4
# Behind the EtherType: the protocol, the destination, and, behind a header of 20 bytes, the port it goes to.
_PROTOCOL_BEHIND, _DESTINATION_BEHIND, _PORT_BEHIND = 11, 18, 24
_DEPTHS = 3  # untagged, one tag, two tags


def program(snap_bytes: int) -> bytes:
    """The filter as an array of ``struct sock_filter``; what passes is cut to ``snap_bytes``."""
    steps: list[Step | str] = []
    for depth in range(_DEPTHS):
        at = _ETHERTYPE_AT + depth * _TAG_BYTES
        deeper = f"tags {depth + 1}" if depth + 1 < _DEPTHS else "drop"
        steps += [f"tags {depth}", Step(HALF, at)]
        steps += [Step(IF_EQUAL, kind, "keep") for kind in (ARP, RARP, LOOP)]
        steps += [Step(IF_EQUAL, tag, deeper) for tag in sorted(TAGS)]
        steps += [Step(IF_EQUAL, IPV4, None, "drop"), Step(BYTE, at + _PROTOCOL_BEHIND)]
        steps += [Step(IF_EQUAL, protocol, "keep") for protocol in (_ICMP, VRRP)]
        steps += [Step(IF_EQUAL, _UDP, None, "drop"), Step(WORD, at + _DESTINATION_BEHIND), Step(SHIFT_RIGHT, 8)]
        steps += [Step(IF_EQUAL, LOCAL, None, "drop"), Step(HALF, at + _PORT_BEHIND)]
        *most, last = sorted(HELLO_PORTS)
        steps += [Step(IF_EQUAL, port, "keep") for port in most]
        steps.append(Step(IF_EQUAL, last, "keep", "drop"))
    return assemble([*steps, "keep", Step(RETURN, snap_bytes), "drop", Step(RETURN, 0)])

"""A capture's filter as the program that the kernel runs: what does not pass is never copied, however busy it is.

Behind up to two tags in the bytes, and behind the one that the kernel takes out of them and keeps beside the frame. X
is where the tags end; A, B are what the frame names as its two ends.
"""

from ipaddress import IPv4Address

from bot.agents import bpf
from bot.agents.bpf import Step
from bot.frames.hello import HELLO_PORTS, LOCAL, VRRP
from bot.frames.link import ARP, IPV4, LOOP, RARP, TAGS
from bot.model.capture import Filter, Traffic

MOST_HOSTS = 32
"""How many machines one filter can name: a condition jumps over 255 steps at most."""

_ICMP, _TCP, _UDP = 1, 6, 17
_TAGS = 2
_VLAN_BITS, _OFFSET_BITS, _LENGTH_BITS = 0x0FFF, 0x1FFF, 0x0F
_IP = 14  # where the payload of an untagged frame begins, and what stands where in it:
_KIND, _PROTOCOL, _FRAGMENT, _SOURCE, _DESTINATION, _SENDER, _TARGET = 12, _IP + 9, _IP + 6, 26, 30, 28, 38
_ONE_END, _OTHER_END = 0, 1  # words of memory
_TCP_LENGTH = 12  # where TCP's header says how long it is
_FINGERPRINT_BYTES = 16  # behind the IP header: the ports, and what tells one packet from the next

_Steps = list[Step | str]


def program(wanted: Filter, snap_bytes: int, *, payload: bool) -> bytes:
    """The filter as an array of ``struct sock_filter``.

    What passes is cut to ``snap_bytes``. Without ``payload`` TCP is cut behind its header, and any other IPv4 but ICMP
    and hellos 16 bytes behind the header of IP: those are people's data. ICMP says what went wrong in what it carries.

    Raises:
        ValueError: it names more than ``MOST_HOSTS`` machines.
    """
    if len(wanted.hosts) > MOST_HOSTS:
        raise ValueError(f"{len(wanted.hosts)} machines are more than {MOST_HOSTS}")
    steps = [
        *_vlan(wanted.vlan),
        *bpf.skip_tags(sorted(TAGS), _TAGS),
        *_kinds(wanted),
        *_ends(wanted),
        *(_keep_headers(snap_bytes) if not payload else ["kept packet"]),
    ]
    return bpf.assemble([*steps, "keep", Step(bpf.RETURN, snap_bytes), "drop", Step(bpf.RETURN, 0)])


def _vlan(vlan: int | None) -> _Steps:
    """Only what bears the tag: taken out by the kernel, or first or second in the bytes."""
    if vlan is None:
        return []
    steps: _Steps = [Step(bpf.BYTE, bpf.TAG_PRESENT), Step(bpf.IF_EQUAL, 0, "in the bytes"), Step(bpf.HALF, bpf.TAG)]
    steps += [Step(bpf.AND, _VLAN_BITS), Step(bpf.IF_EQUAL, vlan, "in the vlan"), "in the bytes"]
    for depth in range(_TAGS):
        at, last = 12 + depth * 4, sorted(TAGS)[-1]
        steps.append(Step(bpf.HALF, at))
        steps += [Step(bpf.IF_EQUAL, kind, f"vlan {depth}") for kind in sorted(TAGS)[:-1]]
        steps += [Step(bpf.IF_EQUAL, last, None, "drop"), f"vlan {depth}", Step(bpf.HALF, at + 2)]
        steps += [Step(bpf.AND, _VLAN_BITS), Step(bpf.IF_EQUAL, vlan, "in the vlan")]
    return [*steps, Step(bpf.RETURN, 0), "in the vlan"]


def _kinds(wanted: Filter) -> _Steps:
    """By EtherType and protocol: to ``keep``, to ``drop``, or to ``ends`` with both ends in memory."""
    everything, portless = Traffic.ALL in wanted.traffic, wanted.port is None
    steps: _Steps = [Step(bpf.HALF_AT_X, _KIND), Step(bpf.IF_EQUAL, IPV4, "ip")]
    if wanted.takes_notices:
        steps += [Step(bpf.IF_EQUAL, kind, "keep") for kind in (RARP, LOOP)]
        steps += [Step(bpf.IF_EQUAL, ARP, None, "drop"), *_remember(_SENDER, _TARGET), Step(bpf.GO, then="ends"), "ip"]
        steps += _hellos()
    else:
        steps += [Step(bpf.RETURN, 0), "ip"]
    if not portless:
        steps += [Step(bpf.BYTE_AT_X, _PROTOCOL), Step(bpf.IF_EQUAL, _TCP, "ported")]
        steps += [Step(bpf.IF_EQUAL, _UDP, None, "drop"), "ported", Step(bpf.HALF_AT_X, _FRAGMENT)]
        steps.append(Step(bpf.IF_ANY_BIT, _OFFSET_BITS, "drop"))
    elif not everything and Traffic.ICMP in wanted.traffic:
        steps += [Step(bpf.BYTE_AT_X, _PROTOCOL), Step(bpf.IF_EQUAL, _ICMP, None, "drop")]
    elif not everything:
        steps.append(Step(bpf.RETURN, 0))
    return [*steps, *_remember(_SOURCE, _DESTINATION)]


def _remember(one_at: int, other_at: int) -> _Steps:
    return [
        Step(bpf.WORD_AT_X, one_at),
        Step(bpf.STORE, _ONE_END),
        Step(bpf.WORD_AT_X, other_at),
        Step(bpf.STORE, _OTHER_END),
    ]


def _hellos() -> _Steps:
    """What virtual routers tell their group, whole; everything else goes on behind it."""
    steps: _Steps = [Step(bpf.WORD_AT_X, _DESTINATION), Step(bpf.SHIFT_RIGHT, 8)]
    steps += [Step(bpf.IF_EQUAL, LOCAL, None, "no hello"), Step(bpf.BYTE_AT_X, _PROTOCOL)]
    steps += [Step(bpf.IF_EQUAL, VRRP, "keep"), Step(bpf.IF_EQUAL, _UDP, None, "no hello")]
    steps += [Step(bpf.HALF_AT_X, _FRAGMENT), Step(bpf.IF_ANY_BIT, _OFFSET_BITS, "no hello")]
    steps += [Step(bpf.X_TO_A), Step(bpf.STORE, 2), *_behind_ip(), Step(bpf.HALF_AT_X, 2), Step(bpf.STORE, 3)]
    steps += [Step(bpf.RECALL, 2), Step(bpf.TO_X), Step(bpf.RECALL, 3)]
    return [*steps, *(Step(bpf.IF_EQUAL, port, "keep") for port in sorted(HELLO_PORTS)), "no hello"]


def _behind_ip() -> _Steps:
    """X moves to what IPv4 carries."""
    steps: _Steps = [Step(bpf.BYTE_AT_X, _IP), Step(bpf.AND, _LENGTH_BITS), Step(bpf.SHIFT_LEFT, 2)]
    return [*steps, Step(bpf.ADD_X), Step(bpf.ADD, _IP), Step(bpf.TO_X)]


def _ends(wanted: Filter) -> _Steps:
    """By the two ends of the conversation and, where one is named, by the port; on to ``kept packet`` or ``keep``."""
    steps: _Steps = ["ends", *_either(wanted.hosts, "a host"), Step(bpf.RETURN, 0), "a host"]
    if wanted.peer is not None:
        steps += [*_either((wanted.peer,), "the peer"), Step(bpf.RETURN, 0), "the peer"]
    if wanted.port is not None:
        steps += [Step(bpf.X_TO_A), Step(bpf.STORE, 2), *_behind_ip()]
        steps += [Step(bpf.HALF_AT_X, 0), Step(bpf.IF_EQUAL, wanted.port, "the port")]
        steps += [Step(bpf.HALF_AT_X, 2), Step(bpf.IF_EQUAL, wanted.port, None, "drop")]
        steps += ["the port", Step(bpf.RECALL, 2), Step(bpf.TO_X)]
    return steps


def _either(hosts: tuple[IPv4Address, ...], then: str) -> _Steps:
    steps: _Steps = []
    for end in (_ONE_END, _OTHER_END):
        steps.append(Step(bpf.RECALL, end))
        steps += [Step(bpf.IF_EQUAL, int(host), then) for host in hosts]
    return steps


def _keep_headers(snap_bytes: int) -> _Steps:
    """Cut people's data off: the end of the headers is what passes."""
    steps: _Steps = ["kept packet", Step(bpf.HALF_AT_X, _KIND), Step(bpf.IF_EQUAL, IPV4, None, "keep")]
    steps += [Step(bpf.BYTE_AT_X, _PROTOCOL), Step(bpf.IF_EQUAL, _ICMP, "keep"), Step(bpf.STORE, 2)]
    steps += [Step(bpf.HALF_AT_X, _FRAGMENT), Step(bpf.STORE, 3), *_behind_ip()]
    steps += [Step(bpf.RECALL, 3), Step(bpf.IF_ANY_BIT, _OFFSET_BITS, "16 bytes behind")]
    steps += [Step(bpf.RECALL, 2), Step(bpf.IF_EQUAL, _TCP, None, "16 bytes behind")]
    steps += [Step(bpf.X_TO_A), Step(bpf.ADD, _TCP_LENGTH), Step(bpf.TO_X)]
    steps += [Step(bpf.LENGTH), Step(bpf.IF_ABOVE_X, 0, None, "16 bytes behind"), Step(bpf.BYTE_AT_X, 0)]
    steps += [Step(bpf.SHIFT_RIGHT, 4), Step(bpf.SHIFT_LEFT, 2), Step(bpf.ADD_X), Step(bpf.SUBTRACT, _TCP_LENGTH)]
    steps += [Step(bpf.RETURN_A), "16 bytes behind"]
    return [*steps, Step(bpf.X_TO_A), Step(bpf.ADD, _FINGERPRINT_BYTES), Step(bpf.RETURN_A)]

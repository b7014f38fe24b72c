"""What a capture holds: bytes at a moment, and the evidence decoded from them."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from typing import NamedTuple

from bot.errors import BundleError
from bot.frames.decode import decode
from bot.frames.frame import Frame, PacketFrame
from bot.frames.link import OPENERS

LONGEST_BYTES = 262_144  # of a frame in a capture, as libpcap has it (MAXIMUM_SNAPLEN)

MOST_PACKETS = 20_000
"""How many packets from and to one address are read: they tell which way it is reached, and a file may hold nothing
else."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNREADABLE = {0: "BSD loopback", 101: "raw IP", 108: "BSD loopback", 119: "Wi-Fi with Prism header", 228: "raw IP"}
_SAME_FRAME_NS = 1_000_000  # a frame that passes two interfaces of one machine is recorded twice within this time


class Captured(NamedTuple):
    """One frame as recorded. ``number`` counts from 1, as capture viewers do; ``interface`` from 0.

    ``length_bytes`` is the frame's length on the wire, of which ``data`` may be only the beginning. ``outgoing`` says
    whether the machine that recorded it sent it itself; None: the recording does not tell.
    (A named tuple: a big capture makes millions of them, and this is the cheapest immutable thing there is.)
    """

    number: int
    time_ns: int
    link_type: int
    data: bytes
    length_bytes: int
    interface: int = 0
    outgoing: bool | None = None

    @property
    def seen_at(self) -> datetime:
        """The time of the recording, cut to the microsecond."""
        return moment(self.time_ns)


@dataclass(frozen=True, slots=True)
class End:
    """How a file ended: inside a frame (``cut_short``), and with how many frames that carry no time.

    Frames without a time are numbered but not told: nothing can be concluded from a frame of unknown date.
    ``dropped`` counts the frames that the recorder says it lost; None: the file does not say.
    """

    cut_short: bool = False
    untimed: int = 0
    dropped: int | None = None


class Heard(NamedTuple):
    """A frame that carries evidence, where it stands in its capture, and whether whoever recorded it had sent it."""

    number: int
    seen_at: datetime
    frame: Frame
    outgoing: bool | None = None


def moment(time_ns: int) -> datetime:
    """The time that lies so many nanoseconds behind the epoch, cut to the microsecond."""
    return _EPOCH + timedelta(microseconds=time_ns // 1000)


def heard(captured: Iterable[Captured], about: IPv4Address | None = None) -> Iterator[Heard]:
    """The frames that carry evidence, each once; of other packets from and to ``about`` the first ``MOST_PACKETS``.

    The same bytes on another interface within a millisecond are the same frame, seen twice by one machine. On the
    same interface they are two frames: something sent it twice, which is evidence of its own.

    Raises:
        BundleError: there are frames, and not one of a link type that carries MAC addresses. Read as an empty
            capture it would testify that nobody answered.
    """
    recent: deque[Captured] = deque()
    foreign, readable, packets = None, False, 0
    for one in captured:
        if one.link_type not in OPENERS:
            foreign = one.link_type
            continue
        readable = True
        frame = decode(one.data, one.link_type, about if packets < MOST_PACKETS else None)
        if frame is None:
            continue
        packets += isinstance(frame, PacketFrame)
        while recent and one.time_ns - recent[0].time_ns > _SAME_FRAME_NS:
            recent.popleft()
        if any(_same(one, other) for other in recent):
            continue
        recent.append(one)
        yield Heard(one.number, one.seen_at, frame, one.outgoing)
    if foreign is not None and not readable:
        name = _UNREADABLE.get(foreign, "unknown here")
        raise BundleError(
            f"This capture holds frames of link type {foreign} ({name}), in which no MAC addresses stand: "
            "record it again on one wired interface, as with tcpdump -i eth0."
        )


def _same(one: Captured, other: Captured) -> bool:
    return (
        one.interface != other.interface
        and one.data == other.data
        and abs(one.time_ns - other.time_ns) <= _SAME_FRAME_NS
    )

"""The blocks of a pcapng file, read and written.

Source: draft-ietf-opsawg-pcapng, sections 3.1 (block structure), 4.1 to 4.6 and appendix A (packet block).
"""

from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address
from struct import Struct, unpack_from

from bot.errors import BundleError
from bot.frames import skim
from bot.frames.captured import LONGEST_BYTES, Captured, End
from bot.frames.content import Feed
from bot.frames.link import ETHERNET

MAGIC = b"\x0a\x0d\x0d\x0a"

_INTERFACE, _OLD_PACKET, _SIMPLE_PACKET, _STATISTICS, _PACKET = 1, 2, 3, 5, 6
_ORDERS = {b"\x4d\x3c\x2b\x1a": "<", b"\x1a\x2b\x3c\x4d": ">"}
_SMALLEST_BLOCK_BYTES = 12
_LARGEST_BLOCK_BYTES = 16 << 20  # as Wireshark has it (wiretap/pcapng.c, MAX_BLOCK_SIZE)
_END_OF_OPTIONS, _NAME, _FLAGS, _RESOLUTION, _OFFSET = 0, 2, 2, 9, 14
_DIRECTION, _INBOUND, _OUTBOUND = 3, 1, 2  # the lowest bits of a packet's flags; 0: not known
_NANOSECONDS = 9
_DROP_COUNTS = (5, 7)  # section 4.6: isb_ifdrop and isb_osdrop, lost by the interface and by the system
_MICROSECONDS = 1_000_000
_LAST_NS = 253_402_300_799 * 1_000_000_000  # the end of the year 9999: no later time can be written


@dataclass(frozen=True, slots=True)
class _Interface:
    number: int
    link_type: int
    ticks_per_s: int
    offset_s: int


def read(feed: Feed, *, only_evidence: bool, about: IPv4Address | None) -> Generator[Captured, None, End]:
    """Every timed frame in file order, or those that may hold evidence.

    Raises:
        BundleError: a block contradicts itself, so that nothing behind it can be trusted.
    """
    file = _File(only_evidence=only_evidence, about=about)
    data, at, base = feed.data, 0, 0
    while True:
        if file.pass_over:
            at, file.number = file.pass_over(data, at, file.number)
        size_bytes = file.block_bytes(data, at, base)
        if size_bytes is None:
            if not feed.move(at):
                return file.end(cut_short=at < len(data))
            base, data, at = base + at, feed.data, 0
            continue
        captured = file.take(data[at : at + size_bytes])
        at += size_bytes
        if captured is not None:
            yield captured


class _File:
    """What the blocks read so far say about those that follow."""

    def __init__(self, *, only_evidence: bool, about: IPv4Address | None) -> None:
        self.pass_over: skim.Skim | None = None
        self.number = 0
        self._only_evidence, self._about = only_evidence, about
        self._order = "<"
        self._interfaces: list[_Interface] = []
        self._interfaces_before = 0
        self._untimed = 0
        self._dropped: dict[int, int] = {}

    def block_bytes(self, data: memoryview, at: int, base: int) -> int | None:
        """The length of the block at ``at``, None where it is not whole; a section says how to read what follows.

        ``base`` is where ``data`` begins in the file.
        """
        if at + _SMALLEST_BLOCK_BYTES > len(data):
            return None
        if data[at : at + len(MAGIC)] == MAGIC:
            self._order, self.pass_over = _order(data, at, base), None
            self._interfaces_before += len(self._interfaces)
            self._interfaces = []
        size_bytes: int = unpack_from(self._order + "I", data, at + 4)[0]
        if not _SMALLEST_BLOCK_BYTES <= size_bytes <= _LARGEST_BLOCK_BYTES or size_bytes % 4:
            raise BundleError(
                f"This capture is damaged: the block at byte {base + at} says that it is {size_bytes} long."
            )
        if at + size_bytes > len(data):
            return None
        if unpack_from(self._order + "I", data, at + size_bytes - 4)[0] != size_bytes:
            raise BundleError(f"This capture is damaged: the two lengths of the block at byte {base + at} differ.")
        return size_bytes

    def take(self, block: memoryview) -> Captured | None:
        """The frame in this block, where it is one with a time."""
        kind, order, body = unpack_from(self._order + "I", block)[0], self._order, bytes(block[8:-4])
        if kind == _INTERFACE:
            self._interfaces.append(_interface(body, order, self._interfaces_before + len(self._interfaces)))
            if self._only_evidence:
                self.pass_over = skim.pcapng(order, self._interfaces[0].link_type, self._about)
        elif kind in (_PACKET, _OLD_PACKET):
            self.number += 1
            return _packet(body, order, kind, self.number, self._interfaces)
        elif kind == _SIMPLE_PACKET:
            self.number += 1
            self._untimed += 1
        elif kind == _STATISTICS:
            self._dropped |= _dropped(body, order, self._interfaces_before)
        return None

    def end(self, *, cut_short: bool) -> End:
        """How the file ended."""
        dropped = sum(self._dropped.values()) if self._dropped else None
        return End(cut_short=cut_short, untimed=self._untimed, dropped=dropped)


def _order(data: memoryview, at: int, base: int) -> str:
    order = _ORDERS.get(bytes(data[at + 8 : at + 12]))
    if order is None:
        raise BundleError(f"This capture is damaged: the section at byte {base + at} has no valid byte order mark.")
    return order


def _interface(body: bytes, order: str, number: int) -> _Interface:
    header = Struct(order + "HHI")
    if len(body) < header.size:
        raise BundleError("This capture is damaged: the description of an interface is too short.")
    ticks_per_s, offset_s = _MICROSECONDS, 0
    for code, value in _options(body, header.size, order):
        if code == _RESOLUTION and len(value) == 1:
            ticks_per_s = int((2 if value[0] & 0x80 else 10) ** (value[0] & 0x7F))
        elif code == _OFFSET and len(value) == 8:
            offset_s = Struct(order + "q").unpack(value)[0]
    return _Interface(number, header.unpack_from(body)[0], ticks_per_s, offset_s)


def _dropped(body: bytes, order: str, interfaces_before: int) -> dict[int, int]:
    """How many frames the recorder lost so far at an interface, by its number; empty where it does not say."""
    header = Struct(order + "I8x")
    counts = [
        Struct(order + "Q").unpack(value)[0]
        for code, value in _options(body, header.size, order)
        if code in _DROP_COUNTS and len(value) == 8
    ]
    return {interfaces_before + header.unpack_from(body)[0]: sum(counts)} if counts else {}


def _options(body: bytes, at: int, order: str) -> Iterator[tuple[int, bytes]]:
    option = Struct(order + "HH")
    while at + option.size <= len(body):
        code, size_bytes = option.unpack_from(body, at)
        if code == _END_OF_OPTIONS:
            return
        yield code, body[at + option.size : at + option.size + size_bytes]
        at += option.size + size_bytes + -size_bytes % 4


def _packet(body: bytes, order: str, kind: int, number: int, interfaces: list[_Interface]) -> Captured:
    # The old packet block splits the first word into interface and drop count; else the two are alike.
    header = Struct(order + ("IIIII" if kind == _PACKET else "HxxIIII"))
    if len(body) < header.size:
        raise BundleError(f"This capture is damaged: the block of frame {number} is too short.")
    index, high, low, captured_bytes, length_bytes = header.unpack_from(body)
    if captured_bytes > len(body) - header.size:
        raise BundleError(f"This capture is damaged: frame {number} is longer than the block it stands in.")
    if index >= len(interfaces):
        raise BundleError(f"This capture is damaged: frame {number} names an interface that is not described.")
    interface = interfaces[index]
    ticks = high << 32 | low
    time_ns = ticks * 1_000_000_000 // interface.ticks_per_s + interface.offset_s * 1_000_000_000
    if not 0 <= time_ns <= _LAST_NS:
        raise BundleError(f"This capture is damaged: the time of frame {number} is outside the calendar.")
    data = body[header.size : header.size + captured_bytes]
    outgoing = _outgoing(body, header.size + captured_bytes + -captured_bytes % 4, order)
    return Captured(number, time_ns, interface.link_type, data, length_bytes, interface.number, outgoing)


def _outgoing(body: bytes, at: int, order: str) -> bool | None:
    flags = [value for code, value in _options(body, at, order) if code == _FLAGS and len(value) == 4]
    direction = Struct(order + "I").unpack(flags[0])[0] & _DIRECTION if flags else 0
    return {_INBOUND: False, _OUTBOUND: True}.get(direction)


def write(captured: Iterable[Captured], *, interface: str = "", dropped: int | None = None) -> bytes:
    """The frames of one interface in the order given, link type Ethernet, with nanoseconds, directions and losses."""
    return b"".join((beginning(interface), *map(block, captured), ending(dropped)))


def beginning(interface: str = "") -> bytes:
    """What a file with frames of one Ethernet interface begins with."""
    name = interface.encode()
    described = Struct("<HHI").pack(ETHERNET, 0, LONGEST_BYTES)
    described += _option(_NAME, name) * bool(name) + _option(_RESOLUTION, bytes([_NANOSECONDS])) + bytes(4)
    section = Struct("<IHHq").pack(0x1A2B3C4D, 1, 0, -1)
    return _block(int.from_bytes(MAGIC, "little"), section) + _block(_INTERFACE, described)


def block(one: Captured) -> bytes:
    """One frame, as it stands in such a file."""
    times = one.time_ns >> 32, one.time_ns & 0xFFFFFFFF
    body = Struct("<IIIII").pack(0, *times, len(one.data), one.length_bytes) + one.data + bytes(-len(one.data) % 4)
    if one.outgoing is not None:
        flags = Struct("<I").pack(_OUTBOUND if one.outgoing else _INBOUND)
        body += _option(_FLAGS, flags) + bytes(4)
    return _block(_PACKET, body)


def ending(dropped: int | None) -> bytes:
    """What it ends with: how many frames were lost, where that is known."""
    if dropped is None:
        return b""
    lost = _option(_DROP_COUNTS[-1], Struct("<Q").pack(dropped))
    return _block(_STATISTICS, bytes(12) + lost + bytes(4))


def _option(code: int, value: bytes) -> bytes:
    return Struct("<HH").pack(code, len(value)) + value + bytes(-len(value) % 4)


def _block(kind: int, body: bytes) -> bytes:
    size = Struct("<I").pack(_SMALLEST_BLOCK_BYTES + len(body))
    return Struct("<I").pack(kind) + size + body + size

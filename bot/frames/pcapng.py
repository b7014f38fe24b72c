"""The blocks of a pcapng file.

Source: draft-ietf-opsawg-pcapng, sections 3.1 (block structure), 4.1 to 4.4 and appendix A (packet block).
"""

from collections.abc import Generator
from dataclasses import dataclass
from struct import Struct

from bot.errors import BundleError
from bot.frames.captured import Captured

MAGIC = b"\x0a\x0d\x0d\x0a"

_SECTION, _INTERFACE, _OLD_PACKET, _SIMPLE_PACKET, _PACKET = 0x0A0D0D0A, 1, 2, 3, 6
_ORDERS = {b"\x4d\x3c\x2b\x1a": "<", b"\x1a\x2b\x3c\x4d": ">"}
_SMALLEST_BLOCK_BYTES = 12
_END_OF_OPTIONS, _RESOLUTION, _OFFSET = 0, 9, 14
_MICROSECONDS = 1_000_000
_LAST_NS = 253_402_300_799 * 1_000_000_000  # the end of the year 9999: no later time can be written


@dataclass(frozen=True, slots=True)
class End:
    """How a file ended: inside a frame (``cut_short``), and with how many frames that carry no time.

    Frames without a time are numbered but not told: nothing can be concluded from a frame of unknown date.
    """

    cut_short: bool = False
    untimed: int = 0


@dataclass(frozen=True, slots=True)
class _Interface:
    number: int
    link_type: int
    ticks_per_s: int
    offset_s: int


def read(data: bytes) -> Generator[Captured, None, End]:
    """Every timed frame in file order.

    Raises:
        BundleError: a block contradicts itself, so that nothing behind it can be trusted.
    """
    at, number, untimed, interfaces_before = 0, 0, 0, 0
    order, interfaces = "<", list[_Interface]()
    while at < len(data):
        if at + _SMALLEST_BLOCK_BYTES > len(data):
            return End(cut_short=True, untimed=untimed)
        if data.startswith(MAGIC, at):
            order = _order(data, at)
            interfaces_before += len(interfaces)
            interfaces = []
        kind, size_bytes = Struct(order + "II").unpack_from(data, at)
        if size_bytes < _SMALLEST_BLOCK_BYTES or size_bytes % 4:
            raise BundleError(f"This capture is damaged: the block at byte {at} says that it is {size_bytes} long.")
        if at + size_bytes > len(data):
            return End(cut_short=True, untimed=untimed)
        if Struct(order + "I").unpack_from(data, at + size_bytes - 4)[0] != size_bytes:
            raise BundleError(f"This capture is damaged: the two lengths of the block at byte {at} differ.")
        body = data[at + 8 : at + size_bytes - 4]
        at += size_bytes
        if kind == _INTERFACE:
            interfaces.append(_interface(body, order, interfaces_before + len(interfaces)))
        elif kind in (_PACKET, _OLD_PACKET):
            number += 1
            yield _packet(body, order, kind, number, interfaces)
        elif kind == _SIMPLE_PACKET:
            number += 1
            untimed += 1
    return End(untimed=untimed)


def _order(data: bytes, at: int) -> str:
    order = _ORDERS.get(data[at + 8 : at + 12])
    if order is None:
        raise BundleError(f"This capture is damaged: the section at byte {at} has no valid byte order mark.")
    return order


def _interface(body: bytes, order: str, number: int) -> _Interface:
    header = Struct(order + "HHI")
    if len(body) < header.size:
        raise BundleError("This capture is damaged: the description of an interface is too short.")
    ticks_per_s, offset_s = _MICROSECONDS, 0
    option, at = Struct(order + "HH"), header.size
    while at + option.size <= len(body):
        code, size_bytes = option.unpack_from(body, at)
        value = body[at + option.size : at + option.size + size_bytes]
        if code == _END_OF_OPTIONS:
            break
        if code == _RESOLUTION and len(value) == 1:
            ticks_per_s = int((2 if value[0] & 0x80 else 10) ** (value[0] & 0x7F))
        elif code == _OFFSET and len(value) == 8:
            offset_s = Struct(order + "q").unpack(value)[0]
        at += option.size + size_bytes + -size_bytes % 4
    return _Interface(number, header.unpack_from(body)[0], ticks_per_s, offset_s)


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
    return Captured(number, time_ns, interface.link_type, data, length_bytes, interface.number)

"""Capture files as bytes: classic pcap written and read, pcapng and gzip read. The content decides, never the name.

Own code and not scapy's raw readers: those open files and unpack gzip without a bound, log to the console, keep TLS
secrets in a global, and end a truncated file without saying so (scapy 2.8, scapy/utils.py).
"""

import zlib
from collections.abc import Generator, Iterable, Iterator
from dataclasses import replace
from struct import Struct

from bot.errors import BundleError
from bot.frames import pcapng
from bot.frames.captured import Captured
from bot.frames.link import ETHERNET
from bot.frames.pcapng import End

UNPACKED_BYTES = 512 << 20
SNAP_BYTES = 262_144  # what libpcap writes for "everything" (MAXIMUM_SNAPLEN)

# draft-ietf-opsawg-pcap section 4: the magic tells the byte order and the unit of the second time field.
_MAGICS = {
    b"\xd4\xc3\xb2\xa1": ("<", 1000),
    b"\xa1\xb2\xc3\xd4": (">", 1000),
    b"\x4d\x3c\xb2\xa1": ("<", 1),
    b"\xa1\xb2\x3c\x4d": (">", 1),
}
_FILE_HEADER_BYTES = 24
_LINK_TYPE_BITS = 0xFFFF  # the upper half tells the length of a trailing check sequence
_GZIP = b"\x1f\x8b"


class Recording:
    """The frames of a capture file, in file order, by iterating; nothing is kept but the file's bytes.

    ``end`` is None until an iteration came to the end of the file.

    Raises:
        BundleError: the bytes are no capture; while iterating: the file contradicts itself.
    """

    def __init__(self, data: bytes) -> None:
        self.end: End | None = None
        data, self._cut = _unpacked(data) if data.startswith(_GZIP) else (data, False)
        self._data = data
        if data[:4] not in _MAGICS and not data.startswith(pcapng.MAGIC):
            raise BundleError("This file is not a capture: it begins neither like a pcap nor like a pcapng file.")
        if len(data) < _FILE_HEADER_BYTES:
            raise BundleError("This capture is cut off inside its file header: it holds no frame.")

    def __iter__(self) -> Iterator[Captured]:
        self.end = None
        end = yield from (pcapng.read if self._data.startswith(pcapng.MAGIC) else _read)(self._data)
        self.end = replace(end, cut_short=end.cut_short or self._cut)


def _unpacked(data: bytes) -> tuple[bytes, bool]:
    """What gzip packed, and whether its end is missing; bounded, for a few bytes can unpack to anything."""
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)  # 16: with the header of gzip (RFC 1952)
    try:
        unpacked = unpacker.decompress(data, UNPACKED_BYTES)
    except zlib.error as error:
        raise BundleError(f"This file begins like gzip but is damaged: {error}.") from error
    if unpacker.unconsumed_tail:
        raise BundleError(f"This file unpacks to more than {UNPACKED_BYTES >> 20} MiB: send a shorter capture.")
    return unpacked, not unpacker.eof


def _read(data: bytes) -> Generator[Captured, None, End]:
    order, unit_ns = _MAGICS[data[:4]]
    link_type = Struct(order + "I").unpack_from(data, 20)[0] & _LINK_TYPE_BITS
    header = Struct(order + "IIII")
    at, number = _FILE_HEADER_BYTES, 0
    while at < len(data):
        if at + header.size > len(data):
            return End(cut_short=True)
        seconds, fraction, captured_bytes, length_bytes = header.unpack_from(data, at)
        at += header.size
        if at + captured_bytes > len(data):
            return End(cut_short=True)
        number += 1
        frame = data[at : at + captured_bytes]
        yield Captured(number, seconds * 1_000_000_000 + fraction * unit_ns, link_type, frame, length_bytes)
        at += captured_bytes
    return End()


def write(captured: Iterable[Captured]) -> bytes:
    """The frames as one classic pcap file with nanosecond times, link type Ethernet, in the order given."""
    magic, header = b"\x4d\x3c\xb2\xa1", Struct("<IIII")
    parts = [magic, Struct("<HHiIII").pack(2, 4, 0, 0, SNAP_BYTES, ETHERNET)]
    for one in captured:
        seconds, fraction = divmod(one.time_ns, 1_000_000_000)
        parts += [header.pack(seconds, fraction, len(one.data), one.length_bytes), one.data]
    return b"".join(parts)

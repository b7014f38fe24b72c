"""Captures by Solaris and its descendants. Source: RFC 1761."""

from collections.abc import Generator
from ipaddress import IPv4Address
from struct import Struct

from bot.errors import BundleError
from bot.frames.captured import LONGEST_BYTES, Captured, End
from bot.frames.content import Feed
from bot.frames.link import ETHERNET

MAGIC = b"snoop\0\0\0"

_VERSION, _FILE_HEADER = 2, Struct("!8sII")
_ETHERNET, _IEEE_802_3 = 4, 0  # section 4: datalink types
_RECORD = Struct("!IIIIII")  # original, included and record length, drops so far, seconds, microseconds


def read(feed: Feed, *, only_evidence: bool, about: IPv4Address | None) -> Generator[Captured, None, End]:
    """Every frame in file order; ``only_evidence`` and ``about`` change nothing, for such files are rare and small.

    Raises:
        BundleError: another version or link layer than Ethernet, or a record contradicts itself.
    """
    _, version, datalink = _FILE_HEADER.unpack(feed.head(_FILE_HEADER.size))
    if version != _VERSION or datalink not in (_ETHERNET, _IEEE_802_3):
        raise BundleError(
            f"This snoop capture is of version {version} and datalink type {datalink}: "
            "only version 2 on Ethernet is read; record it again on one wired interface."
        )
    data, at, number, dropped = feed.data, _FILE_HEADER.size, 0, 0
    while True:
        begin, whole = at + _RECORD.size, False
        if begin <= len(data):
            length_bytes, size_bytes, record_bytes, dropped, seconds, micros = _RECORD.unpack_from(data, at)
            if not size_bytes + _RECORD.size <= record_bytes <= LONGEST_BYTES:
                raise BundleError(f"This capture is damaged: the lengths of frame {number + 1} contradict each other.")
            whole = at + record_bytes <= len(data)
        if not whole:
            if not feed.move(at):
                return End(cut_short=at < len(data), dropped=dropped)
            data, at = feed.data, 0
            continue
        number += 1
        time_ns = seconds * 1_000_000_000 + micros * 1000
        yield Captured(number, time_ns, ETHERNET, bytes(data[begin : begin + size_bytes]), length_bytes)
        at += record_bytes

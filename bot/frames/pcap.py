"""Classic pcap files. Source: draft-ietf-opsawg-pcap, sections 4 and 5."""

from collections.abc import Generator
from ipaddress import IPv4Address
from struct import Struct

from bot.errors import BundleError
from bot.frames import skim
from bot.frames.captured import LONGEST_BYTES, Captured, End
from bot.frames.content import Feed

# Section 4: the magic tells the byte order and the unit of the second time field.
MAGICS = {
    b"\xd4\xc3\xb2\xa1": ("<", 1000),
    b"\xa1\xb2\xc3\xd4": (">", 1000),
    b"\x4d\x3c\xb2\xa1": ("<", 1),
    b"\xa1\xb2\x3c\x4d": (">", 1),
}
_FILE_HEADER_BYTES = 24
_LINK_TYPE_BITS = 0xFFFF  # the upper half tells the length of a trailing check sequence


def read(feed: Feed, *, only_evidence: bool, about: IPv4Address | None) -> Generator[Captured, None, End]:
    """Every frame in file order, or those that may hold evidence.

    Raises:
        BundleError: a frame says that it is longer than any, so that nothing behind it can be found.
    """
    order, unit_ns = MAGICS[feed.head(4)]
    link_type = Struct(order + "I").unpack_from(feed.head(_FILE_HEADER_BYTES), 20)[0] & _LINK_TYPE_BITS
    header = Struct(order + "IIII")
    pass_over = skim.pcap(order, link_type, about) if only_evidence else None
    data, at, number = feed.data, _FILE_HEADER_BYTES, 0
    while True:
        if pass_over:
            at, number = pass_over(data, at, number)
        begin, whole = at + header.size, False
        if begin <= len(data):
            seconds, fraction, captured_bytes, length_bytes = header.unpack_from(data, at)
            if captured_bytes > LONGEST_BYTES:
                raise BundleError(
                    f"This capture is damaged: frame {number + 1} says that it is {captured_bytes} bytes long."
                )
            whole = begin + captured_bytes <= len(data)
        if not whole:
            if not feed.move(at):
                return End(cut_short=at < len(data))
            data, at = feed.data, 0
            continue
        number += 1
        at = begin + captured_bytes
        time_ns = seconds * 1_000_000_000 + fraction * unit_ns
        yield Captured(number, time_ns, link_type, bytes(data[begin:at]), length_bytes)

"""Capture files: pcap, pcapng and snoop, packed with gzip or not. The content decides, never the name.

Own code and not scapy's raw readers: those open files and unpack gzip without a bound, log to the console, keep TLS
secrets in a global, and end a truncated file without saying so (scapy 2.8, scapy/utils.py).
"""

from collections.abc import Generator, Iterator
from dataclasses import replace
from ipaddress import IPv4Address

from bot.errors import BundleError
from bot.frames import pcap, pcapng, snoop
from bot.frames.captured import Captured, End
from bot.frames.content import Content, Feed

_HEADER_BYTES = 24  # of a classic pcap; the first block of a pcapng is longer, and a snoop with one record too


def suffix(data: bytes) -> str:
    """What a capture file with this content is to be called by: "pcapng", or "pcap" for any other."""
    return "pcapng" if data.startswith(pcapng.MAGIC) else "pcap"


class Recording:
    """The frames of a capture file, in file order, by iterating; a window of the file is all that is kept.

    ``only_evidence`` passes over frames that ``decode`` makes nothing of where the capture is ``about`` this address,
    as many as can be told cheaply; the others keep their numbers. ``end`` is None until an iteration came to the end
    of the file.

    Raises:
        BundleError: the bytes are no capture; while iterating: the file contradicts itself.
    """

    def __init__(self, content: Content, *, only_evidence: bool = False, about: IPv4Address | None = None) -> None:
        self.end: End | None = None
        self._content = content
        self._only_evidence = only_evidence
        self._about = about
        with Feed(content) as feed:
            self._reader(feed)

    def __iter__(self) -> Iterator[Captured]:
        self.end = None
        with Feed(self._content) as feed:
            end = yield from self._reader(feed)
            self.end = replace(end, cut_short=end.cut_short or feed.cut_short)

    def _reader(self, feed: Feed) -> Generator[Captured, None, End]:
        head = feed.head(_HEADER_BYTES)
        if head[:4] in pcap.MAGICS:
            read = pcap.read
        elif head.startswith(pcapng.MAGIC):
            read = pcapng.read
        elif head.startswith(snoop.MAGIC):
            read = snoop.read
        else:
            raise BundleError("This file is not a capture: it begins like no pcap, pcapng or snoop file.")
        if len(head) < _HEADER_BYTES:
            raise BundleError("This capture is cut off inside its file header: it holds no frame.")
        return read(feed, only_evidence=self._only_evidence, about=self._about)

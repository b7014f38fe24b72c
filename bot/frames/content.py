"""The bytes of a file through a window that moves over them: in memory or read bit by bit, packed with gzip or not."""

import zlib
from io import BytesIO
from typing import Protocol, Self

from bot.errors import BundleError

UNPACKED_BYTES = 2 << 30
_GZIP = b"\x1f\x8b"
_STEP_BYTES = 128 << 10  # stays in the nearest caches: twice as fast as steps of megabytes


class Reader(Protocol):
    """An open file, as far as it is needed."""

    def readinto(self, buffer: memoryview, /) -> int | None:
        """Fill the buffer from its beginning with what comes next; how many bytes that is, 0 at the end."""

    def close(self) -> None:
        """Done with it."""


class Source(Protocol):
    """A file that can be opened as often as needed, and holds the same each time."""

    def open(self) -> Reader:
        """From its beginning."""


Content = bytes | Source


class Feed:
    """A window that moves over a content; ``data`` is what it shows now.

    Raises:
        BundleError: in every method: the packed bytes are damaged, or unpack to more than is read.
    """

    def __init__(self, content: Content) -> None:
        self._reader: Reader = BytesIO(content) if isinstance(content, bytes) else content.open()
        self._window = memoryview(bytearray(2 * _STEP_BYTES))
        self.data = self._window[:0]
        if self.head(len(_GZIP)) == _GZIP:
            self._reader = _Unpacked(bytes(self.data), self._reader)
            self.data = self._window[:0]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._reader.close()

    @property
    def cut_short(self) -> bool:
        """Whether the end of what gzip packed was not met, after reading as far as there is something."""
        return isinstance(self._reader, _Unpacked) and not self._reader.whole

    def head(self, size_bytes: int) -> bytes:
        """The first so many bytes, or all there are; before the window was moved."""
        while len(self.data) < size_bytes and self.move(0):
            pass
        return bytes(self.data[:size_bytes])

    def move(self, at: int) -> bool:
        """Let the window begin at ``at`` of what it shows and reach further; False: there is no more.

        Either way it shows something else than before: copy what is kept.
        """
        window, kept = self._window, len(self.data) - at
        if kept + _STEP_BYTES > len(window):  # a block longer than most
            window = memoryview(bytearray(2 * (kept + _STEP_BYTES)))
        window[:kept] = self.data[at:]
        more = self._reader.readinto(window[kept : kept + _STEP_BYTES])
        if not more:
            return False
        self._window, self.data = window, window[: kept + more]
        return True


class _Unpacked:
    """What gzip packed, no more of it in memory than is asked for: a few bytes can unpack to anything."""

    def __init__(self, head: bytes, packed: Reader) -> None:
        self._packed, self._waiting = packed, head
        self._step = bytearray(_STEP_BYTES)
        self._unpacker = _gunzip()
        self._unpacked_bytes = 0

    @property
    def whole(self) -> bool:
        """Whether the end of what was packed has been seen."""
        return self._unpacker.eof

    def readinto(self, buffer: memoryview, /) -> int:
        """As Reader's."""
        while True:
            waiting = self._waiting or bytes(self._step[: self._packed.readinto(memoryview(self._step)) or 0])
            if self._unpacker.eof:  # a packed file may be several, one behind the other; anything else is no part of it
                if not waiting.startswith(_GZIP):
                    return 0
                self._unpacker = _gunzip()
            try:
                piece = self._unpacker.decompress(waiting, len(buffer))
            except zlib.error as error:
                raise BundleError(f"This file begins like gzip but is damaged: {error}.") from error
            self._waiting = self._unpacker.unconsumed_tail or self._unpacker.unused_data
            self._unpacked_bytes += len(piece)
            if self._unpacked_bytes > UNPACKED_BYTES:
                raise BundleError(f"This file unpacks to more than {UNPACKED_BYTES >> 20} MiB: send a shorter capture.")
            if piece or not waiting:
                buffer[: len(piece)] = piece
                return len(piece)

    def close(self) -> None:
        """As Reader's."""
        self._packed.close()


def _gunzip() -> "zlib._Decompress":
    return zlib.decompressobj(zlib.MAX_WBITS | 16)  # 16: with the header of gzip (RFC 1952)

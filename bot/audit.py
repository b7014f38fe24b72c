"""The audit on disk: one line a deed, chained, synced before the deed has an effect, kept for good.

Several processes may write: each takes the lock for one line. A file that has grown large is put aside under the number
of its first line, and the chain goes on in the next one.
"""

import fcntl
import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot import log
from bot.errors import BundleError, InstrumentError
from bot.model import chain
from bot.model.audit import Entry
from bot.model.chain import Head

_log = log.get(__name__)

_LARGEST_BYTES = 16 << 20
_LONGEST = 2000  # of what a person typed; the rest is counted
_TEXTS = ("said", "read_as", "rule", "agent")
_PIECE = 1 << 16
_MOST_TORN = 3  # parts of lines in a row; what ends in more is no audit


class FileAudit:
    """bot.ports.Audit in the file ``path`` and those that were put aside from it."""

    def __init__(self, path: Path, *, largest_bytes: int = _LARGEST_BYTES) -> None:
        self.path, self._largest_bytes = path, largest_bytes
        self._thread = threading.Lock()  # the lock of the file is the process's, whichever thread takes it

    def record(self, entry: Entry) -> None:
        """Append the deed and return once the disk has it; the log has the head, so that no end is cut off unseen."""
        try:
            with self._thread, self._locked():
                head = self._append(clean(entry))
        except OSError as error:
            raise InstrumentError(f"{self.path} cannot be written: {error.strerror}.") from error
        except ValueError as error:
            raise InstrumentError(
                f"{self.path} ends in lines that are none of an audit; `ruleout audit verify` says which."
            ) from error
        about = {"incident": entry.incident} if entry.incident else {}
        _log.info("audit_head", number=head.number, digest=head.digest, **about)

    def end(self) -> tuple[Head, bool]:
        """The head of the chain, number 0 before the first deed, and whether no part of a line lies behind it.

        Raises:
            InstrumentError: it cannot be read, or ends in what is no audit.
        """
        try:
            with self._thread, self._locked():
                head, torn = self._end()
        except OSError as error:
            raise InstrumentError(f"The audit in {self.path} cannot be read: {error.strerror}.") from error
        except ValueError as error:
            raise InstrumentError(f"{self.path} ends in lines that are none of an audit.") from error
        return head, not torn

    def of_channel(self, channel: str, most: int) -> tuple[Entry, ...]:
        """The newest deeds of the channel, oldest first; lines that are none are passed over."""
        found = list[Entry]()
        try:
            with self._thread, self._locked():  # else a file might be put aside between its listing and its reading
                for path in reversed(files(self.path)):
                    found[:0] = of_lines(path.read_bytes().split(b"\n")[:-1], channel, most - len(found))
                    if len(found) == most:
                        break
        except OSError as error:
            raise InstrumentError(f"The audit in {self.path} cannot be read: {error.strerror}.") from error
        return tuple(found)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold the lock, in a file of its own: the audit itself may be put aside while somebody waits for it."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        lock = os.open(self.path.with_name(f"{self.path.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def _append(self, entry: Entry) -> Head:
        head, torn = self._end()
        if not torn and self._size() >= self._largest_bytes:
            self.path.rename(self.path.with_name(f"{self.path.stem}-{_first(self.path):012}{self.path.suffix}"))
        line, new = chain.link(head, entry, [part.removesuffix(b"\n") for part in torn])
        if torn:
            _log.error("audit_torn", number=new.number, torn_bytes=sum(map(len, torn)))
        file = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            begins_at = os.fstat(file).st_size
            try:
                open_ended = bool(torn) and not torn[-1].endswith(b"\n")
                _write(file, b"\n" * open_ended + line + b"\n")
                os.fsync(file)
            except OSError:
                os.ftruncate(file, begins_at)  # nobody was told of it; where even this fails, it is a torn line
                raise
        finally:
            os.close(file)
        if begins_at == 0:
            _sync_directory(self.path.parent)
        return new

    def _end(self) -> tuple[Head, list[bytes]]:
        """The head of the chain, and the parts of lines that writers left behind it when they died."""
        torn = list[bytes]()
        for path in reversed(files(self.path)):
            for data in _backwards(path):
                if (line := chain.whole(data)) is not None:
                    return line.head, torn[::-1]
                torn.append(data)
                if len(torn) > _MOST_TORN:
                    raise ValueError("no line of an audit")
        return Head(), torn[::-1]

    def _size(self) -> int:
        return self.path.stat().st_size if self.path.exists() else 0


class MemoryAudit:
    """bot.ports.Audit in memory: the same lines, gone with the process."""

    def __init__(self) -> None:
        self.lines: list[bytes] = []
        self._head, self._lock = Head(), threading.Lock()

    def record(self, entry: Entry) -> None:
        """Append the deed."""
        with self._lock:
            line, self._head = chain.link(self._head, clean(entry))
            self.lines.append(line)

    def of_channel(self, channel: str, most: int) -> tuple[Entry, ...]:
        """The newest deeds of the channel, oldest first."""
        with self._lock:
            return tuple(of_lines(self.lines, channel, most))


def files(path: Path) -> list[Path]:
    """The files of the audit in ``path`` that exist, oldest first."""
    aside = sorted(path.parent.glob(f"{path.stem}-{'[0-9]' * 12}{path.suffix}"))
    return [*aside, *([path] if path.exists() else [])]


def lines(paths: Iterable[Path]) -> Iterator[tuple[str, bytes]]:
    """Every line of the files with its place, as chain.prove takes them.

    Raises:
        BundleError: a file cannot be read.
    """
    for path in paths:
        try:
            with path.open("rb") as file:
                for number, data in enumerate(file, 1):
                    yield f"{path.name} line {number}", data
        except OSError as error:
            raise BundleError(f"{path} cannot be read: {error.strerror}.") from error


def of_lines(given: Iterable[bytes], channel: str, most: int) -> list[Entry]:
    """The newest deeds among the lines that were asked for in the channel, oldest first."""
    mark, found = chain.in_channel(channel), list[Entry]()
    for line in reversed(list(given)):
        if len(found) >= most:
            break
        if mark not in line:
            continue
        try:
            entry = chain.read(line).entry
        except ValueError:
            continue
        if entry.place and entry.place.channel == channel:
            found.append(entry)
    return found[::-1]


def clean(entry: Entry) -> Entry:
    """The deed as it is kept: without secrets that somebody typed, and no longer than anybody reads."""
    texts = {name: text for name in _TEXTS if (text := getattr(entry, name)) is not None}
    kept: dict[str, Any] = {name: _clipped(log.redact(text)) for name, text in texts.items()}
    return replace(entry, **kept)


def _clipped(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}... ({len(text)} characters)"


def _first(path: Path) -> int:
    with path.open("rb") as file:
        line = chain.whole(file.readline())
    if line is None:
        raise ValueError("no line of an audit")
    return line.number


def _backwards(path: Path) -> Iterator[bytes]:
    """The file's lines with their line breaks, the last one first."""
    with path.open("rb") as file:
        begins_at, rest = file.seek(0, os.SEEK_END), b""
        while begins_at:
            ends_at, begins_at = begins_at, max(0, begins_at - _PIECE)
            file.seek(begins_at)
            *broken, last = (file.read(ends_at - begins_at) + rest).split(b"\n")
            found = [part + b"\n" for part in broken] + ([last] if last else [])
            rest = found.pop(0) if begins_at else b""
            yield from reversed(found)


def _write(file: int, data: bytes) -> None:
    while data:
        data = data[os.write(file, data) :]


def _sync_directory(directory: Path) -> None:
    """A file's name lies in its directory, which the disk has to have too."""
    opened = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)

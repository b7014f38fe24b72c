"""Closed incidents on disk: one directory a case, removed when its time is over."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from io import FileIO
from pathlib import Path

from bot import log
from bot.errors import BundleError, InstrumentError
from bot.incidents import bundle
from bot.incidents.bundle import EXPORT_INDEX, INDEX, LOOK_UP_INDEX
from bot.model.download import KeptCapture
from bot.model.job import digest_of

_log = log.get(__name__)
_DRAFT = ".draft-"  # how the name of what is still being written begins
_DRAFT_LIVES = timedelta(hours=1)
_PIECE_BYTES = 1 << 20
_LARGEST_BYTES = 256 << 20  # of one case; more is no case of ours


class FileSource:
    """bot.frames.content.Source of a file on disk."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def open(self) -> FileIO:
        """From its beginning; whoever reads it has a buffer of its own."""
        return self.path.open("rb", buffering=0)


def file_digest(path: Path) -> str:
    """The digest of the file's content, as artifacts have it, without reading it all into memory."""
    digest, piece = hashlib.sha256(), memoryview(bytearray(_PIECE_BYTES))
    with path.open("rb", buffering=0) as file:
        while count := file.readinto(piece):
            digest.update(piece[:count])
    return f"sha256:{digest.hexdigest()}"


class CaseArchive:
    """bot.ports.Archive in a directory, and the captures in it by case and digest."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def save(self, case: str, files: Mapping[str, bytes]) -> None:
        """Write into a hidden directory first, so that a reader never meets half a case; what is there stays."""
        if _index(self.root / case).is_file():
            return  # by a bot that died before anybody knew
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            draft = Path(tempfile.mkdtemp(dir=self.root, prefix=_DRAFT))
            for name, data in files.items():
                _write(draft / Path(name).name, data)
            draft.chmod(0o750)
            draft.replace(self.root / case)
        except OSError as error:
            raise InstrumentError(f"The case could not be written to {self.root}: {error.strerror}.") from error

    def case(self, name: str) -> dict[str, bytes] | None:
        """The files of one case; None: there is none, or its time was over."""
        directory = self.root / Path(name).name
        return load(directory) if _index(directory).is_file() else None

    def captures(self, case: str) -> tuple[KeptCapture, ...]:
        """The captures of a case whose bytes are still there; none where there is no such case."""
        directory = self.root / Path(case).name
        try:
            listed = bundle.captures(_index(directory).read_bytes())
        except (OSError, BundleError):
            return ()
        return tuple(one for one in listed if (directory / one.filename).is_file())

    def read(self, case: str, kept: KeptCapture) -> bytes:
        """The bytes of a capture among ``captures``, which were found to have its digest.

        Raises:
            InstrumentError: they are gone, or are not what was recorded.
        """
        try:
            data = (self.root / Path(case).name / kept.filename).read_bytes()
        except OSError as error:
            raise InstrumentError(f"{kept.filename} of {case} cannot be read: {error.strerror}.") from error
        if digest_of(data) != kept.digest:
            raise InstrumentError(f"{kept.filename} of {case} is not the file that was recorded.")
        return data

    def expire(self, now: datetime, keep: timedelta) -> int:
        """Delete the cases written before ``now - keep``, and what a crash left half written; the number of cases."""
        old = [path for path in self._cases() if _written_at(path) < now - keep]
        for path in (*old, *self._drafts(now)):
            shutil.rmtree(path, ignore_errors=True)
        return len(old)

    def forget(self, now: datetime, keep: timedelta) -> tuple[tuple[str, KeptCapture], ...]:
        """Delete the captures' bytes in cases written before ``now - keep``; which they were, with their case.

        The case stays: what was seen, the verdict and the digests.
        """
        return tuple(
            (path.name, gone) for path in self._cases() if _written_at(path) < now - keep for gone in _forget(path)
        )

    def size(self) -> tuple[int, int]:
        """How many cases there are, and the bytes of all their files; what goes away meanwhile is not counted."""
        cases, size_bytes = self._cases(), 0
        for case in cases:
            with suppress(OSError):
                size_bytes += sum(entry.stat(follow_symlinks=False).st_size for entry in os.scandir(case))
        return len(cases), size_bytes

    def _cases(self) -> list[Path]:
        own = [path for path in self._there() if not path.is_symlink() and not path.name.startswith(_DRAFT)]
        return [path for path in own if _index(path).is_file()]  # whatever else lies here is not ours to delete

    def _drafts(self, now: datetime) -> list[Path]:
        drafts = [path for path in self._there() if path.name.startswith(_DRAFT)]
        return [path for path in drafts if _touched_at(path) < now - _DRAFT_LIVES]

    def _there(self) -> list[Path]:
        return list(self.root.iterdir()) if self.root.is_dir() else []


def _write(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    path.chmod(0o640)


def _index(directory: Path) -> Path:
    return next(
        (directory / name for name in (INDEX, LOOK_UP_INDEX, EXPORT_INDEX) if (directory / name).is_file()),
        directory / INDEX,
    )


def _written_at(case: Path) -> datetime:
    """When the case was written: its index is as old as it, also after the captures were deleted."""
    return _touched_at(_index(case))


def _touched_at(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _forget(case: Path) -> Iterator[KeptCapture]:
    """Delete the captures of one case: out of its index first, so that no index names what is gone.

    Then whatever the index does not name goes too: a crash in between leaves nothing behind.
    """
    index = _index(case)
    try:
        before, told = index.stat(), index.read_bytes()
        gone = bundle.captures(told)
        if gone:
            told = bundle.without_captures(told)
            draft = case / f"{_DRAFT}{index.name}"
            _write(draft, told)
            os.utime(draft, ns=(before.st_atime_ns, before.st_mtime_ns))
            draft.replace(index)
        named = {index.name, *(name for name, _ in bundle.listed(told))}
        for path in case.iterdir():
            if path.name not in named:
                path.unlink()
        yield from gone
    except (OSError, BundleError) as error:
        _log.error("captures_not_deleted", case=case.name, reason=str(error))


def load(directory: Path) -> dict[str, bytes]:
    """The files of a case directory by name.

    Raises:
        BundleError: it is too large to be a case, or cannot be read.
    """
    try:
        paths = [path for path in sorted(directory.iterdir()) if path.is_file()]
        if sum(path.stat().st_size for path in paths) > _LARGEST_BYTES:
            raise BundleError(f"{directory} holds more than {_LARGEST_BYTES >> 20} MiB, which no case does.")
        return {path.name: path.read_bytes() for path in paths}
    except OSError as error:
        raise BundleError(f"{directory} cannot be read: {error.strerror}.") from error

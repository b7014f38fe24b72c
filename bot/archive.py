"""Closed incidents on disk: one directory a case, removed when its time is over."""

import hashlib
import shutil
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from io import FileIO
from pathlib import Path

from bot.errors import BundleError, InstrumentError

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
    """bot.ports.Archive in a directory."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def save(self, case: str, files: Mapping[str, bytes]) -> None:
        """Write into a hidden directory first, so that a reader never meets half a case."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            draft = Path(tempfile.mkdtemp(dir=self.root, prefix="."))
            for name, data in files.items():
                (draft / Path(name).name).write_bytes(data)
            draft.chmod(0o750)
            draft.replace(self.root / case)
        except OSError as error:
            raise InstrumentError(f"The case could not be written to {self.root}: {error.strerror}.") from error

    def expire(self, now: datetime, keep: timedelta) -> int:
        """Delete the cases last written before ``now - keep``; the number deleted."""
        if not self.root.is_dir():
            return 0
        old = [
            path
            for path in self.root.iterdir()
            if path.is_dir() and datetime.fromtimestamp(path.stat().st_mtime, UTC) < now - keep
        ]
        for path in old:
            shutil.rmtree(path, ignore_errors=True)
        return len(old)


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

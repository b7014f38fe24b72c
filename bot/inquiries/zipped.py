"""Files as one zip file and back. What comes back may be anybody's: it is bounded, and nothing of it names a path."""

import re
import struct
import zipfile
import zlib
from collections.abc import Mapping
from datetime import datetime
from io import BytesIO

from bot.errors import BundleError

MOST_BYTES = 512 << 20
"""Of all files together, unpacked; no bundle of ours holds more."""
MOST_FILES = 5_000
_PART = r"[\w-][\w.@+-]{0,199}"
_NAME = re.compile(rf"{_PART}(?:/{_PART}){{0,3}}")
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, OverflowError, NotImplementedError,
    IndexError,  # of an entry without a name (Python 3.11, zipfile.ZipInfo.is_dir)
)  # fmt: skip
_PIECE = 1 << 20


def write(files: Mapping[str, bytes], at: datetime) -> bytes:
    """The files, in the order of their names; the same files at the same moment give the same bytes."""
    made, moment = BytesIO(), (max(at.year, 1980), at.month, at.day, at.hour, at.minute, at.second // 2 * 2)
    with zipfile.ZipFile(made, "w") as whole:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, moment)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o640 << 16
            whole.writestr(entry, files[name])
    return made.getvalue()


def read(data: bytes, *, most_bytes: int = MOST_BYTES) -> dict[str, bytes]:
    """The files by name.

    Raises:
        BundleError: it is no zip file, is cut off or changed, or holds what no bundle holds; the text says what.
    """
    try:
        with zipfile.ZipFile(BytesIO(data)) as whole:
            entries = [entry for entry in whole.infolist() if not entry.is_dir()]
            _bounded(entries, most_bytes)
            files: dict[str, bytes] = {}
            for entry in entries:
                files[entry.filename] = _content(whole, entry, most_bytes - sum(map(len, files.values())))
            return files
    except _DAMAGE as error:
        raise BundleError(f"That is no whole zip file: {error or 'it is cut off'}.") from error
    except RuntimeError as error:  # zipfile says so of what is encrypted in a way that no flag told
        raise BundleError(f"That zip file cannot be read: {error}.") from error
    except OSError as error:
        raise BundleError(f"That is no whole zip file: {error.strerror or error}.") from error


def _bounded(entries: list[zipfile.ZipInfo], most_bytes: int) -> None:
    """Refuse by what the directory of the zip file says, before anything is unpacked."""
    if len(entries) > MOST_FILES:
        raise BundleError(f"That zip file holds {len(entries):,} files, and no bundle holds more than {MOST_FILES:,}.")
    if sum(entry.file_size for entry in entries) > most_bytes:
        raise BundleError(f"Unpacked that zip file has more than {most_bytes >> 20} MiB, which no bundle has.")
    names: set[str] = set()
    for entry in entries:
        shown = repr(entry.filename[:60])
        if not _NAME.fullmatch(entry.filename) or ".." in entry.filename.split("/"):
            raise BundleError(f"That zip file holds {shown}, which is no name of a file in a bundle.")
        if entry.filename in names:
            raise BundleError(f"That zip file holds {shown} twice, so nobody can say which is meant.")
        if entry.flag_bits & _ENCRYPTED:
            raise BundleError(f"{shown} is encrypted; a bundle is not.")
        if entry.compress_type not in _METHODS:
            raise BundleError(f"{shown} is compressed in a way that no bundle uses.")
        names.add(entry.filename)


def _content(whole: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int) -> bytes:
    """The bytes of one file; a directory that lies about their number is found out before they fill the memory."""
    pieces, size = [], 0
    with whole.open(entry) as file:
        while piece := file.read(_PIECE):
            size += len(piece)
            if size > min(entry.file_size, left):
                raise BundleError(f"{entry.filename!r} is longer than that zip file says.")
            pieces.append(piece)
    if size != entry.file_size:
        raise BundleError(f"{entry.filename!r} is shorter than that zip file says.")
    return b"".join(pieces)

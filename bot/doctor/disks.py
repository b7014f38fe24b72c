"""Where things are kept: it can be written, there is room, what is deleted when makes sense, the audit is whole."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bot.audit import files
from bot.audit import lines as audit_lines
from bot.doctor.line import Line, ok, unknown, wrong
from bot.errors import BundleError
from bot.model import chain

LEAST_FREE_BYTES = 512 << 20
"""Eight of the largest artifacts that travel."""

_MOST_DAYS = 3650


def writable(what: str, path: Path, setting: str, least_bytes: int = LEAST_FREE_BYTES) -> Iterator[Line]:
    """Whether this process may write there, and how much room there is; nothing is left behind."""
    there = _nearest(path)
    try:
        if path.is_file():
            with path.open("ab"):
                pass
        else:
            with tempfile.TemporaryFile(dir=there):
                pass
    except OSError as error:
        yield wrong(
            f"{what} cannot be written to {path}: {error.strerror}",
            f"Give the directory to the user that runs it (here: {os.getuid()}), or correct {setting}.",
        )
        return
    free_bytes = shutil.disk_usage(there).free
    if free_bytes < least_bytes:
        yield wrong(
            f"{what} in {path} has {_mib(free_bytes)} left on its disk, and {_mib(least_bytes)} are too few",
            f"Make room there, or correct {setting}.",
        )
    else:
        yield ok(f"{what} can be written to {path} ({_mib(free_bytes)} free)")


def retention(captures_hours: int, cases_days: int) -> Iterator[Line]:
    """Whether the two times go together."""
    if captures_hours > cases_days * 24:
        yield wrong(
            f"captures would be kept for {captures_hours} hours, and the cases that hold them for {cases_days} days",
            "Make RULEOUT_KEEP_CAPTURE_HOURS the shorter of the two, or RULEOUT_KEEP_DAYS longer.",
        )
    elif cases_days > _MOST_DAYS:
        yield wrong(f"cases are kept for {cases_days} days, which no disk holds", "Make RULEOUT_KEEP_DAYS shorter.")
    else:
        yield ok(f"captures are deleted after {captures_hours} hours, cases after {cases_days} days")


def audit(path: Path) -> Iterator[Line]:
    """Whether the record of deeds is one chain from its beginning."""
    paths = files(path)
    if not paths:
        yield unknown(f"there is no audit in {path} yet", "Ask once in Slack; where somebody did: it was removed.")
        return
    try:
        proof = chain.prove(audit_lines(paths))
    except BundleError as error:
        yield wrong(str(error), "Give the audit to the user that runs this, or look as that user.")
        return
    if proof.misfit or proof.first != 1:
        says = proof.misfit or f"the deeds before number {proof.first} are missing"
        yield wrong(f"the audit is not as it was written: {says}", "See `ruleout audit verify`, and who was there.")
    else:
        yield ok(f"the audit is one chain of {proof.head.number} deeds")


def _nearest(path: Path) -> Path:
    """The directory that is there already, in which the path would be made."""
    return next(one for one in (path, *path.absolute().parents) if one.is_dir())


def _mib(size_bytes: int) -> str:
    return f"{size_bytes >> 20} MiB"

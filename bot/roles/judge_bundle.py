"""``ruleout judge BUNDLE.zip``: every case of an exported incident judged again, a line each."""

import json
import sys
from pathlib import Path

from bot.errors import BundleError
from bot.incidents.printed import printable
from bot.inquiries import bundle, zipped
from bot.inquiries.rejudging import Again, Held, again

_LARGEST_BYTES = 512 << 20
_BEGINS = b"PK"


def is_zip(path: Path) -> bool:
    """Whether the file is, or is called, a zip file; no capture begins so."""
    try:
        with path.open("rb") as file:
            return file.read(len(_BEGINS)) == _BEGINS or path.suffix.lower() == ".zip"
    except OSError:
        return False


def judge(path: Path, *, as_json: bool) -> int:
    """Print a line for each question. Exit status 0: every verdict that was given is given again.

    Raises:
        BundleError: it is no bundle, or not as it was exported.
    """
    read = bundle.unpack(zipped.read(_bytes(path)))
    told = again(read)
    if as_json:
        print(json.dumps([_as_json(one) for one in told], indent=1))
    else:
        opened = read.inquiry.opened
        head = f"{read.inquiry.id}{', redacted' if read.redacted else ''}: {opened.text}"
        sys.stdout.write(printable((head, *(one.line for one in told), _sum(told))))
    return 0 if all(one.held in (Held.SAME, Held.NOTHING) for one in told) else 1


def _sum(told: tuple[Again, ...]) -> str:
    same, differs, not_judged = (
        sum(one.held is held for one in told) for held in (Held.SAME, Held.DIFFERS, Held.NOT_JUDGED)
    )
    if same and not differs and not not_judged:
        return f"{'The verdict is' if same == 1 else f'All {same} verdicts are'} the same."
    return f"{same} the same, {differs} different, {not_judged} that cannot be judged again."


def _as_json(one: Again) -> dict[str, str | None]:
    asked = one.question
    return {"id": asked.id, "command": asked.command, "target": asked.target, "held": one.held, "says": one.line}


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise BundleError(f"{path} has more than {_LARGEST_BYTES >> 20} MiB, which no bundle of an incident has.")
        return path.read_bytes()
    except OSError as error:
        raise BundleError(f"{path} cannot be read: {error.strerror}.") from error

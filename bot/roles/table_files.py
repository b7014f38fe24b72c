"""``--tables FILE``: what a router or switch showed, as further evidence of a question from a terminal."""

import argparse
import getpass
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bot.errors import BundleError, RequestError
from bot.incidents import pasting
from bot.model.pasted import PastedTable


def argument(parser: argparse.ArgumentParser) -> None:
    """The option, which can be given several times."""
    parser.add_argument(
        "--tables",
        action="append",
        default=[],
        metavar="[NAME=]FILE",
        help="what a router or switch showed (show ip arp, show mac address-table, ...), and the device's name",
    )


def read(given: Sequence[str]) -> tuple[PastedTable, ...]:
    """The tables in these files, each as of the moment when its file was written.

    Raises:
        RequestError: a file cannot be read, or no table is in it.
        BundleError: it is too large.
    """
    tables: tuple[PastedTable, ...] = ()
    for one in given:
        name, path = _named(one)
        text, at = _text(path)
        try:
            found = pasting.read({"device": name, "text": text}, getpass.getuser(), at)
        except RequestError as error:
            raise RequestError(f"{path}: {error}") from error
        tables = pasting.merged(tables, found.tables)
    return tables


def _named(one: str) -> tuple[str, Path]:
    name, equals, path = one.partition("=")
    return (name, Path(path)) if equals and path and not Path(one).exists() else ("", Path(one))


def _text(path: Path) -> tuple[str, datetime]:
    try:
        with path.open("rb") as file:
            data = file.read(pasting.MOST_BYTES + 1)
            written_at = path.stat().st_mtime
    except OSError as error:
        raise BundleError(f"{path} cannot be read: {error.strerror}.") from error
    if len(data) > pasting.MOST_BYTES:
        raise BundleError(f"{path} has more than {pasting.MOST_BYTES >> 20} MiB, the most that a table may have.")
    return data.decode("utf-8", errors="replace"), datetime.fromtimestamp(written_at, UTC)

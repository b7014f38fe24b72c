"""``ruleout arptable TARGET``: what every table on the way holds for it, side by side, from a terminal."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from bot.archive import CaseArchive
from bot.errors import InstrumentError
from bot.incidents import path_words
from bot.incidents.card import card
from bot.incidents.printed import as_text
from bot.model import codec
from bot.model.incident import Incident, Outcome
from bot.model.request import TRACE
from bot.roles import table_files
from bot.roles.nowhere import Nowhere
from bot.roles.terminal import ask
from bot.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command line of this role."""
    parser.add_argument("target", help="an IPv4 address, a VM name or a MAC")
    parser.add_argument("--json", action="store_true", help="print the entries as JSON")
    table_files.argument(parser)
    parser.add_argument("--save", type=Path, metavar="DIR", help="keep the case in this directory")


def run(settings: Settings, given: argparse.Namespace) -> int:
    """Ask, wait for the end, print. Exit status 0 where tables were compared, 1 where none could be."""
    archive = CaseArchive(given.save) if given.save else Nowhere()
    return shown(
        ask(settings, TRACE, given.target, archive, quiet=given.json, tables=table_files.read(given.tables)),
        as_json=given.json,
    )


def shown(final: Incident, *, as_json: bool) -> int:
    """Print the incident as it ended; the exit status.

    Raises:
        InstrumentError: the tables could not be read.
    """
    closed, path = final.closed, final.path
    assert closed is not None, "waited for"
    if path is None and closed.outcome is Outcome.FAILED:
        raise InstrumentError(closed.sentence or "The tables could not be read.")
    if as_json:
        print(json.dumps(_as_json(final), indent=1))
    else:
        sys.stdout.write(as_text(card(final, ())))
    return 0 if path and path_words.compared(path) else 1


def _as_json(final: Incident) -> dict[str, Any]:
    closed, path = final.closed, final.path
    if path is None:
        return {"target": str(final.request.target), "hops": None, "because": closed and closed.sentence}
    return {"says": path_words.tally(path), **codec.encode(path), "case": final.id}

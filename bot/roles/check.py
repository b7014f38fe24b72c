"""``ruleout check TARGET``: the same question through the same queue and agents, from a terminal."""

import argparse
import json
import sys
from pathlib import Path

from bot.archive import CaseArchive
from bot.errors import InstrumentError
from bot.incidents import guest_word
from bot.incidents.card import card
from bot.incidents.printed import as_text, printable
from bot.model import codec
from bot.model.incident import Incident, Outcome
from bot.model.request import CHECK
from bot.roles import table_files
from bot.roles.nowhere import Nowhere
from bot.roles.terminal import ask
from bot.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command line of this role."""
    parser.add_argument("target", help="an IPv4 address, a VM name or a MAC")
    parser.add_argument("--deep", action="store_true", help="listen longer for late answers")
    parser.add_argument("--json", action="store_true", help="print the verdict as JSON")
    table_files.argument(parser)
    parser.add_argument("--save", type=Path, metavar="DIR", help="keep the case in this directory")


def run(settings: Settings, given: argparse.Namespace) -> int:
    """Ask, wait for the end, print. Exit status 0 with a verdict, 1 without one."""
    archive = CaseArchive(given.save) if given.save else Nowhere()
    text = f"{given.target}{' deep' if given.deep else ''}"
    return _print(
        ask(settings, CHECK, text, archive, quiet=given.json, tables=table_files.read(given.tables)), as_json=given.json
    )


def _print(final: Incident, *, as_json: bool) -> int:
    closed, verdict = final.closed, final.verdict
    assert closed is not None, "waited for"
    if verdict is None and closed.outcome is Outcome.FAILED:
        raise InstrumentError(closed.sentence or "The check failed.")
    if as_json:
        print(json.dumps(codec.encode(verdict) if verdict else {"verdict": None, "because": closed.sentence}, indent=1))
    else:
        sys.stdout.write(as_text(card(final, ())) + printable(tuple(guest_word.lines(verdict, None))))
    return 0 if verdict else 1

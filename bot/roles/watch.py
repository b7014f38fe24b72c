"""``ruleout watch TARGET --for 10m``: one machine looked at without a pause, from a terminal. Ctrl-C ends it early."""

import argparse
import json
import sys
from pathlib import Path

from bot.archive import CaseArchive
from bot.errors import InstrumentError
from bot.incidents.card import card
from bot.incidents.printed import as_text
from bot.model import codec
from bot.model.incident import Incident, Outcome, Watched
from bot.model.request import WATCH
from bot.roles.nowhere import Nowhere
from bot.roles.terminal import ask
from bot.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command line of this role."""
    parser.add_argument("target", help="an IPv4 address, a VM name or a MAC")
    parser.add_argument("--for", dest="time", default="10m", metavar="TIME", help="how long, such as 90s or 10m")
    parser.add_argument("--json", action="store_true", help="print what was seen and the verdict as JSON")
    parser.add_argument("--save", type=Path, metavar="DIR", help="keep the case in this directory")


def run(settings: Settings, given: argparse.Namespace) -> int:
    """Ask, tell every change, wait for the end, print. Exit status 0 with a verdict, 1 without one."""
    archive = CaseArchive(given.save) if given.save else Nowhere()
    return shown(
        ask(settings, WATCH, f"{given.target} for {given.time}", archive, quiet=given.json), as_json=given.json
    )


def shown(final: Incident, *, as_json: bool) -> int:
    """Print the incident as it ended; the exit status.

    Raises:
        InstrumentError: nobody could watch.
    """
    closed, verdict = final.closed, final.verdict
    assert closed is not None, "waited for"
    if verdict is None and closed.outcome is Outcome.FAILED:
        raise InstrumentError(closed.sentence or "The watch failed.")
    if as_json:
        told = [event.says for event in final.timeline if isinstance(event, Watched)]
        found = codec.encode(verdict) if verdict else {"verdict": None, "because": closed.sentence}
        print(json.dumps({"watched": list(told[-1]) if told else [], **found}, indent=1))
    else:
        sys.stdout.write(as_text(card(final, ())))
    return 0 if verdict else 1

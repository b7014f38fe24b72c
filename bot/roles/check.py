"""``ruleout check TARGET``: the same question through the same queue and agents, from a terminal."""

import argparse
import getpass
import json
import sys
import threading
from pathlib import Path

from bot.archive import CaseArchive
from bot.coordinator import Coordinator
from bot.errors import InstrumentError
from bot.incidents.card import as_text, card
from bot.incidents.policy import TERMINAL, Policy
from bot.model import codec
from bot.model.incident import Incident, Outcome
from bot.model.request import Person, Place
from bot.queue.bot_side import RedisQueue
from bot.queue.journal import MemoryJournal
from bot.roles.logs import keep_logs
from bot.settings import Settings
from bot.system import SystemClock


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command line of this role."""
    parser.add_argument("target", help="an IPv4 address, a VM name or a MAC")
    parser.add_argument("--deep", action="store_true", help="listen longer for late answers")
    parser.add_argument("--json", action="store_true", help="print the verdict as JSON")
    parser.add_argument("--save", type=Path, metavar="DIR", help="keep the case in this directory")


def run(settings: Settings, given: argparse.Namespace) -> int:
    """Ask, wait for the end, print. Exit status 0 with a verdict, 1 without one."""
    keep_logs(settings)
    clock, chat = SystemClock(), TerminalChat(live=sys.stderr.isatty() and not given.json)
    queue = RedisQueue(
        settings.text("RULEOUT_REDIS_URL"),
        settings.keys("RULEOUT_MASTER_KEYS"),
        clock.new_id("check"),
        clock,
        ca_file=settings.text("RULEOUT_REDIS_CA_FILE") or None,
    )
    coordinator = Coordinator(
        queue=queue,
        journal=MemoryJournal(),
        chat=chat,
        archive=CaseArchive(given.save) if given.save else Nowhere(),
        clock=clock,
        rules=Policy(teams=()),
        vcenters=settings.items("RULEOUT_VCENTERS"),
    )
    person, place = Person(TERMINAL, getpass.getuser()), Place(TERMINAL)
    stop = threading.Event()
    collector = threading.Thread(target=coordinator.run, args=(stop,), name="collector")
    try:
        incident = coordinator.ask("arpcheck", f"{given.target}{' deep' if given.deep else ''}", person, place)
        collector.start()
        try:
            final = chat.wait()
        except KeyboardInterrupt:
            coordinator.stop(incident.id, person, place)
            final = chat.wait()
    finally:
        stop.set()
        if collector.ident is not None:
            collector.join()
        queue.close()
    return _print(final, as_json=given.json)


class TerminalChat:
    """bot.ports.Chat on a terminal: the newest statement while it runs; the end is waited for."""

    def __init__(self, *, live: bool) -> None:
        self._live, self._over = live, threading.Event()
        self._shown: set[str] = set()
        self._final: Incident | None = None

    def show(self, incident: Incident, facts: tuple[str, ...]) -> None:
        """Print what is new; remember the end."""
        for fact in facts if self._live else ():
            if fact not in self._shown:
                self._shown.add(fact)
                print(f"  {fact}", file=sys.stderr)
        if incident.closed and not self._over.is_set():
            self._final = incident
            self._over.set()

    def whisper(self, person: Person, place: Place, sentence: str) -> None:
        """Print the sentence."""
        print(sentence, file=sys.stderr)

    def attach(self, incident: Incident, filename: str, data: bytes, comment: str) -> None:
        """Nothing is attached to a terminal: ``--save`` keeps the files."""

    def wait(self) -> Incident:
        """The incident as it ended. The coordinator ends every one, because every job expires."""
        self._over.wait()
        assert self._final is not None, "set before the event"
        return self._final


class Nowhere:
    """bot.ports.Archive for a question whose case nobody wants to keep."""

    def save(self, case: str, files: object) -> None:
        """Keep nothing."""


def _print(final: Incident, *, as_json: bool) -> int:
    closed, verdict = final.closed, final.verdict
    assert closed is not None, "waited for"
    if verdict is None and closed.outcome is Outcome.FAILED:
        raise InstrumentError(closed.sentence or "The check failed.")
    if as_json:
        print(json.dumps(codec.encode(verdict) if verdict else {"verdict": None, "because": closed.sentence}, indent=1))
    else:
        sys.stdout.write(as_text(card(final, ())))
    return 0 if verdict else 1

"""A question from a terminal: the same coordinator, queue and agents as Slack has, for one incident."""

import getpass
import sys
import threading
from collections.abc import Sequence

from bot.coordinator import Coordinator
from bot.incidents.policy import TERMINAL, Policy
from bot.model.download import Link
from bot.model.dropped import DroppedFile
from bot.model.incident import Incident, Progressed
from bot.model.pasted import PastedTable
from bot.model.request import Person, Place
from bot.ports import Archive
from bot.queue.bot_side import RedisQueue
from bot.queue.journal import MemoryJournal
from bot.queue.keys import LIMIT_BYTES
from bot.roles.logs import keep_logs
from bot.roles.nowhere import Nowhere
from bot.settings import Settings
from bot.system import SystemClock, apart


def ask(
    settings: Settings,
    command: str,
    text: str,
    archive: Archive,
    *,
    quiet: bool,
    tables: tuple[PastedTable, ...] = (),
) -> Incident:
    """The incident as it ended; while it runs, what is established is printed, unless ``quiet`` or piped.

    ``tables`` are further evidence.

    Raises:
        RequestError: the question cannot be taken.
        InstrumentError: the queue cannot be reached.
    """
    keep_logs(settings)
    clock, chat = SystemClock(), TerminalChat(live=sys.stderr.isatty() and not quiet)
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
        archive=archive,
        clock=clock,
        rules=Policy(teams=()),
        vcenters=settings.items("RULEOUT_VCENTERS"),
        networks=settings.items("RULEOUT_NETWORKS"),
        directory=Nowhere(),
        audit=Nowhere(),
        links=Nowhere(),
        once=lambda _name: False,
        apart=apart,
        most_bytes=LIMIT_BYTES,
    )
    person, place = Person(TERMINAL, getpass.getuser()), Place(TERMINAL)
    stop = threading.Event()
    collector = threading.Thread(target=coordinator.run, args=(stop,), name="collector")
    try:
        incident = coordinator.ask(command, text, person, place, tables)
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
    return final


class TerminalChat:
    """bot.ports.Chat on a terminal: the newest statement while it runs; the end is waited for."""

    def __init__(self, *, live: bool) -> None:
        self._live, self._over = live, threading.Event()
        self._shown: set[str] = set()
        self._final: Incident | None = None

    def show(self, incident: Incident, facts: tuple[str, ...], progress: tuple[Progressed, ...] = ()) -> None:
        """Print what is new; remember the end."""
        for fact in facts if self._live else ():
            if fact not in self._shown:
                self._shown.add(fact)
                print(f"  {fact}", file=sys.stderr)
        if incident.closed and not self._over.is_set():
            self._final = incident
            self._over.set()

    def found(self, incident: str, part: str, channel: str, message: str, stands: str | None) -> None:
        """Nothing is posted at a terminal."""

    def whisper(self, person: Person, place: Place, sentence: str) -> None:
        """Print the sentence."""
        print(sentence, file=sys.stderr)

    def also(self, incident: Incident, place: Place) -> None:
        """Nobody else asks at a terminal."""

    def tell(self, incident: Incident, lines: Sequence[str], part: str) -> None:
        """Print the lines."""
        for line in lines:
            print(line, file=sys.stderr)

    def attach(self, incident: Incident, filename: str, data: bytes, comment: str, alt: str | None = None) -> None:
        """Nothing is attached to a terminal: ``--save`` keeps the files."""

    def complete(self, incident: Incident) -> None:
        """A terminal is left at its end, and no other bot looks for it."""

    def offer(self, person: Person, place: Place, file: DroppedFile) -> None:
        """Nobody shares files at a terminal."""

    def hand(self, person: Person, place: Place, links: tuple[Link, ...]) -> None:
        """Print the links."""
        for link in links:
            print(link.url, file=sys.stderr)

    def wait(self) -> Incident:
        """The incident as it ended. The coordinator ends every one, because every job expires."""
        self._over.wait()
        assert self._final is not None, "set before the event"
        return self._final

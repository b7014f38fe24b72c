"""All doors in one place, and what lies behind them. Each returns in milliseconds."""

import threading
from collections.abc import Callable

from bot.admission import Admission
from bot.carrier import Carrier
from bot.clerk import Clerk
from bot.desk import Desk, Ground, is_place
from bot.engine import Engine
from bot.entrances.approvals import Approvals
from bot.entrances.captures import Captures
from bot.entrances.questions import Questions
from bot.entrances.records import Records
from bot.entrances.stops import Stops
from bot.entrances.tables import Tables
from bot.exporter import Exporter
from bot.incidents import parts
from bot.incidents.crowding import USUAL, Bounds
from bot.incidents.policy import Policy
from bot.inquirer import Inquirer
from bot.model.incident import CARD, Incident, Published
from bot.model.inquiry import BOARD
from bot.noter import Noter
from bot.ports import (
    NO_METER,
    Archive,
    Audit,
    Boards,
    Chat,
    Clock,
    Directory,
    Drops,
    Inquiries,
    Journal,
    Kept,
    Links,
    Meter,
    Queue,
)
from bot.receptionist import Receptionist
from bot.roll import Roll


class Coordinator(Questions, Tables, Captures, Approvals, Stops, Records):
    """Everything between the doors and the agents.

    Each door raises RequestError or InstrumentError with the sentence that is the reply. ``most_bytes``: what can
    travel of one capture. ``desk`` and ``engine`` are for whoever looks at how it goes.
    """

    def __init__(
        self,
        *,
        queue: Queue,
        journal: Journal,
        chat: Chat,
        archive: Archive,
        clock: Clock,
        rules: Policy,
        vcenters: tuple[str, ...],
        networks: tuple[str, ...] = (),
        directory: Directory,
        audit: Audit,
        links: Links,
        once: Callable[[str], bool],
        apart: Callable[[Callable[[], None]], None],
        most_bytes: int,
        drops: Drops | None = None,
        inquiries: Inquiries | None = None,
        boards: Boards | None = None,
        kept: Kept | None = None,
        meter: Meter = NO_METER,
        bounds: Bounds = USUAL,
    ) -> None:
        clerk = Clerk(rules, directory, audit, clock, meter)
        ground = Ground(queue, journal, chat, archive, clerk, clock, kept, meter, bounds)
        desk, roll = Desk(ground), Roll(queue, clock, vcenters, networks)
        inquirer, self.noter, self.exporter = None, None, None
        if inquiries and boards:  # a terminal is no channel
            inquirer = Inquirer(
                inquiries=inquiries, journal=journal, boards=boards, clerk=clerk, clock=clock, running=desk.running,
                once=once, apart=apart,
            )  # fmt: skip
            self.noter = Noter(
                inquirer=inquirer, inquiries=inquiries, boards=boards, clerk=clerk, clock=clock, once=once,
                in_thread=self._in_thread,
            )  # fmt: skip
            self.exporter = Exporter(inquirer, archive, audit, links, chat, boards, clerk, clock, apart)
        carrier = Carrier(ground, desk, roll, once=once, apart=apart, drops=drops, inquirer=inquirer)
        super().__init__(
            ground, desk, roll, carrier, Admission(ground, desk, carrier, inquirer), most_bytes=most_bytes, links=links,
            drops=drops, inquirer=inquirer,
        )  # fmt: skip
        self._meter, self.engine = meter, Engine(ground, desk, roll, carrier)
        self.receptionist = Receptionist(
            journal, clerk, clock, vcenters, networks, desk.remembered, roll.call, roll.ever
        )  # fmt: skip

    def run(self, stop: threading.Event) -> None:
        """Hear the agents until ``stop`` is set."""
        self.engine.run(stop)

    def drain(self, timeout_s: float, beside_s: float | None = None) -> None:
        """Wait so long for what runs, and leave or end what is not over then; see Engine.drain."""
        self.engine.drain(timeout_s, beside_s)

    def published(self, incident: str, channel: str, message: str, part: str = CARD) -> None:
        """Note where the incident's card stands, or another part of it."""
        self.desk.published(incident, channel, message, part)

    def delivered(self, incident: str) -> None:
        """Note that all that its end owes its people stands, so that no later bot shows any of it again."""
        self.desk.delivered(incident)

    def written(self, incident: str) -> Incident | None:
        """It as the journal has it, whichever bot wrote it; None: nobody can say."""
        return self.desk.written(incident)

    def posted(self, name: str, part: str, channel: str, message: str) -> None:
        """Take what Slack says of a message of ours: whoever posted it may have died before it was written down."""
        if part == BOARD:
            if self.inquirer:
                self.inquirer.posted(name, channel, message)
            return
        if (known_as := parts.marked(name, part)) is None:
            return
        name, part = known_as
        word = Published(at=self._clock.now(), channel=channel, message=message, part=part)
        if seat := self.desk.seat(name):
            with self.desk.at(seat):
                self._carrier.place(seat.running, word)
        elif (known := self.desk.written(name)) and not any(is_place(one, word) for one in known.timeline):
            self._queue.tell(name, word)  # another bot has it, or had

    def pinned(self, inquiry: str, message: str) -> None:
        """The channel's summary stands in this message from now on."""
        if self.inquirer:
            self.inquirer.pinned(inquiry, message)

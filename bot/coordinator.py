"""All doors in one place, and what lies behind them. Each returns in milliseconds."""

from collections.abc import Callable

from bot import log
from bot.clerk import Clerk, machines_of
from bot.desk import Ground, is_place
from bot.entrances.approvals import Approvals
from bot.entrances.captures import Captures
from bot.entrances.questions import Questions
from bot.entrances.stops import Stops
from bot.entrances.tables import Tables
from bot.errors import RequestError
from bot.exporter import Exporter
from bot.incidents import audited
from bot.incidents.crowding import USUAL, Bounds
from bot.incidents.policy import Capability, Policy
from bot.inquirer import Inquirer
from bot.model.audit import Deed
from bot.model.incident import APPROVAL, CARD, Published
from bot.model.inquiry import BOARD
from bot.model.request import Person, Place
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

_log = log.get(__name__)
_DEEDS_SHOWN = 20


class Coordinator(Questions, Tables, Captures, Approvals, Stops):
    """Everything between the doors and the agents.

    Each door raises RequestError or InstrumentError with the sentence that is the reply. ``most_bytes``: what can
    travel of one capture.
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
        ground = Ground(queue, journal, chat, archive, clerk, clock, vcenters, networks, kept, meter, bounds)
        inquirer, self.noter, self.exporter = None, None, None
        if inquiries and boards:  # a terminal is no channel
            inquirer = Inquirer(
                inquiries=inquiries, journal=journal, boards=boards, clerk=clerk, clock=clock, running=self._running,
                once=once, apart=apart,
            )  # fmt: skip
            self.noter = Noter(
                inquirer=inquirer, inquiries=inquiries, boards=boards, clerk=clerk, clock=clock, once=once,
                in_thread=self._in_thread,
            )  # fmt: skip
            self.exporter = Exporter(inquirer, archive, audit, links, chat, boards, clerk, clock, apart)
        super().__init__(ground, once=once, apart=apart, most_bytes=most_bytes, drops=drops, inquirer=inquirer)
        self._links = links
        self.receptionist = Receptionist(
            journal, clerk, clock, vcenters, networks, self._remembered, self._roll.call, self._roll.ever
        )  # fmt: skip

    def posted(self, name: str, part: str, channel: str, message: str) -> None:
        """Take what Slack says of a message of ours: whoever posted it may have died before it was written down."""
        if part == BOARD:
            if self.inquirer:
                self.inquirer.posted(name, channel, message)
            return
        if part not in (CARD, APPROVAL):
            return
        word = Published(at=self._clock.now(), channel=channel, message=message, part=part)
        if seat := self._seat(name):
            with self._at(seat):
                self._place(seat.running, word)
        elif (known := self.written(name)) and not any(is_place(one, word) for one in known.timeline):
            self._queue.tell(name, word)  # another bot has it, or had

    def pinned(self, inquiry: str, message: str) -> None:
        """The channel's summary stands in this message from now on."""
        if self.inquirer:
            self.inquirer.pinned(inquiry, message)

    def audit_of(self, person: Person, place: Place) -> tuple[str, ...]:
        """The newest deeds of this channel, oldest first, one line each; for whoever may check here."""
        self._clerk.may(Capability.CHECK, person, place, said="the audit of the channel")
        return tuple(audited.told(entry) for entry in self._clerk.audit.of_channel(place.channel, _DEEDS_SHOWN))

    def download(self, incident: str, person: Person, place: Place) -> None:
        """Whisper links to what was captured to this person; they are theirs alone and end soon."""
        found = self._recall(incident)
        taken = machines_of(found)
        rule = self._clerk.may(Capability.DOWNLOAD, person, place, taken, incident=incident)
        links = self._links.offer(incident, person, place)
        if not links:
            raise RequestError(
                "There is nothing to download: its files were deleted when their time was over, or the operator of "
                "ruleout has configured no address for downloads."
            )
        for link in links:
            self._clerk.record(
                Deed.LINKED, incident=incident, person=person, place=place, rule=rule, read_as=link.filename,
                size_bytes=link.size_bytes, digest=link.digest,
            )  # fmt: skip
        self._chat.hand(person, place, links)

"""Incidents on the desk: in memory with a lock each, in the journal, on their cards and, once ended, in the archive."""

import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from bot import log
from bot.clerk import Clerk
from bot.errors import ForgottenError, InstrumentError, OvertakenError, RequestError
from bot.incidents import joining
from bot.incidents.crowding import USUAL, Bounds
from bot.incidents.running import Running
from bot.model.incident import CARD, AnyEvent, Delivered, Incident, Published
from bot.ports import NO_METER, Archive, Chat, Clock, Journal, Kept, Meter, Queue
from bot.succession import Succession
from bot.tally import tally

_log = log.get(__name__)

_REMEMBERED = 500  # closed incidents kept in memory for their buttons; older ones are read from the journal
_WITHHELD = timedelta(seconds=10)
"""So long an end waits for the journal; people wait for no server that stays away."""
_MIND_S = 2.0  # below the time that bots wait after an outage before they take anything over
_LATELY = timedelta(minutes=10)
"""What is older was copied to every replica that can become the primary."""


@dataclass(slots=True)
class Seat:
    """An incident in memory and the lock of whoever changes it."""

    running: Running
    lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def open(self) -> bool:
        """Whether it has not ended."""
        return self.running.incident.closed is None

    @property
    def settled(self) -> bool:
        """Whether its people have seen the end, and the journal knows."""
        return self.running.incident.delivered and not self.running.unwritten


@dataclass(frozen=True, slots=True)
class Ground:
    """What incidents stand on: the ports that each of them needs.

    ``kept`` is where the evidence lies for a bot that may have to go on; None: nobody will. ``bounds``: how many
    questions may be open.
    """

    queue: Queue
    journal: Journal
    chat: Chat
    archive: Archive
    clerk: Clerk
    clock: Clock
    kept: Kept | None = None
    meter: Meter = NO_METER
    bounds: Bounds = USUAL


def is_place(one: AnyEvent, other: Published) -> bool:
    """Whether this tells the same place: Slack tells it too."""
    return isinstance(one, Published) and (one.message, one.part) == (other.message, other.part)


class Desk:
    """Where every event of an incident is written down and shown; what follows from it is the carrier's part."""

    def __init__(self, ground: Ground) -> None:
        self._queue, self._journal, self._chat, self._archive = (
            ground.queue, ground.journal, ground.chat, ground.archive,
        )  # fmt: skip
        self.succession = Succession(ground.queue, ground.journal, ground.kept)
        self._clock, self._meter = ground.clock, ground.meter
        self._seats: OrderedDict[str, Seat] = OrderedDict()
        self._directory = threading.Lock()  # guards _seats
        self._ending: dict[str, None] = {}  # whose end was seen, and whose leftovers still have to be removed
        self._minded_at = time.monotonic()
        self._seen_in_doubt: set[str] = set()  # whose end was shown here when nobody could say whose they are

    def published(self, incident: str, channel: str, message: str, part: str = CARD) -> None:
        """Note where the incident's card stands, or another part of it."""
        if seat := self.seat(incident):
            event = Published(at=self._clock.now(), channel=channel, message=message, part=part)
            with self.at(seat):
                if not any(is_place(one, event) for one in seat.running.incident.timeline):
                    self.append(seat.running, event)

    def delivered(self, incident: str) -> None:
        """Note that all that its end owes its people stands, so that no later bot shows any of it again."""
        seat = self.seat(incident)
        if seat is None:
            return  # another bot has gone on with it, and shows its end
        if not self._queue.holds(incident):
            self._seen_in_doubt.add(incident)
            return
        with self.at(seat):
            self.append(seat.running, Delivered(at=self._clock.now()))
            self._ending[incident] = None
        self.settle()

    def ours_again(self, incident: str) -> None:
        """It is this bot's after all; if its people saw the end while that was in doubt, it is noted now."""
        if incident in self._seen_in_doubt:
            self._seen_in_doubt.discard(incident)
            self.delivered(incident)

    def written(self, incident: str) -> Incident | None:
        """It as the journal has it, whichever bot wrote it; None: nobody can say."""
        try:
            return self._journal.read(incident)
        except InstrumentError as error:
            _log.warning("not_read", incident=incident, reason=str(error))
            return None

    def settle(self) -> None:
        """Write down what the journal could not take before, and remove what is over needs no more.

        While the server is away it is tried again, a turn at a time.
        """
        with self._directory:
            owing = [seat for seat in self._seats.values() if seat.running.unwritten]
        for seat in self._forgotten():
            with self.at(seat):
                self.write_again(seat.running)
        away = False
        for seat in owing:
            with self.at(seat):
                away = away or not self.write(seat.running)
                if seat.running.withheld:
                    self.show(seat.running)
        if away:
            return
        for incident in tuple(self._ending):
            known = self.seat(incident)
            if known and known.running.unwritten:
                continue
            if not self.succession.over(incident):
                return
            self._ending.pop(incident, None)

    @contextmanager
    def at(self, seat: Seat) -> Iterator[None]:
        """Alone at this seat. What another bot has gone on with is left to it, whatever was about to be done."""
        with seat.lock, log.about(incident=seat.running.incident.id):
            try:
                yield
            except OvertakenError as error:
                _log.warning("overtaken", incident=seat.running.incident.id, reason=str(error))

    def take_seat(self, incident: Incident) -> Seat:
        """The incident's seat; one that has none takes one."""
        with self._directory:
            seat = self._seats.setdefault(incident.id, Seat(Running(incident)))
            while len(self._seats) > _REMEMBERED and next(iter(self._seats.values())).settled:
                self._seats.popitem(last=False)
        return seat

    def leave(self, incident: str) -> None:
        """Another bot goes on with this incident."""
        self._seen_in_doubt.discard(incident)
        with self._directory:
            self._seats.pop(incident, None)

    def recall(self, incident: str) -> Incident:
        """The incident, from memory or the journal.

        Raises:
            RequestError: nobody knows it any more.
            InstrumentError: it cannot be read.
        """
        found = self.running(incident) or self._journal.read(incident)
        if found is None:
            raise RequestError("That is too old to be known here; ask anew, for example `/arpcheck 10.0.0.5`.")
        return found

    def seat(self, incident: str) -> Seat | None:
        """Its seat; None: it is not in this bot's hand."""
        with self._directory:
            return self._seats.get(incident)

    def running(self, incident: str) -> Incident | None:
        """The question, if this bot has it in memory."""
        seat = self.seat(incident)
        return seat.running.incident if seat else None

    def open_seats(self) -> list[Seat]:
        """Of everything that has not ended."""
        with self._directory:
            return [seat for seat in self._seats.values() if seat.open]

    def remembered(self) -> tuple[Incident, ...]:
        """Every question in memory, ended or not."""
        with self._directory:
            return tuple(seat.running.incident for seat in self._seats.values())

    def append(self, running: Running, event: AnyEvent) -> None:
        """The event happened. What the journal cannot take now it is given later: the answer does not wait for it.

        Raises:
            OvertakenError: another bot has gone on with the incident, which is not ours any more.
        """
        running.append(event)
        running.unwritten += 1
        self.write(running)
        tally(self._meter, running.incident, event)

    def write(self, running: Running) -> bool:
        """Give the journal what it does not have yet, in order; whether it has all now."""
        incident = running.incident
        while running.unwritten:
            position = len(incident.timeline) - running.unwritten
            try:
                self._journal.append(incident.id, incident.timeline[position], position)
            except OvertakenError:
                running.unwritten = 0
                self.give(incident.id)
                found = self.written(incident.id)
                if found and found.delivered:
                    self.succession.over(incident.id)  # what we brought since is not needed any more
                raise
            except ForgottenError as error:
                _log.warning("events_forgotten", incident=incident.id, begins=error.begins, known=position)
                running.unwritten = len(incident.timeline) - error.begins
                self.succession.keep_again(running)
                continue
            except InstrumentError as error:
                _log.warning("journal_unreachable", incident=incident.id, reason=str(error))
                return False
            running.unwritten -= 1
        return True

    def write_again(self, running: Running) -> bool:
        """Prove that the journal knows all that we know, or give it what it has forgotten; whether it has all now."""
        running.unwritten = max(running.unwritten, 1)  # the last event: where it stands, so do those before it
        return self.write(running)

    def _forgotten(self) -> list[Seat]:
        """Those whose newest events the journal has no more: its server failed over, or came back without them.

        Also of what has ended: another bot would find it unfinished, and answer it again.
        """
        if time.monotonic() - self._minded_at < _MIND_S:
            return []
        self._minded_at, since = time.monotonic(), self._clock.now() - _LATELY
        with self._directory:
            known = {
                name: (seat, len(seat.running.incident.timeline))
                for name, seat in self._seats.items()
                if not seat.running.unwritten and seat.running.incident.timeline[-1].at > since
            }
        try:
            behind = self._journal.behind({name: length for name, (_, length) in known.items()})
        except InstrumentError as error:
            _log.warning("journal_unreachable", reason=str(error))
            return []
        return [known[name][0] for name in behind]

    def give(self, incident: str) -> None:
        """Another bot may go on with it, at once."""
        self.leave(incident)
        try:
            self._queue.leave(incident)
        except InstrumentError as error:  # it runs out
            _log.warning("not_given_away", incident=incident, reason=str(error))

    def show(self, running: Running) -> None:
        """Bring the card up to date; what is over is a case by then, so that whoever reads the card finds it.

        The card of what another bot has taken over is that one's to write. An end that the journal cannot take is held
        back for a while: if this bot dies before it is written, the next one comes to an end of its own.
        """
        if self.seat(running.incident.id) is None:
            return
        now, closed = self._clock.now(), running.incident.closed
        running.withheld = bool(closed and running.unwritten and now - closed.at < _WITHHELD)
        if running.withheld:
            return
        running.shown_at = now
        for place in joining.unanswered(running.incident) if closed else ():
            self._chat.also(running.incident, place)
        if running.incident.closed and (files := running.case()):
            try:
                self._archive.save(running.incident.id, files)
            except InstrumentError as error:
                _log.error("case_not_saved", incident=running.incident.id, reason=str(error))
            running.blobs.clear()
        self._chat.show(running.incident, running.facts, running.progress)

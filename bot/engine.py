"""The thread that hears the agents, ends what takes too long, and goes on with what others left.

One thread runs ``run`` and takes in everything that agents say. Each incident has its own lock, so that judging one
never delays the asking of another.
"""

import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot import log
from bot.carrier import Carrier
from bot.desk import Desk, Ground
from bot.errors import InstrumentError, OvertakenError
from bot.incidents import dropping, flow, folds, pasting
from bot.incidents.actions import Action
from bot.incidents.running import Running
from bot.model.audit import Deed
from bot.model.incident import (
    Closed,
    HandedOver,
    Incident,
    Outcome,
    Progressed,
    Published,
    Reported,
    Started,
    StopAsked,
    TakenOver,
)
from bot.model.request import WATCH
from bot.ports import News
from bot.roll import Roll
from bot.succession import LIVES, spent

_log = log.get(__name__)

_SWEEP_S = 2.0
_TICK_S = 0.25
_SILENT = timedelta(seconds=5)  # so long after its last word the card of a capture is shown again, to say how old it is


class Engine:
    """The agents' side of every incident that this bot has in hand."""

    def __init__(self, ground: Ground, desk: Desk, roll: Roll, carrier: Carrier) -> None:
        self._desk, self._roll, self._carrier = desk, roll, carrier
        self._queue, self._journal, self._clerk, self._clock = ground.queue, ground.journal, ground.clerk, ground.clock
        self.turned_at = time.monotonic()  # when ``run`` went round last
        self.trouble: str | None = None  # why the queue server gave it nothing then
        self._doubted: dict[str, None] = {}  # which another bot has, or may have had

    def run(self, stop: threading.Event) -> None:
        """Carry what agents say, end what takes too long, and go on with what others left, until ``stop`` is set."""
        swept_at = 0.0
        while not stop.is_set():
            self._doubted |= dict.fromkeys(self._queue.taken())
            try:
                for name in tuple(self._doubted):
                    self._look_again(name)
                for news in _newest(self._queue.news(_TICK_S)):
                    self._carrier.hear(news)
                if time.monotonic() - swept_at > _SWEEP_S:
                    swept_at = time.monotonic()
                    self._roll.call()
                    self._take_over()
                self.trouble = None
            except InstrumentError as error:
                self.trouble = str(error)
                _log.warning("queue_unreachable", reason=str(error))
                stop.wait(_TICK_S)
            self._desk.settle()
            self._expire()
            self.turned_at = time.monotonic()

    def _look_again(self, name: str) -> None:
        """Leave what another bot has, or had, and go on with what nobody had while this one slept or was cut off.

        Raises:
            InstrumentError: the server is away; it stays in doubt.
        """
        seat = self._desk.seat(name)
        if seat is not None:
            with self._desk.at(seat):
                running = seat.running
                if not self._desk.write_again(running):
                    return
                found = self._journal.read(name)
                if found is not None and len(found.timeline) == len(running.incident.timeline):
                    self._queue.begin(name)
                if self._queue.holds(name):
                    if not running.incident.closed:
                        self._desk.succession.resume(running.incident, self._clock.now())
                    self._desk.show(running)
                    self._carrier.hand_again(running)
                    self._desk.ours_again(name)
                else:
                    _log.warning("taken_by_another_bot", incident=name)
                    self._desk.give(name)
        self._doubted.pop(name, None)

    def drain(self, timeout_s: float, beside_s: float | None = None) -> None:
        """Wait for what runs; what is not over then is left to another bot. ``run`` goes on meanwhile.

        Where there is one, it is not waited for longer than ``beside_s``, unless what was captured is being handed
        over: whoever went on with that would hand it over again.

        Where there is none, captures are stopped, so that what they have is handed over, and what is not over in time
        ends with the reason; what waits for a second person, and a watch, is left to the next bot all the same.
        """
        until, alone = time.monotonic() + timeout_s, self._alone()
        leaves_at = until if alone or beside_s is None else time.monotonic() + beside_s
        for seat in self._desk.open_seats() if alone else ():
            with self._desk.at(seat):
                if folds.captured_by(seat.running.incident) and seat.open:
                    self._carrier.withdraw_all(seat.running)
        while (left := self._desk.open_seats()) and time.monotonic() < until:
            late = time.monotonic() > leaves_at
            if all(_goes_on(seat.running.incident) or (late and not seat.running.handed) for seat in left):
                break
            time.sleep(_TICK_S / 5)
        for seat in left:
            with self._desk.at(seat):
                incident = seat.running.incident
                if seat.open and (not alone or _goes_on(incident)):
                    self._desk.append(seat.running, HandedOver(at=self._clock.now()))
                    self._desk.give(incident.id)
                elif seat.open:
                    kept = " What was captured by then is kept with its case." if folds.captures(incident) else ""
                    sentence = f"The bot was stopped while this ran; please ask again.{kept}"
                    self._carrier.end(seat.running, Outcome.FAILED, sentence)

    def _alone(self) -> bool:
        try:
            return self._queue.alone()
        except InstrumentError:  # who cannot be reached takes nothing over
            return True

    def _expire(self) -> None:
        now = self._clock.now()
        for seat in self._desk.open_seats():
            with self._desk.at(seat):
                running = seat.running
                for event in tuple(flow.overdue(running.incident, now)):
                    self._carrier.happen(running, event)  # first: of what another bot has nothing may be withdrawn
                    self._carrier.withdraw(running, event.job)
                if lapsed := flow.lapsed(running.incident, now):
                    if self._carrier.decided(running.incident.id, else_decide=True):
                        self._desk.give(running.incident.id)  # another bot goes on with it
                    else:
                        self._lapse(running, lapsed)
                elif running.silent_since(now - _SILENT):
                    self._desk.show(running)
                self._go_on(running, now)

    def _go_on(self, running: Running, now: datetime) -> None:
        """What the time alone asks for: the next piece of a watch, or its end."""
        if running.incident.request.command != WATCH or running.incident.closed:
            return
        try:
            known = replace(self._roll.known(), now=now)
            self._carrier.carry_out(running, flow.due(running.incident, known))
        except InstrumentError as error:  # the server is away: the next turn tries again
            _log.warning("watch_waits", incident=running.incident.id, reason=str(error))

    def _lapse(self, running: Running, lapsed: Closed) -> None:
        place = running.incident.request.place
        self._clerk.note(Deed.REFUSED, incident=running.incident.id, place=place, rule=lapsed.sentence)
        self._carrier.end(running, lapsed.outcome, lapsed.sentence or "")

    def _take_over(self) -> None:
        """Go on with what a bot left behind when it died, so that no card says "looking" for ever.

        Raises:
            InstrumentError: the server is away.
        """
        for running in self._desk.succession.left(lambda name: self._desk.seat(name) is not None):
            name, seat = running.incident.id, self._desk.take_seat(running.incident)
            _log.warning("taken_over", incident=name, closed=running.incident.closed is not None)
            with self._desk.at(seat):
                seat.running = running
                try:
                    self._go_on_with(running)
                except OvertakenError:
                    raise
                except Exception:  # noqa: BLE001  a bug met by one incident must not silence the others
                    self._carrier.broke(running)

    def _go_on_with(self, running: Running) -> None:
        incident = running.incident
        if incident.closed:
            self._carrier.finish(running, anew=True)
            self._desk.show(running)
            return
        if spent(running):
            sentence = (
                f"{LIVES} bots were lost while this ran, so it is not tried again; ruleout's operator should know."
            )
            self._carrier.end(running, Outcome.FAILED, sentence)
            return
        if folds.awaits(incident) is None:
            self._desk.append(running, TakenOver(at=self._clock.now()))
        over = folds.ended(incident)
        if any(job.id not in over for job, _, _ in pasting.evidence(incident.request)):
            self._carrier.take_in_pasted(running)
        for job in folds.jobs(incident):
            if job.queue == dropping.QUEUE and job.id not in over:
                self._carrier.fetch_apart(job, incident)

        def actions() -> Sequence[Action]:
            self._desk.succession.resume(running.incident, self._clock.now())
            return flow.resume(running.incident, running.seen(), self._roll.known())

        self._carrier.tell_untold(running)
        self._carrier.go_on(running, actions)
        self._desk.show(running)


def _goes_on(incident: Incident) -> bool:
    """Whether another bot will go on with it."""
    return folds.awaits(incident) is not None or incident.request.command == WATCH


def _newest(news: tuple[News, ...]) -> Iterator[News]:
    """The news without evidence that a later report of the same job, come in meanwhile, replaces anyway.

    Of how far a capture is only the newest word counts.
    """
    subjects = list(_subjects(news))
    last = {subject: number for number, subject in enumerate(subjects)}
    for number, one in enumerate(news):
        unfinished = isinstance(one.event, Progressed) or (isinstance(one.event, Reported) and not one.event.final)
        if not unfinished or last[subjects[number]] == number:
            yield one


def _subjects(news: Iterable[News]) -> Iterator[tuple[str, str, str, int]]:
    """What a later report replaces: what the same agent said on the same job since it was last begun."""
    lives: Counter[str] = Counter()
    for one in news:
        job = "" if isinstance(one.event, Published | StopAsked) else one.event.job
        lives[job] += isinstance(one.event, Started)
        agent = one.event.agent if isinstance(one.event, Reported | Progressed) else ""
        yield type(one.event).__name__, job, agent, lives[job]

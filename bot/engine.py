"""The single writer of incidents: an event comes in, the flow says what follows, the ports do it.

One thread runs ``run`` and carries everything that agents say. Each incident has its own lock, so that judging one
never delays the asking of another.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from bot import log
from bot.clerk import machines_of
from bot.desk import Desk, Ground
from bot.errors import InstrumentError, OvertakenError, RequestError
from bot.handing import Handing
from bot.incidents import (
    actions,
    captured,
    compared,
    dropping,
    flow,
    folds,
    joining,
    noted,
    pasting,
    path_words,
    reaching,
)
from bot.incidents.actions import Action
from bot.incidents.crowding import admit
from bot.incidents.policy import TERMINAL, Capability
from bot.incidents.running import Running
from bot.incidents.wishing import Wanted
from bot.inquirer import Inquirer
from bot.model.audit import Deed
from bot.model.incident import (
    AnyEvent,
    AwaitsApproval,
    Closed,
    Compared,
    Failed,
    Flipped,
    Incident,
    Joined,
    Judged,
    LookedUp,
    Measured,
    Outcome,
    Progressed,
    Published,
    Queued,
    Reported,
    Requested,
    Started,
    StopAsked,
    TakenOver,
    Traced,
    Watched,
)
from bot.model.job import Job
from bot.model.request import CAPTURE, TRACE, WATCH, Request
from bot.model.verdict import Verdict
from bot.ports import Drops, News
from bot.split.reached import reach
from bot.succession import LIVES, spent

_log = log.get(__name__)

_SWEEP_S = 2.0
_TICK_S = 0.25
_SILENT = timedelta(seconds=5)  # so long after its last word the card of a capture is shown again, to say how old it is


class Engine(Desk):
    """Everything between the doors and the agents.

    ``once`` says whether a name was met before, by any bot: a decision is taken once, whichever of them heard it.
    ``apart`` runs what takes its time, in a thread of its own. ``inquirer`` keeps what channels work on together.
    """

    def __init__(
        self,
        ground: Ground,
        *,
        once: Callable[[str], bool],
        apart: Callable[[Callable[[], None]], None],
        drops: Drops | None = None,
        inquirer: Inquirer | None = None,
    ) -> None:
        super().__init__(ground)
        self.inquirer = inquirer
        self.turned_at = time.monotonic()  # when ``run`` went round last
        self.trouble: str | None = None  # why the queue server gave it nothing then
        self._once, self._apart, self._handing = once, apart, Handing(ground.clerk, ground.chat)
        self._drops = drops
        self._doubted: dict[str, None] = {}  # which another bot has, or may have had

    # ---- the agents' side --------------------------------------------------------------------------------------

    def run(self, stop: threading.Event) -> None:
        """Carry what agents say, end what takes too long, and go on with what others left, until ``stop`` is set."""
        swept_at = 0.0
        while not stop.is_set():
            self._doubted |= dict.fromkeys(self._queue.taken())
            try:
                for name in tuple(self._doubted):
                    self._look_again(name)
                for news in _newest(self._queue.news(_TICK_S)):
                    self._heard(news)
                if time.monotonic() - swept_at > _SWEEP_S:
                    swept_at = time.monotonic()
                    self._call_roll()
                    self._take_over()
                self.trouble = None
            except InstrumentError as error:
                self.trouble = str(error)
                _log.warning("queue_unreachable", reason=str(error))
                stop.wait(_TICK_S)
            self._settle()
            self._expire()
            self.turned_at = time.monotonic()

    def _look_again(self, name: str) -> None:
        """Leave what another bot has, or had, and go on with what nobody had while this one slept or was cut off.

        Raises:
            InstrumentError: the server is away; it stays in doubt.
        """
        seat = self._seat(name)
        if seat is not None:
            with self._at(seat):
                running = seat.running
                if not self._write_again(running):
                    return
                found = self._journal.read(name)
                if found is not None and len(found.timeline) == len(running.incident.timeline):
                    self._queue.begin(name)
                if self._queue.holds(name):
                    if not running.incident.closed:
                        self._succession.resume(running.incident, self._clock.now())
                    self._show(running)
                    if name in self._seen_in_doubt:
                        self._seen_in_doubt.discard(name)
                        self.delivered(name)
                else:
                    _log.warning("taken_by_another_bot", incident=name)
                    self._give(name)
        self._doubted.pop(name, None)

    def drain(self, timeout_s: float) -> None:
        """Wait for what runs; what is not over then is left to another bot. ``run`` goes on meanwhile.

        Where there is none, captures are stopped, so that what they have is handed over, and what is not over in time
        ends with the reason; what waits for a second person, and a watch, is left to the next bot all the same.
        """
        until, alone = time.monotonic() + timeout_s, self._alone()
        for seat in self._open_seats() if alone else ():
            with self._at(seat):
                if folds.captured_by(seat.running.incident) and seat.open:
                    self._withdraw_all(seat.running)
        while (left := self._open_seats()) and time.monotonic() < until:
            if all(_goes_on(seat.running.incident) for seat in left):
                break
            time.sleep(_TICK_S / 5)
        for seat in left:
            with self._at(seat):
                incident = seat.running.incident
                if seat.open and (not alone or _goes_on(incident)):
                    self._give(incident.id)
                elif seat.open:
                    kept = " What was captured by then is kept with its case." if folds.captures(incident) else ""
                    sentence = f"The bot was stopped while this ran; please ask again.{kept}"
                    self._end(seat.running, Outcome.FAILED, sentence)

    def _alone(self) -> bool:
        try:
            return self._queue.alone()
        except InstrumentError:  # who cannot be reached takes nothing over
            return True

    def _heard(self, news: News) -> None:
        seat = self._seat(news.incident)
        if seat is None:
            return
        with self._at(seat):
            running = seat.running
            if flow.adds_nothing(running.incident, news.event):
                return
            if isinstance(news.event, Progressed):
                running.progressed(replace(news.event, at=self._clock.now()))
                self._show(running)
                return
            try:
                if isinstance(news.event, StopAsked):
                    self._halt(running, news.event)
                    return
                if isinstance(news.event, Published):
                    self._place(running, news.event)
                    return
                if isinstance(news.event, Reported):
                    self._succession.keep(running, news)
                    running.take_in(news.event, news.blobs)
                    self._succession.prune(running)
                self._happen(running, news.event)
            except OvertakenError:
                raise
            except Exception:  # noqa: BLE001  a bug met by one incident must not silence the others
                self._broke(running)

    def _place(self, running: Running, found: Published) -> None:
        """Slack says that this part stands there: whoever posted it may have died before it was written down."""
        told = [event for event in running.incident.timeline if isinstance(event, Published)]
        stands = [event.message for event in told if event.part == found.part]
        self._chat.found(running.incident.id, found.part, found.channel, found.message, stands[-1] if stands else None)
        if not stands:
            self._append(running, found)

    def _broke(self, running: Running) -> None:
        reference = self._clock.new_id("bug")
        _log.exception("incident_broke", incident=running.incident.id, reference=reference)
        what = "capture" if running.incident.request.command == CAPTURE else "check"
        self._end(
            running, Outcome.FAILED, f"ruleout itself broke on this {what}; its operator can look up {reference}."
        )

    def _expire(self) -> None:
        now = self._clock.now()
        for seat in self._open_seats():
            with self._at(seat):
                running = seat.running
                for event in tuple(flow.overdue(running.incident, now)):
                    self._happen(running, event)  # first: of what another bot has nothing may be withdrawn
                    self._withdraw(running, event.job)
                if lapsed := flow.lapsed(running.incident, now):
                    if self._decided(running.incident.id, else_decide=True):
                        self._give(running.incident.id)  # another bot goes on with it
                    else:
                        self._lapse(running, lapsed)
                elif running.silent_since(now - _SILENT):
                    self._show(running)
                self._go_on(running, now)

    def _go_on(self, running: Running, now: datetime) -> None:
        """What the time alone asks for: the next piece of a watch, or its end."""
        if running.incident.request.command != WATCH or running.incident.closed:
            return
        try:
            known = replace(self._known(), now=now)
            self._carry_out(running, flow.due(running.incident, known))
        except InstrumentError as error:  # the server is away: the next turn tries again
            _log.warning("watch_waits", incident=running.incident.id, reason=str(error))

    def _lapse(self, running: Running, lapsed: Closed) -> None:
        place = running.incident.request.place
        self._clerk.note(Deed.REFUSED, incident=running.incident.id, place=place, rule=lapsed.sentence)
        self._end(running, lapsed.outcome, lapsed.sentence or "")

    def _decided(self, incident: str, *, else_decide: bool = False) -> bool:
        """Whether another click, or another bot, has decided on this capture; if not, this caller has now.

        ``else_decide``: also when nobody can say.

        Raises:
            InstrumentError: the server that remembers decisions is away.
        """
        try:
            return self._once(f"decision:{incident}")
        except InstrumentError:
            if else_decide:
                return False
            raise

    def _take_over(self) -> None:
        """Go on with what a bot left behind when it died, so that no card says "looking" for ever.

        Raises:
            InstrumentError: the server is away.
        """
        for running in self._succession.left(lambda name: self._seat(name) is not None):
            name, seat = running.incident.id, self._take_seat(running.incident)
            _log.warning("taken_over", incident=name, closed=running.incident.closed is not None)
            with self._at(seat):
                seat.running = running
                try:
                    self._go_on_with(running)
                except OvertakenError:
                    raise
                except Exception:  # noqa: BLE001  a bug met by one incident must not silence the others
                    self._broke(running)

    def _go_on_with(self, running: Running) -> None:
        incident = running.incident
        if incident.closed:
            self._show(running)
            return
        if spent(running):
            sentence = (
                f"{LIVES} bots were lost while this ran, so it is not tried again; ruleout's operator should know."
            )
            self._end(running, Outcome.FAILED, sentence)
            return
        if folds.awaits(incident) is None:
            self._append(running, TakenOver(at=self._clock.now()))
        over = folds.ended(incident)
        if any(job.id not in over for job, _, _ in pasting.evidence(incident.request)):
            self._take_in_pasted(running)
        for job in folds.jobs(incident):
            if job.queue == dropping.QUEUE and job.id not in over:
                self._fetch_apart(job, incident)

        def actions() -> Sequence[Action]:
            self._succession.resume(running.incident, self._clock.now())
            return flow.resume(running.incident, running.seen(), self._known())

        self._so(running, actions)
        self._show(running)

    def _join(self, request: Request, *, said: str | None, rule: str) -> Incident | None:
        """The same question, if it is being asked already: the answer goes to this asker too."""
        for seat in self._open_seats():
            if not joining.same(seat.running.incident, request):
                continue  # seen before its lock is waited for: whoever judges another one must not delay this asker
            with self._at(seat):
                if not seat.open:
                    continue
                running, person, place = seat.running, request.person, request.place
                self._append(running, Joined(at=request.asked_at, by=person, place=place))
                self._write_down(request, running.incident.id, said, rule)
                self._show(running)
                self._chat.whisper(person, place, joining.sentence(running.incident, place, request.asked_at))
                return running.incident
        return None

    # ---- one incident ------------------------------------------------------------------------------------------

    def _open(self, request: Request, *, said: str | None, rule: str) -> Incident:
        self._let_in(request, said)
        with log.about(incident=request.id):
            return self._begin(request, said=said, rule=rule)

    def _begin(self, request: Request, *, said: str | None, rule: str) -> Incident:
        self._queue.begin(request.id)
        self._write_down(request, request.id, said, rule)
        first = Requested(at=request.asked_at, request=request)
        self._journal.append(request.id, first, 0)
        seat = self._take_seat(Incident(request.id, (first,)))
        command, user = request.command, request.person.user
        _log.info("requested", incident=request.id, command=command, target=str(request.target), user=user)
        with seat.lock:
            self._take_in_pasted(seat.running)
            self._follow(seat.running, first)
            self._show(seat.running)
        if self.inquirer:
            self.inquirer.heard(seat.running.incident, None)
        return seat.running.incident

    def _let_in(self, request: Request, said: str | None) -> None:
        """Raises RequestError where there is no room for one more question; the refusal is among the deeds."""
        here, everywhere = (len(self._journal.unfinished(where)) for where in (request.place.channel, None))
        try:
            admit(self._bounds, here, everywhere)
        except RequestError as busy:
            self._clerk.note(
                Deed.REFUSED, incident=request.id, person=request.person, place=request.place, said=said, rule=str(busy)
            )
            raise

    def _write_down(self, request: Request, incident: str, said: str | None, rule: str) -> None:
        """That it was asked, and which incident answers it; without that nothing is captured."""
        written = self._clerk.record if request.command == CAPTURE else self._clerk.note
        written(
            Deed.REQUESTED,
            incident=incident,
            person=request.person,
            place=request.place,
            said=said,
            read_as=_read_as(request),
            rule=rule,
        )

    def _take_in_pasted(self, running: Running) -> None:
        """What people pasted is evidence before anything is asked, so that its MACs are looked up and watched too."""
        brought = pasting.evidence(running.incident.request)
        if brought:
            self._append(running, Queued(at=self._clock.now(), jobs=tuple(job for job, _, _ in brought)))
        for _, report, blobs in brought:
            self._bring(running, report, blobs)

    def _bring(self, running: Running, report: Reported, blobs: Mapping[str, bytes]) -> None:
        """Take evidence in that no agent sent."""
        self._succession.keep(running, News(running.incident.id, report, blobs))
        running.take_in(report, blobs)
        self._append(running, report)

    def _take_in_noted(self, running: Running) -> None:
        """What people of the channel noted about the machine is evidence like any other, as of the verdict."""
        incident, seen = running.incident, running.seen()
        try:
            inquiry = self.inquirer.current(incident.request.place.channel) if self.inquirer else None
        except InstrumentError as error:
            gap = f"What was noted in the channel could not be read: {error}"
            self._append(running, Queued(at=self._clock.now(), jobs=(), gaps=(gap,)))
            return
        notes = noted.about(inquiry.notes, noted.names(incident, seen)) if inquiry else ()
        for job, report, blobs in noted.evidence(incident, notes):
            self._append(running, Queued(at=self._clock.now(), jobs=(job,)))
            self._bring(running, report, blobs)

    def _happen(self, running: Running, event: AnyEvent) -> None:
        self._append(running, event)
        self._follow(running, event)
        self._show(running)

    def _follow(self, running: Running, event: AnyEvent) -> None:
        if running.incident.closed:
            return

        def actions() -> Sequence[Action]:
            return flow.step(running.incident, event, running.seen(), self._known())

        self._so(running, actions)
        if isinstance(event, Reported):
            running.tell(event)

    def _so(self, running: Running, follows: Callable[[], Sequence[Action]]) -> None:
        """Do what follows; where that cannot be, it is the end."""
        try:
            self._carry_out(running, follows())
        except InstrumentError as error:
            if running.incident.request.command == WATCH and _begun(running.incident):  # the next turn tries again
                _log.warning("watch_waits", incident=running.incident.id, reason=str(error))
                return
            self._close(running, Outcome.FAILED, str(error))
        except RequestError as refusal:
            self._close(running, Outcome.REFUSED, str(refusal))

    def _carry_out(self, running: Running, wanted: Sequence[actions.Action]) -> None:
        """In order; what changed in a watch is told in its thread, all that was found at once together."""
        flips = [one.event for one in wanted if isinstance(one, actions.Append) and isinstance(one.event, Flipped)]
        for flip in flips:
            self._append(running, flip)
        if flips:
            self._chat.tell(running.incident, [f"`{one.when:%H:%M:%S}` UTC: {one.says}" for one in flips])
        for action in wanted:
            if not (isinstance(action, actions.Append) and isinstance(action.event, Flipped)):
                self._do(running, action)

    def _do(self, running: Running, action: actions.Action) -> None:
        if isinstance(action, actions.Put):
            self._put(running, action)
        elif isinstance(action, actions.Fetch):
            self._begin_fetching(running, action)
        elif isinstance(action, actions.Append) and isinstance(action.event, Closed):
            self._close(running, action.event.outcome, action.event.sentence)
        elif isinstance(action, actions.Append):
            self._append(running, action.event)
            self._follow(running, action.event)
        elif isinstance(action, actions.Judge):
            self._take_in_noted(running)
            self._judge(running)
        elif isinstance(action, actions.Trace):
            self._take_in_noted(running)
            path = running.trace()
            self._append(running, Traced(at=self._clock.now(), path=path))
            _log.info("traced", incident=running.incident.id, hops=len(path.hops), clear=len(path.clear))
            self._close(running, Outcome.ANSWERED)
        elif isinstance(action, actions.Measure):
            matrix = reach(running.incident, running.observations, running.blobs, self._clock.now())
            self._append(running, Measured(at=self._clock.now(), reach=matrix))
            _log.info("measured", incident=running.incident.id, machines=len(matrix.machines))
            self._close(running, Outcome.ANSWERED)
        elif isinstance(action, actions.Tell):
            owners = running.look_up()
            assert owners is not None, "told only after a vCenter answered"
            self._append(running, LookedUp(at=self._clock.now(), owners=owners))
            _log.info("looked_up", incident=running.incident.id, owners=len(owners.owners))
            self._close(running, Outcome.ANSWERED)
        elif isinstance(action, actions.Admit):
            self._admit(running, action)
        else:
            self._deliver(running)

    def _judge(self, running: Running) -> None:
        """What the evidence shows beside the verdict, then the verdict."""
        if running.incident.request.command == WATCH:
            self._append(running, Watched(at=self._clock.now(), says=running.watched()))
        if running.tabled:
            self._append(running, Traced(at=self._clock.now(), path=running.trace()))
        verdict = running.judge()
        self._append(running, Judged(at=self._clock.now(), verdict=verdict))
        self._compare(running, verdict)
        _log.info("judged", incident=running.incident.id, verdict=verdict.verdict, grade=verdict.grade)
        self._close(running, Outcome.ANSWERED)

    def _compare(self, running: Running, verdict: Verdict) -> None:
        """What changed since this was asked before; a question that nobody can find any more is no hindrance."""
        name = running.incident.request.before
        if name is None:
            return
        try:
            says = compared.changes(self._recall(name), verdict)
        except (RequestError, InstrumentError) as error:
            says = (f"What it was before cannot be read any more: {error}",)
        if says:
            self._append(running, Compared(at=self._clock.now(), before=name, says=says))

    def _put(self, running: Running, put: actions.Put) -> None:
        incident = running.incident
        for job in put.jobs if incident.request.command == CAPTURE else ():
            if job.options.filter is not None:  # a look-up captures nothing
                self._clerk.record(
                    Deed.STARTED, incident=incident.id, person=incident.request.person, place=incident.request.place,
                    read_as=f"{job.options.filter} for {job.options.listen_s:g} s", agent=job.queue,
                )  # fmt: skip
        self._send(running, put.jobs, put.jobs, put.gaps)

    def _send(self, running: Running, jobs: tuple[Job, ...], queued: tuple[Job, ...], gaps: tuple[str, ...]) -> None:
        """Write the jobs down, then put ``queued`` of them: whoever takes over then knows what may be under way.

        Raises:
            InstrumentError: they cannot be put; that is written down too.
        """
        self._append(running, Queued(at=self._clock.now(), jobs=jobs, gaps=gaps))
        try:
            self._queue.put(queued)
        except InstrumentError as error:
            for job in queued:
                self._append(running, Failed(at=self._clock.now(), job=job.id, agent=job.queue, reason=str(error)))
            raise

    def _begin_fetching(self, running: Running, fetch: actions.Fetch) -> None:
        fetching, *asked = fetch.jobs
        self._send(running, fetch.jobs, tuple(asked), fetch.gaps)
        self._fetch_apart(fetching, running.incident)

    def _fetch_apart(self, fetching: Job, incident: Incident) -> None:
        self._apart(lambda: self._heard(self._fetched(fetching, incident)))

    def _fetched(self, job: Job, incident: Incident) -> News:
        """The shared file as an agent's report, or why there is none; takes seconds."""
        file = incident.request.file
        assert file is not None, "only a shared file is fetched"
        failed = partial(Failed, job=job.id, agent=file.name)
        try:
            assert self._drops is not None, "only a chat has shared files"
            data = self._drops.fetch(file, dropping.MOST_BYTES)
            artifact = dropping.artifact(job, file, data, incident.request.asked_at)
            if why := dropping.unreadable(artifact, data):
                return News(incident.id, failed(at=self._clock.now(), reason=why), {})
            report = Reported(at=self._clock.now(), job=job.id, agent=file.name, artifacts=(artifact,), final=True)
            return News(incident.id, report, {artifact.digest: data})
        except InstrumentError as error:
            return News(incident.id, failed(at=self._clock.now(), reason=str(error)), {})
        except Exception:  # noqa: BLE001  nobody waits for this thread's result
            reference = self._clock.new_id("bug")
            _log.exception("fetch_broke", incident=incident.id, reference=reference)
            reason = f"ruleout itself broke on this file; its operator can look up {reference}."
            return News(incident.id, failed(at=self._clock.now(), reason=reason), {})

    def _admit(self, running: Running, admit: actions.Admit) -> None:
        """Let a capture begin, or ask for a second person; the right is looked up again now that the machine is known.

        Raises:
            RequestError: the asker may not capture this machine.
            InstrumentError: what must not happen unseen cannot be written down.
        """
        incident = running.incident
        assert incident.address is not None, "only a machine with an address is captured"
        person, place = incident.request.person, incident.request.place
        taken = machines_of(incident)
        self._clerk.may(Capability.CAPTURE, person, place, taken, incident=incident.id)
        why = self._clerk.needs_second(taken)
        if why is None:
            self._put(running, admit.put)
            return
        self._clerk.record(Deed.APPROVAL_ASKED, incident=incident.id, person=person, place=place, rule=why)
        now = self._clock.now()
        self._append(running, AwaitsApproval(at=now, until=now + flow.APPROVAL, why=why))

    def _deliver(self, running: Running) -> None:
        """Hand over what was captured, apart: reading and drawing it must not delay anybody's check."""
        if running.handed:
            return
        running.handed = True
        incident, blobs = running.incident, dict(running.blobs)
        seat = self._seat(incident.id)
        outcome, sentence = captured.ending(incident)

        def apart() -> None:
            try:
                if folds.captures(incident):
                    self._handing.hand_over(incident, blobs)
            except Exception:  # noqa: BLE001  a bug there must not leave the capture without an end
                with self._at(seat) if seat else nullcontext():
                    if running.incident.closed is None:
                        self._broke(running)
                return
            with self._at(seat) if seat else nullcontext():
                if running.incident.closed is None:
                    self._end(running, outcome, sentence)

        self._apart(apart)

    def _close(self, running: Running, outcome: Outcome, sentence: str | None = None) -> None:
        """End it; where tables were compared, their picture follows the card. What another bot has, that one ends."""
        if not self._queue.holds(running.incident.id):
            self._leave(running.incident.id)
            return
        super()._close(running, outcome, sentence)
        if self.inquirer:
            self.inquirer.heard(running.incident, running.evidence())
        incident, path = running.incident, running.incident.path
        if incident.reach and incident.request.place.channel != TERMINAL:
            self._apart(partial(self._handing.hand_reach, incident, incident.reach))
        asked = incident.request.command == TRACE  # beside a verdict a picture of tables that agree says nothing new
        if incident.request.command == WATCH:
            self._end_watch(running)
        if path is None or outcome is not Outcome.ANSWERED or not (asked or path_words.differing(path)):
            return

        def apart() -> None:
            try:
                self._handing.hand_path(incident, path)
            except Exception:  # noqa: BLE001  nobody waits for this thread's result, and the card stands already
                _log.exception("path_picture_broke", incident=incident.id)

        if incident.request.place.channel != TERMINAL:  # which shows none
            self._apart(apart)

    def _end_watch(self, running: Running) -> None:
        """Its picture follows the card."""
        incident, seen = running.incident, running.seen()

        def apart() -> None:
            try:
                self._handing.hand_watch(incident, seen)
            except Exception:  # noqa: BLE001  nobody waits for this thread's result, and the card stands already
                _log.exception("watch_picture_broke", incident=incident.id)

        if incident.request.place.channel != TERMINAL:
            self._apart(apart)

    def _halt(self, running: Running, stop: StopAsked) -> None:
        """End it early. The agents of a capture and of a watch are called back, and what they have is waited for."""
        incident = running.incident
        if incident.closed or running.handed or folds.stopped(incident):
            return
        lasts = incident.request.command == CAPTURE or (incident.request.command == WATCH and incident.address)
        if not lasts:
            self._end(running, Outcome.STOPPED, "Stopped before the evidence was in.")
            return
        self._withdraw_all(running)
        self._happen(running, stop)


def _begun(incident: Incident) -> bool:
    failed = {event.job for event in incident.timeline if isinstance(event, Failed)}
    return any(job.id not in failed for job in folds.jobs(incident))


def _goes_on(incident: Incident) -> bool:
    """Whether another bot will go on with it."""
    return folds.awaits(incident) is not None or incident.request.command == WATCH


def _read_as(request: Request) -> str:
    if request.capture is not None:
        return f"{request.command} {Wanted(request.target, request.capture)}"
    if request.watch is not None:
        return f"{request.command} {request.target} for {request.watch.duration_s:g} s"
    if request.reach is not None:
        return f"{request.command} {reaching.in_words(request.reach)}"
    with_tables = f" with {pasting.named(request.tables)}" if request.tables else ""
    return f"{request.command} {request.target}{' deep' if request.deep else ''}{with_tables}"


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

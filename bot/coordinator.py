"""The single writer of incidents: an event comes in, the flow says what follows, the ports do it.

Handlers call ``ask``, ``again`` and ``capture``, which return in milliseconds; one thread runs ``run`` and carries
everything that agents say. Each incident has its own lock, so that judging one never delays the asking of another.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from bot import log
from bot.errors import InstrumentError, RequestError
from bot.frames.recording import suffix
from bot.incidents import asking, dropping, flow, policy
from bot.incidents.planning import Known
from bot.incidents.policy import Capability, Policy
from bot.incidents.running import Running
from bot.model.dropped import DroppedFile
from bot.model.incident import (
    AnyEvent,
    Closed,
    Delivered,
    Failed,
    Incident,
    Judged,
    LookedUp,
    Outcome,
    Published,
    Queued,
    Reported,
    Requested,
)
from bot.model.job import Agent, Job
from bot.model.request import CAPTURE, CHECK, IN_WORDS, JUDGE, Person, Place, Request, Target
from bot.ports import Archive, Chat, Clock, Drops, Journal, News, Queue

_log = log.get(__name__)

_REMEMBERED = 500  # closed incidents kept in memory for their buttons; older ones are read from the journal
_ORPHAN_AFTER = timedelta(seconds=90)  # no incident runs longer, so an older unfinished one has lost its bot
_AGENTS_FRESH_S = 1.0
_TICK_S = 0.25
_FETCHERS = 4


@dataclass(slots=True)
class _Seat:
    """An incident in memory and the lock of whoever changes it."""

    running: Running
    lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def open(self) -> bool:
        return self.running.incident.closed is None


class Coordinator:
    """Everything between the doors and the agents."""

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
        drops: Drops | None = None,
    ) -> None:
        self._queue, self._journal, self._chat, self._archive = queue, journal, chat, archive
        self._drops, self._fetchers = drops, ThreadPoolExecutor(_FETCHERS, thread_name_prefix="fetch")
        self._clock, self._rules, self._vcenters = clock, rules, vcenters
        self._seats: OrderedDict[str, _Seat] = OrderedDict()
        self._directory = threading.Lock()  # guards _seats and _agents
        self._agents: tuple[float, tuple[Agent, ...]] = (-_AGENTS_FRESH_S, ())

    # ---- the doors ---------------------------------------------------------------------------------------------

    def ask(self, command: str, text: str, person: Person, place: Place) -> Incident:
        """Accept a question; the answer comes through the chat.

        Raises:
            RequestError: the question cannot be taken; the text is the reply.
            InstrumentError: the queue cannot be reached; the text is the reply.
        """
        policy.authorise(self._rules, Capability.CHECK, person, place)
        if command not in IN_WORDS:
            raise RequestError(f"I do not know how to {command[:20]}. {asking.usage()}")
        question = asking.parse(text, command)
        return self._open(command, question.target, question.deep, person, place)

    def again(self, incident: str, person: Person, place: Place) -> Incident:
        """Ask the same question once more, with today's evidence; it takes the same right as the first time."""
        before = self._recall(incident).request
        needed = Capability.CAPTURE if before.command == CAPTURE else Capability.CHECK
        policy.authorise(self._rules, needed, person, place)
        return self._open(before.command, before.target, before.deep, person, place, before.file)

    def capture(self, incident: str, person: Person, place: Place) -> Incident:
        """Capture the ARP and ICMP of the incident's target where agents stand; the files go to ``place``."""
        policy.authorise(self._rules, Capability.CAPTURE, person, place)
        before = self._recall(incident)
        if before.address is None:
            raise RequestError("That check never reached an address, so there is nothing to capture.")
        return self._open(CAPTURE, Target(address=before.address), False, person, place)

    def judge(self, files: Sequence[DroppedFile], text: str, person: Person, place: Place) -> Incident:
        """Judge the capture among these shared files about whatever ``text`` names."""
        policy.authorise(self._rules, Capability.CHECK, person, place)
        file = dropping.choose(files)
        return self._open(JUDGE, asking.parse(text, CHECK).target, False, person, place, file)

    def dropped(self, files: Sequence[DroppedFile], person: Person, place: Place) -> None:
        """Offer to judge what was shared, if it looks like a capture; whoever may not ask is left alone."""
        with suppress(RequestError):
            policy.authorise(self._rules, Capability.CHECK, person, place)
            for file in files:
                if file.looks_like_capture:
                    self._chat.offer(person, place, file)

    def stop(self, incident: str, person: Person, place: Place) -> None:
        """End a running check; its agents are told to stop.

        Raises:
            RequestError: it is over already.
        """
        policy.authorise(self._rules, Capability.CHECK, person, place)
        seat = self._seat(incident)
        if seat is None:
            raise RequestError("That check does not run any more.")
        with seat.lock:
            if not seat.open:
                raise RequestError("That check was over before it could be stopped.")
            self._end(seat.running, Outcome.STOPPED, "Stopped before the evidence was in.")

    def published(self, incident: str, channel: str, message: str) -> None:
        """Note where the incident's card stands."""
        if seat := self._seat(incident):
            with seat.lock:
                self._append(seat.running, Published(at=self._clock.now(), channel=channel, message=message))

    def delivered(self, incident: str) -> None:
        """Note that its people have seen the end, so that no later bot shows it again."""
        seat = self._seat(incident)
        with seat.lock if seat else nullcontext():
            running = seat.running if seat else Running(Incident(incident, ()))  # one that a dead bot left
            self._append(running, Delivered(at=self._clock.now()))

    # ---- the agents' side --------------------------------------------------------------------------------------

    def run(self, stop: threading.Event) -> None:
        """Carry what agents say, and end what takes too long, until ``stop`` is set."""
        swept_at = 0.0
        while not stop.is_set():
            try:
                for news in _newest(self._queue.news(_TICK_S)):
                    self._heard(news)
                if time.monotonic() - swept_at > _ORPHAN_AFTER.total_seconds() / 3:
                    swept_at = time.monotonic()
                    self._close_orphans()
            except InstrumentError as error:
                _log.warning("queue_unreachable", reason=str(error))
                stop.wait(_TICK_S)
            self._expire()

    def drain(self, timeout_s: float) -> None:
        """Wait for what runs; what is not over then ends with the reason. ``run`` goes on meanwhile."""
        until = time.monotonic() + timeout_s
        while (left := self._open_seats()) and time.monotonic() < until:
            time.sleep(_TICK_S / 5)
        for seat in left:
            with seat.lock:
                if seat.open:
                    sentence = "The bot was stopped while this check ran; please ask again."
                    self._end(seat.running, Outcome.FAILED, sentence)

    def _heard(self, news: News) -> None:
        seat = self._seat(news.incident)
        if seat is None:
            return
        with seat.lock:
            running = seat.running
            if flow.adds_nothing(running.incident, news.event):
                return
            try:
                if isinstance(news.event, Reported):
                    running.take_in(news.event, news.blobs)
                self._happen(running, news.event)
            except Exception:  # noqa: BLE001  a bug met by one incident must not silence the others
                reference = self._clock.new_id("bug")
                _log.exception("incident_broke", incident=running.incident.id, reference=reference)
                sentence = f"ruleout itself broke on this check; its operator can look up {reference}."
                self._end(running, Outcome.FAILED, sentence)

    def _expire(self) -> None:
        now = self._clock.now()
        for seat in self._open_seats():
            with seat.lock:
                for event in tuple(flow.overdue(seat.running.incident, now)):
                    self._withdraw(seat.running, event.job)
                    self._happen(seat.running, event)

    def _close_orphans(self) -> None:
        """End and show what a bot left behind when it died, so that no card says "looking" for ever."""
        for name in self._journal.unfinished():
            incident = None if self._seat(name) else self._journal.read(name)
            if incident is None or incident.request.asked_at > self._clock.now() - _ORPHAN_AFTER:
                continue
            _log.warning("orphan_found", incident=name, closed=incident.closed is not None)
            if incident.closed:
                self._chat.show(incident, ())
            else:
                sentence = "The bot was restarted while this check ran, so it has no answer; please ask again."
                self._end(Running(incident), Outcome.FAILED, sentence)

    # ---- one incident ------------------------------------------------------------------------------------------

    def _open(
        self,
        command: str,
        target: Target,
        deep: bool,
        person: Person,
        place: Place,
        file: DroppedFile | None = None,
    ) -> Incident:
        now = self._clock.now()
        request = Request(self._clock.new_id("inc"), command, target, deep, person, place, now, file=file)
        first = Requested(at=now, request=request)
        self._journal.append(request.id, first)
        seat = _Seat(Running(Incident(request.id, (first,))))
        with self._directory:
            self._seats[request.id] = seat
            while len(self._seats) > _REMEMBERED and not next(iter(self._seats.values())).open:
                self._seats.popitem(last=False)
        _log.info("requested", incident=request.id, command=command, target=str(target), user=person.user)
        with seat.lock:
            self._follow(seat.running, first)
            self._show(seat.running)
        return seat.running.incident

    def _recall(self, incident: str) -> Incident:
        seat = self._seat(incident)
        found = seat.running.incident if seat else self._journal.read(incident)
        if found is None:
            raise RequestError("That check is too old to be known here; ask anew with `/arpcheck` or `/vcenter`.")
        return found

    def _seat(self, incident: str) -> _Seat | None:
        with self._directory:
            return self._seats.get(incident)

    def _open_seats(self) -> list[_Seat]:
        with self._directory:
            return [seat for seat in self._seats.values() if seat.open]

    def _happen(self, running: Running, event: AnyEvent) -> None:
        self._append(running, event)
        self._follow(running, event)
        self._show(running)

    def _append(self, running: Running, event: AnyEvent) -> None:
        running.append(event)
        try:
            self._journal.append(running.incident.id, event)
        except InstrumentError as error:  # the answer is worth more than its record
            _log.warning("journal_unreachable", incident=running.incident.id, reason=str(error))

    def _follow(self, running: Running, event: AnyEvent) -> None:
        if running.incident.closed:
            return
        try:
            for action in flow.step(running.incident, event, running.seen(), self._known()):
                self._do(running, action)
            if isinstance(event, Reported):
                running.tell(event)
        except InstrumentError as error:
            self._close(running, Outcome.FAILED, str(error))

    def _do(self, running: Running, action: flow.Action) -> None:
        if isinstance(action, flow.Put):
            self._queue.put(action.jobs)
            self._append(running, Queued(at=self._clock.now(), jobs=action.jobs, gaps=action.gaps))
        elif isinstance(action, flow.Fetch):
            fetching, *asked = action.jobs
            self._queue.put(asked)
            self._append(running, Queued(at=self._clock.now(), jobs=action.jobs, gaps=action.gaps))
            self._fetchers.submit(self._fetch, fetching, running.incident)
        elif isinstance(action, flow.Append) and isinstance(action.event, Closed):
            self._close(running, action.event.outcome, action.event.sentence)
        elif isinstance(action, flow.Append):
            self._append(running, action.event)
            self._follow(running, action.event)
        elif isinstance(action, flow.Judge):
            verdict = running.judge()
            self._append(running, Judged(at=self._clock.now(), verdict=verdict))
            _log.info("judged", incident=running.incident.id, verdict=verdict.verdict, grade=verdict.grade)
            self._close(running, Outcome.ANSWERED)
        elif isinstance(action, flow.Tell):
            owners = running.look_up()
            assert owners is not None, "told only after a vCenter answered"
            self._append(running, LookedUp(at=self._clock.now(), owners=owners))
            _log.info("looked_up", incident=running.incident.id, owners=len(owners.owners))
            self._close(running, Outcome.ANSWERED)
        else:
            self._deliver(running)

    def _fetch(self, job: Job, incident: Incident) -> None:
        """Bring the shared file, as an agent brings what it recorded; in a thread of its own."""
        file = incident.request.file
        assert file is not None, "only a shared file is fetched"
        failed = partial(Failed, job=job.id, agent=file.name)
        assert self._drops is not None, "only a chat has shared files"
        try:
            data = self._drops.fetch(file, dropping.MOST_BYTES)
            artifact = dropping.artifact(job, file, data, incident.request.asked_at)
            event: Reported | Failed = (
                failed(at=self._clock.now(), reason=why)
                if (why := dropping.unreadable(artifact, data))
                else Reported(at=self._clock.now(), job=job.id, agent=file.name, artifacts=(artifact,), final=True)
            )
            self._heard(News(incident.id, event, {artifact.digest: data}))
        except InstrumentError as error:
            self._heard(News(incident.id, failed(at=self._clock.now(), reason=str(error)), {}))
        except Exception:  # noqa: BLE001  nobody waits for this thread's result
            reference = self._clock.new_id("bug")
            _log.exception("fetch_broke", incident=incident.id, reference=reference)
            reason = f"ruleout itself broke on this file; its operator can look up {reference}."
            self._heard(News(incident.id, failed(at=self._clock.now(), reason=reason), {}))

    def _deliver(self, running: Running) -> None:
        brought = flow.artifacts(running.incident)
        for artifact in brought:
            dropped = "an unknown number of" if artifact.dropped is None else artifact.dropped
            agent = artifact.vantage.agent
            comment = f"{agent}: {artifact.size_bytes} bytes, {dropped} frames dropped, {artifact.digest}"
            data = running.blobs[artifact.digest]
            self._chat.attach(running.incident, f"{running.incident.address}-{agent}.{suffix(data)}", data, comment)
        if brought:
            sentence = f"Captured at {len(brought)} vantage(s); the files are in the thread."
            self._close(running, Outcome.ANSWERED, sentence)
        else:
            self._close(running, Outcome.FAILED, " ".join(("Nothing was captured.", *flow.gaps(running.incident))))

    def _end(self, running: Running, outcome: Outcome, sentence: str) -> None:
        self._close(running, outcome, sentence)
        self._show(running)

    def _close(self, running: Running, outcome: Outcome, sentence: str | None = None) -> None:
        for job in flow.jobs(running.incident):
            if job.id not in flow.ended(running.incident):
                self._withdraw(running, job.id)
        self._append(running, Closed(at=self._clock.now(), outcome=outcome, sentence=sentence))

    def _withdraw(self, running: Running, job_id: str) -> None:
        job = next(job for job in flow.jobs(running.incident) if job.id == job_id)
        try:
            self._queue.cancel(job)
        except InstrumentError as error:  # the job expires by itself
            _log.warning("cancel_failed", job=job_id, reason=str(error))

    def _show(self, running: Running) -> None:
        """Bring the card up to date; what is over is kept as a case, after its people have been told."""
        self._chat.show(running.incident, running.facts)
        if running.incident.closed is None or (files := running.case()) is None:
            return
        try:
            self._archive.save(running.incident.id, files)
        except InstrumentError as error:
            _log.error("case_not_saved", incident=running.incident.id, reason=str(error))
        running.blobs.clear()

    def _known(self) -> Known:
        with self._directory:
            read_at, agents = self._agents
        if time.monotonic() - read_at > _AGENTS_FRESH_S:
            agents = self._queue.agents()
            with self._directory:
                self._agents = (time.monotonic(), agents)
        return Known(agents, self._vcenters, self._clock.now())


def _newest(news: tuple[News, ...]) -> Iterator[News]:
    """The news without evidence that a later report of the same job, come in meanwhile, replaces anyway."""
    last = {one.event.job: number for number, one in enumerate(news) if isinstance(one.event, Reported)}
    for number, one in enumerate(news):
        replaced = isinstance(one.event, Reported) and not one.event.final and last[one.event.job] > number
        if not replaced:
            yield one

"""The single writer of incidents: an event comes in, the flow says what follows, the ports do it.

Handlers call ``ask``, ``again`` and ``capture``, which return in milliseconds; one thread runs ``run`` and carries
everything that agents say. Each incident has its own lock, so that judging one never delays the asking of another.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from bot import log
from bot.errors import InstrumentError, RequestError
from bot.incidents import asking, bundle, flow, judging, policy
from bot.incidents.planning import Known
from bot.incidents.policy import Capability, Policy
from bot.model.finding import Evidence, Finding, Standing
from bot.model.incident import (
    AnyEvent,
    Closed,
    Incident,
    Judged,
    Outcome,
    Published,
    Queued,
    Reported,
    Requested,
)
from bot.model.job import Agent
from bot.model.observation import Observation
from bot.model.request import Person, Place, Request, Target
from bot.ports import Archive, Chat, Clock, Journal, News, Queue

_log = log.get(__name__)

_REMEMBERED = 500  # closed incidents kept in memory for their buttons; older ones are read from the journal
_ORPHAN_AFTER = timedelta(seconds=90)  # no incident runs longer, so an older unfinished one has lost its bot
_AGENTS_FRESH_S = 1.0
_TICK_S = 0.25


@dataclass
class _Running:
    """One incident in memory. ``observations`` are cached by artifact digest.

    ``told`` are the jobs whose first evidence is among the facts. What they add later waits for the verdict: a card is
    edited every two seconds at most, and to work out more than it can show would delay other people's checks.
    """

    incident: Incident
    lock: threading.RLock = field(default_factory=threading.RLock)
    blobs: dict[str, bytes] = field(default_factory=dict)
    observations: dict[str, tuple[Observation, ...]] = field(default_factory=dict)
    unreadable: dict[str, tuple[str, ...]] = field(default_factory=dict)
    facts: tuple[str, ...] = ()
    told: set[str] = field(default_factory=set)

    def evidence(self) -> Evidence | None:
        """What the newest artifacts show, or None while the address is not known."""
        if self.incident.address is None:
            return None
        digests = [artifact.digest for artifact in flow.artifacts(self.incident)]
        gaps = (*flow.gaps(self.incident), *(gap for digest in digests for gap in self.unreadable.get(digest, ())))
        return Evidence(self.incident.address, self.seen(), gaps)

    def seen(self) -> tuple[Observation, ...]:
        """Every observation in the newest artifacts."""
        return tuple(
            o for artifact in flow.artifacts(self.incident) for o in self.observations.get(artifact.digest, ())
        )


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
    ) -> None:
        self._queue, self._journal, self._chat, self._archive = queue, journal, chat, archive
        self._clock, self._rules, self._vcenters = clock, rules, vcenters
        self._running: OrderedDict[str, _Running] = OrderedDict()
        self._directory = threading.Lock()  # guards _running and _agents
        self._agents: tuple[float, tuple[Agent, ...]] = (-_AGENTS_FRESH_S, ())

    # ---- the doors ---------------------------------------------------------------------------------------------

    def ask(self, command: str, text: str, person: Person, place: Place) -> Incident:
        """Accept a question; the answer comes through the chat.

        Raises:
            RequestError: the question cannot be taken; the text is the reply.
            InstrumentError: the queue cannot be reached; the text is the reply.
        """
        policy.authorise(self._rules, Capability.CHECK, person, place)
        question = asking.parse(text)
        return self._open(command, question.target, question.deep, person, place)

    def again(self, incident: str, person: Person, place: Place) -> Incident:
        """Ask the same question once more, with today's evidence; it takes the same right as the first time."""
        before = self._recall(incident).request
        needed = Capability.CAPTURE if before.command == "capture" else Capability.CHECK
        policy.authorise(self._rules, needed, person, place)
        return self._open(before.command, before.target, before.deep, person, place)

    def capture(self, incident: str, person: Person, place: Place) -> Incident:
        """Capture the ARP and ICMP of the incident's target where agents stand; the files go to its thread."""
        policy.authorise(self._rules, Capability.CAPTURE, person, place)
        before = self._recall(incident)
        if before.address is None:
            raise RequestError("That check never reached an address, so there is nothing to capture.")
        posted = [event.message for event in before.timeline if isinstance(event, Published)]
        thread = before.request.place.thread or (posted[-1] if posted else None)
        place = replace(place, thread=place.thread or thread)
        return self._open("capture", Target(address=before.address), False, person, place)

    def stop(self, incident: str, person: Person, place: Place) -> None:
        """End a running check; its agents are told to stop.

        Raises:
            RequestError: it is over already.
        """
        policy.authorise(self._rules, Capability.CHECK, person, place)
        with self._directory:
            running = self._running.get(incident)
        if running is None:
            raise RequestError("That check does not run any more.")
        with running.lock:
            if running.incident.closed:
                raise RequestError("That check was over before it could be stopped.")
            self._close(running, Outcome.STOPPED, "Stopped before the evidence was in.")
            self._chat.show(running.incident, running.facts)

    def published(self, incident: str, channel: str, message: str) -> None:
        """Note where the incident's card stands."""
        with self._directory:
            running = self._running.get(incident)
        if running is not None:
            with running.lock:
                self._append(running, Published(at=self._clock.now(), channel=channel, message=message))

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
        while (left := self._unclosed()) and time.monotonic() < until:
            time.sleep(_TICK_S / 5)
        for running in left:
            with running.lock:
                if running.incident.closed is None:
                    self._close(running, Outcome.FAILED, "The bot was stopped while this check ran; please ask again.")
                    self._chat.show(running.incident, running.facts)

    def _unclosed(self) -> list[_Running]:
        with self._directory:
            return [running for running in self._running.values() if running.incident.closed is None]

    def _heard(self, news: News) -> None:
        with self._directory:
            running = self._running.get(news.incident)
        if running is None:
            return
        with running.lock:
            if flow.adds_nothing(running.incident, news.event):
                return
            try:
                if isinstance(news.event, Reported):
                    self._take_in(running, news.event, news.blobs)
                self._happen(running, news.event)
            except Exception:  # noqa: BLE001  a bug met by one incident must not silence the others
                self._bug(running)

    def _bug(self, running: _Running) -> None:
        reference = self._clock.new_id("bug")
        _log.exception("incident_broke", incident=running.incident.id, reference=reference)
        self._close(
            running, Outcome.FAILED, f"ruleout itself broke on this check; its operator can look up {reference}."
        )
        self._chat.show(running.incident, running.facts)

    def _take_in(self, running: _Running, report: Reported, blobs: Mapping[str, bytes]) -> None:
        running.blobs.update(blobs)
        for artifact in report.artifacts:
            running.observations[artifact.digest], running.unreadable[artifact.digest] = judging.read(
                (artifact,), running.blobs
            )

    def _expire(self) -> None:
        now = self._clock.now()
        for running in self._unclosed():
            with running.lock:
                for event in tuple(flow.overdue(running.incident, now)):
                    self._withdraw(running, event.job)
                    self._happen(running, event)

    def _close_orphans(self) -> None:
        """End what a bot left behind when it died, so that no card says "looking" for ever."""
        for name in self._journal.unfinished():
            with self._directory:
                ours = name in self._running
            incident = None if ours else self._journal.read(name)
            if incident is None or incident.request.asked_at > self._clock.now() - _ORPHAN_AFTER:
                continue
            _log.warning("orphan_closed", incident=name)
            running = _Running(incident)
            sentence = "The bot was restarted while this check ran, so it has no answer; please ask again."
            self._happen(running, Closed(at=self._clock.now(), outcome=Outcome.FAILED, sentence=sentence))

    # ---- one incident ------------------------------------------------------------------------------------------

    def _open(self, command: str, target: Target, deep: bool, person: Person, place: Place) -> Incident:
        now = self._clock.now()
        request = Request(self._clock.new_id("inc"), command, target, deep, person, place, now)
        first = Requested(at=now, request=request)
        self._journal.append(request.id, first)
        running = _Running(Incident(request.id, (first,)))
        with self._directory:
            self._running[request.id] = running
            while len(self._running) > _REMEMBERED and next(iter(self._running.values())).incident.closed:
                self._running.popitem(last=False)
        _log.info("requested", incident=request.id, command=command, target=str(target), user=person.user)
        with running.lock:
            self._follow(running, first)
            self._chat.show(running.incident, running.facts)
        return running.incident

    def _recall(self, incident: str) -> Incident:
        with self._directory:
            running = self._running.get(incident)
        found = running.incident if running else self._journal.read(incident)
        if found is None:
            raise RequestError("That check is too old to be known here; ask anew with `/arpcheck`.")
        return found

    def _happen(self, running: _Running, event: AnyEvent) -> None:
        self._append(running, event)
        self._follow(running, event)
        self._chat.show(running.incident, running.facts)

    def _append(self, running: _Running, event: AnyEvent) -> None:
        incident = running.incident
        running.incident = replace(incident, timeline=(*incident.timeline, event))
        try:
            self._journal.append(incident.id, event)
        except InstrumentError as error:  # the answer is worth more than its record
            _log.warning("journal_unreachable", incident=incident.id, reason=str(error))

    def _follow(self, running: _Running, event: AnyEvent) -> None:
        try:
            known = self._known() if running.incident.closed is None else Known((), (), self._clock.now())
            for action in flow.step(running.incident, event, running.seen(), known):
                self._do(running, action)
            if isinstance(event, Reported) and event.job not in running.told and not running.incident.closed:
                running.told.add(event.job)
                running.facts = self._facts(running)
        except InstrumentError as error:
            self._close(running, Outcome.FAILED, str(error))

    def _do(self, running: _Running, action: flow.Action) -> None:
        now = self._clock.now()
        if isinstance(action, flow.Put):
            self._queue.put(action.jobs)
            self._append(running, Queued(at=now, jobs=action.jobs, gaps=action.gaps))
        elif isinstance(action, flow.Append):
            self._append(running, action.event)
            self._follow(running, action.event)
        elif isinstance(action, flow.Judge):
            self._judge(running)
        else:
            self._deliver(running)

    def _judge(self, running: _Running) -> None:
        evidence = running.evidence()
        assert evidence is not None, "only an incident with an address is judged"
        verdict, established = judging.judge_evidence(evidence, case=running.incident.id)
        running.facts = _statements(established)
        self._append(running, Judged(at=self._clock.now(), verdict=verdict))
        _log.info("judged", incident=running.incident.id, verdict=verdict.verdict, grade=verdict.grade)
        self._close(running, Outcome.ANSWERED)
        self._save(running)

    def _deliver(self, running: _Running) -> None:
        brought = flow.artifacts(running.incident)
        for artifact in brought:
            dropped = "an unknown number of" if artifact.dropped is None else artifact.dropped
            comment = (
                f"{artifact.vantage.agent}: {artifact.size_bytes} bytes, {dropped} frames dropped, {artifact.digest}"
            )
            name = f"{running.incident.address}-{artifact.vantage.agent}.pcap"
            self._chat.attach(running.incident, name, running.blobs[artifact.digest], comment)
        if brought:
            self._close(
                running, Outcome.ANSWERED, f"Captured at {len(brought)} vantage(s); the files are in the thread."
            )
        else:
            self._close(running, Outcome.FAILED, " ".join(("Nothing was captured.", *flow.gaps(running.incident))))
        self._save(running)

    def _close(self, running: _Running, outcome: Outcome, sentence: str | None = None) -> None:
        for job in flow.jobs(running.incident):
            if job.id not in flow.ended(running.incident):
                self._withdraw(running, job.id)
        self._append(running, Closed(at=self._clock.now(), outcome=outcome, sentence=sentence))

    def _withdraw(self, running: _Running, job_id: str) -> None:
        job = next(job for job in flow.jobs(running.incident) if job.id == job_id)
        try:
            self._queue.cancel(job)
        except InstrumentError as error:  # the job expires by itself
            _log.warning("cancel_failed", job=job_id, reason=str(error))

    def _save(self, running: _Running) -> None:
        incident = running.incident
        assert incident.address is not None, "only an incident with an address has a case"
        case = bundle.Case(
            incident.address, flow.artifacts(incident), flow.gaps(incident), incident.timeline, incident.verdict
        )
        try:
            self._archive.save(incident.id, bundle.pack(case, running.blobs))
        except InstrumentError as error:
            _log.error("case_not_saved", incident=incident.id, reason=str(error))
        running.blobs.clear()

    def _facts(self, running: _Running) -> tuple[str, ...]:
        evidence = running.evidence()
        return _statements(judging.judge_evidence(evidence)[1]) if evidence else ()

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


def _statements(findings: tuple[Finding, ...]) -> tuple[str, ...]:
    return tuple(finding.statement for finding in findings if finding.standing is Standing.PRESENT)

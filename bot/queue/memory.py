"""The queue without a server, for one process: the same orders, seals and refusals, the same contract tests."""

import itertools
import secrets
import threading
import time
from collections import Counter, defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot import log
from bot.errors import InstrumentError
from bot.model.incident import Failed, Progressed, Reported, Started
from bot.model.job import Agent, Artifact, Job
from bot.ports import Clock, News
from bot.queue import artifacts, keys, letters, seal
from bot.queue.asked import Asked
from bot.queue.lease import CANCELLED, NOBODY_ASKS, OUT_OF_TIME
from bot.queue.letters import Order, Report, Said, Word
from bot.queue.taken import Taken

_log = log.get(__name__)


@dataclass(slots=True)
class _Entry:
    number: int
    fields: seal.Fields
    entered_at: datetime
    delivery: int = 0


@dataclass(slots=True)
class MemoryServer:
    """What the two sides share. Every field is touched with ``changed`` held."""

    clock: Clock
    changed: threading.Condition = field(default_factory=threading.Condition)
    jobs: dict[str, deque[_Entry]] = field(default_factory=lambda: defaultdict(deque))
    reports: dict[str, deque[seal.Fields]] = field(default_factory=lambda: defaultdict(deque))
    uploads: dict[str, Mapping[str, bytes]] = field(default_factory=dict)
    living: dict[str, Agent] = field(default_factory=dict)
    roll: dict[str, Agent] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)
    cancels: dict[str, bytes] = field(default_factory=dict)
    holders: dict[str, tuple[str, float]] = field(default_factory=dict)  # incident -> bot, end of its lease
    bots: dict[str, float] = field(default_factory=dict)  # bot -> end of its lease
    dead: list[str] = field(default_factory=list)
    numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    def put(self, queue: str, fields: seal.Fields) -> None:
        """One entry at the end of the queue, whoever made it."""
        with self.changed:
            self.jobs[queue].append(_Entry(next(self.numbers), fields, self.clock.now()))
            self.changed.notify_all()

    def say(self, reply: str, fields: seal.Fields) -> None:
        """One entry at the end of a reply stream."""
        with self.changed:
            self.reports[reply].append(fields)
            self.changed.notify_all()


class MemoryQueue:
    """bot.ports.Queue within one process. A bot that does not ask for news for a lease counts as gone."""

    def __init__(
        self, server: MemoryServer, masters: Sequence[bytes], bot_id: str, *, lease_s: float = keys.HOLD_S
    ) -> None:
        self._server = server
        self._lease_s = lease_s
        self._me = bot_id
        self._asked = Asked(masters, server.clock)
        self._held: set[str] = set()
        self._taken_in: Counter[str] = Counter()
        self._fetched: list[tuple[str, str]] = []
        self._stay()

    def put(self, jobs: Sequence[Job]) -> None:
        """Put every job on its queue."""
        self.hold([job.incident for job in jobs])
        self._asked.remember(jobs)
        for job in jobs:
            order = Order(job, keys.reports(job.incident), self._server.clock.now())
            self._server.put(job.queue, letters.write_order(self._asked.keys_of(job.queue), order))

    def news(self, wait_s: float) -> tuple[News, ...]:
        """What came in, and what nobody serves."""
        server = self._server
        until = time.monotonic() + wait_s
        with server.changed:
            for incident, number in self._taken_in.items():
                if incident not in self._held:  # it is left for whoever goes on
                    continue
                for _ in range(min(number, len(server.reports[keys.reports(incident)]))):
                    server.reports[keys.reports(incident)].popleft()
            for incident, upload in self._fetched:
                if incident in self._held:
                    server.uploads.pop(upload, None)
            self._fetched.clear()
        while True:
            self._stay()
            with server.changed:
                served = {queue for agent in server.living.values() for queue in agent.queues}
                arrived = [
                    (incident, fields)
                    for incident in dict.fromkeys((*self._asked.incidents(), *self._held))
                    for fields in server.reports[keys.reports(incident)]
                ]
                self._taken_in = Counter(incident for incident, _ in arrived)
            read = [self._entry(incident, fields) for incident, fields in arrived]
            news = *filter(None, read), *self._asked.lose(self._asked.waiting_queues() - served)
            left_s = until - time.monotonic()
            if news or left_s <= 0:
                return news
            with server.changed:
                server.changed.wait(min(left_s, self._lease_s / 4))

    def cancel(self, job: Job) -> None:
        """Seal the order to stop."""
        sealed = seal.mac(self._asked.keys_of(job.queue)[0], letters.cancel_context(job.id))
        with self._server.changed:
            self._server.cancels[job.id] = sealed

    def agents(self) -> tuple[Agent, ...]:
        """Every agent whose intake is not closed, by name."""
        with self._server.changed:
            living = [replace(agent, heard_at=self._server.clock.now()) for agent in self._server.living.values()]
        return tuple(sorted(living, key=lambda agent: agent.name))

    def roll(self) -> tuple[Agent, ...]:
        """Everybody who ever announced themselves."""
        with self._server.changed:
            return tuple(self._server.roll[name] for name in sorted(self._server.roll))

    def begin(self, incident: str) -> None:
        """Like any other."""
        self.hold([incident])

    def hold(self, incidents: Sequence[str], *, seize: bool = False) -> frozenset[str]:
        """Those that nobody else has under a lease."""
        now_s = time.monotonic()
        with self._server.changed:
            ours = frozenset(
                name
                for name in incidents
                if seize or self._server.holders.get(name, (self._me, 0.0))[0] == self._me
                or self._server.holders[name][1] <= now_s
            )  # fmt: skip
            self._server.holders |= dict.fromkeys(ours, (self._me, now_s + self._lease_s))
            self._held |= ours
            self._server.changed.notify_all()
        return ours

    def holds(self, incident: str) -> bool:
        """As long as nobody else has taken it."""
        with self._server.changed:
            return incident in self._held and self._server.holders.get(incident, (self._me, 0.0))[0] == self._me

    def taken(self) -> tuple[str, ...]:
        """Those whose lease names another."""
        with self._server.changed:
            lost = {name for name in self._held if self._server.holders.get(name, (self._me, 0))[0] != self._me}
            self._held -= lost
        for incident in lost:
            self._asked.drop(incident)
        return tuple(sorted(lost))

    def resume(self, jobs: Sequence[Job]) -> None:
        """Expect reports on them."""
        self._asked.remember(jobs)

    def tell(self, incident: str, word: Word) -> None:
        """On the incident's own stream."""
        reply = keys.reports(incident)
        self._server.say(reply, letters.write_word(self._asked.keys_of(letters.BOTS), reply, word))

    def leave(self, incident: str) -> None:
        """Its lease is given back."""
        self._asked.drop(incident)
        self._held.discard(incident)
        with self._server.changed:
            if self._server.holders.get(incident, ("", 0.0))[0] == self._me:
                del self._server.holders[incident]

    def end(self, incident: str) -> None:
        """Also what came in late."""
        self.leave(incident)
        with self._server.changed:
            self._server.reports.pop(keys.reports(incident), None)

    def alone(self) -> bool:
        """By the leases of the others."""
        with self._server.changed:
            return all(bot == self._me or until <= time.monotonic() for bot, until in self._server.bots.items())

    def close(self) -> None:
        """What is held runs out."""
        self._held.clear()

    def _stay(self) -> None:
        """Renew what nobody has taken meanwhile."""
        until = time.monotonic() + self._lease_s
        with self._server.changed:
            self._server.bots[self._me] = until
            for incident in self._held:
                if self._server.holders.get(incident, (self._me, 0.0))[0] == self._me:
                    self._server.holders[incident] = self._me, until

    def _entry(self, incident: str, fields: seal.Fields) -> News | None:
        if letters.is_word(fields):
            return self._asked.word(incident, fields)
        known = self._asked.read(incident, fields)
        if known and self._asked.answered(known[0]):
            self._fetched.append((incident, known[1].upload))
            return None
        return self._item(*known) if known else None

    def _item(self, job: Job, report: Report) -> News | None:
        event = report.event
        described = event.artifacts if isinstance(event, Reported) else ()
        with self._server.changed:
            blobs = dict(self._server.uploads.get(report.upload, {}))
        self._fetched.append((job.incident, report.upload))
        try:
            for artifact in described:
                artifacts.check(artifact, blobs.get(artifact.digest))
        except artifacts.DamagedError as error:
            if not (isinstance(event, Reported) and event.final):
                return None
            reason = f"The evidence of agent {event.agent} did not arrive whole: {error}."
            report, blobs = Report(Failed(at=event.at, job=job.id, agent=event.agent, reason=reason), ""), {}
        return self._asked.news(job, report, blobs)


class MemoryIntake:
    """bot.ports.Intake within one process."""

    def __init__(
        self,
        server: MemoryServer,
        queue_keys: Mapping[str, seal.Keys],
        agent: Agent,
        *,
        limit_bytes: int = keys.LIMIT_BYTES,
    ) -> None:
        self._server = server
        self._keys = {queue: tuple(queue_keys[queue]) for queue in agent.queues}
        self._agent = agent
        self._limit_bytes = limit_bytes
        self._me = secrets.token_hex(8)
        self._held: dict[str, tuple[Order, _Entry]] = {}
        self._taken = Taken()
        self._announce()

    def take(self, wait_s: float) -> Job | None:
        """The next job of any of the agent's queues, oldest first."""
        until = time.monotonic() + wait_s
        with self._server.changed:
            while self._me in self._server.living:
                waiting = [
                    (self._server.jobs[queue][0].number, queue) for queue in self._keys if self._server.jobs[queue]
                ]
                if waiting:
                    queue = min(waiting)[1]
                    if job := self._accept(queue, self._server.jobs[queue].popleft()):
                        return job
                    continue
                if (left_s := until - time.monotonic()) <= 0:
                    break
                self._server.changed.wait(left_s)
        return None

    def stop_reason(self, job: Job) -> str | None:
        """Cancelled or out of time; nobody is ever cut off here."""
        with self._server.changed:
            if job.id not in self._held or self._cancelled(job):
                return CANCELLED
            _, until = self._server.holders.get(job.incident, ("", float("inf")))
            if time.monotonic() > until + keys.ORPHANED_S:
                return NOBODY_ASKS
        return OUT_OF_TIME if self._server.clock.now() > job.expires_at else None

    def left_s(self, job: Job) -> float:
        """By the one clock that there is."""
        return (job.expires_at - self._server.clock.now()).total_seconds()

    def progress(self, job: Job, packets: int, size_bytes: int, dropped: int | None, left_s: float) -> None:
        """Said at once."""
        event = Progressed(
            at=self._now(),
            job=job.id,
            agent=self._agent.name,
            packets=packets,
            size_bytes=size_bytes,
            dropped=dropped,
            left_s=left_s,
        )
        with self._server.changed:
            if job.id in self._held:
                self._say(job, event)

    def report(self, job: Job, evidence: Sequence[tuple[Artifact, bytes]], *, final: bool) -> None:
        """Bytes first, then the report that names them."""
        try:
            artifacts.check_sizes(evidence, self._limit_bytes)
        except InstrumentError:
            if final:
                raise
            return
        upload = secrets.token_hex(8)
        described = tuple(replace(artifact, ahead_ms=0) for artifact, _ in evidence)
        with self._server.changed:
            if job.id in self._held:
                self._server.uploads[upload] = {artifact.digest: data for artifact, data in evidence}
                event = Reported(at=self._now(), job=job.id, agent=self._agent.name, artifacts=described, final=final)
                self._say(job, event, upload, ended=final)

    def fail(self, job: Job, reason: str) -> None:
        """Final."""
        with self._server.changed:
            if job.id in self._held:
                self._say(job, self._failed(job.id, reason), ended=True)

    def close(self) -> None:
        """Hand back what is still held; that costs no life."""
        with self._server.changed:
            self._server.living.pop(self._me, None)
            for order, entry in self._held.values():
                entry.delivery -= 1
                self._server.jobs[order.job.queue].appendleft(entry)
            self._held.clear()
            self._server.changed.notify_all()

    def _accept(self, queue: str, entry: _Entry) -> Job | None:
        entry.delivery += 1
        try:
            order = letters.read_order(self._keys[queue], queue, entry.fields)
        except letters.UnreadableError as error:
            self._bury(queue, str(error))
            self._send(queue, error.reply, self._failed(error.job, f"Agent {self._agent.name}: {error}."))
            return None
        except ValueError as error:
            self._bury(queue, str(error))
            return None
        job = order.job
        copied = self._taken.copied(job.id, entry.number, (job.expires_at - self._now()).total_seconds())
        replayed = self._server.seen.setdefault(job.id, entry.number) != entry.number or copied
        why = letters.refusal(
            order, entered_at=entry.entered_at, now=self._now(), delivery=entry.delivery, replayed=replayed
        )
        if why:
            self._bury(queue, why)
            if not replayed:
                self._send(queue, order.reply, self._failed(job.id, why))
            return None
        if self._cancelled(job):
            self._send(queue, order.reply, self._failed(job.id, "It was cancelled before it started."))
            return None
        self._held[job.id] = order, entry
        self._say(job, Started(at=self._now(), job=job.id, agent=self._agent.name, attempt=entry.delivery))
        return job

    def _cancelled(self, job: Job) -> bool:
        given = self._server.cancels.get(job.id, b"")
        return seal.fits(self._keys[job.queue], given, letters.cancel_context(job.id))

    def _say(self, job: Job, event: Said, upload: str = "", *, ended: bool = False) -> None:
        self._send(job.queue, self._held[job.id][0].reply, event, upload)
        if ended:
            del self._held[job.id]
        self._announce()

    def _send(self, queue: str, reply: str, event: Said, upload: str = "") -> None:
        self._server.say(reply, letters.write_report(self._keys[queue], reply, Report(event, upload)))

    def _announce(self) -> None:
        with self._server.changed:
            self._server.living[self._me] = replace(self._agent, running=tuple(self._held), ahead_ms=0)
            self._server.roll[self._agent.name] = replace(self._agent, heard_at=self._server.clock.now())
            self._server.changed.notify_all()

    def _bury(self, queue: str, why: str) -> None:
        _log.warning("order_refused", queue=queue, reason=why)
        self._server.dead.append(why)

    def _failed(self, job: str, reason: str) -> Failed:
        return Failed(at=self._now(), job=job, agent=self._agent.name, reason=reason)

    def _now(self) -> datetime:
        return self._server.clock.now()

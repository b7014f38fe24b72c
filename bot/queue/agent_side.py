"""The agent's side of the queue on a Redis or Valkey server: orders are proven before anything runs.

One entry is one life of a job: it stays pending while its agent lives, is claimed by another when the agent's lease is
gone, and is acknowledged and removed in the same transaction that carries the final report.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, TypeVar

from redis.exceptions import RedisError, ResponseError

from bot import log
from bot.errors import InstrumentError
from bot.meters import ORDERS_REFUSED
from bot.model.incident import Failed, Progressed, Reported, Started
from bot.model.job import Agent, Artifact, Job
from bot.ports import NO_METER, Meter
from bot.queue import artifacts, keys, letters, seal, server
from bot.queue.deliveries import Deliveries, Entry
from bot.queue.lease import CANCELLED, Held, Lease, ends_at, stop_reason
from bot.queue.letters import Order, Report, Said
from bot.queue.retold import Retold
from bot.queue.taken import Taken

_log = log.get(__name__)
T = TypeVar("T")

AGAIN_S = 0.3


class RedisIntake:
    """bot.ports.Intake. ``queue_keys`` holds the keys of the agent's own queues: the master key never comes here."""

    def __init__(
        self,
        url: str,
        queue_keys: Mapping[str, seal.Keys],
        agent: Agent,
        *,
        ca_file: str | None = None,
        limit_bytes: int = keys.LIMIT_BYTES,
        meter: Meter = NO_METER,
    ) -> None:
        self._url, self._meter = url, meter
        self._keys = {queue: tuple(queue_keys[queue]) for queue in agent.queues}
        self._agent = replace(agent, running=())
        self._limit_bytes = limit_bytes
        self._client = server.connect(url, ca_file=ca_file)
        self._held: dict[str, Held] = {}
        self._taken, self._retold = Taken(), Retold()
        self._closed = False
        self._refused: str | None = None
        self._lease = Lease(url, server.connect(url, ca_file=ca_file, connections=1), agent, self._keys)
        self._lease.held = self._holding
        self._changes = 0
        self._deliveries = Deliveries(self._client, agent.queues, self._lease)
        self._lease.start()

    def trouble(self) -> str | None:
        """Why no job can come in now, as a sentence, or None."""
        return self._refused or self._lease.trouble()

    def take(self, wait_s: float) -> Job | None:
        """First what dead agents left, then what is new; blocks on the server, so an idle agent costs nothing."""
        until = time.monotonic() + wait_s
        while not self._closed:
            try:
                self._say_again()
                entry = self._deliveries.next(until - time.monotonic(), self._entries)
                self._refused = None
                if entry and (job := self._accept(entry)):
                    return job
            except server.Away as error:
                self._lease.tripped(error)
                self._lease.closing.wait(AGAIN_S)
            except ResponseError as error:
                self._refusal(error)
            if time.monotonic() >= until:
                break
        return None

    def stop_reason(self, job: Job) -> str | None:
        """Why the job must stop now; a job that is not held any more has nothing to go on for."""
        held = self._held.get(job.id)
        return stop_reason(held) if held else CANCELLED

    def left_s(self, job: Job) -> float:
        """Nothing, for a job that is not held any more."""
        held = self._held.get(job.id)
        return held.ends_at - time.monotonic() if held else 0.0

    def progress(self, job: Job, packets: int, size_bytes: int, dropped: int | None, left_s: float) -> None:
        """Sent where the server is there, and not missed where it is not."""
        if (held := self._held.get(job.id)) and not self._lease.away:
            event = Progressed(
                at=self._lease.now(),
                job=job.id,
                agent=self._agent.name,
                packets=packets,
                size_bytes=size_bytes,
                dropped=dropped,
                left_s=left_s,
            )
            with suppress(RedisError), self._client.pipeline(transaction=True) as pipe:
                self._say(pipe, held.order, Report(event, ""))
                pipe.execute()

    def report(self, job: Job, evidence: Sequence[tuple[Artifact, bytes]], *, final: bool) -> None:
        """Bytes first, then the report that names them."""
        if not (held := self._held.get(job.id)):
            return
        ahead_ms = self._lease.ahead_ms()
        described = tuple(replace(artifact, ahead_ms=ahead_ms) for artifact, _ in evidence)
        event = Reported(at=self._lease.now(), job=job.id, agent=self._agent.name, artifacts=described, final=final)
        if not final:
            if not self._lease.away:
                self._send_partial(held, event, evidence)
            return
        artifacts.check_sizes(evidence, self._limit_bytes)
        try:
            upload = self._sure(lambda: artifacts.upload(self._client, evidence))
        except ResponseError as error:
            raise InstrumentError(f"The evidence could not travel. {server.sentence(self._url, error)}") from error
        self._finish(held, Report(event, upload or ""), evidence)

    def fail(self, job: Job, reason: str) -> None:
        """Final: the reason is what the card will say."""
        if held := self._held.get(job.id):
            self._finish(held, self._failed(job.id, reason))

    def close(self) -> None:
        """Hand back what is not finished, and leave no consumer behind unless a job is still pending for it."""
        if self._closed:
            return
        self._closed = True
        with suppress(RedisError):  # Then it counts as a death, and is claimed a second later.
            self._deliveries.hand_back()
        self._lease.close()
        with suppress(RedisError):
            self._deliveries.leave()
        self._client.close()

    def _holding(self) -> list[Held]:
        return list(self._held.copy().values())  # Copied in one step: workers end jobs meanwhile.

    def _entries(self) -> set[bytes]:
        return {held.entry for held in self._holding()}

    def _accept(self, entry: Entry) -> Job | None:
        """The job, when nothing speaks against running it here and now; otherwise the entry is done with."""
        try:
            order = letters.read_order(self._keys[entry.queue], entry.queue, entry.fields)
        except letters.UnreadableError as error:
            self._bury(entry, str(error), error.reply, self._failed(error.job, f"Agent {self._agent.name}: {error}."))
            return None
        except ValueError as error:
            self._bury(entry, str(error))
            return None
        job = order.job
        kept_s = (job.expires_at - min(order.sent_at, entry.entered_at)).total_seconds() + keys.PAST_END_S
        with self._client.pipeline(transaction=False) as pipe:
            pipe.set(
                keys.seen(job.id),
                entry.id,
                nx=True,
                get=True,
                ex=int(min(max(kept_s, keys.PAST_END_S), keys.LONGEST_S)),
            )
            pipe.get(keys.cancel(job.id))
            first, cancel = pipe.execute()
        # The same entry once more is a legal delivery after a death. Whoever deleted the mark is met by our own memory.
        copied = self._taken.copied(job.id, entry.id, (job.expires_at - self._lease.now()).total_seconds())
        if self._met(entry, job):
            return None
        replayed = copied or first not in {None, entry.id}
        why = letters.refusal(
            order, entered_at=entry.entered_at, now=self._lease.now(), delivery=entry.delivery, replayed=replayed
        )
        if why:
            answer = None if replayed else self._failed(job.id, why)
            with log.about(job=job.id, incident=job.incident):
                self._bury(entry, why, order.reply, answer)
            return None
        held = Held(order, entry.id, ends_at(order, self._lease.now()))
        if cancel and self._lease.cancelled(order, cancel):
            self._finish(held, self._failed(job.id, "It was cancelled before it started."))
            return None
        self._held[job.id] = held
        started = Started(at=self._lease.now(), job=job.id, agent=self._agent.name, attempt=entry.delivery)
        with suppress(*server.Away), self._client.pipeline(transaction=True) as pipe:
            self._say(pipe, order, Report(started, ""))
            pipe.execute()
        return job

    def _met(self, entry: Entry, job: Job) -> bool:
        """Whether this process runs the job, or has ended it: a server that fails over gives again what it gave before.

        What runs is answered under the entry that the server knows now, and what has ended is said again.
        """
        if held := self._held.get(job.id):
            if entry.id != held.entry and self._pending(entry.queue, held.entry):
                return False  # a copy
            held.entry = entry.id
            return True
        if self._retold.knows(job.id) and self._taken.same(job.id, entry.id):
            self._retold.again()
            with self._client.pipeline(transaction=True) as pipe:
                self._done(pipe, entry.queue, entry.id)
                pipe.execute()
            return True
        return False

    def _pending(self, queue: str, entry: bytes) -> bool:
        return bool(self._client.xpending_range(keys.jobs(queue), keys.GROUP, entry, entry, 1))

    def _say_again(self) -> None:
        """What was reported last, where another server may have forgotten it and somebody waits for it."""
        if self._lease.changes != self._changes:
            self._changes = self._lease.changes
            self._retold.again()
        for one in self._retold.due():
            if not self._client.exists(keys.asking_on(one.order.reply)):
                continue
            lost = f"The evidence of agent {self._agent.name} was lost when the queue server failed over: ask again."
            event = self._failed(one.order.job.id, lost).event if one.evidence is None else one.event
            report = Report(event, artifacts.upload(self._client, one.evidence or ()))
            with self._client.pipeline(transaction=True) as pipe:
                self._say(pipe, one.order, report)
                pipe.execute()
            self._retold.said(one)

    def _send_partial(self, held: Held, event: Reported, evidence: artifacts.Evidence) -> None:
        try:
            artifacts.check_sizes(evidence, self._limit_bytes)
            upload = artifacts.upload(self._client, evidence)
            with self._client.pipeline(transaction=True) as pipe:
                self._say(pipe, held.order, Report(event, upload))
                pipe.execute()
        except (RedisError, InstrumentError) as error:  # A running capture must not fail because of a progress note.
            _log.warning("partial_report_dropped", job=event.job, reason=str(error))

    def _finish(self, held: Held, report: Report, evidence: artifacts.Evidence = ()) -> None:
        """Report, acknowledgement and removal at once: a job is answered if and only if it is gone."""

        def ended(*, answered: bool) -> None:
            with self._client.pipeline(transaction=True) as pipe:
                if answered:
                    self._say(pipe, held.order, report)
                self._done(pipe, held.order.job.queue, held.entry)
                pipe.execute()

        try:
            self._sure(lambda: ended(answered=True))
        except ResponseError as error:
            _log.error("report_refused", job=report.event.job, reason=server.sentence(self._url, error))
            with suppress(ResponseError):  # A server without memory takes no report, but does give some back.
                self._sure(lambda: ended(answered=False))
        self._retold.keep(held.order, report.event, evidence)
        self._held.pop(report.event.job, None)

    def _bury(self, entry: Entry, why: str, reply: str = "", answer: Report | None = None) -> None:
        """Acknowledge what must not run, and keep it for a person: unacknowledged, it would come back for ever."""
        _log.warning("order_refused", queue=entry.queue, entry=entry.id.decode(), reason=why)
        self._meter.add(ORDERS_REFUSED)
        kept = {name: bytes(value)[: keys.DEAD_BODY_BYTES] for name, value in entry.fields.items()}
        letter: dict[Any, Any] = {**kept, b"queue": entry.queue, b"reason": why}
        with self._client.pipeline(transaction=True) as pipe:
            if answer and reply:
                self._post(pipe, entry.queue, reply, answer)
            pipe.xadd(keys.DEAD, letter, maxlen=keys.DEAD_LETTERS)
            self._done(pipe, entry.queue, entry.id)
            pipe.execute()

    def _say(self, pipe: Any, order: Order, report: Report) -> None:
        self._post(pipe, order.job.queue, order.reply, report)

    def _post(self, pipe: Any, queue: str, reply: str, report: Report) -> None:
        pipe.xadd(reply, letters.write_report(self._keys[queue], reply, report), maxlen=keys.BACKLOG)
        pipe.expire(reply, keys.REPLY_S)

    def _done(self, pipe: Any, queue: str, entry: bytes) -> None:
        pipe.xack(keys.jobs(queue), keys.GROUP, entry)
        pipe.xdel(keys.jobs(queue), entry)

    def _failed(self, job: str, reason: str) -> Report:
        event: Said = Failed(at=self._lease.now(), job=job, agent=self._agent.name, reason=reason)
        return Report(event, "")

    def _sure(self, call: Callable[[], T]) -> T | None:
        """The call's result, repeated until the server is there; None when the agent closes first."""
        while not self._closed:
            try:
                return call()
            except server.Away as error:
                self._lease.tripped(error)
                self._lease.closing.wait(AGAIN_S)
        return None

    def _refusal(self, error: ResponseError) -> None:
        if "NOGROUP" in str(error):
            self._deliveries.rejoin()
            return
        why = server.sentence(self._url, error)
        if why != self._refused:
            self._refused = why
            _log.error("queue_refused", agent=self._agent.name, reason=why)
        self._lease.closing.wait(1.0)

"""The bot's side of the queue on a Redis or Valkey server: orders out, reports in, on one reply stream a process."""

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from redis.exceptions import RedisError

from bot import log
from bot.model.incident import Failed, Reported
from bot.model.job import Agent, Artifact, Job
from bot.ports import Clock, News
from bot.queue import artifacts, keys, letters, seal, server
from bot.queue.asked import Asked
from bot.queue.letters import Order, Report

_log = log.get(__name__)

ENTRIES_AT_ONCE = 32


class RedisQueue:
    """bot.ports.Queue. ``bot_id`` must differ from process to process: two bots on one server see only their own.

    What lies on the reply stream is unread: entries are removed after they were read, so nothing is lost when the
    server fails in the middle, and an answer that is read twice adds nothing.
    """

    def __init__(
        self,
        url: str,
        masters: Sequence[bytes],
        bot_id: str,
        clock: Clock,
        *,
        ca_file: str | None = None,
        limit_bytes: int = keys.LIMIT_BYTES,
        lease_s: float = keys.ASKING_S,
    ) -> None:
        self._url = url
        self._lease_s = lease_s
        self._client = server.connect(url, ca_file=ca_file)
        self._reply = keys.reports(bot_id)
        self._clock = clock
        self._limit_bytes = limit_bytes
        self._asked = Asked(masters, self._reply, clock)
        self._looked_at = self._trouble_at = self._renewed_at = float("-inf")

    def put(self, jobs: Sequence[Job]) -> None:
        """Put every job on its queue or, when this raises, none."""
        if not jobs:
            return
        self._asked.remember(jobs)  # Before they leave: the first answer can be faster than our own return.
        sent_at = self._clock.now()
        try:
            with server.said(self._url), self._client.pipeline(transaction=True) as pipe:
                for job in jobs:
                    letter = letters.write_order(self._asked.keys_of(job.queue), Order(job, self._reply, sent_at))
                    pipe.xadd(keys.jobs(job.queue), dict(letter), maxlen=keys.BACKLOG)
                self._renew(pipe)
                pipe.execute()
        except BaseException:
            self._asked.forget(jobs)
            raise

    def news(self, wait_s: float) -> tuple[News, ...]:
        """What came in; also looks, once a second, for queues that nobody serves. Raises at once while it is away."""
        until = time.monotonic() + wait_s
        try:
            while True:
                left_s = until - time.monotonic()
                with server.said(self._url):
                    self._stay()
                    news = self._read(min(left_s, keys.BLOCK_S)) + self._lost()
                if news or left_s <= 0:
                    return news
        except Exception:
            self._trouble_at = time.monotonic()
            raise

    def cancel(self, job: Job) -> None:
        """Seal the order to stop; it lives as long as the job can."""
        left_s = max(0.0, (job.expires_at - self._clock.now()).total_seconds())
        sealed = seal.mac(self._asked.keys_of(job.queue)[0], letters.cancel_context(job.id))
        with server.said(self._url):
            self._client.set(keys.cancel(job.id), sealed, ex=int(left_s) + keys.PAST_END_S)

    def agents(self) -> tuple[Agent, ...]:
        """Every agent with a living lease, by name; one of another version than ours is left out with a warning.

        When each was heard is told by our own clock, from what is left of its lease: that of its machine may differ.
        """
        with server.said(self._url):
            names = sorted(self._client.scan_iter(match=keys.AGENTS, count=1000))
            with self._client.pipeline(transaction=False) as pipe:
                for name in names:
                    pipe.pttl(name).get(name)
                answers = pipe.execute() if names else []
        now, found = self._clock.now(), []
        for name, left_ms, text in zip(names, answers[::2], answers[1::2], strict=True):
            age = timedelta(seconds=max(0.0, keys.LEASE_S - max(0, left_ms) / 1000))
            try:
                found += [replace(letters.load(Agent, text), heard_at=now - age)] if text else []
            except ValueError as error:
                _log.warning("agent_not_understood", key=name.decode(errors="replace"), reason=str(error))
        return tuple(sorted(found, key=lambda agent: agent.name))

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()

    def _renew(self, client: server.Client) -> None:
        """Say that whoever asked is there: agents end the jobs of a bot that is gone."""
        client.set(keys.asking(self._reply), b"1", px=int(self._lease_s * 1000))

    def _stay(self) -> None:
        """Renew in time; by the thread that reads, so that a bot that hears nothing any more counts as gone."""
        now_s = time.monotonic()
        if now_s - self._renewed_at > min(keys.ASK_AGAIN_S, self._lease_s / 4):
            self._renew(self._client)
            self._renewed_at = now_s

    def _read(self, wait_s: float) -> tuple[News, ...]:
        block_ms = max(1, int(wait_s * 1000)) if wait_s > 0 else None
        answer = self._client.xread({self._reply: "0"}, count=ENTRIES_AT_ONCE, block=block_ms)
        news: list[News] = []
        read: list[bytes] = []
        uploads: list[str] = []
        size_bytes = 0
        for entry, fields in answer[0][1] if answer else ():
            if size_bytes > self._limit_bytes:
                break  # The rest stays unread: memory holds one large load of evidence at a time.
            if known := self._asked.read(fields or {}):
                try:
                    item = self._item(*known)
                except server.Away:
                    if news:
                        break
                    raise
                news += [item] if item else []
                size_bytes += sum(map(len, item.blobs.values())) if item else 0
                uploads += _uploads(known[1])
            read.append(entry)
        with suppress(RedisError):  # Read again next time, and dropped then.
            artifacts.remove(self._client, uploads)
            if read:
                self._client.xdel(self._reply, *read)
        return tuple(news)

    def _item(self, job: Job, report: Report) -> News | None:
        event = report.event
        blobs: dict[str, bytes] = {}
        try:
            for artifact in _artifacts(report):
                blobs[artifact.digest] = artifacts.fetch(self._client, artifact, report.upload, self._limit_bytes)
        except artifacts.DamagedError as error:
            _log.warning("evidence_damaged", job=job.id, reason=str(error))
            if not (isinstance(event, Reported) and event.final):
                return None
            reason = f"The evidence of agent {event.agent} did not arrive whole: {error}."
            report = Report(Failed(at=event.at, job=job.id, agent=event.agent, reason=reason), report.upload)
            blobs = {}
        return self._asked.news(job, report, blobs)

    def _lost(self) -> tuple[News, ...]:
        now = time.monotonic()
        if now - self._looked_at < keys.SWEEP_S or now - self._trouble_at < keys.LEASE_S:
            return ()  # After an outage the agents first get the time to show up again.
        self._looked_at = now
        if not (queues := sorted(self._asked.waiting_queues())):
            return ()
        with self._client.pipeline(transaction=False) as pipe:
            for queue in queues:
                pipe.exists(keys.serving(queue))
            served = pipe.execute()
        return self._asked.lose({queue for queue, living in zip(queues, served, strict=True) if not living})


def _artifacts(report: Report) -> tuple[Artifact, ...]:
    return report.event.artifacts if isinstance(report.event, Reported) else ()


def _uploads(report: Report) -> list[str]:
    return [keys.artifact(artifact.digest, report.upload) for artifact in _artifacts(report)]

"""The bot's side of the queue on a Redis or Valkey server: orders out, reports in, on one reply stream an incident.

So whichever bot has an incident in hand hears everything that was said on it: also what the one before did not live
to take in.
"""

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot import log
from bot.model import codec
from bot.model.incident import Failed, Reported
from bot.model.job import Agent, Artifact, Job
from bot.ports import Clock, News
from bot.queue import artifacts, keys, letters, seal, server
from bot.queue.asked import Asked
from bot.queue.holding import Holding
from bot.queue.letters import Order, Report, Word

_log = log.get(__name__)

ENTRIES_AT_ONCE = 32
_TURN_S = 0.25  # streams of what is begun meanwhile are read from the next turn on


class RedisQueue:
    """bot.ports.Queue. ``bot_id`` must differ from process to process: what one has in hand the others leave alone.

    What lies on a reply stream was not taken in: entries are removed when the next news are asked for, so nothing is
    lost when the server fails or the bot dies in the middle, and an answer that is read twice adds nothing.
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
        lease_s: float = keys.HOLD_S,
        deaf_s: float = keys.DEAF_S,
    ) -> None:
        self._url = url
        self._client = server.connect(url, ca_file=ca_file)
        self._renewed = server.renewed(self._client)
        self._clock = clock
        self._limit_bytes = limit_bytes
        self._asked = Asked(masters, clock)
        self._taken_in: list[tuple[str, bytes, list[str]]] = []  # stream, entry, uploads: to be removed
        self._looked_at = self._trouble_at = self._enrolled_at = float("-inf")
        ours = server.connect(url, ca_file=ca_file, connections=4)
        self._holding = Holding(url, ours, bot_id, lease_s=lease_s, deaf_s=deaf_s)

    def put(self, jobs: Sequence[Job]) -> None:
        """Put every job on its queue or, when this raises, none."""
        if not jobs:
            return
        self._holding.take(job.incident for job in jobs)
        self._asked.remember(jobs)  # Before they leave: the first answer can be faster than our own return.
        sent_at = self._clock.now()
        try:
            with server.said(self._url), self._client.pipeline(transaction=True) as pipe:
                for job in jobs:
                    order = Order(job, keys.reports(job.incident), sent_at)
                    letter = letters.write_order(self._asked.keys_of(job.queue), order)
                    pipe.xadd(keys.jobs(job.queue), dict(letter), maxlen=keys.BACKLOG)
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
                self._holding.heard()
                with server.said(self._url):
                    self._remove()
                    news = self._read(min(left_s, _TURN_S)) + self._lost()
                if news or left_s <= 0:
                    return news
        except Exception:
            self._trouble_at = time.monotonic()
            raise

    def hold(self, incidents: Sequence[str], *, seize: bool = False) -> frozenset[str]:
        """Take them in hand, unless another bot has; right after an outage nobody can say who has what."""
        if not seize and not self._holding.settled:
            return frozenset(name for name in incidents if self._holding.holds(name))
        had = frozenset(name for name in incidents if self._holding.holds(name))
        taken = self._holding.take(incidents, seize=seize)
        if not seize and not self._holding.settled:  # the server changed under our hands
            for name in taken - had:
                self._holding.give(name)
            return taken & had
        return taken

    def begin(self, incident: str) -> None:
        """Nobody else can have in hand what nobody has heard of."""
        self._holding.take([incident])

    def holds(self, incident: str) -> bool:
        """By the last renewal, which is younger than the lease."""
        return self._holding.holds(incident)

    def taken(self) -> tuple[str, ...]:
        """What other bots have now; nothing is expected for it here."""
        lost = self._holding.lost()
        for incident in lost:
            self._asked.drop(incident)
        return lost

    def resume(self, jobs: Sequence[Job]) -> None:
        """Expect reports on jobs that another bot put."""
        self._asked.remember(jobs)

    def tell(self, incident: str, word: Word) -> None:
        """Sealed with a key that only bots have."""
        reply = keys.reports(incident)
        with server.said(self._url), self._client.pipeline(transaction=True) as pipe:
            pipe.xadd(reply, letters.write_word(self._asked.keys_of(letters.BOTS), reply, word), maxlen=keys.BACKLOG)
            pipe.expire(reply, keys.REPLY_S)
            pipe.execute()

    def leave(self, incident: str) -> None:
        """Give it out of hand as it stands."""
        self._asked.drop(incident)
        self._holding.give(incident)

    def end(self, incident: str) -> None:
        """Remove what nobody needs any more."""
        self._asked.drop(incident)
        with server.said(self._url):
            self._client.unlink(keys.reports(incident))
        self._holding.give(incident)

    def alone(self) -> bool:
        """By the leases of the others."""
        return self._holding.alone()

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
        agents = tuple(sorted(found, key=lambda agent: agent.name))
        self._enroll(agents)
        return agents

    def roll(self) -> tuple[Agent, ...]:
        """Whoever was not heard for a week is taken off it."""
        with server.said(self._url):
            written = self._client.hgetall(keys.ROLL)
        known, oldest = [], self._clock.now() - timedelta(seconds=keys.ROLL_S)
        for name, text in written.items():
            try:
                known.append(letters.load(Agent, text))
            except ValueError as error:
                _log.warning("agent_not_understood", key=name.decode(errors="replace"), reason=str(error))
        return tuple(sorted((one for one in known if one.heard_at > oldest), key=lambda agent: agent.name))

    def _enroll(self, agents: Sequence[Agent]) -> None:
        """So that a bot that is started later misses whoever has fallen silent before."""
        if not agents or time.monotonic() - self._enrolled_at < keys.ROLL_AGAIN_S:
            return
        with server.said(self._url), self._client.pipeline(transaction=False) as pipe:
            for agent in agents:
                pipe.hset(keys.ROLL, agent.name, letters.dump(codec.encode(replace(agent, running=()))))
            pipe.expire(keys.ROLL, keys.ROLL_S)
            pipe.execute()
        self._enrolled_at = time.monotonic()

    def close(self) -> None:
        """Give the connections back; what is still in hand is another bot's in a few seconds."""
        self._holding.close()
        self._client.close()

    def _remove(self) -> None:
        """What was handed out has been taken in by now; what is not ours any more is left for whoever goes on."""
        ours = {keys.reports(name) for name in self._holding.held()} if self._taken_in else set()
        while self._taken_in:
            some = self._taken_in[:ENTRIES_AT_ONCE]
            with self._client.pipeline(transaction=False) as pipe:
                for stream, entry, uploads in (one for one in some if one[0] in ours):
                    artifacts.remove(pipe, uploads)
                    pipe.xdel(stream, entry)
                pipe.execute()
            del self._taken_in[: len(some)]

    def _read(self, wait_s: float) -> tuple[News, ...]:
        incidents = {keys.reports(name): name for name in (*self._asked.incidents(), *self._holding.held())}
        if not incidents:
            self._client.ping()
            self._holding.wait(wait_s)
            return ()
        block_ms = max(1, int(wait_s * 1000)) if wait_s > 0 else None
        answer = self._client.xread(dict.fromkeys(incidents, "0"), count=ENTRIES_AT_ONCE, block=block_ms)
        news: list[News] = []
        size_bytes = 0
        for stream, entries in answer or ():
            name = stream.decode()
            for entry, fields in entries:
                if size_bytes > self._limit_bytes:
                    return tuple(news)  # The rest waits: memory holds one large load of evidence at a time.
                try:
                    item, uploads = self._entry(incidents[name], fields or {})
                except server.Away:
                    if news:
                        return tuple(news)
                    raise
                news += [item] if item else []
                size_bytes += sum(map(len, item.blobs.values())) if item else 0
                self._taken_in.append((name, entry, uploads))
        return tuple(news)

    def _entry(self, incident: str, fields: seal.Fields) -> tuple[News | None, list[str]]:
        """What one entry says, and the keys of the evidence that came with it."""
        if letters.is_word(fields):
            return self._asked.word(incident, fields), []
        known = self._asked.read(incident, fields)
        if known is None:
            return None, []
        copied = self._asked.answered(known[0])  # at-least-once: a second agent's report, or one that was said again
        return None if copied else self._item(*known), _uploads(known[1])

    def _item(self, job: Job, report: Report) -> News | None:
        event = report.event
        blobs: dict[str, bytes] = {}
        try:
            for artifact in _artifacts(report):
                blobs[artifact.digest] = artifacts.fetch(self._client, artifact, report.upload, self._limit_bytes)
        except artifacts.DamagedError as error:
            _log.warning("evidence_damaged", incident=job.incident, job=job.id, reason=str(error))
            if not (isinstance(event, Reported) and event.final):
                return None
            reason = f"The evidence of agent {event.agent} did not arrive whole: {error}."
            report = Report(Failed(at=event.at, job=job.id, agent=event.agent, reason=reason), report.upload)
            blobs = {}
        return self._asked.news(job, report, blobs)

    def _lost(self) -> tuple[News, ...]:
        now = time.monotonic()
        if (renewed := server.renewed(self._client)) != self._renewed:
            self._renewed, self._trouble_at = renewed, now
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

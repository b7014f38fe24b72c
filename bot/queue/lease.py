"""The living sign of one agent process: renewed twice a second, and with it everything that must be known at once.

The same round trip announces the agent, reads the server's clock and asks which running jobs were cancelled. A lease,
not a timeout, says who is alive: a capture of five minutes runs once, and a killed agent's job is taken over in about
three seconds. When the server itself was away, every lease is over; then all wait one lease before they call anyone
dead, and a job goes on unless somebody else did take it.
"""

import secrets
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from redis.exceptions import RedisError, ResponseError

from bot import log
from bot.model import codec
from bot.model.job import Agent
from bot.queue import keys, letters, seal, server
from bot.queue.letters import Order
from bot.queue.server import Client

_log = log.get(__name__)

_CLOCK_S = 30.0  # as long a clock of this machine is not off by more than the network's delay

CANCELLED = "It was stopped by a person."
OUT_OF_TIME = "Its time is up."
NOBODY_ASKS = "The bot that asked for it is gone."
TAKEN_OVER = "Another agent took it over while this one was cut off."


@dataclass(slots=True)
class Held:
    """A job that this process runs: the entry it came with, and why it must stop (None: go on)."""

    order: Order
    entry: bytes
    ends_at: float
    stop: str | None = None
    asker: float | None = None  # when its bot was last seen; None: it has not been, as with a bot that tells nothing


class Lease:
    """Renews in a thread of its own, with a connection of its own, from ``start`` to ``close``."""

    def __init__(self, url: str, client: Client, agent: Agent, queue_keys: Mapping[str, seal.Keys]) -> None:
        self.consumer = f"{agent.name}:{secrets.token_hex(4)}"
        self.closing = threading.Event()
        self.held: Callable[[], Iterable[Held]] = tuple
        self._url = url
        self._client = client
        self._agent = agent
        self._keys = queue_keys
        self._trouble: str | None = None
        self._unbroken_since = self._renewed_at = time.monotonic()
        self._ahead_s = time.time() - time.monotonic()
        self._heard_s: float | None = None  # when the server's clock was last taken over, and how surely
        self._doubt_s = float("inf")
        self._tied = server.renewed(client)
        self.changes = 0
        """How often another server may have begun to answer: what was said last may be forgotten."""
        self._thread = threading.Thread(target=self._keep, name="lease", daemon=True)

    def start(self) -> None:
        """Renew once now, so that the agent is known when its first job comes, then for ever."""
        self._try()
        self._thread.start()

    def close(self) -> None:
        """Stop renewing and withdraw the announcement; the others may take what is left at once."""
        self.closing.set()
        self._thread.join(timeout=keys.LEASE_S)
        try:
            self._client.delete(keys.alive(self.consumer), keys.agent(self._agent.name))
        except RedisError as error:
            _log.info("lease_left_to_run_out", agent=self._agent.name, reason=str(error))
        self._client.close()

    def ahead_ms(self) -> int | None:
        """How far this machine's clock runs ahead of the server's; None: the server has not been reached yet."""
        return None if self._heard_s is None else round((time.time() - time.monotonic() - self._ahead_s) * 1000)

    def now(self) -> datetime:
        """This moment by the server's clock, which the bot's expiries are compared with."""
        return datetime.fromtimestamp(self._ahead_s + time.monotonic(), UTC)

    @property
    def away(self) -> bool:
        """Whether the server was away at the last attempt."""
        return self._trouble is not None

    @property
    def settled(self) -> bool:
        """Whether the server has been here for one whole lease, so that a missing lease means a dead agent."""
        return not self.away and time.monotonic() - self._unbroken_since > keys.LEASE_S

    def trouble(self) -> str | None:
        """Why the lease is not renewed, as a sentence, or None."""
        stale_s = time.monotonic() - self._renewed_at
        late = (
            f"The lease was renewed {stale_s:.0f} s ago, and lasts {keys.LEASE_S:g} s."
            if stale_s > keys.LEASE_S
            else None
        )
        return self._trouble or late

    def tripped(self, error: RedisError) -> None:
        """Note that the server is away or refuses; said once in the log until it is back."""
        self._unbroken_since = time.monotonic()
        if self._trouble is None:
            self._trouble = server.sentence(self._url, error)
            _log.warning("queue_away", agent=self._agent.name, reason=self._trouble)

    def changed(self) -> None:
        """Another server may answer: whom it has not heard is not dead for that."""
        self._unbroken_since = time.monotonic()
        self.changes += 1

    def _keep(self) -> None:
        while not self.closing.wait(keys.RENEW_S):
            self._try()

    def _try(self) -> None:
        asked_at = time.monotonic()
        try:
            self._renew()
            if (tied := server.renewed(self._client)) != self._tied:
                self._tied = tied
                self.changed()
            if asked_at - self._renewed_at > keys.LEASE_S:
                self._drop_what_others_took()
        except RedisError as error:
            self.tripped(error)
            return
        self._renewed_at = asked_at
        if self._trouble is not None:
            self._trouble = None
            _log.info("queue_back", agent=self._agent.name)

    def _renew(self) -> None:
        held = list(self.held())
        running = tuple(job.order.job.id for job in held)
        described = replace(self._agent, heard_at=self.now(), running=running, ahead_ms=self.ahead_ms())
        announced = letters.dump(codec.encode(described))
        lease_ms = int(keys.LEASE_S * 1000)
        with self._client.pipeline(transaction=False) as pipe:
            pipe.time()
            for job in held:
                pipe.get(keys.cancel(job.order.job.id))
                pipe.exists(keys.asking_on(job.order.reply))
            pipe.set(keys.alive(self.consumer), b"1", px=lease_ms)
            pipe.set(keys.agent(self._agent.name), announced, px=lease_ms)
            for queue in self._keys:
                pipe.set(keys.serving(queue), self._agent.name, px=lease_ms)
            asked_at = time.monotonic()
            (seconds, micros), *answers = pipe.execute()
        self._set_clock(seconds + micros / 1e6, asked_at, time.monotonic())
        for job, cancel, asked in zip(held, answers[::2], answers[1::2], strict=False):
            if cancel and self.cancelled(job.order, cancel):
                job.stop = job.stop or CANCELLED
            self._mind_asker(job, there=bool(asked))

    def _mind_asker(self, job: Held, *, there: bool) -> None:
        """Stop what nobody waits for, once another bot has had the time to go on with it."""
        now_s = time.monotonic()
        if there:
            job.asker = now_s
        elif job.asker is not None and self.settled and now_s - job.asker > keys.ORPHANED_S:
            job.stop = job.stop or NOBODY_ASKS

    def _set_clock(self, server_s: float, asked_s: float, answered_s: float) -> None:
        """Take over the server's clock, unless a quicker answer told it lately (as RFC 5905 section 10 chooses)."""
        doubt_s = (answered_s - asked_s) / 2
        if self._heard_s is None or doubt_s <= self._doubt_s or answered_s - self._heard_s > _CLOCK_S:
            self._ahead_s = server_s - (asked_s + answered_s) / 2
            self._heard_s, self._doubt_s = answered_s, doubt_s

    def cancelled(self, order: Order, given: bytes) -> bool:
        """Whether the bot itself sealed this order to stop."""
        return seal.fits(self._keys[order.job.queue], given, letters.cancel_context(order.job.id))

    def _drop_what_others_took(self) -> None:
        for job in self.held():
            queue = keys.jobs(job.order.job.queue)
            try:
                owners = self._client.xpending_range(queue, keys.GROUP, job.entry, job.entry, 1)
            except ResponseError:
                return  # The server came back without its data: nobody can have taken anything over.
            if owners and owners[0]["consumer"].decode() != self.consumer:
                job.stop = TAKEN_OVER


def stop_reason(job: Held) -> str | None:
    """Why the job must stop now, or None."""
    return job.stop or (OUT_OF_TIME if time.monotonic() > job.ends_at else None)


def ends_at(order: Order, now: datetime) -> float:
    """The job's end on the monotonic clock of this machine, given the server's ``now``."""
    left: timedelta = order.job.expires_at - now
    return time.monotonic() + left.total_seconds()

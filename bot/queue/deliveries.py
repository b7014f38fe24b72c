"""Entries of the agent's own streams, each delivered to one living agent: new ones, and those that dead agents left."""

import time
from collections import deque
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from redis.exceptions import ResponseError

from bot.queue import keys, seal, server
from bot.queue.lease import Lease
from bot.queue.server import Client

CLAIM_IDLE_MS = 1000
FORGOTTEN_IDLE_MS = 3_600_000
PENDING_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Entry:
    """One delivery: which queue, which entry, the how-manieth life that the job costs."""

    queue: str
    id: bytes
    fields: seal.Fields
    delivery: int

    @property
    def entered_at(self) -> datetime:
        """When it was put, by the server's clock."""
        return datetime.fromtimestamp(int(self.id.split(b"-")[0]) / 1000, UTC)


class Deliveries:
    """What one consumer is given. Used by one thread; every call may raise RedisError."""

    def __init__(self, client: Client, queues: Sequence[str], lease: Lease) -> None:
        self._client = client
        self._streams = {keys.jobs(queue): queue for queue in queues}
        self._lease = lease
        self._tied = server.renewed(client)
        self._backlog: deque[Entry] = deque()
        self._joined = False
        self._swept_at = float("-inf")

    def next(self, wait_s: float, held: Callable[[], Collection[bytes]]) -> Entry | None:
        """The next entry, or None after ``wait_s`` (at most one second); ``held`` are the entries being run."""
        if self._backlog:
            return self._backlog.popleft()
        if not self._joined:
            self._join()
        self._changed()
        if self._lease.settled and time.monotonic() - self._swept_at > keys.SWEEP_S:
            if orphan := self._orphan(held()):
                return orphan
            self._swept_at = time.monotonic()
        block_ms = max(1, int(min(wait_s, keys.BLOCK_S) * 1000))
        streams = dict.fromkeys(self._streams, ">")
        asked_at = time.monotonic()
        answer = self._client.xreadgroup(keys.GROUP, self._lease.consumer, streams, count=1, block=block_ms)
        # COUNT holds for each stream: two queues may give two entries, and the second waits for the next free slot.
        for stream, entries in answer or ():
            self._backlog.extend(Entry(self._streams[stream.decode()], id, fields, 1) for id, fields in entries)
        if self._backlog and time.monotonic() - asked_at > keys.LEASE_S:
            self._drop_what_others_took()
        return self._backlog.popleft() if self._backlog else None

    def _drop_what_others_took(self) -> None:
        """An agent that slept over its answer counted as dead, and what was given to it may have gone to another."""
        for entry in tuple(self._backlog):
            (held, *_) = self._client.xpending_range(keys.jobs(entry.queue), keys.GROUP, entry.id, entry.id, 1) or [
                None
            ]
            if held is None or held["consumer"].decode() != self._lease.consumer:
                self._backlog.remove(entry)

    def _changed(self) -> bool:
        """Whether another server may answer since this was asked last."""
        if (tied := server.renewed(self._client)) == self._tied:
            return False
        self._tied = tied
        self._lease.changed()
        return True

    def rejoin(self) -> None:
        """Make the groups again before the next delivery: the server came back without its data."""
        self._joined = False

    def hand_back(self) -> None:
        """Let others have at once what we do not finish; what was handed back has cost no life.

        Sent while our own lease still stands, so that nobody else can have claimed any of it.
        """
        for stream in self._streams:
            for ours in self._client.xpending_range(
                stream, keys.GROUP, "-", "+", PENDING_AT_ONCE, consumername=self._lease.consumer
            ):
                self._client.xclaim(
                    stream, keys.GROUP, self._lease.consumer, 0, [ours["message_id"]],
                    idle=CLAIM_IDLE_MS, retrycount=max(0, ours["times_delivered"] - 1), justid=True,
                )  # fmt: skip

    def leave(self) -> None:
        """Leave no consumer behind, unless something is still pending for it that another has to claim."""
        self._forget(lambda name, _: name == self._lease.consumer)

    def _join(self) -> None:
        for stream in self._streams:
            try:
                # From entry 0: what was put before the group existed is waiting too.
                self._client.xgroup_create(stream, keys.GROUP, id="0", mkstream=True)
            except ResponseError as error:
                if "BUSYGROUP" not in str(error):
                    raise
        with suppress(ResponseError):  # A courtesy to the server's memory that an ACL may well refuse.
            self._forget(lambda name, idle_ms: idle_ms > FORGOTTEN_IDLE_MS and not self._living(name))
        self._joined = True

    def _forget(self, over: Callable[[str, int], bool]) -> None:
        for stream in self._streams:
            for consumer in self._client.xinfo_consumers(stream, keys.GROUP):
                name = consumer["name"].decode()
                if not consumer["pending"] and over(name, consumer["idle"]):
                    self._client.xgroup_delconsumer(stream, keys.GROUP, name)

    def _living(self, consumer: str) -> bool:
        return bool(self._client.exists(keys.alive(consumer)))

    def _orphan(self, held: Collection[bytes]) -> Entry | None:
        """One entry whose agent has no lease, or whose delivery to ourselves was cut off on the way; now ours."""
        me = self._lease.consumer
        living: dict[str, bool] = {me: False}
        for stream, queue in self._streams.items():
            pending = self._client.xpending_range(stream, keys.GROUP, "-", "+", PENDING_AT_ONCE, idle=CLAIM_IDLE_MS)
            for left in pending:
                owner, entry = left["consumer"].decode(), left["message_id"]
                if owner not in living:
                    living[owner] = self._living(owner)
                if living[owner] or entry in held:
                    continue
                if self._changed():
                    return None  # by another server nobody has been dead for a whole lease yet
                # What is counted are lives that the job cost, not connections.
                delivery = left["times_delivered"] + (owner != me)
                for id, fields in self._client.xclaim(
                    stream, keys.GROUP, me, CLAIM_IDLE_MS, [entry], retrycount=delivery
                ):
                    return Entry(queue, id, fields or {}, delivery)
        return None

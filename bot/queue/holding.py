"""Which bot has which incident in hand: a lease each, renewed by a thread of its own as long as the bot listens.

The same lease tells agents that somebody still waits for what they do. It runs out when the bot's process is gone, cut
off, or so stuck that nobody reads what comes in; then another bot may take the incident, and only one of them can.
"""

import threading
import time
from collections.abc import Collection, Iterable
from contextlib import suppress

from redis.exceptions import RedisError

from bot import log
from bot.queue import keys, server
from bot.queue.server import Client

_log = log.get(__name__)


class Holding:
    """The incidents of one bot. Safe from several threads; every call may raise InstrumentError.

    ``lease_s`` is how long a word lasts, ``deaf_s`` how long the bot may not have listened and still counts as there.
    """

    def __init__(self, url: str, client: Client, bot_id: str, *, lease_s: float, deaf_s: float = keys.DEAF_S) -> None:
        self._url, self._client, self._me = url, client, bot_id.encode()
        self._lease_s, self._deaf_s = lease_s, deaf_s
        self._lock = threading.Lock()
        self._held: set[str] = set()
        self._lost: set[str] = set()
        self._heard_at = self._renewed_at = time.monotonic()
        self._unbroken_since = float("-inf")
        self._renewed_wall = time.time()
        self._closing, self._begun = threading.Event(), threading.Event()
        self._trouble = False
        self._renewed = server.renewed(client)
        self._thread = threading.Thread(target=self._keep, name="holding", daemon=True)
        self._thread.start()

    def heard(self) -> None:
        """The bot listens."""
        self._heard_at = time.monotonic()

    def take(self, incidents: Iterable[str], *, seize: bool = False) -> frozenset[str]:
        """Hold these from now on, unless another bot does (``seize``: also then); those that are held now."""
        asked = tuple(dict.fromkeys(incidents))
        with self._lock:
            had = frozenset[str]() if seize else frozenset(asked) & self._held
        wanted = [name for name in asked if name not in had]
        if not wanted:
            return had
        with server.said(self._url):
            ours, free = self._say(wanted, seize=seize)
        taken = frozenset(ours | free)
        with self._lock:
            self._held |= taken
            self._lost -= taken
        self._begun.set()
        return taken | had

    def holds(self, incident: str) -> bool:
        """Whether this bot has it in hand."""
        self._look_if_slept()
        with self._lock:
            return incident in self._held

    def held(self) -> tuple[str, ...]:
        """What this bot has in hand."""
        with self._lock:
            return tuple(self._held)

    def wait(self, most_s: float) -> None:
        """Until something is taken in hand, or so long."""
        if most_s > 0:
            self._begun.wait(most_s)
        self._begun.clear()

    def lost(self) -> tuple[str, ...]:
        """What other bots have taken since this was asked last, or may have had: its lease ran out meanwhile."""
        self._look_if_slept()
        with self._lock:
            lost, self._lost = tuple(sorted(self._lost)), set()
        return lost

    def give(self, incident: str) -> None:
        """Hold it no longer; another bot may."""
        with self._lock:
            held = incident in self._held
            self._held.discard(incident)
        if held:
            name = keys.asking(incident)
            with server.said(self._url):
                if self._client.get(name) == self._me:
                    self._client.delete(name)

    @property
    def settled(self) -> bool:
        """Whether no outage is younger than a lease: until then others may not have said that they are there."""
        unbroken = server.renewed(self._client) == self._renewed
        return unbroken and time.monotonic() - self._unbroken_since > self._lease_s

    def alone(self) -> bool:
        """Whether no other bot is there."""
        with server.said(self._url):
            return {self._me} >= {
                name.removeprefix(keys.bot("").encode()) for name in self._client.scan_iter(keys.BOTS, count=1000)
            }

    def close(self) -> None:
        """Renew nothing more. What is still held runs out, as if the process had died."""
        self._closing.set()
        self._thread.join(timeout=self._lease_s)
        with suppress(RedisError):
            self._client.delete(keys.bot(self._me.decode()))
        self._client.close()

    def _keep(self) -> None:
        wait_s = 0.0  # what this bot takes on first must not count as a dead one's
        while not self._closing.wait(wait_s):
            wait_s = min(keys.HOLD_AGAIN_S, self._lease_s / 4)
            if time.monotonic() - self._heard_at > self._deaf_s:
                continue
            try:
                self._renew()
            except RedisError as error:
                self._unbroken_since = time.monotonic()
                if not self._trouble:  # said once, until it is back
                    _log.info("holding_not_renewed", reason=server.sentence(self._url, error))
                self._trouble = True
            else:
                self._trouble = False

    def _renew(self) -> None:
        """Prolong what is held.

        What ran out and nobody has is ours again, but not held: another bot may have had it meanwhile, to its end.
        """
        with self._lock:
            held = set(self._held)
        asked_at, asked_wall = time.monotonic(), time.time()
        self._client.set(keys.bot(self._me.decode()), b"1", px=self._lease_ms)
        kept, free = self._say(sorted(held), seize=False) if held else (set[str](), set[str]())
        doubted = set[str]()
        if (renewed := server.renewed(self._client)) != self._renewed:
            # Another server may answer by now, which has forgotten what was said last: all of it is looked at anew. But
            # what it has forgotten to be ours is so still, for whoever meets it waits a whole lease before taking any.
            self._renewed, self._unbroken_since, doubted = renewed, time.monotonic(), held
            kept |= free if asked_at - self._renewed_at < self._lease_s else set()
        with self._lock:
            gone = (held - kept) & self._held  # not what was given away meanwhile
            self._held -= gone
            self._lost |= gone | (doubted & self._held)
        self._renewed_at, self._renewed_wall = asked_at, asked_wall

    def _look_if_slept(self) -> None:
        """Whoever was stopped for longer than a lease, with the machine or alone, must not act as if it was not."""
        slept_s = max(time.monotonic() - self._renewed_at, time.time() - self._renewed_wall)
        if slept_s > self._lease_s:
            with suppress(RedisError):  # from a server that is away nobody can take anything
                self._renew()

    def _say(self, incidents: Collection[str], *, seize: bool) -> tuple[set[str], set[str]]:
        """Those that were ours, or are seized, and those that were nobody's and are ours now."""
        names = [keys.asking(incident) for incident in incidents]
        with self._client.pipeline(transaction=False) as pipe:
            for name in names:
                pipe.set(name, self._me, nx=not seize, get=True, px=self._lease_ms)
            before = pipe.execute()
            for name, holder in zip(names, before, strict=True):
                if holder == self._me and not seize:
                    pipe.pexpire(name, self._lease_ms)
            pipe.execute()
        held = list(zip(incidents, before, strict=True))
        free = {name for name, holder in held if holder is None and not seize}
        return {name for name, holder in held if seize or holder == self._me}, free

    @property
    def _lease_ms(self) -> int:
        return int(self._lease_s * 1000)

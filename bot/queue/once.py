"""What was met before, by any bot process: Slack's deliveries, decisions on captures, download links."""

import threading
import time
from dataclasses import dataclass, field

from bot.ports import Claim
from bot.queue import keys, server

_DONE = b"1"


class RedisOnce:
    """bot.ports.Once on the queue server, of the bot with this id.

    Names are remembered for an hour; Slack redelivers to whichever bot is connected, for about five minutes. A claim
    is worth nothing once its bot has gone (bot.queue.holding); its heir claims a key behind it, so that there is one.
    """

    def __init__(self, url: str, bot_id: str, *, ca_file: str | None = None) -> None:
        self._url, self._me = url, bot_id.encode()
        self._client = server.connect(url, ca_file=ca_file)
        self._lock = threading.Lock()
        self._done: dict[str, float] = {}  # by this process: a server that fails over may have forgotten it

    def seen(self, name: str) -> bool:
        """Whether this name was met before; from now on it was."""
        with server.said(self._url):
            met = not self._client.set(keys.delivery(name), _DONE, nx=True, ex=keys.DELIVERY_S)
        return self._remembers(name) or met

    def claim(self, name: str) -> Claim:
        """Take it on, unless a bot that lives has."""
        link = name
        with server.said(self._url):
            while holder := self._client.set(keys.delivery(link), self._me, nx=True, get=True, ex=keys.DELIVERY_S):
                if holder == _DONE:
                    return Claim.DONE
                if holder == self._me or self._client.exists(keys.bot(holder.decode())):
                    return Claim.TAKEN
                link = f"{name} after {holder.decode()}"
        with self._lock:
            known = name in self._done
        if known:
            self.done(name)
        return Claim.DONE if known else Claim.OURS

    def done(self, name: str) -> None:
        """It is dealt with, for good."""
        self._remembers(name)
        with server.said(self._url):
            self._client.set(keys.delivery(name), _DONE, ex=keys.DELIVERY_S)

    def _remembers(self, name: str) -> bool:
        """Whether this process has dealt with it before; from now on it has."""
        now = time.monotonic()
        with self._lock:
            while self._done and now - next(iter(self._done.values())) > keys.DELIVERY_S:  # the oldest stand first
                del self._done[next(iter(self._done))]
            known = name in self._done
            self._done.setdefault(name, now)
        return known


@dataclass(frozen=True, slots=True)
class _Shared:
    """What several bots of one process know: who lives, and of each name whose it is; None: it is done."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    living: set[str] = field(default_factory=set)
    marks: dict[str, str | None] = field(default_factory=dict)


class MemoryOnce:
    """bot.ports.Once within one process; ``among``: another bot, which shall know the same."""

    def __init__(self, bot_id: str = "bot-1", among: "MemoryOnce | None" = None) -> None:
        self._me = bot_id
        self._shared: _Shared = among._shared if among else _Shared()
        self._shared.living.add(bot_id)

    def seen(self, name: str) -> bool:
        """Whether this name was met before; from now on it was."""
        with self._shared.lock:
            known = name in self._shared.marks
            self._shared.marks.setdefault(name, None)
            return known

    def claim(self, name: str) -> Claim:
        """Take it on, unless a bot that lives has."""
        with self._shared.lock:
            holder = self._shared.marks.get(name, "")
            if holder is None:
                return Claim.DONE
            if holder in self._shared.living:
                return Claim.TAKEN
            self._shared.marks[name] = self._me
            return Claim.OURS

    def done(self, name: str) -> None:
        """It is dealt with, for good."""
        with self._shared.lock:
            self._shared.marks[name] = None

    def dies(self) -> None:
        """This bot is gone."""
        self._shared.living.discard(self._me)

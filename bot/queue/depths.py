"""How much waits on the queues: counted on the server, never read."""

from collections.abc import Collection
from dataclasses import dataclass

from redis.exceptions import ResponseError

from bot.queue import keys, server


@dataclass(frozen=True, slots=True)
class Depth:
    """One queue: ``length`` jobs that are not final, ``pending`` of them with an agent; None: no agent ever came."""

    queue: str
    length: int
    pending: int | None


class Depths:
    """Asks the server, on a connection of its own, with the rights of a bot (``bot.queue.acl``)."""

    def __init__(self, url: str, *, ca_file: str | None = None) -> None:
        self._url = url
        self._client = server.connect(url, ca_file=ca_file, connections=2)

    def of(self, queues: Collection[str]) -> tuple[tuple[Depth, ...], int]:
        """Each of the queues, by name, and how many dead letters are kept.

        Raises:
            InstrumentError: the server is away, or its ACL is older than this.
        """
        names = sorted(queues)
        with server.said(self._url), self._client.pipeline(transaction=False) as pipe:
            for name in names:
                pipe.xlen(keys.jobs(name))
                pipe.xinfo_groups(keys.jobs(name))
            pipe.xlen(keys.DEAD)
            *answers, dead = pipe.execute(raise_on_error=False)
            for answer in (*answers, dead):
                if isinstance(answer, Exception) and not _no_such_key(answer):
                    raise answer
        found = zip(names, answers[::2], answers[1::2], strict=True)
        return tuple(Depth(name, length, _pending(groups)) for name, length, groups in found), int(dead)

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()


def _no_such_key(error: Exception) -> bool:
    return isinstance(error, ResponseError) and "no such key" in str(error).lower()


def _pending(groups: object) -> int | None:
    if not isinstance(groups, list):
        return None
    return next((int(group["pending"]) for group in groups if group["name"] == keys.GROUP.encode()), None)

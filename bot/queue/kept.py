"""Evidence, kept beside its journal until the end has been seen: a bot that takes over reads it there."""

import threading
from collections.abc import Collection, Mapping

from bot.queue import keys, server


class RedisKept:
    """bot.ports.Kept on the queue server. Every method raises InstrumentError when the server is away."""

    def __init__(self, url: str, *, ca_file: str | None = None) -> None:
        self._url = url
        self._client = server.connect(url, ca_file=ca_file)

    def put(self, incident: str, blobs: Mapping[str, bytes]) -> None:
        """Keep these bytes by digest."""
        with server.said(self._url), self._client.pipeline(transaction=True) as pipe:
            for digest, data in blobs.items():
                pipe.hset(keys.kept(incident), digest, data)
            pipe.expire(keys.kept(incident), keys.KEPT_S)
            pipe.execute()

    def only(self, incident: str, digests: Collection[str]) -> None:
        """Forget all others."""
        with server.said(self._url):
            name = keys.kept(incident)
            if gone := [one for one in self._client.hkeys(name) if one.decode() not in digests]:
                self._client.hdel(name, *gone)

    def all(self, incident: str) -> dict[str, bytes]:
        """Everything that was kept of the incident."""
        with server.said(self._url):
            return {digest.decode(): data for digest, data in self._client.hgetall(keys.kept(incident)).items()}

    def drop(self, incident: str) -> None:
        """Its people have seen the end, and its case holds it."""
        with server.said(self._url):
            self._client.delete(keys.kept(incident))

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()


class MemoryKept:
    """bot.ports.Kept for as long as the process lives."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[str, dict[str, bytes]] = {}

    def put(self, incident: str, blobs: Mapping[str, bytes]) -> None:
        """Keep these bytes by digest."""
        with self._lock:
            self._kept.setdefault(incident, {}).update(blobs)

    def only(self, incident: str, digests: Collection[str]) -> None:
        """Forget all others."""
        with self._lock:
            for gone in self._kept.get(incident, {}).keys() - set(digests):
                del self._kept[incident][gone]

    def all(self, incident: str) -> dict[str, bytes]:
        """Everything that was kept of the incident."""
        with self._lock:
            return dict(self._kept.get(incident, {}))

    def drop(self, incident: str) -> None:
        """Its people have seen the end, and its case holds it."""
        with self._lock:
            self._kept.pop(incident, None)

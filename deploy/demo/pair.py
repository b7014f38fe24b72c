"""A primary and its replica, which takes over: with or without the writes of the last moment."""

import itertools
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import redis

from deploy.demo.server import Server, ServerError

_ATTEMPTS = 3

Make = Callable[[Path, int], Server]
"""A server in this directory that listens on this port of the loopback too; not started."""


class Pair:
    """Two servers. Start it from a thread that lives as long as they shall (see Server)."""

    def __init__(
        self, directory: Path, make: Make, *, started_by: Callable[[Callable[[], object]], object] | None = None
    ):
        self._started_by = started_by or (lambda start: start())
        self._ports: dict[str, int] = {}
        self.primary = self._started(directory / "a", make)
        self.replica = self._started(directory / "b", make)
        self.follow()

    def follow(self) -> None:
        """Let the replica copy the primary, and wait until it has."""
        said(self.replica, "REPLICAOF", "127.0.0.1", str(self.port(self.primary)))
        until = time.monotonic() + 20.0
        while said(self.replica, "INFO", "replication")["master_link_status"] != "up":
            if time.monotonic() > until:
                raise ServerError("The replica does not copy its primary.")
            time.sleep(0.02)

    def caught_up(self) -> None:
        """Wait until the replica has all that was written by now."""
        offset = said(self.primary, "INFO", "replication")["master_repl_offset"]
        until = time.monotonic() + 5.0
        while said(self.replica, "INFO", "replication")["slave_repl_offset"] < offset:
            if time.monotonic() > until:
                raise ServerError("The replica does not catch up with its primary.")
            time.sleep(0.005)

    def promote(self) -> None:
        """Make the replica a primary. What is written to the old one from now on is lost when clients come over."""
        said(self.replica, "REPLICAOF", "NO", "ONE")
        self.primary, self.replica = self.replica, self.primary

    def rejoin(self) -> None:
        """Bring the old primary back, as a replica of the new one, whatever it holds."""
        if not self.replica.runs:
            self._started_by(lambda: self.replica.start(20.0))
        self.follow()

    def port(self, server: Server) -> int:
        """The port of one of the two."""
        return self._ports[server.url]

    def kill(self) -> None:
        """End both."""
        for server in (self.primary, self.replica):
            server.kill()

    def _started(self, directory: Path, make: Make) -> Server:
        directory.mkdir(parents=True)
        for attempt in itertools.count(1):
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                port = probe.getsockname()[1]
            server = make(directory, port)
            try:
                self._started_by(server.start)
            except ServerError:
                if attempt == _ATTEMPTS:
                    raise
                continue
            self._ports[server.url] = port
            return server
        raise AssertionError


def said(server: Server, *words: str) -> Any:
    """What the server answers to one command, whatever its role."""
    with redis.Redis.from_url(server.url, socket_timeout=5, protocol=2, retry=None) as client:
        return client.execute_command(*words)

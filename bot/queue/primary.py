"""Connections that end at the primary and nowhere else, also when another server has become it meanwhile.

Behind one name or address the primary may change: old connections break, or lead on to what is a replica by now, which
refuses to write and whose data are old. So each connection asks for the server's role when it is made and at most
``PROOF_S`` later again, and one that meets a replica is dropped: the next is made anew, wherever the name leads then,
or to the server that the sentinels name.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import redis
from redis.connection import Connection, SSLConnection, UnixDomainSocketConnection
from redis.exceptions import (
    BusyLoadingError,
    ClusterDownError,
    MasterDownError,
    ReadOnlyError,
    RedisError,
    ResponseError,
    TryAgainError,
)

PROOF_S = 1.0
"""How old a proof of the role may be: far below every lease, so nobody is missed whom a replica did not hear."""

NO_PRIMARY = "is a replica, not the primary"
ALONE = "takes nothing while too few replicas follow it"
_PASSES = {
    "UNBLOCKED": "has just changed its role",
    "NOREPLICAS": ALONE,
    "MASTERDOWN": NO_PRIMARY,
    "READONLY": NO_PRIMARY,
    "CLUSTERDOWN": "is in a cluster that has no primary now",
}
_KINDS = {
    ReadOnlyError: "READONLY",
    MasterDownError: "MASTERDOWN",
    ClusterDownError: "CLUSTERDOWN",  # of which the one before is a kind
    TryAgainError: "CLUSTERDOWN",
}
"""Answers whose first word redis-py has made into a class."""
Address = tuple[str, int]


class NotPrimaryError(redis.ConnectionError):
    """Who answers is not the primary, or may not act as it now: it passes when the primary is found anew."""


class NoPrimaryError(redis.ConnectionError):
    """No sentinel names a primary: it passes when they have chosen one."""


class Doubt:
    """When a connection of this process last met a server at this address that is not the primary."""

    def __init__(self) -> None:
        self.since = float("-inf")


class Ties:
    """How often connections of one client were made again after they had broken. Safe from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.renewed = 0

    def renew(self) -> None:
        """One was: what was said through it last may not have been kept."""
        with self._lock:
            self.renewed += 1


class _AtPrimary:
    """What is added to each kind of connection of redis-py (8.1, whose own classes do this for sentinels alone)."""

    def __init__(self, *, ties: Ties, doubt: Doubt, anywhere: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self._ties, self._doubt, self._anywhere = ties, doubt, anywhere
        self.steady = False
        """Whether what is sent next has to go where the last answer came from, or nowhere."""
        self._was_made = False
        self._proven_at = float("-inf")

    def on_connect_check_health(self, check_health: bool = True) -> None:
        """Log in, then look who this is."""
        self._proven_at = time.monotonic()  # so that nobody asks before we are let in
        super().on_connect_check_health(check_health)  # type: ignore[misc]
        self._prove()
        if self._was_made:
            self._ties.renew()
        self._was_made = True

    def check_health(self) -> None:
        """Before a command, when the last proof is too old. Nothing was sent yet, so it may go to the new primary."""
        super().check_health()  # type: ignore[misc]
        if time.monotonic() - self._proven_at <= PROOF_S and self._proven_at > self._doubt.since:
            return
        try:
            self._prove()
        except NotPrimaryError:
            if self.steady:
                raise
            self.connect()  # type: ignore[attr-defined]

    def read_response(self, *given: Any, **options: Any) -> Any:
        """The answer; one that only a server in transition gives costs the connection."""
        try:
            return super().read_response(*given, **options)  # type: ignore[misc]
        except BusyLoadingError:
            self.disconnect()  # type: ignore[attr-defined]
            raise
        except ResponseError as error:
            why = None if self._anywhere else passes(error)
            if why is None:
                raise
            self._leave()
            raise NotPrimaryError(why) from error

    def _prove(self) -> None:
        if self._anywhere:
            return
        self.send_command("HELLO", check_health=False)  # type: ignore[attr-defined]
        told = self.read_response()
        pairs = told if isinstance(told, Mapping) else dict(zip(told[::2], told[1::2], strict=True))
        if pairs.get(b"role") in (b"slave", b"replica"):
            self._leave()
            raise NotPrimaryError(NO_PRIMARY)
        self._proven_at = time.monotonic()

    def _leave(self) -> None:
        self._doubt.since = time.monotonic()
        self.disconnect()  # type: ignore[attr-defined]


class Sought:
    """What is added to one whose address is asked for before each connecting."""

    def __init__(self, *, seek: Callable[[], Address], **options: Any) -> None:
        super().__init__(**options)
        self._seek = seek

    def _connect(self) -> Any:
        self.host, self.port = self._seek()
        return super()._connect()  # type: ignore[misc]


class PlainTie(_AtPrimary, Connection):
    """Over TCP."""


class TlsTie(_AtPrimary, SSLConnection):
    """Over TLS."""


class SocketTie(_AtPrimary, UnixDomainSocketConnection):
    """Over a unix socket."""


class SoughtTie(_AtPrimary, Sought, Connection):
    """Over TCP, to whom the sentinels name."""


class SoughtTlsTie(_AtPrimary, Sought, SSLConnection):
    """Over TLS, to whom the sentinels name."""


def passes(error: ResponseError) -> str | None:
    """Why the server cannot act as the primary now, or None: it refuses for another reason, or is not asked to."""
    named = next((name for kind, name in _KINDS.items() if isinstance(error, kind)), None)
    return _PASSES.get(named or str(error).partition(" ")[0])


class Sentinels:
    """Those who know which server is the primary called ``name``; asked in turn, whoever answered last first."""

    def __init__(self, addresses: Sequence[Address], name: str, **options: Any) -> None:
        self._name = name
        self._asked = [(f"{host}:{port}", redis.Redis(host, port, **options)) for host, port in addresses]

    def primary(self) -> Address:
        """Where it is now.

        Raises:
            NoPrimaryError: none of them knows one that is up; the text says why of each.
        """
        reasons = []
        for one in tuple(self._asked):
            place, client = one
            try:
                known: Any = client.sentinel_masters()
            except RedisError as error:
                reasons.append(f"{place}: {' '.join(str(error).split())}")
                continue
            found = known.get(self._name)
            if found is None:
                reasons.append(f"{place} knows no {self._name}")
            elif not found["is_master"] or found["is_sdown"] or found["is_odown"]:
                reasons.append(f"{place} says that it is down")
            else:
                self._asked = [one, *(other for other in self._asked if other is not one)]
                return str(found["ip"]), int(found["port"])
        raise NoPrimaryError("; ".join(reasons))

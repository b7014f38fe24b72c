"""What can be seen of the queue server from outside: who it is, whose clock it has, what a user may, how it is set.

Nothing here changes a key: commands are tried inside a transaction that is never executed.
"""

import ssl
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from redis.exceptions import AuthenticationError, NoPermissionError, ResponseError

from bot.errors import InstrumentError
from bot.queue import address, keys, server
from bot.queue.primary import Sought
from bot.queue.server import Client

Words = tuple[str, ...]
"""A command with its arguments."""


@dataclass(frozen=True, slots=True)
class Sight:
    """The server as it answered. ``ahead_s`` is how far our clock runs ahead of its; None: this user may not ask.

    ``certified_until`` is the end of its certificate; None: no TLS. ``found`` is where the sentinels found it; None:
    none were asked.
    """

    name: str
    version: tuple[int, ...]
    role: str
    rtt_s: float
    ahead_s: float | None
    certified_until: datetime | None
    found: str | None = None


def look(url: str, *, ca_file: str | None = None) -> Sight:
    """Who answers there.

    Raises:
        InstrumentError: nobody, or it lets us not in.
    """
    with server.said(url), closing(server.connect(url, ca_file=ca_file, connections=1, anywhere=True)) as client:
        client.ping()
        began_s = time.monotonic()
        client.ping()
        rtt_s = time.monotonic() - began_s
        told = _pairs(client.execute_command("HELLO"))
        return Sight(
            name=_text(told.get("server")),
            version=tuple(int(part) for part in _text(told.get("version")).split(".") if part.isdigit()),
            role=_text(told.get("role")),
            rtt_s=rtt_s,
            ahead_s=_ahead_s(client),
            certified_until=_certified_until(client),
            found=_found(client),
        )


def refused(url: str, commands: Sequence[Words], *, ca_file: str | None = None) -> tuple[Words, ...]:
    """Those of the commands that this user may not send, with these very keys; none of them is carried out.

    The server asks the ACL when a command is queued in a transaction, and the transaction ends with the connection
    (Redis 7.0, server.c, processCommand). So nobody needs the right to ask about rights (ACL DRYRUN).

    Raises:
        InstrumentError: the server is away, or does not begin a transaction.
    """
    with server.said(url), closing(server.connect(url, ca_file=ca_file, connections=1)) as client:
        connection = client.connection_pool.get_connection()
        try:
            if _said(connection, ("MULTI",)) != b"OK":  # never go on: outside a transaction they would be carried out
                raise InstrumentError(f"The queue server {address.place(url)} does not begin a transaction.")
            return tuple(words for words in commands if not _queued(connection, words))
        finally:
            connection.disconnect()


def state(url: str, *, ca_file: str | None = None) -> Mapping[str, str] | None:
    """What INFO says of data, memory and persistence; None: this user may not ask, or is not known.

    Raises:
        InstrumentError: the server is away.
    """
    with server.said(url), closing(server.connect(url, ca_file=ca_file, connections=1)) as client:
        try:
            told = {**client.info("persistence"), **client.info("memory")}
        except (NoPermissionError, AuthenticationError):
            return None
        return {name: str(value) for name, value in told.items()}


def lives(url: str, *, ca_file: str | None = None) -> frozenset[str]:
    """The consumers that have a living lease, as ``NAME:RANDOM``; what is left of a dead one counts for 3 s more.

    Raises:
        InstrumentError: the server is away, or this user may not list keys.
    """
    with server.said(url), closing(server.connect(url, ca_file=ca_file, connections=1)) as client:
        found = client.scan_iter(match=keys.alive("*"), count=1000)
        return frozenset(name.decode(errors="replace").removeprefix(keys.alive("")) for name in found)


def announced(url: str, agent: str, *, ca_file: str | None = None) -> bytes | None:
    """What an agent of this name says of itself now; None: nobody of the name is heard.

    Raises:
        InstrumentError: the server is away, or this user may not read it.
    """
    with server.said(url), closing(server.connect(url, ca_file=ca_file, connections=1)) as client:
        found: bytes | None = client.get(keys.agent(agent))
        return found


def _said(connection: Any, words: Words) -> Any:
    connection.send_command(*words, check_health=False)  # which would ask for the role in the transaction
    return connection.read_response()


def _queued(connection: Any, words: Words) -> bool:
    try:
        answer = _said(connection, words)
    except NoPermissionError:
        return False
    if answer != b"QUEUED":
        raise InstrumentError(f"The queue server carried {words[0]} out instead of keeping it.")
    return True


def _ahead_s(client: Client) -> float | None:
    began_s = time.time()
    try:
        seconds, micros = client.time()
    except ResponseError:
        return None
    ahead_s: float = (began_s + time.time()) / 2 - (seconds + micros / 1e6)
    return ahead_s


def _certified_until(client: Client) -> datetime | None:
    connection = client.connection_pool.get_connection()
    try:
        sock = getattr(connection, "_sock", None)
        found = sock.getpeercert() if isinstance(sock, ssl.SSLSocket) else None
        return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(found["notAfter"])), UTC) if found else None
    finally:
        client.connection_pool.release(connection)


def _found(client: Client) -> str | None:
    connection = client.connection_pool.get_connection()
    try:
        return f"{connection.host}:{connection.port}" if isinstance(connection, Sought) else None
    finally:
        client.connection_pool.release(connection)


def _pairs(flat: Any) -> dict[str, Any]:
    if isinstance(flat, Mapping):
        return {_text(name): value for name, value in flat.items()}
    return {_text(name): value for name, value in zip(flat[::2], flat[1::2], strict=True)}


def _text(value: Any) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value or "")

"""The connection to the queue server, to its primary where there are several, and its troubles in sentences."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeAlias
from urllib.parse import parse_qs, urlsplit

import redis
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, BusyLoadingError, NoPermissionError, RedisError
from redis.retry import Retry

from bot.errors import InstrumentError
from bot.queue import address, primary
from bot.queue.address import place

Client: TypeAlias = Any
"""A redis.Redis. Its own types are unions over both protocols, sync and async, and say nothing about an answer."""

Away = (redis.ConnectionError, redis.TimeoutError)
"""Trouble that passes: the same call may be repeated when the server is back."""

CONNECTIONS = 24


def connect(
    url: str,
    *,
    ca_file: str | None = None,
    ca_data: str | None = None,
    connections: int = CONNECTIONS,
    anywhere: bool = False,
) -> Client:
    """A client that connects with its first command; threads share it and wait for one of its connections.

    ``ca_data`` are the certificates of ``ca_file`` themselves, as PEM, where they lie in no file yet. It talks to a
    primary alone (``anywhere``: also to a replica).

    redis-py 8 would repeat a failed command ten times by itself, and so keep the caller waiting and write twice:
    here every failure is seen at once. Responses stay bytes, because bytes are what is sealed.

    Raises:
        InstrumentError: the address is not one of a queue server; a sentence about it shows no part of it that may
            be a password.
    """
    sought = address.sought(url)
    parts = address.parts(url) if sought is None else urlsplit(sought.bare)
    if (parts.scheme, sought is not None) not in _TIES:
        raise InstrumentError(
            "That is no address of a queue server: write redis://, rediss:// or unix://, or rediss+sentinel://."
        )
    options = {name.lower(): values[-1].lower() for name, values in parse_qs(parts.query).items()}
    if options.get("ssl_cert_reqs", "required") != "required" or options.get("ssl_check_hostname", "true") != "true":
        raise InstrumentError(f"{place(url)} must not switch the check of the server's certificate off.")
    trusted = {"ssl_ca_certs": ca_file, "ssl_ca_data": ca_data}
    tls = {name: value for name, value in trusted.items() if value and parts.scheme == "rediss"}
    seeking = {"seek": _sentinels(sought, tls).primary} if sought else {}
    pool = redis.BlockingConnectionPool.from_url(
        sought.bare if sought else url,
        connection_class=_TIES[parts.scheme, sought is not None],
        ties=primary.Ties(),
        doubt=_DOUBTS.setdefault(url, primary.Doubt()),
        anywhere=anywhere,
        max_connections=connections,
        timeout=5,
        socket_timeout=5,
        socket_connect_timeout=2,
        health_check_interval=15,
        protocol=2,
        retry=_ONCE,
        **tls,
        **seeking,
    )
    return redis.Redis(connection_pool=pool)


_ONCE = Retry(NoBackoff(), 0)
_DOUBTS: dict[str, primary.Doubt] = {}
"""By address, for all clients of this process: where one has met a replica, none trusts its connection unseen."""

_TIES = {
    ("redis", False): primary.PlainTie,
    ("rediss", False): primary.TlsTie,
    ("unix", False): primary.SocketTie,
    ("redis", True): primary.SoughtTie,
    ("rediss", True): primary.SoughtTlsTie,
}


def _sentinels(sought: address.Sought, tls: Mapping[str, str]) -> primary.Sentinels:
    safe = {"ssl": True, **tls} if sought.bare.startswith("rediss") else {}
    return primary.Sentinels(
        sought.sentinels,
        sought.name,
        username=sought.user,
        password=sought.password,
        socket_timeout=1,
        socket_connect_timeout=1,
        protocol=2,
        retry=_ONCE,
        **safe,
    )


def renewed(client: Client) -> int:
    """How often one of the client's connections had to be made again.

    Whenever it has grown another server may answer, or the same one after its end: what was written last is in doubt.
    """
    ties: primary.Ties = client.connection_pool.connection_kwargs["ties"]
    return ties.renewed


def entered(url: str, user: str | None, password: str | None) -> str:
    """The address with another user and password; None: without any."""
    parts = urlsplit(url)
    bare = parts.netloc.rpartition("@")[2]
    # Not geturl(): for a scheme that it does not know it leaves the slashes of an empty host out.
    asked = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{f'{user}:{password}@' if user else ''}{bare}{parts.path}{asked}"


@contextmanager
def said(url: str) -> Iterator[None]:
    """Turns every trouble with the server into one sentence that names it and says what to check.

    Raises:
        InstrumentError: the server is away, or refused the command.
    """
    try:
        yield
    except RedisError as error:
        raise InstrumentError(sentence(url, error)) from error


def sentence(url: str, error: RedisError) -> str:
    """The trouble as one sentence for people."""
    server = f"The queue server {place(url)}"
    detail = " ".join(str(error).split())[:200].rstrip(".")
    match error:
        case AuthenticationError():
            return f"{server} refused our name or password: check the address in the settings."
        case NoPermissionError():
            return f"{server} does not permit a command that is needed ({detail}): check its ACL."
        case primary.NotPrimaryError():
            return f"{server} {detail}: it takes no jobs until the primary is found again, which we try by ourselves."
        case primary.NoPrimaryError():
            return f"{server} cannot be found, for no sentinel names a primary that is up ({detail})."
        case BusyLoadingError():
            return f"{server} is still loading its data: try again in a moment."
        case redis.TimeoutError():
            return f"{server} did not answer in time: check that it runs and that a firewall lets us through."
        case redis.ConnectionError() if "certificate" in detail.lower():
            return f"{server} has a certificate that we do not trust ({detail}): check the CA file in the settings."
        case redis.ConnectionError():
            return f"{server} cannot be reached ({detail}): check that it runs and that the address is right."
        case _:
            return f"{server} refused a command ({detail}): check its version (7.0 or newer), memory and log."

"""The connection to the queue server, and its troubles in sentences."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias
from urllib.parse import SplitResult, parse_qs, urlsplit

import redis
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, BusyLoadingError, NoPermissionError, RedisError
from redis.retry import Retry

from bot.errors import InstrumentError

Client: TypeAlias = Any
"""A redis.Redis. Its own types are unions over both protocols, sync and async, and say nothing about an answer."""

Away = (redis.ConnectionError, redis.TimeoutError)
"""Trouble that passes: the same call may be repeated when the server is back."""

CONNECTIONS = 24


def connect(
    url: str, *, ca_file: str | None = None, ca_data: str | None = None, connections: int = CONNECTIONS
) -> Client:
    """A client that connects with its first command; threads share it and wait for one of its connections.

    ``ca_data`` are the certificates of ``ca_file`` themselves, as PEM, where they lie in no file yet.

    redis-py 8 would repeat a failed command ten times by itself, and so keep the caller waiting and write twice:
    here every failure is seen at once. Responses stay bytes, because bytes are what is sealed.

    Raises:
        InstrumentError: the address is not one of a queue server; a sentence about it shows no part of it that may
            be a password.
    """
    parts = _parts(url)
    if parts.scheme not in {"redis", "rediss", "unix"}:
        raise InstrumentError("That is no address of a queue server: write redis://, rediss:// or unix://.")
    options = {name.lower(): values[-1].lower() for name, values in parse_qs(parts.query).items()}
    if options.get("ssl_cert_reqs", "required") != "required" or options.get("ssl_check_hostname", "true") != "true":
        raise InstrumentError(f"{place(url)} must not switch the check of the server's certificate off.")
    trusted = {"ssl_ca_certs": ca_file, "ssl_ca_data": ca_data}
    tls = {name: value for name, value in trusted.items() if value and parts.scheme == "rediss"}
    pool = redis.BlockingConnectionPool.from_url(
        url,
        max_connections=connections,
        timeout=5,
        socket_timeout=5,
        socket_connect_timeout=2,
        health_check_interval=15,
        protocol=2,
        retry=Retry(NoBackoff(), 0),
        **tls,
    )
    return redis.Redis(connection_pool=pool)


def _parts(url: str) -> SplitResult:
    """The address taken apart, when it can be.

    Raises:
        InstrumentError: a password with ``/``, ``?`` or ``#`` as it is would end up in the path or as a port.
    """
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        parts = None
    if parts is None or "@" in f"{parts.path}{parts.query}{parts.fragment}" or parts.fragment:
        raise InstrumentError(
            "The address of the queue server cannot be read: in its user and password write everything but letters and "
            "digits as % and two digits, such as %2F for a slash."
        )
    return parts


def place(url: str) -> str:
    """The server's address without user, password and options, as people may read it."""
    parts = urlsplit(url)
    try:
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        port = ""
    path = "" if "@" in parts.path else parts.path  # what follows a slash in a password
    return f"{parts.scheme}://{parts.hostname or ''}{port}{path}"


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

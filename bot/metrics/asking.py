"""The other end of the listener: whether one of ours answers there, who it is, and why it is not ready."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse

from prometheus_client.parser import text_string_to_metric_families

from bot.meters import BUILD
from bot.metrics.server import ALIVE
from bot.serving import Silent

_MOST_BYTES = 4 << 20
"""Far more than the figures of a bot with thousands of queues."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A role of ours that lives. ``role`` and ``name`` are None where its figures could not be read.

    ``troubles`` are the sentences why it is not ready; empty: it is ready.
    """

    role: str | None
    name: str | None
    troubles: tuple[str, ...]


def hear(host: str, port: int, within_s: float) -> Heard | None:
    """Who answers there; None: nobody, or nobody of ours. ``within_s`` is the time of each of three questions."""
    if _asked(host, port, "/healthz", within_s) != (200, ALIVE):
        return None
    ready = _asked(host, port, "/readyz", within_s)
    if ready is None or ready[0] not in (200, 503):
        return None
    status, body = ready
    troubles = tuple(body.decode(errors="replace").splitlines()) if status == 503 else ()
    return Heard(*_who(host, port, within_s), troubles)


def _who(host: str, port: int, within_s: float) -> tuple[str | None, str | None]:
    told = _asked(host, port, "/metrics", within_s)
    if told is not None and told[0] == 200:
        with suppress(ValueError):  # figures of another kind
            for family in text_string_to_metric_families(told[1].decode(errors="replace")):
                for sample in family.samples:
                    if sample.name == BUILD.name:
                        return sample.labels.get("role"), sample.labels.get("name")
    return None, None


def _asked(host: str, port: int, path: str, within_s: float) -> tuple[int, bytes] | None:
    """Its status and body, where the server is of our kind."""
    try:
        with _answer(host, port, path, within_s) as answer:
            if answer.getheader("Server") == Silent().version_string():
                return answer.status, answer.read(_MOST_BYTES)
    except (OSError, HTTPException):
        pass  # that is nobody of ours
    return None


@contextmanager
def _answer(host: str, port: int, path: str, within_s: float) -> Iterator[HTTPResponse]:
    connection = HTTPConnection(host, port, timeout=within_s)  # no proxy: this is another process of this machine
    try:
        connection.request("GET", path)
        yield connection.getresponse()
    finally:
        connection.close()

"""The listener: ``/metrics``, ``/healthz`` and ``/readyz``, for whoever may reach it. It reads, and tells no secret."""

from collections.abc import Callable, Iterable
from http.server import BaseHTTPRequestHandler
from typing import Any

from bot.errors import InstrumentError
from bot.serving import Bounded, Serving, Silent

Check = Callable[[], str | None]
"""Why the role is not ready, as a sentence, or None. Takes no more than a moment, and does not raise."""

ALIVE = b"alive\n"
"""What ``/healthz`` answers."""

_TEXT = "text/plain; charset=utf-8"
_PATIENCE_S = 5.0  # with a caller who sends nothing
_AT_ONCE = 8


class Listener(Serving):
    """Answers from ``start`` to ``close``; more than eight callers at once are not heard.

    ``figures`` gives the body of ``/metrics`` and its type for an Accept header; ``troubles`` are the sentences why
    the role is not ready.

    Raises:
        InstrumentError: the address cannot be listened on.
    """

    def __init__(
        self,
        host: str,
        port: int,
        figures: Callable[[str], tuple[bytes, str]],
        troubles: Callable[[], Iterable[str]],
    ) -> None:
        try:
            server = _Server((host, port), _Handler, at_once=_AT_ONCE, name="metrics")
        except OSError as error:
            raise InstrumentError(
                f"Nothing can listen at {host}:{port} (RULEOUT_METRICS_LISTEN): {error.strerror or error}; give each "
                "process an address and port of its own."
            ) from error
        server.figures, server.troubles = figures, troubles
        super().__init__(server)


class _Server(Bounded):
    figures: Callable[[str], tuple[bytes, str]]
    troubles: Callable[[], Iterable[str]]


class _Handler(Silent, BaseHTTPRequestHandler):
    timeout = _PATIENCE_S
    server: _Server

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path == "/metrics":
            self._send(200, *self.server.figures(self.headers.get("Accept", "")))
        elif path == "/healthz":
            self._send(200, ALIVE, _TEXT)
        elif path == "/readyz":
            troubles = tuple(self.server.troubles())
            self._send(503 if troubles else 200, ("\n".join(troubles or ("ready",)) + "\n").encode(), _TEXT)
        else:
            self._send(404, b"There is /metrics, /healthz and /readyz.\n", _TEXT)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):  # every other method
            return self._only_get
        raise AttributeError(name)

    def _only_get(self) -> None:
        self._send(405, b"Only GET is answered here.\n", _TEXT)

    def _send(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        length = {"Content-Type": kind, "Content-Length": str(len(body)), "Connection": "close"}
        for name, value in {**length, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}.items():
            self.send_header(name, value)
        if status == 405:
            self.send_header("Allow", "GET")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

"""The listener: ``/metrics``, ``/healthz`` and ``/readyz``, for whoever may reach it. It reads, and tells no secret."""

import socket
import threading
from collections.abc import Callable, Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from bot import log
from bot.errors import InstrumentError

_log = log.get(__name__)

Check = Callable[[], str | None]
"""Why the role is not ready, as a sentence, or None. Takes no more than a moment, and does not raise."""

_TEXT = "text/plain; charset=utf-8"
_PATIENCE_S = 5.0  # with a caller who sends nothing
_AT_ONCE = 8


class Listener:
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
            self._server = _Bounded(host, port)
        except OSError as error:
            raise InstrumentError(
                f"Nothing can listen at {host}:{port} (RULEOUT_METRICS_LISTEN): {error.strerror or error}; give each "
                "process an address and port of its own."
            ) from error
        self._server.figures, self._server.troubles = figures, troubles
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), name="metrics", daemon=True)

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self._server.server_address[1])

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def close(self) -> None:
        """Answer nothing more; what is being answered is not waited for."""
        if self._thread.is_alive():
            self._server.shutdown()
        self._server.server_close()


class _Bounded(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    figures: Callable[[str], tuple[bytes, str]]
    troubles: Callable[[], Iterable[str]]

    def __init__(self, host: str, port: int) -> None:
        self._places = threading.BoundedSemaphore(_AT_ONCE)
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        if self._places.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        _log.exception("metrics_broke")


class _Handler(BaseHTTPRequestHandler):
    timeout = _PATIENCE_S
    server: _Bounded

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path == "/metrics":
            self._send(200, *self.server.figures(self.headers.get("Accept", "")))
        elif path == "/healthz":
            self._send(200, b"alive\n", _TEXT)
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

    def version_string(self) -> str:
        return "ruleout"

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: a probe every few seconds is no news."""

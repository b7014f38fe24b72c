"""A small HTTP server of our own, bounded and silent: what the downloads and the figures have in common."""

import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from bot import log

_log = log.get(__name__)


class Bounded(ThreadingHTTPServer):
    """Answers ``at_once`` callers at most; ``turned_away`` says so to one too many. ``name`` is for the log.

    Raises:
        OSError: the address cannot be listened on.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(
        self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler], *, at_once: int, name: str
    ) -> None:
        self._places, self.name = threading.BoundedSemaphore(at_once), name
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        super().__init__(address, handler)

    def turned_away(self, request: Any) -> None:
        """Tell a caller that there is no room; nothing, unless a server has something to say."""

    def process_request(self, request: Any, client_address: Any) -> None:
        """In a thread of its own, where there is room."""
        if self._places.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.turned_away(request)
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Make room afterwards."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Into our log."""
        _log.exception("serving_broke", server=self.name)


class Serving:
    """A server that answers in a thread of its own, from ``start`` to ``close``."""

    def __init__(self, server: Bounded) -> None:
        self._server = server
        self._thread = threading.Thread(target=server.serve_forever, args=(0.1,), name=server.name, daemon=True)

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self._server.server_address[1])

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def close(self) -> None:
        """Answer nothing more; what is being answered is not waited for, and ends with the caller's patience."""
        if self._thread.is_alive():
            self._server.shutdown()
        self._server.server_close()


class Silent:
    """Before a BaseHTTPRequestHandler: it tells neither its version nor, in the log, who asked for what."""

    def version_string(self) -> str:
        """Ours, without a number."""
        return "ruleout"

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: an address may be a right, and a probe every few seconds is no news."""

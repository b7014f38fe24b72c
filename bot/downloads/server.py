"""The small HTTP server behind the links. It speaks plain HTTP: TLS is the proxy's in front of it."""

import base64
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import socket
from typing import Any

from bot import log
from bot.downloads import page
from bot.downloads.counter import Counter
from bot.downloads.links import PATH
from bot.errors import InstrumentError, RequestError

_log = log.get(__name__)
_PATIENCE_S = 10.0  # with a browser that neither sends nor reads
_AT_ONCE = 16
_HTML = "text/html; charset=utf-8"
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; form-action 'self'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",  # the address is the right
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


class DownloadServer:
    """Serves from ``start`` to ``close``; more than 16 at once are told to come again.

    Raises:
        InstrumentError: the address cannot be listened on.
    """

    def __init__(self, counter: Counter, host: str, port: int) -> None:
        try:
            self._server = _Bounded((host, port), counter)
        except OSError as error:
            raise InstrumentError(f"Downloads cannot be served at {host}:{port}: {error.strerror}.") from error
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), name="downloads", daemon=True)

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self._server.server_address[1])

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def close(self) -> None:
        """Answer nothing more; what is being sent is cut off after the browser's patience."""
        if self._thread.is_alive():
            self._server.shutdown()
        self._server.server_close()


class _Bounded(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], counter: Counter) -> None:
        super().__init__(address, _Handler)
        self.counter = counter
        self._places = threading.BoundedSemaphore(_AT_ONCE)

    def process_request(self, request: Any, client_address: Any) -> None:
        if not self._places.acquire(blocking=False):
            _busy(request)
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        _log.exception("download_broke")


def _busy(request: socket) -> None:
    request.settimeout(0.1)
    try:
        request.sendall(b"HTTP/1.1 503 Busy\r\nRetry-After: 5\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    except OSError:
        return  # it is gone already


class _Handler(BaseHTTPRequestHandler):
    """One request. Looking (GET, HEAD) uses nothing up: scanners and previews look too."""

    timeout = _PATIENCE_S
    server: "_Bounded"

    def do_GET(self) -> None:
        self._answer(self._offer)

    def do_HEAD(self) -> None:
        self._answer(self._offer)

    def do_POST(self) -> None:
        self._answer(self._hand_out)

    def _answer(self, answer: Callable[[str], None]) -> None:
        try:
            if not self.path.startswith(PATH):
                raise RequestError("There is nothing here.")
            answer(self.path.removeprefix(PATH))
        except (RequestError, InstrumentError) as error:
            status = 404 if isinstance(error, RequestError) else 503
            self._send(status, _HTML, page.refusal(self.server.counter.say(error)).encode())

    def _offer(self, text: str) -> None:
        self._send(200, _HTML, page.offer(*self.server.counter.look(text)).encode())

    def _hand_out(self, text: str) -> None:
        kept, data = self.server.counter.take(text)
        digest = base64.b64encode(bytes.fromhex(kept.digest.partition(":")[2])).decode()
        named = {
            "Content-Disposition": f'attachment; filename="{kept.filename}"',
            "Repr-Digest": f"sha-256=:{digest}:",  # RFC 9530
        }
        self._send(200, "application/octet-stream", data, named)

    def _send(self, status: int, kind: str, body: bytes, more: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        length = {"Content-Type": kind, "Content-Length": str(len(body)), "Connection": "close"}
        for name, value in {**_HEADERS, **length, **(more or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def version_string(self) -> str:
        return "ruleout"

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the address is the right to the capture, and belongs in no log."""

"""The small HTTP server behind the links. It speaks plain HTTP: TLS is the proxy's in front of it."""

import base64
from collections.abc import Callable, Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from socket import socket

from bot.downloads import page
from bot.downloads.counter import Counter
from bot.downloads.links import PATH
from bot.errors import InstrumentError, RequestError
from bot.serving import Bounded, Serving, Silent

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


class DownloadServer(Serving):
    """Serves from ``start`` to ``close``; more than 16 at once are told to come again.

    Raises:
        InstrumentError: the address cannot be listened on.
    """

    def __init__(self, counter: Counter, host: str, port: int) -> None:
        try:
            server = _Server((host, port), _Handler, at_once=_AT_ONCE, name="downloads")
        except OSError as error:
            raise InstrumentError(f"Downloads cannot be served at {host}:{port}: {error.strerror}.") from error
        server.counter = counter
        super().__init__(server)


class _Server(Bounded):
    request_queue_size = 64
    counter: Counter

    def turned_away(self, request: socket) -> None:
        request.settimeout(0.1)
        with suppress(OSError):  # it is gone already
            request.sendall(b"HTTP/1.1 503 Busy\r\nRetry-After: 5\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


class _Handler(Silent, BaseHTTPRequestHandler):
    """One request. Looking (GET, HEAD) uses nothing up: scanners and previews look too."""

    timeout = _PATIENCE_S
    server: _Server

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

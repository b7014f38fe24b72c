"""The stand-in as a server: HTTPS on loopback, one thread a connection, and the troubles that a test asks for."""

import socket
import ssl
import threading
import xml.etree.ElementTree as ET
from collections import Counter
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from deploy.lab.ucsm.authority import Authority
from deploy.lab.ucsm.methods import Sessions, answer, no_such_method
from deploy.lab.ucsm.objects import Objects, checked

PATH = "/nuova"
_ENTITIES = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
_SWELLING = f'<!DOCTYPE a [<!ENTITY a0 "aaaaaaaaaa">{_ENTITIES}]><a>&a9;</a>'.encode()


class Trouble(StrEnum):
    """What can go wrong with an answer."""

    HANGS = "hangs"  # nothing comes until the server is closed
    UNAVAILABLE = "unavailable"  # HTTP 503, as while the interconnects fail over
    DROPPED = "dropped"  # the connection is closed instead of an answer
    HALF = "half"  # an HTTP answer that is complete, and half an XML document in it
    EXPIRED = "expired"  # the session is over, once
    DRIPS = "drips"  # an octet now and then, for ever
    REDIRECTED = "redirected"  # to wherever, as a server that took the manager's address would
    SWELLS = "swells"  # a document whose definitions would grow to gigabytes
    ENDLESS = "endless"  # as fast as it can, until the client hangs up
    STRANGE = "strange"  # XML of something else
    DENIED = "denied"  # the user's role does not let it read this


class UcsManager:
    """A UCS Manager that answers reads. ``troubles`` are by method or by class id ("faultInst"); "*" is every one.

    ``asked`` counts what came by method, ``read`` by class; ``refused`` are the methods that would have changed
    something, or that it does not know, in their order.
    """

    def __init__(self, objects: Objects, authority: Authority, *, user: str = "ruleout", password: str = "Read-0nly!",
                 host: str = "127.0.0.1", port: int = 0) -> None:  # fmt: skip
        self.objects = checked(objects)
        self.sessions = Sessions(user, password)
        self.troubles: dict[str, Trouble] = {}
        self.asked: Counter[str] = Counter()
        self.read: Counter[str] = Counter()
        self.refused: list[str] = []
        self.closing = threading.Event()
        self._lock = threading.Lock()
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(authority.certificate, authority.key)
        self._server = _Server((host, port), tls, self)
        self.host, self.port = host, int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()

    def answer(self, body: bytes) -> tuple[Trouble | None, bytes]:
        """What is wrong with the answer, and the answer."""
        try:
            request = ET.fromstring(body)
        except ET.ParseError:
            request = ET.Element("unreadable")
        class_id = request.get("classId", "")
        with self._lock:
            self.asked[request.tag] += 1
            if class_id:
                self.read[class_id] += 1
            wrong = self.troubles.get(class_id) or self.troubles.get(request.tag) or self.troubles.get("*")
            if wrong is Trouble.EXPIRED:
                self.sessions.open_.clear()
                self.troubles = {key: one for key, one in self.troubles.items() if one is not wrong}
            reply = answer(request, self.sessions, self.objects)
            if reply is None:
                self.refused.append(request.tag)
                reply = no_such_method(request.tag)
        if wrong is Trouble.DENIED:
            told = {"errorCode": "103", "invocationResult": "unidentified-fail", "errorDescr": "Access denied"}
            reply = ET.Element(request.tag, {"cookie": "", "response": "yes", **told})
        return wrong, ET.tostring(reply)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, where: tuple[str, int], tls: ssl.SSLContext, manager: UcsManager) -> None:
        super().__init__(where, _Handler)
        self.tls, self.manager = tls, manager

    def finish_request(self, request: Any, client_address: Any) -> None:
        """The handshake is done by the connection's own thread, so that a client that waits holds nobody up."""
        request.settimeout(30)
        super().finish_request(self.tls.wrap_socket(request, server_side=True), client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that does not trust the certificate hangs up, and that is its right."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        manager = self.server.manager
        wrong, reply = manager.answer(body) if self.path == PATH else (Trouble.UNAVAILABLE, b"")
        match wrong:
            case Trouble.HANGS:
                manager.closing.wait()
                self._drop()
            case Trouble.DROPPED:
                self._drop()
            case Trouble.DRIPS | Trouble.ENDLESS:
                self._for_ever(*((1, 0.05) if wrong is Trouble.DRIPS else (1 << 20, 0.0)))
            case Trouble.REDIRECTED:
                self.send_response(302)
                self.send_header("Location", f"https://{manager.host}:{manager.port}{PATH}")
                self.send_header("Content-Length", "0")
                self.end_headers()
            case Trouble.SWELLS | Trouble.STRANGE:
                body = _SWELLING if wrong is Trouble.SWELLS else b"<html><body>Welcome</body></html>"
                self._head(200, len(body))
                self.wfile.write(body)
            case Trouble.UNAVAILABLE:
                self._head(503, 0)
            case Trouble.HALF:
                self._head(200, len(reply) // 2)
                self.wfile.write(reply[: len(reply) // 2])
            case _:
                self._head(200, len(reply))
                self.wfile.write(reply)

    def _for_ever(self, size: int, every_s: float) -> None:
        self.close_connection = True
        self.send_response(200)
        self.end_headers()
        while not self.server.manager.closing.wait(every_s):
            self.wfile.write(b" " * size)

    def _head(self, status: int, size: int) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/soap+xml")
        self.send_header("Content-Length", str(size))
        self.end_headers()

    def _drop(self) -> None:
        self.close_connection = True
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # the client was faster

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: what came is counted."""

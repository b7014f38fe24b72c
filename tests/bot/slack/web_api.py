"""The few Web API methods that the product calls, on a real socket, with answers that a test can spoil."""

import json
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

from slack_sdk import WebClient

LOST = "lost"
"""Do what was asked, then hang up without an answer."""

Args = dict[str, Any]

_FIXED: dict[str, Args] = {
    "views.open": {"view": {"id": "V1"}},
    "views.update": {"view": {"id": "V1"}},
    "files.completeUploadExternal": {"files": [{"id": "F1"}]},
}
"""What is answered the same every time."""


class WebApi:
    """Calls in order, the messages that exist, and the spoiled answers that are still to be given."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Args]] = []
        self.messages: dict[str, Args] = {}  # by timestamp id
        self.files: dict[str, Args] = {}  # by id
        self._spoiled: dict[str, deque[Any]] = defaultdict(deque)
        self._changed = threading.Condition()
        self._server = self._listen(0)
        self.port = int(self._server.server_address[1])

    @property
    def client(self) -> WebClient:
        """A client of this server, as the product makes it."""
        return WebClient(token="xoxb-test", base_url=f"http://127.0.0.1:{self.port}/api/", timeout=2)

    def spoil(self, method: str, *answers: Any) -> None:
        """Give these next: an error code, LOST, an HTTP status, or (429, Retry-After)."""
        self._spoiled[method].extend(answers)

    def of(self, method: str, channel: str | None = None) -> list[Args]:
        """The arguments of every call of the method so far."""
        with self._changed:
            return [args for name, args in self.calls if name == method and channel in (None, args.get("channel"))]

    def wait_for(self, fulfilled: Callable[[], bool], within_s: float = 5.0) -> None:
        """Return as soon as the condition holds; fail when it does not in time."""
        deadline = time.monotonic() + within_s
        with self._changed:
            while not fulfilled():
                assert self._changed.wait(max(0.0, deadline - time.monotonic())) or fulfilled(), self.calls

    def go_away(self) -> None:
        """Refuse connections, as when the network is down."""
        self._server.shutdown()
        self._server.server_close()

    def come_back(self) -> None:
        """Listen on the same port again."""
        self._server = self._listen(self.port)

    def _listen(self, port: int) -> ThreadingHTTPServer:
        server = ThreadingHTTPServer(("127.0.0.1", port), _answering(self))
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        return server

    def answer(self, method: str, args: Args) -> tuple[int, dict[str, str], Args] | None:
        """Status, headers and body; None: hang up."""
        with self._changed:
            spoiled = self._spoiled[method].popleft() if self._spoiled[method] else None
            self.calls.append((method, args))
            try:
                return self._spoil(spoiled) if spoiled not in (None, LOST) else self._do(method, args, spoiled)
            finally:
                self._changed.notify_all()

    @staticmethod
    def _spoil(spoiled: Any) -> tuple[int, dict[str, str], Args]:
        if isinstance(spoiled, tuple):
            return spoiled[0], {"Retry-After": str(spoiled[1])}, {"ok": False, "error": "ratelimited"}
        if isinstance(spoiled, int):
            return spoiled, {}, {"ok": False, "error": "internal_error"}
        return 200, {}, {"ok": False, "error": spoiled}

    def _described(self, file: str) -> Args:
        known = self.files.get(file)
        return {"ok": True, "file": known} if known else {"ok": False, "error": "file_not_found"}

    def _do(self, method: str, args: Args, spoiled: Any) -> tuple[int, dict[str, str], Args] | None:
        body: Args = {"ok": True}
        if method == "chat.postMessage":
            body["ts"] = f"1767225600.{len(self.calls):06}"
            self.messages[body["ts"]] = args
        elif method == "chat.update":
            if args["ts"] not in self.messages:
                return 200, {}, {"ok": False, "error": "message_not_found"}
            self.messages[args["ts"]] = {**self.messages[args["ts"]], **args}
        elif method in ("conversations.history", "conversations.replies"):
            thread = args.get("ts")
            body["messages"] = [
                {"ts": ts, "metadata": message.get("metadata"), "files": message.get("files")}
                for ts, message in self.messages.items()
                if message["channel"] == args["channel"] and message.get("thread_ts") == thread
            ]
        elif method == "auth.test":
            body |= {
                "url": "https://t/",
                "team": "t",
                "team_id": "T1",
                "user": "ruleout",
                "user_id": "UBOT",
                "bot_id": "B1",
            }
        elif method == "files.info":
            body = self._described(args["file"])
        elif method == "files.getUploadURLExternal":
            body |= {"upload_url": f"http://127.0.0.1:{self.port}/api/upload", "file_id": "F1"}
        elif method == "chat.getPermalink":
            body["permalink"] = f"https://t/archives/{args['channel']}/p{args['message_ts'].replace('.', '')}"
        else:
            body |= _FIXED.get(method, {})
        return None if spoiled == LOST else (200, {}, body)


def _answering(api: WebApi) -> type[BaseHTTPRequestHandler]:
    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            kind = self.headers.get("Content-Type") or ""
            method = self.path.removeprefix("/api/")
            args: Args = {}
            if method != "upload" and data:
                args = json.loads(data) if kind.startswith("application/json") else dict(parse_qsl(data.decode()))
            answer = api.answer(method, args)
            if answer is None:
                self.close_connection = True
                return
            status, headers, body = answer
            self.send_response(status)
            for name, value in (*headers.items(), ("Content-Type", "application/json")):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, format: str, *args: object) -> None:
            """Keep the test's output clean."""

    return Answering


@contextmanager
def web_api() -> Iterator[WebApi]:
    """A server for the length of one test."""
    api = WebApi()
    try:
        yield api
    finally:
        api.go_away()

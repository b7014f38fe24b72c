"""The two ways in which Slack reaches the app; both end without losing what they accepted."""

import json
import select
import struct
import threading
from collections.abc import Callable, Sequence
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic, sleep, time

from slack_bolt import App, BoltRequest, BoltResponse
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.adapter.socket_mode.internals import run_bolt_app, send_response
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.builtin import SocketModeClient
from slack_sdk.socket_mode.builtin.frame_header import FrameHeader
from slack_sdk.socket_mode.builtin.internals import _build_data_frame_for_sending
from slack_sdk.socket_mode.request import SocketModeRequest

from bot import log
from bot.errors import InstrumentError, RequestError
from bot.ports import NO_METER, Meter
from bot.slack.arrivals import Arrivals

_log = log.get(__name__)
_PATH = "/slack/events"
_LONGEST_BODY = 1024 * 1024
_PATIENCE_S = 10.0
_AT_ONCE = 32  # deliveries; an event keeps its thread until it is dealt with, and nobody else shall wait for that
_MOMENT_S = 0.002
_ANSWERED_S = 2.0
"""How long Slack may take to answer a goodbye; the socket is closed then all the same."""
_NORMAL = struct.pack("!H", 1000)


class _DrainingHandler(SocketModeHandler):
    """Counts what is being answered, so that the socket is not closed under an acknowledgement."""

    def __init__(self, app: App, app_token: str, ping_interval_s: float, arrivals: Arrivals) -> None:
        super().__init__(app, app_token, ping_interval=ping_interval_s, concurrency=_AT_ONCE)
        self._arrivals = arrivals
        self.client.on_message_listeners.append(arrivals.came)
        self._left = threading.Event()

    def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override]
        begun_at = monotonic()
        try:
            response = run_bolt_app(self.app, req)
            late = self._left.is_set()
            if late:
                _log.warning("acknowledgement_too_late", type=req.type)
            if late or response.status != HTTPStatus.OK:  # an event that is not acknowledged is told again
                self._arrivals.given_up(req.envelope_id)
                return
            send_response(client, req, response, time())
        except Exception as error:  # noqa: BLE001  Bolt reads a delivery before anything of ours can look at it
            _log.warning("delivery_not_understood", type=req.type, error=type(error).__name__)
            self._arrivals.given_up(req.envelope_id)
        else:
            self._arrivals.acknowledged(req.envelope_id, req.type, begun_at)

    def leave(self, timeout_s: float) -> bool:
        """Say goodbye to Slack between two deliveries; False: there was no such moment in time.

        Slack goes on handing deliveries to this socket until it hears of the end, so each is acknowledged until then.
        What crosses the goodbye on its way cannot be, for nothing may follow it (RFC 6455 section 5.5.1): it is
        carried out all the same. Slack gives an event to another connection, where it is known by then, and tells
        whoever typed or pressed of an error; that is as long as one round trip.
        """
        until = monotonic() + timeout_s
        self.client.auto_reconnect_enabled = False
        calm = _until(lambda: self._arrivals.waiting == 0 and not self._incoming(), until)
        self._left.set()
        self._goodbye()
        return _until(lambda: self._arrivals.waiting == 0, max(until, monotonic() + _ANSWERED_S)) and calm

    def _incoming(self) -> bool:
        """Whether bytes lie here that nobody has read yet."""
        session = self.client.current_session
        try:
            return bool(session and session.sock and select.select([session.sock], [], [], 0)[0])
        except (OSError, ValueError):  # it was closed meanwhile
            return False

    def _goodbye(self) -> None:
        # The SDK (3.47) only closes its end, and not before the next delivery has come in, which it then throws away:
        # whoever closes waits for a lock that is held while it listens, three seconds at a time.
        session = self.client.current_session
        if session is None:
            return
        try:
            with session.sock_send_lock:
                if session.sock is not None:
                    session.sock.sendall(_build_data_frame_for_sending(_NORMAL, FrameHeader.OPCODE_CLOSE))
        except OSError as error:
            _log.info("socket_was_broken", reason=str(error))
        _until(lambda: not session.is_active(), monotonic() + _ANSWERED_S)


def _until(claim: Callable[[], bool], ends_at: float) -> bool:
    """Whether it came true by then, on the monotonic clock."""
    while not (true := claim()) and monotonic() < ends_at:
        sleep(_MOMENT_S)
    return true


class SocketRunner:
    """Socket Mode: the bot calls Slack, so nobody needs a way into the customer's network."""

    def __init__(self, app: App, app_token: str, *, ping_interval_s: float = 10.0, meter: Meter = NO_METER) -> None:
        self._app = app
        self._handler = _DrainingHandler(app, app_token, ping_interval_s, Arrivals(meter))

    def connect(self) -> None:
        """Open the socket; it is opened anew by itself whenever it breaks.

        Raises:
            InstrumentError: Slack cannot be reached or does not accept the app-level token.
        """
        try:
            self._handler.client.connect()
        except SlackApiError as error:
            raise InstrumentError(f"Slack does not accept the app-level token: {error.response['error']}.") from error
        except OSError as error:
            raise InstrumentError(f"Slack's socket cannot be opened: {error}") from error

    def is_connected(self) -> bool:
        """Whether the socket is open at this moment."""
        return bool(self._handler.client.is_connected())

    def close(self, timeout_s: float = _PATIENCE_S) -> None:
        """Accept nothing more, let the listeners finish and acknowledge, then close the socket."""
        deadline = monotonic() + timeout_s
        if not self._handler.leave(timeout_s):
            _log.warning("listeners_cut_off", after_s=timeout_s)
        self._handler.client.close()
        _finish_listeners(self._app, deadline)


class HttpRunner:
    """HTTP mode: Slack calls us, at ``/slack/events``; Bolt checks every signature with the app's signing secret."""

    def __init__(self, app: App, *, signing_secret: str, host: str, port: int, meter: Meter = NO_METER) -> None:
        if not signing_secret:
            raise RequestError("HTTP mode needs the signing secret; without it anybody could speak as Slack.")
        self._app = app
        self._server = ThreadingHTTPServer((host, port), _answering(app, Arrivals(meter)))
        self._server.daemon_threads = False  # closing waits for the answers that are being written
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), name="slack-http", daemon=True)

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self._server.server_address[1])

    def connect(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def is_connected(self) -> bool:
        """Whether requests are being answered."""
        return self._thread.is_alive()

    def close(self, timeout_s: float = _PATIENCE_S) -> None:
        """Accept nothing more and let what was accepted finish."""
        deadline = monotonic() + timeout_s
        if self._thread.is_alive():  # else there is no loop to stop, and stopping would wait for one
            self._server.shutdown()
        self._server.server_close()
        _finish_listeners(self._app, deadline)


def _finish_listeners(app: App, deadline: float) -> None:
    """Wait for listeners whose delivery is acknowledged already."""
    waiting = threading.Thread(target=app.listener_runner.listener_executor.shutdown, daemon=True)
    waiting.start()
    waiting.join(max(0.1, deadline - monotonic()))


def _response(app: App, body: str, query: str, headers: dict[str, str | Sequence[str]]) -> BoltResponse:
    try:
        return app.dispatch(BoltRequest(body=body, query=query, headers=headers))
    except Exception as error:  # noqa: BLE001  Bolt reads a body before it proves who sent it: it may be anybody's
        _log.warning("request_not_understood", error=type(error).__name__)
        return BoltResponse(status=400, body="")


def _answering(app: App, arrivals: Arrivals) -> type[BaseHTTPRequestHandler]:
    class Answering(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = _PATIENCE_S  # of reading from a caller who sends nothing

        def do_POST(self) -> None:
            begun_at = monotonic()
            length = self.headers.get("Content-Length", "")
            if self.path.partition("?")[0] != _PATH:
                self._answer(BoltResponse(status=404, body=""))
            elif not length.isascii() or not length.isdigit():
                self._answer(BoltResponse(status=411, body=""))
            elif len(length) > len(str(_LONGEST_BODY)) or int(length) > _LONGEST_BODY:
                self._answer(BoltResponse(status=413, body=""))
            else:
                body = self.rfile.read(int(length)).decode("utf-8", "replace")
                query = self.path.partition("?")[2]
                headers: dict[str, str | Sequence[str]] = dict(self.headers.items())
                self._answer(_response(app, body, query, headers))
                arrivals.took(monotonic() - begun_at, "http")

        def _answer(self, response: BoltResponse) -> None:
            body = response.body if isinstance(response.body, str) else json.dumps(response.body)
            data = b"" if response.status == 401 else body.encode()  # a stranger learns nothing
            self.send_response(response.status)
            for name, values in response.headers.items():
                for value in values:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(data)
            self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: the listeners log what they do, and a request line may hold anything."""

    return Answering

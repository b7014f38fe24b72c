"""The stand-in as one object: a server in a thread of its own, and a driver's hands on it."""

import asyncio
import json
import secrets
import threading
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any, Self, TypeVar

from aiohttp import web

from deploy.demo.slack import control, modals, people
from deploy.demo.slack.api import Api
from deploy.demo.slack.faults import Timing
from deploy.demo.slack.manifest import load
from deploy.demo.slack.page import Page
from deploy.demo.slack.records import Json
from deploy.demo.slack.slack import Slack
from deploy.demo.slack.sockets import Sockets
from deploy.demo.slack.switches import set_faults
from deploy.demo.slack.workspace import Workspace

T = TypeVar("T")

LOOPBACK = "127.0.0.1"
CONNECTION = "connection.json"
LARGEST_BODY = 64 * 1024 * 1024


class StandIn:
    """A running stand-in. Its methods may be called from any thread; each waits until the server has done it."""

    def __init__(self, slack: Slack, port: int) -> None:
        self.slack = slack
        self.app_token, self.bot_token = slack.app_token, slack.bot_token
        self._loop = asyncio.new_event_loop()
        self._runner: web.AppRunner | None = None
        self._thread = threading.Thread(target=self._loop.run_forever, name="slack-stand-in", daemon=True)
        self._thread.start()
        try:
            self._run(self._open(port))
        except OSError:
            self.close()
            raise

    @classmethod
    def start(
        cls,
        port: int = 0,
        *,
        manifest: Path | None = None,
        state_dir: Path | None = None,
        timing: Timing | None = None,
        bind: str = LOOPBACK,
    ) -> Self:
        """Start on the loopback address; port 0 takes any free one.

        ``state_dir`` gets ``connection.json`` with the addresses and the tokens; tokens found there are used again.

        Raises:
            ValueError: another address than the loopback one, or a bad manifest.
            OSError: the port is taken.
        """
        if bind != LOOPBACK:
            raise ValueError(f"the stand-in has no real authentication and listens on {LOOPBACK} only, not on {bind}")
        known: Json = {}
        if state_dir and (state_dir / CONNECTION).exists():
            known = json.loads((state_dir / CONNECTION).read_text(encoding="utf-8"))
        app_token = known.get("app_token") or f"xapp-1-A0STANDIN01-{secrets.token_hex(16)}"
        bot_token = known.get("bot_token") or f"xoxb-0-0-{secrets.token_hex(16)}"
        running = cls(Slack(load(manifest), timing or Timing(), app_token, bot_token), port)
        if state_dir:
            running.write_connection(state_dir)
        return running

    @property
    def base_url(self) -> str:
        """What ``WebClient(base_url=...)`` takes."""
        return f"{self.slack.address}/api/"

    @property
    def page_url(self) -> str:
        """Where a browser sees the workspace."""
        return f"{self.slack.address}/"

    def connection(self) -> Json:
        """The addresses and the tokens."""
        names = ("base_url", "page_url", "app_token", "bot_token")
        return {name: getattr(self, name) for name in names}

    def write_connection(self, state_dir: Path) -> None:
        """Write ``connection.json``, readable for its owner alone."""
        state_dir.mkdir(parents=True, exist_ok=True)
        path = state_dir / CONNECTION
        path.touch(mode=0o600)
        path.write_text(json.dumps(self.connection(), indent=2) + "\n", encoding="utf-8")

    def type(self, user: str, channel: str, text: str, thread_ts: str | None = None) -> Json:
        """Type into the composer; what the person sees at once."""
        return self._run(people.type_text(self.slack, user, channel, text, thread_ts))

    def press(self, user: str, channel: str, ts: str, name: str, option: str | None = None) -> Json:
        """Press a button of a message, by its action id or its words."""
        return self._run(people.press(self.slack, user, channel, ts, name, option))

    def press_in_view(self, user: str, view_id: str, name: str, option: str | None = None) -> Json:
        """Press a button of a modal or of the app's home."""
        return self._run(modals.press_in_view(self.slack, user, view_id, name, option))

    def submit(self, user: str, values: Json, view_id: str | None = None) -> Json:
        """Submit the modal on top with these values, by action id or block id."""
        return self._run(modals.submit(self.slack, user, values, view_id))

    def close_view(self, user: str) -> Json:
        """Close the modal on top."""
        return self._run(modals.close_view(self.slack, user))

    def shortcut(self, user: str, channel: str, ts: str, callback_id: str) -> Json:
        """Choose a message shortcut."""
        return self._run(people.shortcut(self.slack, user, channel, ts, callback_id))

    def open_home(self, user: str) -> Json:
        """Open the app's home; what stood there until now."""
        return self._run(self._soon(lambda: people.open_home(self.slack, user)))

    def home(self, user: str) -> Json | None:
        """What stands on the person's Home tab, also ``rendered``; None: nothing was published yet."""
        return self._run(self._soon(lambda: control.home(self.slack, user)))

    def upload(
        self, user: str, channel: str, name: str, data: bytes, text: str = "", thread_ts: str | None = None
    ) -> Json:
        """Drop a file into the channel as a person."""
        return self._run(self._soon(lambda: people.upload(self.slack, user, channel, name, data, text, thread_ts)))

    def open_modals(self, user: str) -> list[Json]:
        """The person's open modals, the last one on top."""
        return self._run(self._soon(lambda: list(self.slack.stacks.get(self.slack.user(user).id, []))))

    def messages(self, channel: str, thread_ts: str | None = None, user: str | None = None) -> list[Json]:
        """A channel's or a thread's messages, each also ``rendered``; with ``user`` also that person's ephemerals."""
        return self._run(self._soon(lambda: control.look(self.slack, channel, thread_ts, user)))

    def acks(self) -> list[Json]:
        """Every envelope that was sent, with its ack time."""
        return self._run(self._soon(lambda: control.acks(self.slack)))

    def log(self) -> list[Json]:
        """The developer's log: API calls, envelopes, sockets."""
        return self._run(self._soon(lambda: list(self.slack.log)))

    def faults(self, **faults: Any) -> Json:
        """Arm faults, as ``POST /control/faults``: drop_acks, api_delay_s, limits, fail={method, error, times}, ..."""
        return self._run(set_faults(self.slack, faults))

    def look(self, read: Callable[[Workspace], T]) -> T:
        """What ``read`` says of the workspace, asked in the server's own thread."""
        return self._run(self._soon(lambda: read(self.slack.workspace)))

    def wait_for(self, read: Callable[[Workspace], T | None], timeout_s: float = 10.0) -> T:
        """The first result of ``read`` that is not None, asked again after every change.

        Raises:
            TimeoutError: it stayed None.
        """
        found = self._run(control.until(self.slack, lambda: read(self.slack.workspace), timeout_s))
        if found is None:
            raise TimeoutError(f"nothing of the kind within {timeout_s} s")
        result: T = found
        return result

    def connected(self) -> bool:
        """Whether an app has a socket open."""
        return self._run(self._soon(lambda: bool(self.slack.sockets.connections)))

    def close(self) -> None:
        """Stop the server and its thread."""
        if self._loop.is_closed():
            return
        self._run(self._shut())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _soon(self, read: Callable[[], T]) -> T:
        return read()

    async def _open(self, port: int) -> None:
        slack = self.slack
        slack.sockets = Sockets(slack)
        slack.workspace.users[slack.bot.id].name = slack.manifest.name
        slack.workspace.users[slack.bot.id].real_name = slack.manifest.name
        app = web.Application(middlewares=[_only_here], client_max_size=LARGEST_BODY)
        app.add_routes([*Api(slack).routes(), *control.Control(slack).routes(), *Page(slack).routes()])
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, LOOPBACK, port).start()
        slack.address = f"http://{LOOPBACK}:{self._runner.addresses[0][1]}"

    async def _shut(self) -> None:
        for task in tuple(self.slack.tasks):
            task.cancel()
        self.slack.sockets.kill()
        if self._runner:
            await self._runner.cleanup()


@web.middleware
async def _only_here(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    # A foreign name that resolves to the loopback address must not reach the workspace from somebody's browser.
    # The port is not compared: the SDK's websocket handshake names none.
    if request.host.partition(":")[0] not in (LOOPBACK, "localhost"):
        raise web.HTTPMisdirectedRequest(text="the stand-in answers to 127.0.0.1 and localhost only")
    return await handler(request)

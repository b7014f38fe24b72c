"""The driver's side: do what a person does, look at what people see, arm faults. Also what the page calls."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from deploy.demo.slack import modals, people
from deploy.demo.slack.records import Json, Message
from deploy.demo.slack.render_text import render_text
from deploy.demo.slack.slack import Refused, Slack
from deploy.demo.slack.switches import set_faults

LONGEST_WAIT_S = 60.0


class Control:
    """The handlers under ``/control``. A POST carries a JSON object; every answer is one with ``ok``."""

    def __init__(self, slack: Slack) -> None:
        self.slack = slack

    def routes(self) -> list[web.RouteDef]:
        """The driver's side of the stand-in."""
        return [
            web.post("/control/upload", self.upload),
            web.post("/control/{action}", self.act),
            web.get("/control/messages", self.messages),
            web.get("/control/home", self.home),
            web.get("/control/wait", self.wait),
            web.get("/control/acks", self.acks),
        ]

    async def act(self, request: web.Request) -> web.Response:
        """Carry out one action by its name."""
        # A form from another site cannot carry this type without asking first.
        if request.content_type != "application/json":
            raise web.HTTPUnsupportedMediaType(text="send application/json")
        action = ACTIONS.get(request.match_info["action"])
        if action is None:
            raise web.HTTPNotFound(text=f"actions: {', '.join(sorted(ACTIONS))}")
        try:
            return web.json_response(await action(self.slack, await request.json()))
        except Refused as refused:
            return web.json_response(refused.body)
        except (KeyError, TypeError) as error:
            return web.json_response({"ok": False, "error": "missing_argument", "detail": str(error)})

    async def upload(self, request: web.Request) -> web.Response:
        """Drop the body as a file: ``?user=&channel=&name=[&text=][&thread_ts=]``."""
        if request.content_type != "application/octet-stream":
            raise web.HTTPUnsupportedMediaType(text="send application/octet-stream")
        asked = request.query
        try:
            place = asked["user"], asked["channel"], asked["name"]
            data, text = await request.read(), asked.get("text", "")
            return web.json_response(people.upload(self.slack, *place, data, text, asked.get("thread_ts")))
        except Refused as refused:
            return web.json_response(refused.body)

    async def messages(self, request: web.Request) -> web.Response:
        """What stands in a channel or thread; with ``user`` also what only that person sees."""
        try:
            found = look(self.slack, **_filters(request))
        except Refused as refused:
            return web.json_response(refused.body)
        return web.json_response({"ok": True, "revision": self.slack.workspace.revision, "messages": found})

    async def home(self, request: web.Request) -> web.Response:
        """What stands on ``user``'s Home tab; ``view`` is null where nothing was published yet."""
        try:
            view = home(self.slack, request.query.get("user", ""))
        except Refused as refused:
            return web.json_response(refused.body)
        return web.json_response({"ok": True, "revision": self.slack.workspace.revision, "view": view})

    async def wait(self, request: web.Request) -> web.Response:
        """Wait for a message: the filters of ``messages``, and ``ts``, ``contains`` or ``metadata=KEY=VALUE``.

        Without these three it waits for any change of messages after ``after``, a revision number.
        """
        asked = request.query
        key, _, value = asked.get("metadata", "").partition("=")
        after = int(asked.get("after", "0"))
        particular = any(asked.get(name) for name in ("ts", "contains", "metadata"))

        def found() -> list[Json] | None:
            if not particular:
                news = any(c.revision > after and c.kind in ("message", "gone") for c in self.slack.workspace.changes)
                return look(self.slack, **_filters(request)) if news else None
            hits = [
                message
                for message in look(self.slack, **_filters(request))
                if asked.get("ts") in (None, message["ts"])
                and asked.get("contains", "") in message["rendered"]
                and (not key or str(((message.get("metadata") or {}).get("event_payload") or {}).get(key)) == value)
            ]
            return hits or None

        timeout_s = min(float(asked.get("timeout_s", "20")), LONGEST_WAIT_S)
        hits = await until(self.slack, found, timeout_s)
        ok: Json = {"ok": True} if hits is not None else {"ok": False, "error": "timeout"}
        return web.json_response({**ok, "revision": self.slack.workspace.revision, "messages": hits or []})

    async def acks(self, _request: web.Request) -> web.Response:
        """Every envelope so far: type, name, attempt, ack time in milliseconds, error."""
        return web.json_response({"ok": True, "acks": acks(self.slack)})


def _filters(request: web.Request) -> Json:
    return {name: request.query.get(name) for name in ("channel", "thread_ts", "user")}


def look(slack: Slack, channel: str | None, thread_ts: str | None = None, user: str | None = None) -> list[Json]:
    """The messages of a channel, or of a thread with its parent, each also ``rendered`` as text."""
    where = slack.channel(channel)
    viewer = slack.user(user).id if user else None
    names = _names(slack)

    def wanted(message: Message) -> bool:
        in_thread = thread_ts in (message.thread_ts, message.ts) if thread_ts else not message.thread_ts
        return in_thread and message.viewer in (None, viewer)

    found = [message.json() for message in where.all_messages() if wanted(message)]
    return [{**message, "rendered": render_text(message, names)} for message in found]


def home(slack: Slack, user: str) -> Json | None:
    """The view that stands on the person's Home tab, also ``rendered`` as text; None: none was published yet."""
    view = slack.workspace.homes.get(slack.user(user).id)
    return view and {**view, "rendered": render_text(view, _names(slack))}


def _names(slack: Slack) -> dict[str, str]:
    found = {user.id: user.name for user in slack.workspace.users.values()}
    return found | {each.id: each.name for each in slack.workspace.channels.values()}


def acks(slack: Slack) -> list[Json]:
    """Every envelope that was sent, oldest first."""
    names = ("type", "name", "attempt", "envelope_id", "ack_ms", "error", "payload", "answer")
    return [{name: entry[name] for name in names} for entry in slack.log if entry["kind"] == "envelope"]


async def until(slack: Slack, found: Callable[[], Any], timeout_s: float) -> Any:
    """The first result of ``found`` that is not None, asked again after every change; None after the timeout."""
    changed = asyncio.Event()

    def wake(_change: object) -> None:
        changed.set()

    slack.workspace.on_change.append(wake)
    ends_at = time.monotonic() + timeout_s
    try:
        while (result := found()) is None and time.monotonic() < ends_at:
            changed.clear()
            try:
                await asyncio.wait_for(changed.wait(), ends_at - time.monotonic())
            except TimeoutError:
                return None
    finally:
        slack.workspace.on_change.remove(wake)
    return result


async def _type(slack: Slack, asked: Json) -> Json:
    return await people.type_text(slack, asked["user"], asked["channel"], asked["text"], asked.get("thread_ts"))


async def _press(slack: Slack, asked: Json) -> Json:
    name, option = asked.get("action_id") or asked["text"], asked.get("option")
    if "view_id" in asked:
        return await modals.press_in_view(slack, asked["user"], asked["view_id"], name, option)
    return await people.press(slack, asked["user"], asked["channel"], asked["ts"], name, option)


async def _submit(slack: Slack, asked: Json) -> Json:
    return await modals.submit(slack, asked["user"], asked.get("values", {}), asked.get("view_id"))


async def _close(slack: Slack, asked: Json) -> Json:
    return await modals.close_view(slack, asked["user"])


async def _shortcut(slack: Slack, asked: Json) -> Json:
    return await people.shortcut(slack, asked["user"], asked["channel"], asked["ts"], asked["callback_id"])


async def _home(slack: Slack, asked: Json) -> Json:
    return people.open_home(slack, asked["user"])


ACTIONS: dict[str, Callable[[Slack, Json], Awaitable[Json]]] = {
    "type": _type,
    "press": _press,
    "submit": _submit,
    "close": _close,
    "shortcut": _shortcut,
    "home": _home,
    "faults": set_faults,
}

"""The page: static files, the state that a page starts with, and the stream of changes after it."""

import asyncio
import json
from pathlib import Path

from aiohttp import web

from deploy.demo.slack.methods.files import described
from deploy.demo.slack.records import APP, BOT_USER, TEAM_NAME
from deploy.demo.slack.render_text import EMOJI
from deploy.demo.slack.slack import Slack
from deploy.demo.slack.workspace import Change

STATIC = Path(__file__).parent / "static"
# The page can reach nothing but the stand-in, whatever a message contains.
POLICY = "default-src 'self'; img-src 'self' data:; style-src 'self'; frame-ancestors 'none'; base-uri 'none'"
_SOON_S = 15.0


class Page:
    """The handlers that serve a browser."""

    def __init__(self, slack: Slack) -> None:
        self.slack = slack

    def routes(self) -> list[web.AbstractRouteDef]:
        """The browser's side of the stand-in."""
        return [
            web.get("/", self.index),
            web.get("/page/state", self.state),
            web.get("/page/stream", self.stream),
            web.get("/page/file/{file}", self.file),
            web.static("/static", STATIC),
        ]

    async def index(self, _request: web.Request) -> web.StreamResponse:
        """The page itself."""
        headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-cache", "Referrer-Policy": "no-referrer"}
        return web.FileResponse(STATIC / "index.html", headers=headers)

    async def state(self, request: web.Request) -> web.Response:
        """Everything that this person sees after a reload: no ephemerals."""
        slack, workspace = self.slack, self.slack.workspace
        viewer = request.query.get("user", "")
        channels = [
            {
                **channel.json(),
                "bookmarks": channel.bookmarks,
                "pins": channel.pins,
                "member_ids": channel.members,
                "messages": [message.json() for message in channel.all_messages() if not message.viewer],
            }
            for channel in workspace.channels.values()
        ]
        app = {"id": APP, "name": slack.manifest.name, "user": BOT_USER, "shortcuts": slack.manifest.shortcuts}
        body = {
            "revision": workspace.revision,
            "team": TEAM_NAME,
            "app": {**app, "commands": slack.manifest.commands},
            "users": [user.json() for user in workspace.users.values()],
            "channels": channels,
            "home": workspace.homes.get(viewer),
            "stack": slack.stacks.get(viewer, []),
            "log": [*slack.log][-200:],
            "emoji": EMOJI,
        }
        return web.json_response(body)

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events: every change after revision ``after`` that this person may see."""
        viewer = request.query.get("user", "")
        after = int(request.headers.get("Last-Event-ID") or request.query.get("after", "0"))
        waiting: asyncio.Queue[Change] = asyncio.Queue()
        for change in self.slack.workspace.changes:
            if change.revision > after:
                waiting.put_nowait(change)
        self.slack.workspace.on_change.append(waiting.put_nowait)
        headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-cache"}
        response = web.StreamResponse(headers=headers)
        await response.prepare(request)
        try:
            while True:
                await response.write(await _next(waiting, viewer))
        except ConnectionError:
            return response
        finally:
            self.slack.workspace.on_change.remove(waiting.put_nowait)

    async def file(self, request: web.Request) -> web.Response:
        """A file for a browser: pictures inline, everything else as a download."""
        file = self.slack.files.get(request.match_info["file"])
        if file is None or file.data is None:
            raise web.HTTPNotFound
        about = described(self.slack, file)
        kind = about["mimetype"] if about["previewed"] else "application/octet-stream"
        headers = {"X-Content-Type-Options": "nosniff"}
        if not about["previewed"]:
            headers["Content-Disposition"] = f'attachment; filename="{file.name.encode("ascii", "replace").decode()}"'
        return web.Response(body=file.data, content_type=kind, headers=headers)


async def _next(waiting: "asyncio.Queue[Change]", viewer: str) -> bytes:
    try:
        change = await asyncio.wait_for(waiting.get(), _SOON_S)
    except TimeoutError:
        return b": still here\n\n"
    if change.viewer not in (None, viewer):
        return b""
    return f"id: {change.revision}\ndata: {json.dumps(change.json())}\n\n".encode()

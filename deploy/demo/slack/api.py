"""The Web API's front: token, body, scope, rate, faults; then the method. And the addresses that need no token."""

import asyncio
import html
import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from deploy.demo.slack.methods import Method, chat, files, lookups, views
from deploy.demo.slack.records import BOT_USER, Json, Message
from deploy.demo.slack.slack import Origin, Refused, Slack

METHODS: Mapping[str, Method] = {**lookups.METHODS, **chat.METHODS, **views.METHODS, **files.METHODS}
_NESTED = {"blocks", "view", "files", "metadata", "attachments"}


class Api:
    """The handlers of everything that an app calls."""

    def __init__(self, slack: Slack) -> None:
        self.slack = slack

    def routes(self) -> list[web.RouteDef]:
        """The app's side of the stand-in."""
        return [
            web.post("/api/{method}", self.call),
            web.get("/link/", self.slack.sockets.serve),
            web.post("/upload/{file}/{ticket}", self.upload),
            web.get("/files-pri/{file}/{name}", self.download),
            web.post("/response/{key}", self.respond),
        ]

    async def call(self, request: web.Request) -> web.Response:
        """Answer one method call."""
        slack, name = self.slack, request.match_info["method"]
        if slack.faults.api_delay_s:
            await asyncio.sleep(slack.faults.api_delay_s)
        status, headers = 200, self._scopes(request.headers.get("Authorization", ""))
        try:
            body = {"ok": True, **await self._answer(name, request)}
        except Refused as refused:
            body = refused.body
            if refused.error == "ratelimited":
                status, headers = 429, headers | {"Retry-After": str(body.pop("retry_after_s"))}
            elif refused.error.startswith("http_"):
                status = int(refused.error.removeprefix("http_"))
        fields = {"error": body.get("error"), "messages": body.get("errors"), "ok": body["ok"]}
        slack.note("api", name=name, status=status, **fields)
        return web.json_response(body, status=status, headers=headers)

    async def _answer(self, name: str, request: web.Request) -> Json:
        slack, method = self.slack, METHODS.get(name)
        if method is None:
            raise Refused("unknown_method", req_method=name)
        args = await _arguments(request, method)
        self._authorise(name, method, request.headers.get("Authorization", ""), args.pop("token", ""))
        armed = slack.faults.next_refusal(name)
        if armed:
            limited: Json = {"retry_after_s": armed.retry_after_s} if armed.error == "ratelimited" else {}
            if armed.done:
                slack.note("lost_answer", name=name, ts=method.call(slack, args).get("ts"), ok=False)
            raise Refused(armed.error, **limited)
        channel = str(args.get("channel", ""))
        wait_s = slack.limits.retry_after_s(name, method.tier, channel, slack.workspace.clock())
        if wait_s is not None:
            raise Refused("ratelimited", retry_after_s=wait_s)
        return method.call(slack, args)

    def _scopes(self, header: str) -> dict[str, str]:
        """What a token may, as Slack says beside every answer; without a manifest there is nothing to say."""
        slack, token = self.slack, header.removeprefix("Bearer ")
        if token == slack.app_token:
            return {"x-oauth-scopes": "connections:write"}
        granted = token == slack.bot_token and not slack.manifest.open
        return {"x-oauth-scopes": ",".join(sorted(slack.manifest.scopes))} if granted else {}

    def _authorise(self, name: str, method: Method, header: str, in_body: Any) -> None:
        slack = self.slack
        token = header.removeprefix("Bearer ") if header else str(in_body or "")
        if not token:
            raise Refused("not_authed")
        if token not in (slack.app_token, slack.bot_token):
            raise Refused("invalid_auth")
        if (token == slack.app_token) != (name == "apps.connections.open"):
            raise Refused("not_allowed_token_type")
        if not slack.manifest.grants(method.scope):
            raise Refused("missing_scope", needed=method.scope, provided=",".join(sorted(slack.manifest.scopes)))

    async def upload(self, request: web.Request) -> web.Response:
        """Step two of an upload: the raw bytes, without a token."""
        file = self.slack.files.get(request.match_info["file"])
        if file is None or file.data is not None:
            raise web.HTTPNotFound(text="this upload URL is unknown or was used")
        file.data = await request.read()
        return web.Response(text=f"OK - {len(file.data)}")

    async def download(self, request: web.Request) -> web.Response:
        """A file's bytes for the app; without its token, a sign-in page, as Slack answers."""
        file = self.slack.files.get(request.match_info["file"])
        allowed = request.headers.get("Authorization") == f"Bearer {self.slack.bot_token}"
        if not allowed or not self.slack.manifest.grants("files:read"):
            return web.Response(text="<!doctype html><title>Sign in to the workspace</title>", content_type="text/html")
        if file is None or file.data is None:
            raise web.HTTPNotFound(text=html.escape(request.match_info["name"]))
        return web.Response(body=file.data, content_type="application/octet-stream")

    async def respond(self, request: web.Request) -> web.Response:
        """A response URL: post, replace or delete without a token."""
        try:
            origin = self.slack.use_response_url(request.match_info["key"])
            self._respond(origin, await request.json())
        except Refused as refused:
            self.slack.note("api", name="response_url", status=404, error=refused.error, ok=False)
            return web.json_response(refused.body, status=404)
        self.slack.note("api", name="response_url", status=200, ok=True)
        return web.Response(text="ok")

    def _respond(self, origin: Origin, body: Json) -> None:
        slack = self.slack
        channel = slack.channel(origin.channel)
        original = channel.find(origin.message_ts) if origin.message_ts else None
        if body.get("delete_original"):
            if original is None:
                raise Refused("message_not_found")
            slack.workspace.remove(channel, original)
        elif body.get("replace_original") and original:
            slack.workspace.edit(original, **chat.content(body), edited_ts=slack.workspace.new_ts())
        else:
            say(slack, origin, body)


def say(slack: Slack, origin: Origin, body: Json) -> Json:
    """An app's answer to an interaction: in the channel if it says so, else to the one person who asked."""
    channel = slack.channel(origin.channel)
    thread_ts = body.get("thread_ts") or origin.thread_ts
    found = chat.content(body)
    text, blocks = found.get("text", ""), found.get("blocks", [])
    if body.get("response_type") != "in_channel":
        return slack.whisper(channel, origin.user, text, thread_ts, blocks=blocks, sender=BOT_USER).json()
    message = Message(slack.workspace.new_ts(), channel.id, BOT_USER, text, blocks, thread_ts)
    return slack.workspace.post(channel, message).json()


async def _arguments(request: web.Request, method: Method) -> Json:
    """The arguments of a call; a JSON body is not read by a method that takes forms, exactly as in Slack."""
    args: Json = dict(request.query)
    if request.content_type == "application/json":
        text = await request.text()
        if text and method.reads_json:
            try:
                body = json.loads(text)
            except ValueError as error:
                raise Refused("invalid_json") from error
            if not isinstance(body, dict):
                raise Refused("json_not_object")
            args |= body
    else:
        args |= {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
        for name in _NESTED & args.keys():
            try:
                args[name] = json.loads(args[name])
            except ValueError as error:
                raise Refused("invalid_arguments", [f"[ERROR] {name} is not JSON"]) from error
    return args

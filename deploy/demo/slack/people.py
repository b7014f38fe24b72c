"""What people do in a channel: type, press, upload. Each returns what that person sees at once."""

import re
from collections.abc import Iterator

from deploy.demo.slack import payloads
from deploy.demo.slack.api import say
from deploy.demo.slack.events import emit
from deploy.demo.slack.methods import files
from deploy.demo.slack.mrkdwn import mentioned, typed
from deploy.demo.slack.records import BOT_USER, TEAM, Channel, Json, Message, User, new_id
from deploy.demo.slack.slack import File, Origin, Refused, Slack
from deploy.demo.slack.sockets import Delivery


async def type_text(slack: Slack, user: str, channel: str, text: str, thread_ts: str | None = None) -> Json:
    """Type into the composer: a slash command, or a message that may mention the app."""
    who, where = slack.user(user), slack.channel(channel)
    command = re.match(r"(/[\w-]+)(?:\s+(.*))?$", text.strip(), re.DOTALL)
    if command:
        return await _command(slack, who, where, command[1], (command[2] or "").strip(), thread_ts)
    if where.archived:
        raise Refused("is_archived")
    return _message(slack, who, where, text, thread_ts, [])


async def _command(slack: Slack, who: User, where: Channel, name: str, text: str, thread_ts: str | None) -> Json:
    known = slack.manifest.command(name)
    if name == "/invite" and BOT_USER not in where.members:
        where.members.append(BOT_USER)
        return _told(slack, who, where, f"{slack.bot.real_name} was added to #{where.name}.", None)
    if thread_ts:
        return _told(slack, who, where, f"{name} is not supported in threads. Sorry!", thread_ts, "not_in_threads")
    if known is None or who.team != TEAM:
        return _told(slack, who, where, f"`{name}` is not a valid command.", None, "unknown_command")
    if known.get("should_escape"):
        text = _typed(slack, text)
    origin = Origin(who.id, where.id)
    url, trigger = slack.new_response_url(origin), slack.new_trigger(origin)
    body = payloads.slash_command(who, where, name, text, url, trigger)
    delivery = await slack.sockets.deliver("slash_commands", body, f"{name} {text}".strip())
    if delivery.error:
        words = f'`{name}` failed with the error "{delivery.error}"'
        return _told(slack, who, where, words, None, delivery.error)
    if not delivery.payload.get("text") and not delivery.payload.get("blocks"):
        return {"ok": True, "kind": "command", "ack_ms": delivery.ack_ms, "messages": []}
    shown = say(slack, origin, delivery.payload)
    return {"ok": True, "kind": "command", "ack_ms": delivery.ack_ms, "messages": [shown]}


def _told(slack: Slack, who: User, where: Channel, words: str, thread_ts: str | None, error: str | None = None) -> Json:
    shown = slack.whisper(where, who.id, words, thread_ts).json()
    return {"ok": error is None, "kind": "notice", "error": error, "messages": [shown]}


def _typed(slack: Slack, text: str) -> str:
    def name_to_id(sign: str, name: str) -> str | None:
        found = slack.workspace.user(name) if sign == "@" else slack.workspace.channel(name)
        return found.id if found else None

    return typed(text, name_to_id)


def _message(slack: Slack, who: User, where: Channel, text: str, thread_ts: str | None, shared: list[File]) -> Json:
    stored = _typed(slack, text)
    parent = where.find(thread_ts) if thread_ts else None
    thread_ts = (parent.thread_ts or parent.ts) if parent else None
    if shared:
        message = files.share(slack, where, shared, who.id, stored, thread_ts)
    else:
        message = Message(slack.workspace.new_ts(), where.id, who.id, stored, thread_ts=thread_ts)
        slack.workspace.post(where, message)
    _tell_app(slack, who, where, message)
    shown = {"ok": True, "kind": "message", "ts": message.ts, "messages": []}
    if mentioned(stored, BOT_USER) and BOT_USER not in where.members:
        words = (
            f"You mentioned @{slack.bot.name}, but it is not in this channel. `/invite @{slack.bot.name}` adds them."
        )
        slack.whisper(where, who.id, words, thread_ts)
    return shown


def _tell_app(slack: Slack, who: User, where: Channel, message: Message) -> None:
    if BOT_USER not in where.members:
        return
    event: Json = {
        **{"user": who.id, "text": message.text, "ts": message.ts, "team": TEAM, "channel": where.id},
        **{"event_ts": message.ts, "client_msg_id": new_id("M"), "channel_type": "channel"},
        **({"thread_ts": message.thread_ts} if message.thread_ts else {}),
        **({"files": message.files, "subtype": "file_share"} if message.files else {}),
        **({"user_team": who.team, "source_team": who.team, "team": who.team} if where.shared else {}),
    }
    emit(slack, {"type": "message", **event})
    for file in message.files:
        shared = {"file_id": file["id"], "file": {"id": file["id"]}, "user_id": who.id, "channel_id": where.id}
        emit(slack, {"type": "file_shared", "event_ts": message.ts, **shared})
    if mentioned(message.text, BOT_USER):
        emit(slack, {"type": "app_mention", **{name: event[name] for name in event if name != "subtype"}})


def upload(slack: Slack, user: str, channel: str, name: str, data: bytes, text: str, thread_ts: str | None) -> Json:
    """Drop a file into a channel or thread, with words or without."""
    who, where = slack.user(user), slack.channel(channel)
    file = File(new_id("F"), name.replace("/", "_"), len(data), who.id, name, data)
    slack.files[file.id] = file
    return _message(slack, who, where, text, thread_ts, [file])


async def press(slack: Slack, user: str, channel: str, ts: str, name: str, option: str | None = None) -> Json:
    """Press a button, or choose ``option`` of a menu, in a message; ``name`` is an action id or a button's words."""
    who, where = slack.user(user), slack.channel(channel)
    message = where.find(ts)
    if message is None or message.viewer not in (None, who.id):
        raise Refused("message_not_found")
    block, pressed, chosen = element(message.blocks, name, option)
    origin = Origin(who.id, where.id, message.thread_ts, message.ts)
    url, trigger = slack.new_response_url(origin), slack.new_trigger(origin)
    action = payloads.pressed(block, pressed, slack.workspace.new_ts(), chosen)
    body = payloads.block_actions(who, where, message, action, url, trigger)
    return seen(await slack.sockets.deliver("interactive", body, f"block_actions {pressed['action_id']}"))


async def shortcut(slack: Slack, user: str, channel: str, ts: str, callback_id: str) -> Json:
    """Choose one of the app's shortcuts on a message."""
    who, where = slack.user(user), slack.channel(channel)
    message = where.find(ts)
    if message is None:
        raise Refused("message_not_found")
    origin = Origin(who.id, where.id, message.thread_ts, message.ts)
    url, trigger = slack.new_response_url(origin), slack.new_trigger(origin)
    body = payloads.message_action(who, where, message, callback_id, url, trigger)
    return seen(await slack.sockets.deliver("interactive", body, f"message_action {callback_id}"))


def open_home(slack: Slack, user: str) -> Json:
    """Open the app's home; the view that is shown until the app publishes a newer one."""
    who = slack.user(user)
    if not slack.manifest.home:
        raise Refused("home_tab_disabled")
    event = {"user": who.id, "channel": "D" + who.id[1:], "tab": "home", "event_ts": slack.workspace.new_ts()}
    emit(slack, {"type": "app_home_opened", **event})
    return {"ok": True, "view": slack.workspace.homes.get(who.id)}


def seen(delivery: Delivery) -> Json:
    """What the person sees of a delivery: nothing, or its error."""
    shown: Json = {"ok": delivery.error is None, "ack_ms": delivery.ack_ms}
    return {**shown, "error": delivery.error} if delivery.error else shown


def _elements(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    for block in blocks:
        for element in (*block.get("elements", ()), block.get("accessory"), block.get("element")):
            if isinstance(element, dict) and "action_id" in element:
                yield block, element


def element(blocks: list[Json], name: str, option: str | None) -> tuple[Json, Json, Json | None]:
    """The element with this action id or these words, its block, and the chosen option.

    Raises:
        Refused: there is none.
    """
    for block, item in _elements(blocks):
        words = (item.get("text") or {}).get("text")
        if name in (item["action_id"], words) and "options" not in item:
            return block, item, None
        for each in item.get("options", ()):
            if name == item["action_id"] and option in (each.get("value"), each["text"]["text"]):
                return block, item, each
            if option is None and name == each["text"]["text"]:
                return block, item, each
    raise Refused("action_not_found", available=[item["action_id"] for _, item in _elements(blocks)])

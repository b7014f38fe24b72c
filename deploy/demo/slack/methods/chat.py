"""Messages: post, change, delete, whisper."""

from typing import Any

from deploy.demo.slack.blocks_check import check_blocks
from deploy.demo.slack.events import emit
from deploy.demo.slack.methods import Method
from deploy.demo.slack.mrkdwn import normalised
from deploy.demo.slack.records import APP, BOT, BOT_USER, TEAM, Channel, Json, Message
from deploy.demo.slack.slack import Refused, Slack

MOST_TEXT = 40_000


def content(args: Json, *, needed: bool = True) -> Json:
    """The ``text`` and ``blocks`` of a call, checked as Slack checks them; only those that were given.

    Raises:
        Refused: the blocks are wrong, or there is nothing to show.
    """
    found: Json = {}
    if args.get("text") is not None:
        found["text"] = normalised(str(args["text"]))[:MOST_TEXT]
    if args.get("blocks") is not None:
        wrong = check_blocks(args["blocks"])
        if wrong:
            raise Refused(wrong.error, wrong.messages)
        found["blocks"] = args["blocks"]
    if needed and not found.get("text") and not found.get("blocks"):
        raise Refused("no_text")
    return found


def metadata(args: Json) -> Json | None:
    """The message metadata of a call."""
    given = args.get("metadata")
    if given is None:
        return None
    if not isinstance(given, dict) or not {"event_type", "event_payload"} <= given.keys():
        raise Refused("invalid_metadata_format")
    return given


def writable(slack: Slack, args: Json, *, by_name: bool = False) -> Channel:
    """The channel of a call that writes into it."""
    name = str(args.get("channel", ""))
    channel = slack.channel(name) if by_name else slack.workspace.channels.get(name)
    if channel is None:
        raise Refused("channel_not_found")
    if channel.archived:
        raise Refused("is_archived")
    if BOT_USER not in channel.members:
        raise Refused("not_in_channel")
    return channel


def parent_ts(channel: Channel, thread_ts: Any) -> str | None:
    """The timestamp of the thread's parent, also when a reply in it was named."""
    if not thread_ts:
        return None
    found = channel.find(str(thread_ts))
    if found is None or found.viewer:
        raise Refused("thread_not_found")
    return found.thread_ts or found.ts


def post_message(slack: Slack, args: Json) -> Json:
    """Post into a channel or a thread."""
    channel = writable(slack, args, by_name=True)
    body = content(args)
    message = Message(
        ts=slack.workspace.new_ts(),
        channel=channel.id,
        user=BOT_USER,
        text=body.get("text", ""),
        blocks=body.get("blocks", []),
        thread_ts=parent_ts(channel, args.get("thread_ts")),
        metadata=metadata(args),
    )
    slack.workspace.post(channel, message)
    if message.metadata:
        _tell_marked(slack, message)
    return {"channel": channel.id, "ts": message.ts, "message": message.json()}


def _tell_marked(slack: Slack, message: Message) -> None:
    """Slack tells whoever subscribes to this type of metadata, the app that posted it too."""
    kind = (message.metadata or {}).get("event_type")
    if slack.manifest.grants("metadata.message:read") and (slack.manifest.open or kind in slack.manifest.metadata):
        emit(slack, {
            "type": "message_metadata_posted", "app_id": APP, "bot_id": BOT, "user_id": message.user, "team_id": TEAM,
            "channel_id": message.channel, "metadata": message.metadata, "message_ts": message.ts,
            "event_ts": message.ts,
        })  # fmt: skip


def _own(channel: Channel, ts: Any, refusal: str) -> Message:
    message = channel.find(str(ts or ""))
    if message is None or message.viewer:
        raise Refused("message_not_found")
    if message.user != BOT_USER:
        raise Refused(refusal)
    return message


def update(slack: Slack, args: Json) -> Json:
    """Change the app's own message; blocks that are not given stay."""
    channel = writable(slack, args)
    message = _own(channel, args.get("ts"), "cant_update_message")
    changes = content(args)
    if given := metadata(args):
        changes["metadata"] = given
    slack.workspace.edit(message, **changes, edited_ts=slack.workspace.new_ts())
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": message.json()}


def delete(slack: Slack, args: Json) -> Json:
    """Delete the app's own message."""
    channel = writable(slack, args)
    message = _own(channel, args.get("ts"), "cant_delete_message")
    slack.workspace.remove(channel, message)
    return {"channel": channel.id, "ts": message.ts}


def post_ephemeral(slack: Slack, args: Json) -> Json:
    """Show a message to one member of the channel."""
    channel = writable(slack, args)
    body = content(args)
    user = str(args.get("user", ""))
    if user not in channel.members:
        raise Refused("user_not_in_channel")
    thread_ts = parent_ts(channel, args.get("thread_ts"))
    blocks = body.get("blocks", [])
    message = slack.whisper(channel, user, body.get("text", ""), thread_ts, blocks=blocks, sender=BOT_USER)
    return {"message_ts": message.ts}


def permalink(slack: Slack, args: Json) -> Json:
    """The address of a message."""
    channel = slack.workspace.channels.get(str(args.get("channel", "")))
    if channel is None:
        raise Refused("channel_not_found")
    ts = str(args.get("message_ts", ""))
    if channel.find(ts) is None:
        raise Refused("message_not_found")
    return {"channel": channel.id, "permalink": f"{slack.address}/#{channel.id}/{ts}"}


METHODS = {
    "chat.postMessage": Method(post_message, "chat:write", None),
    "chat.update": Method(update, "chat:write", 3),
    "chat.delete": Method(delete, "chat:write", 3),
    "chat.postEphemeral": Method(post_ephemeral, "chat:write", 4),
    "chat.getPermalink": Method(permalink, None, 4, reads_json=False),
}

"""Who and what is here: the app itself, channels, people, groups; and the small marks on messages and channels."""

from typing import Any

from deploy.demo.slack.methods import Method
from deploy.demo.slack.records import BOT, BOT_USER, TEAM, TEAM_NAME, Channel, Json, Message, new_id
from deploy.demo.slack.slack import Refused, Slack

_END: Json = {"response_metadata": {"next_cursor": ""}, "has_more": False}


def auth_test(slack: Slack, _args: Json) -> Json:
    """Who the token belongs to."""
    return {
        "url": f"{slack.address}/",
        "team": TEAM_NAME,
        "user": slack.bot.name,
        "team_id": TEAM,
        "user_id": BOT_USER,
        "bot_id": BOT,
        "is_enterprise_install": False,
    }


def open_connection(slack: Slack, _args: Json) -> Json:
    """The address of a new socket."""
    return {"url": slack.sockets.new_ticket()}


def _channel(slack: Slack, args: Json, name: str = "channel") -> Channel:
    found = slack.workspace.channels.get(str(args.get(name, "")))
    if found is None:
        raise Refused("channel_not_found")
    return found


def _joined(slack: Slack, args: Json) -> Channel:
    channel = _channel(slack, args)
    if BOT_USER not in channel.members:
        raise Refused("not_in_channel")
    return channel


def _message(channel: Channel, ts: Any) -> Message:
    found = channel.find(str(ts or ""))
    if found is None or found.viewer:
        raise Refused("message_not_found")
    return found


def conversation(slack: Slack, args: Json) -> Json:
    """One channel."""
    return {"channel": _channel(slack, args).json()}


def members(slack: Slack, args: Json) -> Json:
    """Who is in a channel."""
    return {"members": _channel(slack, args).members, **_END}


def _read(message: Message, args: Json) -> Json:
    body = message.json()
    if str(args.get("include_all_metadata", "0")).lower() not in ("1", "true"):
        body.pop("metadata", None)
    return body


def memberships(slack: Slack, args: Json) -> Json:
    """The channels that the app's own user is a member of."""
    live = str(args.get("exclude_archived", "0")).lower() in ("1", "true")
    mine = [one for one in slack.workspace.channels.values() if BOT_USER in one.members and not (live and one.archived)]
    return {"channels": [one.json() for one in mine], **_END}


def history(slack: Slack, args: Json) -> Json:
    """The channel's messages without threads' replies, newest first."""
    channel = _joined(slack, args)
    oldest, latest = float(args.get("oldest") or 0), float(args.get("latest") or "inf")
    found = [m for m in channel.messages.values() if not m.viewer and oldest <= float(m.ts) <= latest]
    most = int(args.get("limit") or 100)
    return {"messages": [_read(message, args) for message in reversed(found)][:most], **_END}


def replies(slack: Slack, args: Json) -> Json:
    """A thread: its parent first, then the replies in order."""
    channel = _joined(slack, args)
    parent = channel.find(str(args.get("ts", "")))
    if parent is None:
        raise Refused("thread_not_found")
    return {"messages": [_read(each, args) for each in (parent, *parent.replies) if not each.viewer], **_END}


def user_info(slack: Slack, args: Json) -> Json:
    """One person."""
    found = slack.workspace.users.get(str(args.get("user", "")))
    if found is None:
        raise Refused("user_not_found")
    return {"user": found.json()}


def groups(slack: Slack, args: Json) -> Json:
    """The workspace's user groups."""
    with_users = str(args.get("include_users", "0")).lower() in ("1", "true")
    return {
        "usergroups": [
            {name: value for name, value in group.items() if with_users or name != "users"}
            for group in slack.workspace.usergroups
        ]
    }


def group_users(slack: Slack, args: Json) -> Json:
    """Who is in a user group."""
    found = next((group for group in slack.workspace.usergroups if group["id"] == args.get("usergroup")), None)
    if found is None:
        raise Refused("no_such_subteam")
    return {"users": found["users"]}


def react(slack: Slack, args: Json) -> Json:
    """Add the app's reaction to a message."""
    message = _message(_joined(slack, args), args.get("timestamp"))
    users = message.reactions.setdefault(str(args.get("name", "")).strip(":"), [])
    if BOT_USER in users:
        raise Refused("already_reacted")
    users.append(BOT_USER)
    slack.workspace.edit(message)
    return {}


def unreact(slack: Slack, args: Json) -> Json:
    """Take the app's reaction away."""
    message = _message(_joined(slack, args), args.get("timestamp"))
    name = str(args.get("name", "")).strip(":")
    if BOT_USER not in message.reactions.get(name, []):
        raise Refused("no_reaction")
    message.reactions[name].remove(BOT_USER)
    message.reactions = {each: users for each, users in message.reactions.items() if users}
    slack.workspace.edit(message)
    return {}


def pin(slack: Slack, args: Json) -> Json:
    """Pin a message to its channel."""
    channel = _joined(slack, args)
    message = _message(channel, args.get("timestamp"))
    if message.ts in channel.pins:
        raise Refused("already_pinned")
    channel.pins.append(message.ts)
    _show(slack, channel)
    return {}


def _show(slack: Slack, channel: Channel) -> None:
    body = {**channel.json(), "bookmarks": channel.bookmarks, "pins": channel.pins}
    slack.workspace.changed("channel", {"channel": body})


def add_bookmark(slack: Slack, args: Json) -> Json:
    """Put a link into the channel's bar."""
    channel = _channel(slack, args, "channel_id")
    if not args.get("title") or not args.get("link"):
        raise Refused("invalid_link")
    bookmark = {"id": new_id("Bk"), "channel_id": channel.id, "type": "link", "app_id": None}
    bookmark |= {name: args.get(name) for name in ("title", "link", "emoji")}
    channel.bookmarks.append(bookmark)
    _show(slack, channel)
    return {"bookmark": bookmark}


def edit_bookmark(slack: Slack, args: Json) -> Json:
    """Change a link in the channel's bar."""
    channel = _channel(slack, args, "channel_id")
    found = next((each for each in channel.bookmarks if each["id"] == args.get("bookmark_id")), None)
    if found is None:
        raise Refused("not_found")
    found.update({name: args[name] for name in ("title", "link", "emoji") if name in args})
    _show(slack, channel)
    return {"bookmark": found}


def bookmarks(slack: Slack, args: Json) -> Json:
    """The links in the channel's bar."""
    return {"bookmarks": _channel(slack, args, "channel_id").bookmarks}


METHODS = {
    "auth.test": Method(auth_test, None, None),
    "apps.connections.open": Method(open_connection, None, None, reads_json=False),
    "conversations.info": Method(conversation, "channels:read", 3, reads_json=False),
    "conversations.members": Method(members, "channels:read", 4, reads_json=False),
    "conversations.history": Method(history, "channels:history", 3, reads_json=False),
    "conversations.replies": Method(replies, "channels:history", 3, reads_json=False),
    "users.conversations": Method(memberships, "channels:read", 3, reads_json=False),
    "users.info": Method(user_info, "users:read", 4, reads_json=False),
    "usergroups.list": Method(groups, "usergroups:read", 2, reads_json=False),
    "usergroups.users.list": Method(group_users, "usergroups:read", 2, reads_json=False),
    "reactions.add": Method(react, "reactions:write", 3),
    "reactions.remove": Method(unreact, "reactions:write", 2),
    "pins.add": Method(pin, "pins:write", 2),
    "bookmarks.add": Method(add_bookmark, "bookmarks:write", 2),
    "bookmarks.edit": Method(edit_bookmark, "bookmarks:write", 2),
    "bookmarks.list": Method(bookmarks, "bookmarks:read", 3, reads_json=False),
}

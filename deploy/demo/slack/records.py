"""Users, messages and channels, and how Slack's JSON shows them."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

TEAM, TEAM_DOMAIN, TEAM_NAME = "T0OAKRIDGE", "oakridge", "Oakridge"
OTHER_TEAM = "T0ELSEWHERE"
APP, BOT, BOT_USER = "A0STANDIN01", "B0STANDIN01", "U0STANDIN01"
SLACKBOT = "USLACKBOT"


def new_id(prefix: str) -> str:
    """An id in Slack's form: the prefix letter and ten letters and digits."""
    return prefix + secrets.token_hex(5).upper()


@dataclass(slots=True)
class User:
    """A person, an app's bot user, or Slackbot. ``guest`` stands for ``is_restricted``."""

    id: str
    name: str
    real_name: str
    title: str = ""
    color: str = "616061"
    team: str = TEAM
    bot: bool = False
    guest: bool = False
    deleted: bool = False

    def json(self) -> Json:
        """The user as ``users.info`` gives it."""
        return {
            "id": self.id,
            "team_id": self.team,
            "name": self.name,
            "real_name": self.real_name,
            "color": self.color,
            "deleted": self.deleted,
            "is_bot": self.bot,
            "is_app_user": False,
            "is_restricted": self.guest,
            "is_ultra_restricted": False,
            "is_stranger": self.team != TEAM,
            "tz": "Etc/UTC",
            "profile": {"real_name": self.real_name, "display_name": self.name, "title": self.title, "team": self.team},
        }


@dataclass(slots=True)
class Message:
    """One message. ``viewer`` is set for an ephemeral: the one person who sees it, until they reload."""

    ts: str
    channel: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    metadata: Json | None = None
    files: list[Json] = field(default_factory=list)
    reactions: dict[str, list[str]] = field(default_factory=dict)
    edited_ts: str | None = None
    viewer: str | None = None
    subtype: str | None = None
    replies: list["Message"] = field(default_factory=list)

    def json(self) -> Json:
        """The message as Slack's API and payloads carry it."""
        bot = {"bot_id": BOT, "app_id": APP, "bot_profile": {"id": BOT, "app_id": APP, "team_id": TEAM}}
        thread = {
            "thread_ts": self.ts,
            "reply_count": len(self.replies),
            "reply_users": list(dict.fromkeys(reply.user for reply in self.replies)),
            "latest_reply": self.replies[-1].ts if self.replies else None,
        }
        optional: Json = {
            "blocks": self.blocks,
            "subtype": self.subtype,
            "thread_ts": self.thread_ts,
            "metadata": self.metadata,
            "edited": self.edited_ts and {"user": self.user, "ts": self.edited_ts},
            "files": self.files,
            "reactions": [{"name": name, "users": who, "count": len(who)} for name, who in self.reactions.items()],
            "is_ephemeral": self.viewer is not None,
        }
        return {
            **{"type": "message", "user": self.user, "ts": self.ts, "text": self.text, "team": TEAM},
            **(bot if self.user == BOT_USER else {}),
            **{name: value for name, value in optional.items() if value},
            **(thread if self.replies else {}),
        }


@dataclass(slots=True)
class Channel:
    """A channel. ``messages`` holds its top level by timestamp; replies hang on their parents."""

    id: str
    name: str
    topic: str
    members: list[str]
    archived: bool = False
    shared: bool = False
    messages: dict[str, Message] = field(default_factory=dict)
    bookmarks: list[Json] = field(default_factory=list)
    pins: list[str] = field(default_factory=list)

    def json(self) -> Json:
        """The channel as ``conversations.info`` gives it."""
        return {
            "id": self.id,
            "name": self.name,
            "name_normalized": self.name,
            "is_channel": True,
            "is_private": False,
            "is_archived": self.archived,
            "is_member": BOT_USER in self.members,
            "is_shared": self.shared,
            "is_ext_shared": self.shared,
            "is_pending_ext_shared": False,
            "context_team_id": TEAM,
            "num_members": len(self.members),
            "topic": {"value": self.topic},
            "purpose": {"value": ""},
        }

    def all_messages(self) -> Iterator[Message]:
        """Every message, each thread directly after its parent."""
        for message in self.messages.values():
            yield message
            yield from message.replies

    def find(self, ts: str) -> Message | None:
        """The message with this timestamp, ephemerals and replies included."""
        return next((message for message in self.all_messages() if message.ts == ts), None)

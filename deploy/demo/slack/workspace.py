"""The workspace: people, channels and messages, and every change to them in order. No network, no threads."""

import itertools
import secrets
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from deploy.demo.slack.records import BOT_USER, SLACKBOT, Channel, Json, Message, User


@dataclass(frozen=True, slots=True)
class Change:
    """Something that a page has to show. ``viewer`` None: for everybody."""

    revision: int
    kind: str
    body: Json
    viewer: str | None = None

    def json(self) -> Json:
        """The change as the pages' stream carries it."""
        return {"revision": self.revision, "kind": self.kind, **self.body}


class Workspace:
    """All that people and apps share. Owned by one thread; ``on_change`` is called after every change."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        people = [
            User("U0ANA00001", "ana", "Ana Silva", "Network on call", "0b7285"),
            User("U0BEN00001", "ben", "Ben Okafor", "Virtualisation", "9c36b5"),
            User("U0MIA00001", "mia", "Mia Chen", "Incident commander", "d9480f"),
        ]
        apps = [
            User(BOT_USER, "ruleout", "ruleout", bot=True, color="1864ab"),
            User(SLACKBOT, "slackbot", "Slackbot", bot=True, color="868e96"),
        ]
        self.users = {user.id: user for user in people + apps}
        everyone = [user.id for user in people]
        incident = Channel("C0INCNET01", "inc-network", "Who has to act: guest, network or hypervisor?", [*everyone])
        incident.members.append(BOT_USER)
        general = Channel("C0GENERAL1", "general", "Everything that is not on fire", everyone)
        self.channels = {channel.id: channel for channel in (incident, general)}
        self.usergroups: list[Json] = [
            {"id": "S0ONCALL01", "handle": "network-oncall", "name": "Network on call", "users": ["U0ANA00001"]},
            {"id": "S0VIRT0001", "handle": "virtualisation", "name": "Virtualisation", "users": ["U0BEN00001"]},
        ]
        self.homes: dict[str, Json] = {}
        self.revision = 0
        self.changes: deque[Change] = deque(maxlen=5000)
        self.on_change: list[Callable[[Change], None]] = []
        self._serial = itertools.count(1)

    def new_ts(self) -> str:
        """A timestamp id later than every one before."""
        return f"{int(self.clock())}.{next(self._serial):06d}"

    def channel(self, name: str) -> Channel | None:
        """The channel with this id, or with this name, with or without ``#``."""
        found = self.channels.get(name)
        return found or next((c for c in self.channels.values() if c.name == name.removeprefix("#")), None)

    def user(self, name: str) -> User | None:
        """The user with this id or name."""
        return self.users.get(name) or next((u for u in self.users.values() if u.name == name), None)

    def changed(self, kind: str, body: Json, viewer: str | None = None) -> None:
        """Record a change and tell whoever waits for one."""
        self.revision += 1
        change = Change(self.revision, kind, body, viewer)
        self.changes.append(change)
        for tell in self.on_change:
            tell(change)

    def post(self, channel: Channel, message: Message) -> Message:
        """Put a message into its channel or thread; blocks and elements without an id are given one."""
        name_blocks(message.blocks)
        parent = channel.messages.get(message.thread_ts) if message.thread_ts else None
        if parent:
            parent.replies.append(message)
        else:
            channel.messages[message.ts] = message
        self._show(message)
        if parent and not message.viewer:
            self._show(parent)
        return message

    def edit(self, message: Message, **changes: Any) -> None:
        """Change a message in place."""
        for name, value in changes.items():
            setattr(message, name, value)
        name_blocks(message.blocks)
        self._show(message)

    def remove(self, channel: Channel, message: Message) -> None:
        """Take a message away, with its thread."""
        parent = channel.messages.get(message.thread_ts or "")
        if parent and parent is not message:
            parent.replies.remove(message)
            self._show(parent)
        else:
            channel.messages.pop(message.ts, None)
        self.changed("gone", {"channel": channel.id, "ts": message.ts}, message.viewer)

    def _show(self, message: Message) -> None:
        self.changed("message", {"channel": message.channel, "message": message.json()}, message.viewer)


def name_blocks(blocks: list[Json]) -> None:
    """Give every block and acting element without an id a random one, as Slack does."""
    for block in blocks:
        block.setdefault("block_id", secrets.token_hex(3))
        for element in (*block.get("elements", ()), block.get("accessory"), block.get("element")):
            if isinstance(element, dict) and element.get("type") in _ACTING:
                element.setdefault("action_id", secrets.token_hex(3))


_ACTING = {"button", "overflow", "static_select", "plain_text_input", "number_input", "checkboxes", "radio_buttons"}

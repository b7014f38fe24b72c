"""Everything that one running stand-in holds, and the short-lived permits that it gives out."""

import asyncio
import secrets
from collections import deque
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from deploy.demo.slack.faults import Faults, Timing
from deploy.demo.slack.limits import Limits
from deploy.demo.slack.manifest import Manifest
from deploy.demo.slack.records import BOT_USER, SLACKBOT, Channel, Json, Message, User
from deploy.demo.slack.workspace import Workspace

if TYPE_CHECKING:
    from deploy.demo.slack.sockets import Sockets


class Refused(Exception):  # noqa: N818  an answer of the API, spelled as Slack spells it
    """A call that Slack answers with ``ok: false``."""

    def __init__(self, error: str, messages: Iterable[str] = (), **fields: Any) -> None:
        super().__init__(error)
        self.error = error
        self.body: Json = {"ok": False, "error": error, **fields}
        if shown := list(messages):
            self.body |= {"errors": shown, "response_metadata": {"messages": shown}}


@dataclass(frozen=True, slots=True)
class Origin:
    """Who did something, where: what a trigger or a response URL stands for. ``view`` is the modal they were in."""

    user: str
    channel: str | None = None
    thread_ts: str | None = None
    message_ts: str | None = None
    view: str | None = None


@dataclass(slots=True)
class Permit:
    """Something that may be used ``uses`` times until ``ends_at``."""

    origin: Origin
    ends_at: float
    uses: int


@dataclass(slots=True)
class File:
    """An uploaded file. ``shared`` turns True once it appears in a channel."""

    id: str
    name: str
    length: int
    user: str
    title: str = ""
    data: bytes | None = None
    alt: str = ""
    shares: Json = field(default_factory=dict)


@dataclass
class Slack:
    """One stand-in. Everything in it belongs to the thread of its event loop."""

    manifest: Manifest
    timing: Timing
    app_token: str
    bot_token: str
    workspace: Workspace = field(default_factory=Workspace)
    faults: Faults = field(default_factory=Faults)
    limits: Limits = field(default_factory=Limits)
    address: str = ""
    files: dict[str, File] = field(default_factory=dict)
    stacks: dict[str, list[Json]] = field(default_factory=dict)
    log: deque[Json] = field(default_factory=lambda: deque(maxlen=1000))
    tasks: set[asyncio.Task[Any]] = field(default_factory=set)
    sockets: "Sockets" = field(init=False)
    _triggers: dict[str, Permit] = field(default_factory=dict)
    _response_urls: dict[str, Permit] = field(default_factory=dict)

    def note(self, kind: str, **fields: Any) -> None:
        """Write one line of the developer's log, which the page shows as it grows."""
        entry = {"kind": kind, "at": self.workspace.clock(), **fields}
        self.log.append(entry)
        self.workspace.changed("log", {"entry": entry})

    def spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run something in the background until the stand-in is closed."""
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def new_trigger(self, origin: Origin) -> str:
        """A trigger id: opens one modal, within three seconds."""
        trigger = f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        self._triggers[trigger] = Permit(origin, self.workspace.clock() + self.timing.trigger_s, 1)
        return trigger

    def use_trigger(self, trigger: str) -> Origin:
        """Who the trigger came from; it cannot be used again."""
        permit = self._triggers.get(trigger)
        if permit is None:
            raise Refused("invalid_trigger_id")
        if permit.uses == 0:
            raise Refused("exchanged_trigger_id")
        if self.workspace.clock() > permit.ends_at:
            raise Refused("expired_trigger_id")
        permit.uses -= 1
        return permit.origin

    def new_response_url(self, origin: Origin) -> str:
        """A URL to answer on without a token: five times, within half an hour."""
        key = secrets.token_urlsafe(18)
        ends_at = self.workspace.clock() + self.timing.response_url_s
        self._response_urls[key] = Permit(origin, ends_at, 5)
        return f"{self.address}/response/{key}"

    def use_response_url(self, key: str) -> Origin:
        """Where the answer belongs."""
        permit = self._response_urls.get(key)
        if permit is None or self.workspace.clock() > permit.ends_at:
            raise Refused("expired_url")
        if permit.uses == 0:
            raise Refused("used_url")
        permit.uses -= 1
        return permit.origin

    def channel(self, name: Any) -> Channel:
        """The channel of this id or name.

        Raises:
            Refused: there is none.
        """
        found = self.workspace.channel(str(name or ""))
        if found is None:
            raise Refused("channel_not_found")
        return found

    def user(self, name: Any) -> User:
        """The user of this id or name.

        Raises:
            Refused: there is none.
        """
        found = self.workspace.user(str(name or ""))
        if found is None:
            raise Refused("user_not_found")
        return found

    def whisper(self, channel: Channel, user: str, text: str, thread_ts: str | None = None, **more: Any) -> Message:
        """Show a message to one person only; from Slackbot unless ``sender`` says otherwise."""
        sender = more.pop("sender", SLACKBOT)
        message = Message(self.workspace.new_ts(), channel.id, sender, text, thread_ts=thread_ts, viewer=user, **more)
        return self.workspace.post(channel, message)

    @property
    def bot(self) -> User:
        """The app's own user."""
        return self.workspace.users[BOT_USER]

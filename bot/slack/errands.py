"""What the publisher has to do: show a state, reply, upload, whisper; and where a card stands."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.incidents import parts
from bot.model.incident import APPROVAL, CARD, Incident, Progressed
from bot.model.request import Person, Place
from bot.model.summary import Summary
from bot.slack.pieces import Message


@dataclass(slots=True)
class Standing:
    """Where a card stands.

    ``ts`` None: not posted yet; ``announced``: the coordinator knows it. ``told``: first evidence was shown to us,
    ``over``: the last state was. ``approval`` is the state of the message to a second person that was last put on its
    way, ``approval_ts`` where it stands. ``parts`` are the messages of every other part that stands, by channel and
    part; ``owed`` are those on their way, by the parcel's key.

    ``inherited``: another process may have posted parts and died before it could say so; they are looked for first.
    ``shown``: the last state stands, or can never; ``complete``: nothing more will be owed; ``said``: that all of it
    stands was told.
    """

    channel: str
    thread: str | None
    ts: str | None = None
    announced: bool = False
    told: bool = False
    over: bool = False
    gone: bool = False
    approval: str | None = None
    approval_ts: str | None = None
    parts: dict[tuple[str, str], str] = field(default_factory=dict)
    owed: set[str] = field(default_factory=set)
    inherited: bool = False
    shown: bool = False
    complete: bool = False
    said: bool = False

    def of(self, part: str, channel: str) -> str | None:
        """Where that part of it stands."""
        if part == CARD:
            return self.ts
        return self.approval_ts if part == APPROVAL else self.parts.get((channel, part))

    def put(self, part: str, channel: str, message: str) -> None:
        """That part of it stands there."""
        if part == CARD:
            self.ts = message
        elif part == APPROVAL:
            self.approval_ts = message
        else:
            self.parts[channel, part] = message

    @property
    def delivered(self) -> bool:
        """Whether all that was owed stands, or can never."""
        return not self.owed and (self.gone or (self.shown and self.complete))

    @property
    def root(self) -> str | None:
        """The thread that belongs to the card: its own, or the one that it was asked in."""
        return self.thread or self.ts


@dataclass(frozen=True, slots=True)
class State:
    """A card's state to be shown."""

    incident: Incident
    facts: tuple[str, ...]
    progress: tuple[Progressed, ...] = ()


@dataclass(frozen=True, slots=True)
class Mended:
    """The end of another bot's incident, over which this one, which slept, has written: it is shown again."""

    incident: Incident
    ts: str


@dataclass(frozen=True, slots=True)
class Approval:
    """The thread's message to a second person, as it is to be."""

    incident: Incident


@dataclass(frozen=True, slots=True)
class Reply:
    """A message into the card's thread, or to one person directly; ``part`` makes it findable."""

    incident: Incident
    message: Message
    part: str
    direct: bool = False


@dataclass(frozen=True, slots=True)
class Copy:
    """The card once more, where somebody else awaits it; ``part`` is what it is published as."""

    incident: Incident
    place: Place
    message: Message
    part: str

    @property
    def key(self) -> str:
        """What its parcel is called."""
        return f"{self.part} {self.place.channel} {self.incident.id}"


@dataclass(frozen=True, slots=True)
class File:
    """A file into the card's thread."""

    incident: Incident
    filename: str
    data: bytes
    comment: str
    alt: str | None = None

    @property
    def part(self) -> str:
        """What it is published as."""
        return parts.file(self.filename)

    @property
    def title(self) -> str:
        """What it is called in Slack, where a file has no other mark by which it could be found again."""
        return f"{self.filename} · {self.incident.id}"


@dataclass(frozen=True, slots=True)
class Complete:
    """Nothing more will follow the incident's end."""

    incident: Incident


@dataclass(frozen=True, slots=True)
class Shared:
    """A file of its own in a channel or thread."""

    place: Place
    filename: str
    data: bytes
    comment: str


@dataclass(frozen=True, slots=True)
class Whisper:
    """A message that one person alone sees."""

    person: Person
    place: Place
    message: Message


@dataclass(frozen=True, slots=True)
class Board:
    """A channel's summary to be shown; ``message`` is where it stands, None: nowhere yet."""

    summary: Summary
    message: str | None


@dataclass(frozen=True, slots=True)
class Retraction:
    """A message of ours that another one stands for, to be deleted."""

    message: str


@dataclass(frozen=True, slots=True)
class Post:
    """A message of its own in a channel or thread, once; ``part`` makes it findable."""

    place: Place
    message: Message
    part: str
    since: datetime

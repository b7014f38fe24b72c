"""What the publisher has to do: show a state, reply, upload, whisper."""

from dataclasses import dataclass
from datetime import datetime

from bot.incidents import parts
from bot.model.incident import Incident, Progressed
from bot.model.request import Person, Place
from bot.model.summary import Summary
from bot.slack.pieces import Message


@dataclass(frozen=True, slots=True)
class State:
    """A card's state to be shown."""

    incident: Incident
    facts: tuple[str, ...]
    progress: tuple[Progressed, ...] = ()


@dataclass(frozen=True, slots=True)
class Touched:
    """The message ``ts`` of another bot's incident, which this bot, which slept, has posted or written over."""

    name: str
    part: str
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


def about(errand: object) -> dict[str, str]:
    """Whose it is, for every line that is logged on the way."""
    if isinstance(errand, State | Approval | Reply | File | Complete):
        return {"incident": errand.incident.id}
    if isinstance(errand, Touched):
        return {"incident": errand.name}
    return {"inquiry": errand.summary.id} if isinstance(errand, Board) else {}

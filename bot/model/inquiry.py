"""What a channel calls its incident: a timeline of its own, beside those of the questions that were asked in it.

In the code an incident is one question and all that happened to it; an inquiry is what the people around it work on
together, from "something is wrong" to the post-mortem. It belongs to a channel, and a channel has one at a time.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.model.incident import Event
from bot.model.request import Person


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody reports, in the vocabulary of reported evidence; ``about`` is the machine, None: all of them.

    ``measured`` is False for what was plain when the ticket was opened, or came of simple trial.
    """

    kind: str
    value: str | None = None
    domain: str | None = None
    measured: bool = True
    about: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened(Event):
    """Somebody said what is wrong; ``affected`` and ``unaffected`` are machines as that person named them."""

    by: Person
    channel: str
    text: str
    affected: tuple[str, ...] = ()
    unaffected: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted(Event):
    """Somebody wrote something down under the id ``note``; a ``report`` is weighed, free text alone is kept.

    ``message`` is the timestamp of the message that it was taken from, and ``author`` who wrote that; None: the note
    was written for its own sake.
    """

    note: str
    by: Person
    text: str
    report: Report | None = None
    message: str | None = None
    author: Person | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn(Event):
    """Somebody took a note back; it stays in the timeline and weighs nothing any more."""

    note: str
    by: Person


class Kind(StrEnum):
    """What an instrument saw happen around the machines."""

    MOVE = "move"
    ALARM = "alarm"
    FLIP = "flip"


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened(Event):
    """Something that an instrument saw, at ``when`` by its own clock put right; ``at`` is when the bot heard of it.

    ``key`` is the same for the same occurrence however often it is told; ``incident`` is the question that brought it.
    """

    key: str
    kind: Kind
    when: datetime
    source: str
    says: str
    incident: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Summarised(Event):
    """A summary was shown; ``told`` are its lines, so that the next one can say what changed."""

    told: tuple[str, ...]


BOARD = "board"
"""How the message of a summary is marked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinned(Event):
    """The channel's summary stands in this message and is kept current there."""

    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended(Event):
    """Somebody closed it, with a last word."""

    by: Person
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopened(Event):
    """Somebody opened it again."""

    by: Person
    text: str = ""


AnyDeed = Opened | Noted | Withdrawn | Happened | Summarised | Pinned | Ended | Reopened
"""Every kind of event of an inquiry, for the codec."""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """Everything that was written down of it, in the order of writing."""

    id: str
    timeline: tuple[AnyDeed, ...]

    @property
    def opened(self) -> Opened:
        """How it began."""
        first = self.timeline[0]
        assert isinstance(first, Opened), "an inquiry begins with its opening"
        return first

    @property
    def channel(self) -> str:
        """Where it belongs."""
        return self.opened.channel

    @property
    def ended(self) -> Ended | None:
        """How it was closed, unless it was opened again since."""
        turns = [one for one in self.timeline if isinstance(one, Ended | Reopened)]
        return turns[-1] if turns and isinstance(turns[-1], Ended) else None

    @property
    def windows(self) -> tuple[tuple[datetime, datetime | None], ...]:
        """From when to when it was open; None: still."""
        found: list[tuple[datetime, datetime | None]] = []
        since: datetime | None = self.opened.at
        for one in self.timeline:
            if isinstance(one, Ended) and since is not None:
                found.append((since, one.at))
                since = None
            elif isinstance(one, Reopened) and since is None:
                since = one.at
        return (*found, (since, None)) if since is not None else tuple(found)

    @property
    def notes(self) -> tuple[Noted, ...]:
        """What was written down and not taken back."""
        gone = {one.note for one in self.timeline if isinstance(one, Withdrawn)}
        return tuple(one for one in self.timeline if isinstance(one, Noted) and one.note not in gone)

    @property
    def happenings(self) -> tuple[Happened, ...]:
        """What instruments saw, each once, by its own time."""
        first = {one.key: one for one in reversed(self.timeline) if isinstance(one, Happened)}
        return tuple(sorted(first.values(), key=lambda one: (one.when, one.key)))

    @property
    def pinned(self) -> str | None:
        """The message that holds the summary."""
        return next((one.message for one in reversed(self.timeline) if isinstance(one, Pinned)), None)

    @property
    def told(self) -> tuple[str, ...]:
        """The lines of the newest summary."""
        return next((one.told for one in reversed(self.timeline) if isinstance(one, Summarised)), ())

"""What a channel knows at one moment, and how it came to that: the nouns of its summary and of its timeline."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.model.cause import Side
from bot.model.finding import Witness
from bot.model.inquiry import Ended, Noted, Opened
from bot.model.request import Person


class How(StrEnum):
    """How a side stands."""

    SUSPECT = "suspect"
    OPEN = "open"
    RULED_OUT = "ruled out"


@dataclass(frozen=True, slots=True)
class Ground:
    """A sentence and the question whose case proves it; ``witness`` is the place there, where one is known."""

    says: str
    incident: str | None = None
    witness: Witness | None = None


@dataclass(frozen=True, slots=True)
class SideState:
    """One side: how it stands, for which machines, and the best evidence for that."""

    side: Side
    how: How
    machines: tuple[str, ...]
    grounds: tuple[Ground, ...]


@dataclass(frozen=True, slots=True)
class Next:
    """The one thing to do now, and who can do it."""

    do: str
    who: str


@dataclass(frozen=True, slots=True)
class Summary:
    """An inquiry at one moment.

    ``gist`` is one sentence. ``lead`` is the leading cause with its case; None: nobody is accused. ``machines`` are
    the newest verdicts, ``split`` what separates the affected machines and what is confounded with it, ``changed``
    what is new since ``told``, the lines of the summary before. ``reboot`` answers why not just to reboot the hosts.
    """

    id: str
    opened: Opened
    ended: Ended | None
    at: datetime
    gist: str
    sides: tuple[SideState, ...]
    lead: Ground | None
    next: Next
    machines: tuple[Ground, ...]
    split: tuple[Ground, ...]
    missing: tuple[str, ...]
    running: tuple[str, ...]
    notes: tuple[Noted, ...]
    reboot: str
    changed: tuple[str, ...]
    told: tuple[str, ...]
    asked: int


class Confidence(StrEnum):
    """How sure a line is: what instruments brought, what people report, what they say or do, what they asked."""

    MEASURED = "measured"
    JUDGED = "judged"
    REPORTED = "reported"
    SAID = "said"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened, at its own time.

    ``source`` is who says so: an instrument, "ruleout", or empty where ``who`` does. ``incident`` is the question
    whose case holds the evidence, ``id`` the note's.
    """

    at: datetime
    says: str
    source: str
    confidence: Confidence
    who: Person | None = None
    incident: str | None = None
    id: str | None = None

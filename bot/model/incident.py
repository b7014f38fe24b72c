"""An incident is its timeline: events that were appended, in order, and nothing else.

The card, the summary and the case bundle are folds over it. Late and duplicate reports add nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from ipaddress import IPv4Address

from bot.model.job import Artifact, Job
from bot.model.owners import Owners
from bot.model.path import Path
from bot.model.reach import Reach
from bot.model.request import Person, Place, Request, Target
from bot.model.verdict import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to an incident at a moment of the bot's clock."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Requested(Event):
    """A person asked."""

    request: Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined(Event):
    """Somebody asked the same while it ran; the answer goes to ``place`` too."""

    by: Person
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared(Event):
    """What changed since the question ``before``, in sentences; it comes after Judged."""

    before: str
    says: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved(Event):
    """A name or MAC was resolved to the address that will be checked."""

    address: IPv4Address


@dataclass(frozen=True, slots=True, kw_only=True)
class AwaitsApproval(Event):
    """Nothing is captured before a second person agrees, by ``until``; ``why`` is the rule that asks for it."""

    until: datetime
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved(Event):
    """A second person agreed."""

    by: Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Declined(Event):
    """A second person refused."""

    by: Person


@dataclass(frozen=True, slots=True, kw_only=True)
class StopAsked(Event):
    """A person ended a capture early; what was captured by then is still brought back."""

    by: Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued(Event):
    """Jobs were put on their queues."""

    jobs: tuple[Job, ...]
    gaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver(Event):
    """The bot that carried it was told to end, and leaves it to another one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenOver(Event):
    """The bot that carried it is gone, and another one goes on with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Started(Event):
    """An agent took the job; ``attempt`` counts from 1, more than 1 means an agent died on it before."""

    job: str
    agent: str
    attempt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Progressed(Event):
    """How far a capture is; ``dropped`` None: the instrument cannot tell.

    It travels and is shown, but stands in no timeline: the next one, or the report, says more.
    """

    job: str
    agent: str
    packets: int
    size_bytes: int
    dropped: int | None
    left_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported(Event):
    """An agent brought artifacts back. ``final`` False: the evidence so far, replaced by the next report."""

    job: str
    agent: str
    artifacts: tuple[Artifact, ...]
    final: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed(Event):
    """The instrument could not look; ``reason`` is a sentence. Final for this job."""

    job: str
    agent: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost(Event):
    """Nobody that takes this job's queue is alive. Not final: a restarted agent may still take the job."""

    job: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Expired(Event):
    """The job's time ran out without a report. Final for this job."""

    job: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged(Event):
    """The verdict on all evidence that came in."""

    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedUp(Event):
    """What the vCenters that answered know of whoever was asked for; a look-up ends with it as a check with Judged."""

    owners: Owners


@dataclass(frozen=True, slots=True, kw_only=True)
class Traced(Event):
    """What every table on the way holds; where a verdict was asked for, it comes before Judged."""

    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured(Event):
    """Many machines as every place sees them; a comparison ends with it as a check with Judged."""

    reach: Reach


@dataclass(frozen=True, slots=True, kw_only=True)
class Flipped(Event):
    """While it was watched something changed, at ``when`` by the instrument's clock; ``key`` is its own."""

    key: str
    when: datetime
    vantage: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched(Event):
    """What a watch shows, sentence by sentence: placement by placement, and what that means. It comes before Judged."""

    says: tuple[str, ...]


MARK = "ruleout_incident"
"""The type of the metadata by which the chat tells us of our own messages."""
CARD, APPROVAL = "card", "approval"
"""The messages of an incident that are brought up to date; the second one asks a second person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Published(Event):
    """That ``part`` of the incident was first posted; ``message`` is its timestamp id, of a file the file's id."""

    channel: str
    message: str
    part: str = CARD


class Outcome(StrEnum):
    """How a request ended. Every request ends in exactly one of these."""

    ANSWERED = "answered"
    REFUSED = "refused"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed(Event):
    """The request is over. ``sentence`` says why where there is no verdict."""

    outcome: Outcome
    sentence: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered(Event):
    """The people have seen the end: all that it owes them stands where they await it, or can never stand there.

    That is the last state of the card, and every other part; see ``bot.incidents.parts``.
    """


AnyEvent = (
    Requested
    | Joined
    | Resolved
    | AwaitsApproval
    | Approved
    | Declined
    | StopAsked
    | Queued
    | HandedOver
    | TakenOver
    | Started
    | Progressed
    | Reported
    | Failed
    | Lost
    | Expired
    | Judged
    | Compared
    | LookedUp
    | Traced
    | Measured
    | Flipped
    | Watched
    | Published
    | Closed
    | Delivered
)
"""Every kind of event, for the codec."""


@dataclass(frozen=True, slots=True)
class Incident:
    """One question and all that happened to it."""

    id: str
    timeline: tuple[AnyEvent, ...]

    @property
    def request(self) -> Request:
        """What was asked: the first event."""
        first = self.timeline[0]
        assert isinstance(first, Requested), "an incident begins with its request"
        return first.request

    @property
    def closed(self) -> Closed | None:
        """How it ended, or None while it runs."""
        last = self.timeline[-1]
        return last if isinstance(last, Closed) else next((e for e in self.timeline if isinstance(e, Closed)), None)

    @property
    def delivered(self) -> bool:
        """Whether its people have seen the end."""
        return any(isinstance(event, Delivered) for event in reversed(self.timeline))

    @property
    def address(self) -> IPv4Address | None:
        """The address under question, once it is known."""
        resolved = [event.address for event in self.timeline if isinstance(event, Resolved)]
        return resolved[-1] if resolved else self.request.target.address

    def is_about(self, target: Target) -> bool:
        """Whether this machine was asked for, by the same word or by the address that it turned out to have."""
        return target in (self.request.target, Target(address=self.address))

    @property
    def verdict(self) -> Verdict | None:
        """The newest verdict."""
        verdicts = [event.verdict for event in self.timeline if isinstance(event, Judged)]
        return verdicts[-1] if verdicts else None

    @property
    def reach(self) -> Reach | None:
        """The matrix of a comparison, once there is one."""
        found = [event.reach for event in self.timeline if isinstance(event, Measured)]
        return found[-1] if found else None

    @property
    def owners(self) -> Owners | None:
        """What a look-up found, once it did."""
        found = [event.owners for event in self.timeline if isinstance(event, LookedUp)]
        return found[-1] if found else None

    @property
    def path(self) -> Path | None:
        """What the tables on the way hold, once they were compared."""
        found = [event.path for event in self.timeline if isinstance(event, Traced)]
        return found[-1] if found else None

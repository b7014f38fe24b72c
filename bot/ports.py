"""What the pure middle needs from the world. Every port has a real part and a stand-in, and both pass one contract."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from math import inf
from typing import Protocol

from bot.meters import Measure
from bot.model.audit import Entry
from bot.model.download import Link
from bot.model.dropped import DroppedFile
from bot.model.incident import AnyEvent, Failed, Incident, Lost, Progressed, Published, Reported, Started, StopAsked
from bot.model.inquiry import AnyDeed, Inquiry, Noted, Withdrawn
from bot.model.job import Agent, Artifact, Job
from bot.model.people import Channel, Member
from bot.model.request import Person, Place
from bot.model.summary import Line, Summary


class Clock(Protocol):
    """The time, and names that nobody else has."""

    def now(self) -> datetime:
        """This moment in UTC."""
        ...

    def new_id(self, prefix: str) -> str:
        """A fresh id that cannot be guessed: ``<prefix>-<random>``."""
        ...


@dataclass(frozen=True, slots=True)
class News:
    """Something an agent said about one of our jobs, or another bot on what we have in hand.

    ``blobs`` are the artifacts' bytes by digest.
    """

    incident: str
    event: Started | Progressed | Reported | Failed | Lost | StopAsked | Published
    blobs: Mapping[str, bytes]


class Queue(Protocol):
    """The bot's side of the job queue. Signed, at-least-once; every call is safe from several threads.

    Every method raises InstrumentError with a clear sentence when the server cannot be reached.
    """

    def put(self, jobs: Sequence[Job]) -> None:
        """Sign the jobs and put each on its queue, in one round trip; the answers go to whoever has their incident."""
        ...

    def news(self, wait_s: float) -> tuple[News, ...]:
        """What came in for what this bot has in hand; waits up to ``wait_s`` for the first. One thread calls this.

        What it gave is removed when it is asked again: who dies in between loses nothing, for the next one hears it.

        A report that nobody asked for, or whose signature is wrong, is dropped with a warning. A job whose queue
        has no living agent gives one ``Lost``; it may still be taken and reported until it expires.
        """
        ...

    def cancel(self, job: Job) -> None:
        """Tell whoever runs the job to stop; a job that nobody took yet will not start."""
        ...

    def agents(self) -> tuple[Agent, ...]:
        """Every agent with a living heartbeat, by name."""
        ...

    def roll(self) -> tuple[Agent, ...]:
        """Every agent that any bot has heard in the last week, by name, as it was heard last."""
        ...

    def begin(self, incident: str) -> None:
        """Have in hand what nobody has: a new incident, before anybody else can hear of it."""
        ...

    def hold(self, incidents: Sequence[str], *, seize: bool = False) -> frozenset[str]:
        """Those of the incidents that this bot has in hand now: nobody else had, or it did already.

        Each is one bot's as long as that one lives and listens. ``seize``: also what another has.
        """
        ...

    def holds(self, incident: str) -> bool:
        """Whether this bot has it in hand; looked up anew if this process may have slept meanwhile. Never raises."""
        ...

    def taken(self) -> tuple[str, ...]:
        """The incidents that other bots have taken out of this one's hand since this was asked last. Never raises.

        Also those that another may have had while this one slept or was cut off; ``begin`` takes them in hand again.
        """
        ...

    def resume(self, jobs: Sequence[Job]) -> None:
        """Expect reports on these jobs, which another bot has put, as if this one had."""
        ...

    def tell(self, incident: str, word: StopAsked | Published) -> None:
        """Tell whichever bot has the incident in hand, now or next."""
        ...

    def leave(self, incident: str) -> None:
        """Give an incident out of hand as it stands; another bot may go on with it at once."""
        ...

    def end(self, incident: str) -> None:
        """It is over, and its people know: what came in late is removed."""
        ...

    def alone(self) -> bool:
        """Whether no other bot is there that could go on."""
        ...

    def close(self) -> None:
        """Listen no longer; what is still in hand may be another bot's in a few seconds."""
        ...


@dataclass(frozen=True, slots=True)
class Work:
    """What an ability is given: the job, and how to talk back while it runs.

    ``stopped`` turns True when the job was cancelled or the agent lost its lease; an ability looks at it at least
    ten times a second. ``report`` sends the evidence so far (best effort; never raises). ``progress`` says how far a
    capture is (likewise): packets, bytes, dropped packets, seconds left. ``stop_reason`` is the sentence behind
    ``stopped``, or None. ``left_s`` are the seconds until nobody waits for the job any more.
    """

    job: Job
    stopped: Callable[[], bool]
    report: Callable[[Sequence[tuple[Artifact, bytes]]], None]
    progress: Callable[[int, int, int | None, float], None] = lambda *_: None
    stop_reason: Callable[[], str | None] = lambda: None
    left_s: Callable[[], float] = lambda: inf


class Claim(StrEnum):
    """Whose a delivery is: ours from now on, taken by a bot that is still at it, or done."""

    OURS = "ours"
    TAKEN = "taken"
    DONE = "done"


class Once(Protocol):
    """What happened before, at any bot. Each may raise InstrumentError: nobody can say."""

    def seen(self, name: str) -> bool:
        """Whether this name was met before; from now on it was."""
        ...

    def claim(self, name: str) -> Claim:
        """Take this name on, unless somebody has who lives."""
        ...

    def done(self, name: str) -> None:
        """What was taken on has had its effect."""
        ...


class Ability(Protocol):
    """One kind of job that an agent can do.

    Returns the final artifacts with their bytes. Raises InstrumentError when the instrument cannot look (the text
    is the reason on the card) and RequestError when the job is outside the agent's own bounds.
    """

    def __call__(self, work: Work) -> Sequence[tuple[Artifact, bytes]]:
        """Do the job."""
        ...


class Intake(Protocol):
    """The agent's side of the job queue. It rides out a server that is away: nothing raises because of that.

    From its making until ``close`` it announces the agent and renews its lease. A job that it handed out is held
    until a final report, ``fail`` or ``close``; what is said about a job that is no longer held is dropped.
    """

    def take(self, wait_s: float) -> Job | None:
        """The next job that is ours to run, or None after about ``wait_s``; the bot has been told that it started.

        Called only with a free slot, by one thread. What is forged, replayed, expired, cancelled or has killed too
        many agents never comes out of here.
        """
        ...

    def stop_reason(self, job: Job) -> str | None:
        """Why the job must stop now, as a sentence: stopped, out of time, taken over, nobody asks. None: go on."""
        ...

    def left_s(self, job: Job) -> float:
        """How many seconds are left until the job expires, by the clock that its bot and its agents share."""
        ...

    def progress(self, job: Job, packets: int, size_bytes: int, dropped: int | None, left_s: float) -> None:
        """Say how far a capture is. Best effort: the next one says more."""
        ...

    def report(self, job: Job, evidence: Sequence[tuple[Artifact, bytes]], *, final: bool) -> None:
        """Send evidence. A final report arrives, however long the server is away; any other is best effort.

        Raises:
            InstrumentError: only for a final one: the evidence cannot travel; the job is still held.
        """
        ...

    def fail(self, job: Job, reason: str) -> None:
        """Say that the instrument could not look, and why. Final for the job."""
        ...

    def close(self) -> None:
        """Give up the lease; jobs still held go to another agent. Safe to call twice."""
        ...


class Journal(Protocol):
    """Where timelines outlive the process. Append-only; an event is never changed."""

    def append(self, incident: str, event: AnyEvent, position: int | None = None) -> None:
        """Write one event at the end of the incident's timeline.

        ``position`` is how many events the writer knows before this one. Written twice at its position it stands once.

        Raises:
            OvertakenError: somebody else has written there, or further on.
            ForgottenError: fewer events than that are known here, and nothing was written.
        """
        ...

    def behind(self, lengths: Mapping[str, int]) -> frozenset[str]:
        """Those of the incidents of whose timelines fewer events are known here than given."""
        ...

    def read(self, incident: str) -> Incident | None:
        """The incident as written so far, or None when there is no such incident."""
        ...

    def unfinished(self, channel: str | None = None) -> tuple[str, ...]:
        """Ids of the incidents whose end nobody has seen yet (no Delivered event), oldest first.

        ``channel``: those alone that were asked there.
        """
        ...

    def crowd(self, channel: str) -> tuple[int, int]:
        """How many unfinished incidents were asked in the channel, and how many there are in all; in one reading."""
        ...


class Kept(Protocol):
    """Where evidence outlives the process, until the end of its incident has been seen.

    Every method raises InstrumentError with a clear sentence when the server cannot be reached.
    """

    def put(self, incident: str, blobs: Mapping[str, bytes]) -> None:
        """Keep these bytes by digest."""
        ...

    def only(self, incident: str, digests: Collection[str]) -> None:
        """Forget what is kept of the incident under any other digest: a later report has replaced it."""
        ...

    def all(self, incident: str) -> dict[str, bytes]:
        """Everything that was kept of the incident, by digest."""
        ...

    def drop(self, incident: str) -> None:
        """Its people have seen the end, and its case holds it."""
        ...


class Inquiries(Protocol):
    """Where the channels' own timelines outlive the process, and which question was asked where. Append-only.

    Every method raises InstrumentError with a clear sentence when the server cannot be reached.
    """

    def append(self, inquiry: str, event: AnyDeed) -> None:
        """Write one event at the end; an Opened begins it, and makes it the newest of its channel."""
        ...

    def read(self, inquiry: str) -> Inquiry | None:
        """The inquiry as written so far, or None when there is no such inquiry."""
        ...

    def of_channel(self, channel: str) -> tuple[str, ...]:
        """The ids of the channel's inquiries, oldest first."""
        ...

    def unended(self) -> tuple[str, ...]:
        """The ids of the inquiries that are open, in whatever channel, oldest first."""
        ...

    def asked(self, channel: str, since: datetime, until: datetime | None, most: int) -> tuple[str, ...]:
        """The ids of the newest ``most`` questions that were asked in the channel in that time, oldest first."""
        ...


class Archive(Protocol):
    """Where closed incidents lie as cases, for as long as the operator keeps them."""

    def save(self, case: str, files: Mapping[str, bytes]) -> None:
        """Keep the files of one case; the case appears whole or not at all.

        Raises:
            InstrumentError: the disk does not take it.
        """
        ...

    def case(self, name: str) -> Mapping[str, bytes] | None:
        """The files of one case as they are now; None: there is none, or its time was over.

        Raises:
            BundleError: it cannot be read.
        """
        ...


class Audit(Protocol):
    """Where every deed is written down for good, in order; nothing in it is ever changed."""

    def record(self, entry: Entry) -> None:
        """Write the deed down before it has an effect.

        Raises:
            InstrumentError: it cannot be written; what must not happen unseen does not happen.
        """
        ...

    def of_channel(self, channel: str, most: int) -> tuple[Entry, ...]:
        """The newest ``most`` deeds that were asked for in the channel, oldest first."""
        ...


class Directory(Protocol):
    """What the chat knows of people and places, at most a minute old. Nothing here raises."""

    def member(self, person: Person) -> Member | None:
        """The person, or None: the chat does not say, so nothing more than a look is allowed."""
        ...

    def channel(self, channel: str) -> Channel | None:
        """The channel, or None: the chat does not say, so nothing more than a look is allowed."""
        ...


class Links(Protocol):
    """How a capture leaves the bot for one person."""

    def offer(self, incident: str, person: Person, place: Place) -> tuple[Link, ...]:
        """Fresh links to the captures of a closed incident; empty where their bytes are deleted. Nothing here raises.

        Each is for this person, who asked there, works once and expires.
        """
        ...


class Drops(Protocol):
    """The files that people shared in the chat."""

    def fetch(self, file: DroppedFile, most_bytes: int) -> bytes:
        """The file's bytes; takes seconds.

        Raises:
            InstrumentError: they cannot be had, or are more than that; the text says why.
        """
        ...


class Chat(Protocol):
    """The only way to the people. Calls return at once; delivery, coalescing and rate limits are the port's part."""

    def show(self, incident: Incident, facts: tuple[str, ...], progress: tuple[Progressed, ...] = ()) -> None:
        """Bring the incident's card up to date; ``facts`` are the statements established so far.

        ``progress`` is the last word on each running capture, with the moment when it came. Posts the card the first
        time, then edits it. While a second person is waited for, its thread has a message to approve or decline. A
        closed incident is delivered at once and is final.
        """
        ...

    def also(self, incident: Incident, place: Place) -> None:
        """Post the card of a question that has ended where somebody else awaits its answer, once."""
        ...

    def found(self, incident: str, part: str, channel: str, message: str, stands: str | None) -> None:
        """Slack says that this message shows that part of the incident; ``stands`` is where it was known to be shown.

        It is taken for it where none is known; one too many is taken back.
        """
        ...

    def tell(self, incident: Incident, lines: Sequence[str], part: str) -> None:
        """Say what a capture shows, line by line, in the incident's thread; by its name ``part`` it stands once."""
        ...

    def whisper(self, person: Person, place: Place, sentence: str) -> None:
        """Say something to one person only, where they asked."""
        ...

    def attach(self, incident: Incident, filename: str, data: bytes, comment: str, alt: str | None = None) -> None:
        """Upload a file into the incident's thread; ``alt`` says what a picture shows to who cannot see it.

        No two files of an incident have the same name. Where that fails, a sentence there says so, and everything else
        stands.
        """
        ...

    def complete(self, incident: Incident) -> None:
        """Take it that nothing more follows the end: it is delivered when all that was given stands, or never can."""
        ...

    def offer(self, person: Person, place: Place, file: DroppedFile) -> None:
        """Offer one person to judge the file that they shared there."""
        ...

    def hand(self, person: Person, place: Place, links: tuple[Link, ...]) -> None:
        """Show links to one person only, where they asked."""
        ...


class Boards(Protocol):
    """The way to the people for what a channel works on together; calls return at once, as the Chat's do."""

    def whisper(self, person: Person, place: Place, sentence: str) -> None:
        """Say something to one person only, where they asked."""
        ...

    def board(self, summary: Summary, channel: str, message: str | None) -> None:
        """Bring the channel's summary up to date in ``message``; None: post it there, and pin it.

        Where it was posted is told by the port.
        """
        ...

    def found(self, incident: str, part: str, channel: str, message: str, stands: str | None) -> None:
        """As of the Chat, for the message of a channel's summary."""
        ...

    def brief(self, person: Person | None, place: Place, summary: Summary) -> None:
        """Show the whole summary to one person there, or post it for all (None)."""
        ...

    def list_lines(self, person: Person, place: Place, lines: Sequence[Line], before: int) -> None:
        """Show these lines of a timeline to one person; ``before`` are older and stand not among them."""
        ...

    def post_note(self, place: Place, note: Noted, lines: Sequence[str]) -> None:
        """Say for all there that something was noted, with what is to be said of it; a button takes it back."""
        ...

    def post_withdrawal(self, place: Place, withdrawn: Withdrawn) -> None:
        """Say for all there that a note was taken back."""
        ...

    def share(self, place: Place, filename: str, data: bytes, comment: str) -> None:
        """Upload a file for all there; if that fails, a sentence there says so."""
        ...


class Meter(Protocol):
    """Where a process counts what it does. Safe from several threads; a call takes microseconds and never raises.

    ``labels`` are the values of the measure's labels, in its order.
    """

    def add(self, measure: Measure, *labels: str, by: float = 1) -> None:
        """So much more of a counter; of a gauge also less."""
        ...

    def observe(self, measure: Measure, seconds: float, *labels: str) -> None:
        """One more value of a histogram."""
        ...


class NoMeter:
    """A Meter where nobody wants to know."""

    def add(self, measure: Measure, *labels: str, by: float = 1) -> None:
        """Nothing is kept."""

    def observe(self, measure: Measure, seconds: float, *labels: str) -> None:
        """Nothing is kept."""


NO_METER: Meter = NoMeter()

"""The queue server between bots and agents: jobs out, news back, and what an agent is to do with a job."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Protocol

from bot.model.incident import Failed, Lost, Progressed, Published, Reported, Started, StopAsked
from bot.model.job import Agent, Artifact, Job


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

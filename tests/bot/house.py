"""A coordinator with everything around it on paper: the test says what agents, people and the chat say."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from bot.doors import CountedDoors
from bot.errors import InstrumentError
from bot.incidents.policy import Policy
from bot.model.audit import Deed, Entry
from bot.model.download import Link
from bot.model.dropped import DroppedFile
from bot.model.incident import AnyEvent, Closed, Failed, Incident, Progressed, Published, Reported, StopAsked
from bot.model.inquiry import Noted, Withdrawn
from bot.model.job import Agent, Artifact, Job, Media, Probe, Vantage, digest_of
from bot.model.people import Channel, Member, Membership
from bot.model.request import Person, Place
from bot.model.summary import Line, Summary
from bot.ports import Kept, News
from bot.probes.vcenter import dump, parse, query, select
from bot.queue.inquiries import MemoryInquiries
from bot.queue.journal import MemoryJournal
from bot.queue.kept import MemoryKept
from tests.bot.counted import PaperMeter
from tests.bot.incidents.ground import ASKER, HERE, NOON, OFFICE, PROD, HandClock, agent

CAPTURER = Person("T1", "U9")
EMPTY_TABLE = b"[]"
INVENTORY = parse((Path(__file__).parents[1] / "vcsim" / "owners.snapshot.json").read_bytes())


class PaperQueue:
    """What every bot of a house has in common on the queue server: the test says what agents say.

    ``holders`` says which bot has which incident in hand; a bot that is gone has none. ``down``: jobs cannot be put.
    ``away``: nothing can be begun either.
    """

    def __init__(self) -> None:
        self.jobs: list[Job] = []
        self.cancelled: list[Job] = []
        self.inbox: list[News] = []
        self.holders: dict[str, int] = {}
        self.roll: tuple[Agent, ...] = ()
        self.begun = self.bots = 0
        self.down = False
        self.away = False

    def put(self, jobs: Sequence[Job]) -> None:
        if self.down:
            raise InstrumentError("The queue server cannot be reached.")
        had = {job.id for job in self.jobs}
        self.jobs += [job for job in jobs if job.id not in had]  # agents begin each once

    def news(self, wait_s: float) -> tuple[News, ...]:
        """What lies there, for whichever bot; it lies there until that one asks again."""
        return tuple(self.inbox)

    def cancel(self, job: Job) -> None:
        self.cancelled.append(job)

    def agents(self) -> tuple[Agent, ...]:
        return (agent(PROD), agent(OFFICE))


class PaperLine:
    """bot.ports.Queue on paper, as one of the bots has it."""

    def __init__(self, queue: PaperQueue) -> None:
        queue.begun += 1
        queue.bots += 1
        self._queue, self._me = queue, queue.begun
        self._held: set[str] = set()
        self._handed: tuple[News, ...] = ()

    def put(self, jobs: Sequence[Job]) -> None:
        self._queue.put(jobs)

    def news(self, wait_s: float) -> tuple[News, ...]:
        self._queue.inbox = [one for one in self._queue.inbox if not any(one is had for had in self._handed)]
        self._handed = tuple(one for one in self._queue.news(wait_s) if self.holds(one.incident))
        return self._handed

    def cancel(self, job: Job) -> None:
        self._queue.cancel(job)

    def agents(self) -> tuple[Agent, ...]:
        return self._queue.agents()

    def roll(self) -> tuple[Agent, ...]:
        return self._queue.roll

    def begin(self, incident: str) -> None:
        if self._queue.away:
            raise InstrumentError("The queue server cannot be reached.")
        self.hold([incident])

    def hold(self, incidents: Sequence[str], *, seize: bool = False) -> frozenset[str]:
        holders = self._queue.holders
        ours = frozenset(name for name in incidents if seize or holders.get(name, self._me) == self._me)
        holders.update(dict.fromkeys(ours, self._me))
        self._held |= ours
        return ours

    def holds(self, incident: str) -> bool:
        return self._queue.holders.get(incident) == self._me

    def taken(self) -> tuple[str, ...]:
        lost = {name for name in tuple(self._held) if not self.holds(name)}
        self._held -= lost
        return tuple(sorted(lost))

    def resume(self, jobs: Sequence[Job]) -> None:
        """Whatever is said is heard here."""

    def tell(self, incident: str, word: StopAsked | Published) -> None:
        self._queue.inbox.append(News(incident, word, {}))

    def leave(self, incident: str) -> None:
        self._held.discard(incident)
        if self.holds(incident):
            del self._queue.holders[incident]

    def end(self, incident: str) -> None:
        self.leave(incident)

    def alone(self) -> bool:
        return self._queue.bots == 1

    def close(self) -> None:
        """Nothing to give back."""


class Died(BaseException):
    """The bot is gone in the middle of whatever it did."""


class FailingJournal(MemoryJournal):
    """The journal in memory, which a test can take away.

    ``last`` is how many lines the bot still lives to write (None: it lives on); ``before``: it dies before the line
    that it does not live to write, after everything that comes before that line, and else right after its last one.
    """

    def __init__(self) -> None:
        super().__init__()
        self.down = False
        self.last: int | None = None
        self.before = False

    def forget(self, incident: str, left: int) -> None:
        """Only so many events are left of it, as after a failover of its server."""
        with self._lock:
            self._timelines[incident] = self._timelines[incident][:left]
            if not left:
                del self._timelines[incident]

    def append(self, incident: str, event: AnyEvent, position: int | None = None) -> None:
        if self.down:
            raise InstrumentError("The queue server cannot be reached.")
        if self.last == 0 and self.before:
            raise Died
        super().append(incident, event, position)
        if self.last is not None:
            self.last -= 1
            if self.last == 0 and not self.before:
                raise Died


class PaperChat:
    """bot.ports.Chat on paper."""

    def __init__(self) -> None:
        self.cards: list[Incident] = []
        self.facts: list[tuple[str, ...]] = []
        self.progress: list[tuple[Progressed, ...]] = []
        self.lines: list[str] = []
        self.told: list[str] = []
        self.completed: list[str] = []
        self.copies: list[tuple[Incident, Place]] = []
        self.places: list[tuple[str, str, str, str | None]] = []
        self.whispers: list[str] = []
        self.files: list[tuple[str, bytes]] = []
        self.alts: dict[str, str | None] = {}
        self.offered: list[DroppedFile] = []
        self.handed: list[tuple[Person, Place, tuple[Link, ...]]] = []

    def show(self, incident: Incident, facts: tuple[str, ...], progress: tuple[Progressed, ...] = ()) -> None:
        self.cards.append(incident)
        self.facts.append(facts)
        self.progress.append(progress)

    def also(self, incident: Incident, place: Place) -> None:
        self.copies.append((incident, place))

    def found(self, incident: str, part: str, channel: str, message: str, stands: str | None) -> None:
        self.places.append((incident, part, message, stands))

    def tell(self, incident: Incident, lines: Sequence[str], part: str) -> None:
        self.lines += lines
        self.told.append(part)

    def whisper(self, person: Person, place: Place, sentence: str) -> None:
        self.whispers.append(sentence)

    def attach(self, incident: Incident, filename: str, data: bytes, comment: str, alt: str | None = None) -> None:
        self.files.append((filename, data))
        self.alts[filename] = alt

    def complete(self, incident: Incident) -> None:
        self.completed.append(incident.id)

    def offer(self, person: Person, place: Place, file: DroppedFile) -> None:
        self.offered.append(file)

    def hand(self, person: Person, place: Place, links: tuple[Link, ...]) -> None:
        self.handed.append((person, place, links))


class PaperBoards:
    """bot.ports.Boards on paper."""

    def __init__(self) -> None:
        self.boards: list[tuple[Summary, str | None]] = []
        self.briefs: list[tuple[Person | None, Place, Summary]] = []
        self.lines: list[tuple[tuple[Line, ...], int]] = []
        self.whispers: list[str] = []
        self.notes: list[tuple[Place, Noted, tuple[str, ...]]] = []
        self.shared: list[tuple[Place, str, bytes, str]] = []
        self.withdrawn: list[tuple[Place, Withdrawn]] = []
        self.places: list[tuple[str, str, str, str | None]] = []

    def share(self, place: Place, filename: str, data: bytes, comment: str) -> None:
        self.shared.append((place, filename, data, comment))

    def post_note(self, place: Place, note: Noted, lines: Sequence[str]) -> None:
        self.notes.append((place, note, tuple(lines)))

    def post_withdrawal(self, place: Place, withdrawn: Withdrawn) -> None:
        self.withdrawn.append((place, withdrawn))

    def whisper(self, person: Person, place: Place, sentence: str) -> None:
        self.whispers.append(sentence)

    def found(self, incident: str, part: str, channel: str, message: str, stands: str | None) -> None:
        self.places.append((incident, part, message, stands))

    def board(self, summary: Summary, channel: str, message: str | None) -> None:
        self.boards.append((summary, message))

    def brief(self, person: Person | None, place: Place, summary: Summary) -> None:
        self.briefs.append((person, place, summary))

    def list_lines(self, person: Person, place: Place, lines: Sequence[Line], before: int) -> None:
        self.lines.append((tuple(lines), before))


class PaperArchive:
    """bot.ports.Archive on paper."""

    def __init__(self) -> None:
        self.cases: dict[str, Mapping[str, bytes]] = {}

    def save(self, case: str, files: Mapping[str, bytes]) -> None:
        self.cases[case] = files

    def case(self, name: str) -> Mapping[str, bytes] | None:
        return self.cases.get(name)


class PaperAudit:
    """bot.ports.Audit on paper, which a test can take away for some deeds."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.full: set[Deed] = set()

    def record(self, entry: Entry) -> None:
        if entry.deed in self.full:
            raise InstrumentError("The disk is full.")
        self.entries.append(entry)

    def of_channel(self, channel: str, most: int) -> tuple[Entry, ...]:
        return tuple(self.entries[-most:])

    @property
    def deeds(self) -> list[Deed]:
        return [entry.deed for entry in self.entries]


class PaperDirectory:
    """bot.ports.Directory on paper: everybody is a full member unless the test says otherwise."""

    def __init__(self) -> None:
        self.members: dict[Person, Member | None] = {}

    def member(self, person: Person) -> Member | None:
        return self.members.get(person, Member(Membership.FULL))

    def channel(self, channel: str) -> Channel | None:
        return Channel(shared=False)


class PaperDrops:
    """bot.ports.Drops on paper: one file, or the reason why there is none; ``slow``: it never comes."""

    def __init__(self) -> None:
        self.data: bytes | InstrumentError = b""
        self.slow = False

    def fetch(self, file: DroppedFile, most_bytes: int) -> bytes:
        if isinstance(self.data, InstrumentError):
            raise self.data
        return self.data


class PaperLinks:
    """bot.ports.Links on paper."""

    def __init__(self) -> None:
        self.offered: tuple[Link, ...] = ()

    def offer(self, incident: str, person: Person, place: Place) -> tuple[Link, ...]:
        return self.offered


class House:
    """A coordinator with everything around it on paper."""

    def __init__(self, vcenters: tuple[str, ...] = ("dc1",), rules: Policy | None = None) -> None:
        self.meter = PaperMeter()
        self.queue, self.journal, self.chat, self.archive = PaperQueue(), FailingJournal(), PaperChat(), PaperArchive()
        self.clock = HandClock()
        self.audit, self.directory, self.links = PaperAudit(), PaperDirectory(), PaperLinks()
        self.decided: set[str] = set()
        self.drops = PaperDrops()
        self.inquiries, self.boards = MemoryInquiries(self.journal), PaperBoards()
        self.kept: Kept = MemoryKept()
        self.vcenters, self.rules = vcenters, rules or Policy(teams=("T1",), capturers=(CAPTURER,))
        self.coordinator = self.bot()

    def bot(self) -> CountedDoors:
        """One more bot on the same ground, as after a restart."""
        return CountedDoors(
            queue=PaperLine(self.queue), journal=self.journal, chat=self.chat, archive=self.archive, clock=self.clock,
            rules=self.rules, vcenters=self.vcenters, directory=self.directory, audit=self.audit, links=self.links,
            once=self._once, apart=self._apart, most_bytes=64 << 20, drops=self.drops,
            inquiries=self.inquiries, boards=self.boards, kept=self.kept, meter=self.meter,
        )  # fmt: skip

    def dies(self) -> None:
        """The bot is gone without a word, its leases too, and another one is started."""
        self.queue.holders.clear()
        self.queue.bots -= 1
        self.coordinator = self.bot()

    def _apart(self, work: Callable[[], None]) -> None:
        if not self.drops.slow:
            work()

    def _once(self, name: str) -> bool:
        known = name in self.decided
        self.decided.add(name)
        return known

    def ask(self, text: str = "10.0.0.5", command: str = "arpcheck") -> Incident:
        return self.coordinator.ask(command, text, ASKER, HERE)

    def turn(self) -> None:
        """Let the coordinator's thread take in what lies there, once."""
        stop, read = threading.Event(), self.queue.news

        def once(wait_s: float) -> tuple[News, ...]:
            stop.set()
            return read(wait_s)

        self.queue.news = once  # type: ignore[method-assign]
        self.coordinator.run(stop)
        self.queue.news = read  # type: ignore[method-assign]

    def says(self, event: Progressed | Reported | Failed, blobs: Mapping[str, bytes] | None = None) -> None:
        job = next(job for job in self.queue.jobs if job.id == event.job)
        self.queue.inbox.append(News(job.incident, event, blobs or {}))
        self.turn()

    def looks_up(self, job: Job) -> None:
        """The vCenter of the simulator's inventory answers the job."""
        snapshot = replace(select(INVENTORY, query(job)), vcenter=job.queue.removeprefix("vcenter."), read_at=NOON)
        self.reports(job, dump(snapshot), Media.VCENTER)

    def reports(
        self,
        job: Job,
        data: bytes = EMPTY_TABLE,
        media: Media = Media.NEIGHBOURS,
        *,
        at: Vantage = PROD,
        final: bool = True,
        incomplete: str | None = None,
    ) -> None:
        vantage = Vantage("dc1", "", "") if job.probe is Probe.VCENTER else at
        artifact = Artifact(
            job.id, job.probe, vantage, media, digest_of(data), len(data), NOON, NOON, 0, incomplete=incomplete
        )
        report = Reported(at=self.clock.now(), job=job.id, agent=vantage.agent, artifacts=(artifact,), final=final)
        self.says(report, {artifact.digest: data})

    @property
    def card(self) -> Incident:
        """What stands in the channel now."""
        return self.chat.cards[-1]


def closed(incident: Incident) -> Closed:
    assert incident.closed is not None, "the request has not ended"
    return incident.closed

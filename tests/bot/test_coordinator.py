"""From a question to its end, whatever the agents, the queue and the disk do meanwhile."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from bot.coordinator import Coordinator
from bot.errors import BundleError, InstrumentError, RequestError
from bot.incidents import flow
from bot.incidents.bundle import INDEX, LOOK_UP_INDEX, unpack
from bot.incidents.policy import Policy
from bot.model.dropped import DroppedFile
from bot.model.incident import AnyEvent, Closed, Expired, Failed, Incident, Judged, Outcome, Reported, Requested
from bot.model.job import Agent, Artifact, Job, Media, Probe, Vantage, digest_of
from bot.model.request import Person, Place
from bot.ports import News
from bot.probes.vcenter import dump, parse, query, select
from bot.queue.journal import MemoryJournal
from tests.bot.incidents.ground import ASKER, HERE, NOON, OFFICE, PROD, HandClock, agent, request

CAPTURER = Person("T1", "U9")
EMPTY_TABLE = b"[]"
TOO_LATE = "The file could not be fetched within 60 s; please ask again."
DROPPED = DroppedFile("F1", "core.pcap", 6480)
CRASHED_AGENT = Path(__file__).parents[1] / "scenarios/guest.bonding_agent_answers_with_two_macs/crashed_agent"
TWO_MACS = (CRASHED_AGENT / "2-agent-prod-arp.pcap").read_bytes()
INVENTORY = parse((Path(__file__).parents[1] / "vcsim" / "owners.snapshot.json").read_bytes())


class PaperQueue:
    """bot.ports.Queue on paper: the test says what agents say."""

    def __init__(self) -> None:
        self.jobs: list[Job] = []
        self.cancelled: list[Job] = []
        self.inbox: list[News] = []
        self.down = False

    def put(self, jobs: Sequence[Job]) -> None:
        if self.down:
            raise InstrumentError("The queue server cannot be reached.")
        self.jobs += jobs

    def news(self, wait_s: float) -> tuple[News, ...]:
        news, self.inbox = tuple(self.inbox), []
        return news

    def cancel(self, job: Job) -> None:
        self.cancelled.append(job)

    def agents(self) -> tuple[Agent, ...]:
        return (agent(PROD), agent(OFFICE))


class FailingJournal(MemoryJournal):
    """The journal in memory, which a test can take away."""

    def __init__(self) -> None:
        super().__init__()
        self.down = False

    def append(self, incident: str, event: AnyEvent) -> None:
        if self.down:
            raise InstrumentError("The queue server cannot be reached.")
        super().append(incident, event)


class PaperChat:
    """bot.ports.Chat on paper."""

    def __init__(self) -> None:
        self.cards: list[Incident] = []
        self.facts: list[tuple[str, ...]] = []
        self.files: list[tuple[str, bytes]] = []
        self.offered: list[DroppedFile] = []
        self.changed = threading.Condition()

    def show(self, incident: Incident, facts: tuple[str, ...]) -> None:
        with self.changed:
            self.cards.append(incident)
            self.facts.append(facts)
            self.changed.notify_all()

    def whisper(self, person: Person, place: Place, sentence: str) -> None:
        raise AssertionError("the coordinator answers by raising")

    def offer(self, person: Person, place: Place, file: DroppedFile) -> None:
        self.offered.append(file)

    def attach(self, incident: Incident, filename: str, data: bytes, comment: str) -> None:
        self.files.append((filename, data))


class PaperArchive:
    """bot.ports.Archive on paper."""

    def __init__(self) -> None:
        self.cases: dict[str, Mapping[str, bytes]] = {}

    def save(self, case: str, files: Mapping[str, bytes]) -> None:
        self.cases[case] = files


class PaperDrops:
    """bot.ports.Drops on paper: one file, or the reason why there is none."""

    def __init__(self) -> None:
        self.data: bytes | InstrumentError = TWO_MACS
        self.open = threading.Event()
        self.open.set()

    def fetch(self, file: DroppedFile, most_bytes: int) -> bytes:
        self.open.wait()
        if isinstance(self.data, InstrumentError):
            raise self.data
        return self.data


class House:
    """A coordinator with everything around it on paper."""

    def __init__(self, vcenters: tuple[str, ...] = ("dc1",)) -> None:
        self.queue, self.journal, self.chat, self.archive = PaperQueue(), FailingJournal(), PaperChat(), PaperArchive()
        self.clock, self.drops = HandClock(), PaperDrops()
        self.coordinator = Coordinator(
            queue=self.queue, journal=self.journal, chat=self.chat, archive=self.archive, clock=self.clock,
            rules=Policy(teams=("T1",), capturers=(CAPTURER,)), vcenters=vcenters, drops=self.drops,
        )  # fmt: skip

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

    def says(self, event: Reported | Failed, blobs: Mapping[str, bytes] | None = None) -> None:
        job = next(job for job in self.queue.jobs if job.id == event.job)
        self.queue.inbox.append(News(job.incident, event, blobs or {}))
        self.turn()

    def fetched(self, incident: str) -> None:
        """Wait until the shared file came or could not be had: it is fetched in a thread of its own."""

        def over() -> bool:
            return flow.ended(self.card) >= {f"{incident}.0"}

        with self.chat.changed:
            assert self.chat.changed.wait_for(over, 10)

    def looks_up(self, job: Job) -> None:
        """The vCenter of the simulator's inventory answers the job."""
        snapshot = replace(select(INVENTORY, query(job)), vcenter=job.queue.removeprefix("vcenter."), read_at=NOON)
        self.reports(job, dump(snapshot), Media.VCENTER)

    def reports(self, job: Job, data: bytes = EMPTY_TABLE, media: Media = Media.NEIGHBOURS) -> None:
        vantage = Vantage("dc1", "", "") if job.probe is Probe.VCENTER else PROD
        artifact = Artifact(job.id, job.probe, vantage, media, digest_of(data), len(data), NOON, NOON, 0)
        self.says(Reported(at=NOON, job=job.id, agent="a", artifacts=(artifact,), final=True), {artifact.digest: data})

    @property
    def card(self) -> Incident:
        """What stands in the channel now."""
        return self.chat.cards[-1]


@pytest.fixture
def house() -> House:
    return House()


def closed(incident: Incident) -> Closed:
    assert incident.closed is not None, "the request has not ended"
    return incident.closed


def test_a_question_is_on_its_queues_and_on_a_card_when_asking_returns(house: House) -> None:
    """The asker's acknowledgement waits for this and nothing more."""
    incident = house.ask()
    assert [job.queue for job in house.queue.jobs] == ["segment.prod", "segment.office", "vcenter.dc1"]
    assert house.card.id == incident.id
    assert house.journal.unfinished() == (incident.id,)


@pytest.mark.parametrize(
    ("text", "person", "says"),
    [
        pytest.param("10.0.0.300", ASKER, "not an IPv4 address", id="bad address"),
        pytest.param("10.0.0.5", Person("T2", "U1"), "members of this workspace", id="outsider"),
    ],
)
def test_a_question_that_cannot_be_taken_leaves_nothing_behind(
    house: House, text: str, person: Person, says: str
) -> None:
    """It is answered on the spot; there is no card to wait for."""
    with pytest.raises(RequestError, match=says):
        house.coordinator.ask("arpcheck", text, person, HERE)
    assert house.journal.unfinished() == ()
    assert not house.chat.cards


def test_a_capture_cannot_be_had_by_the_door_of_checks(house: House) -> None:
    """Whatever word a message begins with, the right to check is not the right to capture."""
    with pytest.raises(RequestError, match="do not know how to capture"):
        house.coordinator.ask("capture", "10.0.0.5", ASKER, HERE)


def test_with_the_server_down_the_asker_is_told_at_once(house: House) -> None:
    """No queue, no journal: nothing is promised."""
    house.journal.down = True
    with pytest.raises(InstrumentError, match="cannot be reached"):
        house.ask()
    assert not house.chat.cards


def test_a_queue_that_fails_after_acceptance_ends_the_request_with_its_reason(house: House) -> None:
    """An accepted request ends in a final state that the asker sees."""
    house.queue.down = True
    house.ask()
    assert closed(house.card) == Closed(at=NOON, outcome=Outcome.FAILED, sentence="The queue server cannot be reached.")


def test_a_target_that_nobody_covers_ends_as_refused(house: House) -> None:
    """The card says where agents stand."""
    house.ask("10.9.9.9")
    assert closed(house.card).outcome is Outcome.REFUSED
    assert "10.0.0.0/24 (prod)" in (closed(house.card).sentence or "")


def test_when_the_last_job_has_ended_there_is_a_verdict_a_final_card_and_a_case(house: House) -> None:
    """Reported, failed or overdue, in any mix."""
    incident = house.ask()
    arp, icmp, vcenter = house.queue.jobs
    house.reports(arp)
    house.says(Failed(at=NOON, job=vcenter.id, agent="vcenter.dc1", reason="The password is wrong."))
    assert house.card.closed is None
    house.clock.forward(60)
    house.turn()
    assert closed(house.card).outcome is Outcome.ANSWERED
    verdict = house.card.verdict
    assert verdict is not None
    assert verdict.case == incident.id
    assert any("The password is wrong." in gap for gap in verdict.missing)
    assert icmp in house.queue.cancelled
    case, blobs = unpack(house.archive.cases[incident.id])
    assert case.verdict == verdict
    assert list(blobs.values()) == [EMPTY_TABLE]
    assert sum(isinstance(event, Judged) for event in house.card.timeline) == 1


def test_late_and_duplicate_reports_change_nothing(house: House) -> None:
    """At least once means twice sometimes."""
    house.ask()
    for job in house.queue.jobs:
        house.says(Failed(at=NOON, job=job.id, agent="a", reason="broken."))
    before = house.card
    house.reports(house.queue.jobs[0])
    assert house.card == before


def test_unreadable_bytes_are_said_and_do_not_hide_the_rest(house: House) -> None:
    """One broken artifact is a gap, not the end."""
    house.ask()
    arp, *rest = house.queue.jobs
    house.reports(arp, b"no capture at all", Media.PCAP)
    for job in rest:
        house.says(Failed(at=NOON, job=job.id, agent="a", reason="broken."))
    assert house.card.verdict is not None
    assert any("could not be read" in gap for gap in house.card.verdict.missing)


@contextmanager
def broken_flow(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def overdue(*_: object) -> tuple[object, ...]:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(flow, "step", overdue)
        yield


def test_a_bug_met_by_one_request_ends_it_with_a_reference_and_spares_the_others(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Loud, but not for everybody."""
    house.ask()
    first = house.queue.jobs[0]
    with broken_flow(monkeypatch):
        house.reports(first)
    assert closed(house.card).outcome is Outcome.FAILED
    assert "bug-" in (closed(house.card).sentence or "")
    house.ask("10.0.0.6")
    assert house.card.closed is None


def test_check_again_asks_the_same_question_anew(house: House) -> None:
    """A new incident; the old one stays as it was."""
    first = house.ask("10.0.0.6 deep")
    again = house.coordinator.again(first.id, ASKER, HERE)
    assert again.id != first.id
    assert (again.request.target, again.request.deep) == (first.request.target, True)


def test_a_forgotten_check_is_refused_with_the_way_out(house: House) -> None:
    """Buttons live longer than memory."""
    with pytest.raises(RequestError, match="ask anew"):
        house.coordinator.again("inc-unknown", ASKER, HERE)


def test_a_capture_brings_its_files_into_the_cards_thread(house: House) -> None:
    """The asker gets the bytes, and a case holds them as well."""
    first = house.ask()
    capture = house.coordinator.capture(first.id, CAPTURER, Place("C1", "1700.1"))
    assert capture.request.place == Place("C1", "1700.1")
    job = house.queue.jobs[-1]
    assert job.probe is Probe.CAPTURE
    house.reports(job, b"\xd4\xc3\xb2\xa1 a pcap", Media.PCAP)
    assert house.chat.files == [("10.0.0.5-prod-1.pcap", b"\xd4\xc3\xb2\xa1 a pcap")]
    assert closed(house.card).outcome is Outcome.ANSWERED
    assert INDEX in house.archive.cases[capture.id]


def test_who_may_not_capture_is_told_whom_to_ask(house: House) -> None:
    """The button is there for everybody; the right is not."""
    first = house.ask()
    with pytest.raises(RequestError, match="RULEOUT_CAPTURERS"):
        house.coordinator.capture(first.id, ASKER, HERE)
    captured = house.coordinator.capture(first.id, CAPTURER, HERE)
    with pytest.raises(RequestError, match="RULEOUT_CAPTURERS"):
        house.coordinator.again(captured.id, ASKER, HERE)


def test_stop_ends_the_check_and_calls_its_agents_back(house: House) -> None:
    """And says so when it came too late."""
    incident = house.ask()
    house.coordinator.stop(incident.id, ASKER, HERE)
    assert closed(house.card).outcome is Outcome.STOPPED
    assert house.queue.cancelled == house.queue.jobs
    with pytest.raises(RequestError, match="over before"):
        house.coordinator.stop(incident.id, ASKER, HERE)


def test_what_a_dead_bot_left_running_is_ended_by_the_next(house: House) -> None:
    """No card says "looking" for ever; a living neighbour's young check is left alone."""
    house.clock.forward(3600)
    old, young = request(number=77), replace(request(number=78), asked_at=house.clock.now())
    for left in (old, young):
        house.journal.append(left.id, Requested(at=left.asked_at, request=left))
    house.turn()
    assert closed(house.card).outcome is Outcome.FAILED
    assert "restarted" in (closed(house.card).sentence or "")
    assert house.card.id == old.id
    assert house.journal.unfinished() == (old.id, young.id)
    house.coordinator.delivered(old.id)
    assert house.journal.unfinished() == (young.id,)


def test_an_end_that_nobody_has_seen_is_shown_by_the_next_bot(house: House) -> None:
    """A bot that dies between its verdict and Slack must not leave a card that says "looking"."""
    left = request(number=77)
    house.journal.append(left.id, Requested(at=NOON, request=left))
    house.journal.append(left.id, Closed(at=NOON, outcome=Outcome.ANSWERED, sentence="All is well."))
    house.clock.forward(3600)
    house.turn()
    assert house.card.id == left.id
    assert sum(isinstance(event, Closed) for event in house.card.timeline) == 1
    house.coordinator.delivered(left.id)
    assert house.journal.unfinished() == ()


def test_the_journal_failing_midway_does_not_cost_the_answer(house: House) -> None:
    """The answer is worth more than its record."""
    house.ask()
    house.journal.down = True
    for job in house.queue.jobs:
        house.says(Failed(at=NOON, job=job.id, agent="a", reason="broken."))
    assert closed(house.card).outcome is Outcome.ANSWERED


def test_an_expired_job_is_in_the_timeline_and_among_what_is_missing(house: House) -> None:
    """Who reads the case next year sees that nobody answered."""
    house.ask()
    house.clock.forward(60)
    house.turn()
    assert sum(isinstance(event, Expired) for event in house.card.timeline) == 3
    assert house.card.verdict is not None
    assert sum("Nobody answered" in gap for gap in house.card.verdict.missing) == 3


def test_a_look_up_asks_no_agent_and_ends_with_its_owner_and_no_verdict(house: House) -> None:
    """Nobody is judged by what vCenter alone knows."""
    incident = house.ask("10.0.0.5", "vcenter")
    (first,) = house.queue.jobs
    assert first.queue == "vcenter.dc1"
    house.looks_up(first)
    assert house.card.closed is None, "who else has its MACs is still asked"
    assert "VM app01 is powered on, on host esx-a1" in house.chat.facts[-1][0]
    (second,) = house.queue.jobs[1:]
    assert second.options.macs == ("00:50:56:aa:01:01", "00:50:56:aa:01:02")
    house.looks_up(second)
    assert closed(house.card) == Closed(at=NOON, outcome=Outcome.ANSWERED)
    assert house.card.verdict is None
    owners = house.card.owners
    assert owners is not None
    assert [owner.name for owner in owners.owners] == ["VM app01"]
    files = house.archive.cases[incident.id]
    assert len(files) == 3
    with pytest.raises(BundleError, match="which is not judged"):
        unpack(files)
    assert LOOK_UP_INDEX in files


def test_a_look_up_that_one_vcenter_answered_says_which_one_did_not() -> None:
    """Partly answered is answered, with what is missing."""
    house = House(("dc1", "dc2"))
    house.ask("nobody", "vcenter")
    one, two = house.queue.jobs
    house.looks_up(one)
    house.says(Failed(at=NOON, job=two.id, agent="vcenter.dc2", reason="The password is wrong."))
    assert closed(house.card).outcome is Outcome.ANSWERED
    owners = house.card.owners
    assert owners is not None
    assert "it may be there all the same" in owners.claim
    assert "vcenter.dc2 could not look: The password is wrong." in owners.missing


def test_a_look_up_that_nobody_answers_ends_at_its_deadline(house: House) -> None:
    """No card says "looking" for ever, and none says that nobody has the address."""
    house.ask("10.0.0.5", "vcenter")
    house.clock.forward(60)
    house.turn()
    assert closed(house.card).outcome is Outcome.FAILED
    assert "Nobody answered on vcenter.dc1" in (closed(house.card).sentence or "")
    late = house.queue.jobs[0]
    before = house.card
    house.looks_up(late)
    assert house.card == before


def test_an_unreadable_snapshot_is_no_empty_vcenter(house: House) -> None:
    """Broken bytes prove nothing about who has what."""
    house.ask("10.0.0.5", "vcenter")
    house.reports(house.queue.jobs[0], b"{}", Media.VCENTER)
    assert closed(house.card).outcome is Outcome.FAILED
    assert "cannot be read" in (closed(house.card).sentence or "")


def test_without_a_vcenter_a_look_up_ends_refused() -> None:
    """And the sentence says whose part it is to add one."""
    house = House(vcenters=())
    house.ask("10.0.0.5", "vcenter")
    assert closed(house.card).outcome is Outcome.REFUSED
    assert "RULEOUT_VCENTERS" in (closed(house.card).sentence or "")


def test_a_look_up_can_be_asked_again_and_is_one(house: House) -> None:
    """The button on its card asks the same question, not a check."""
    first = house.ask("app01", "vcenter")
    again = house.coordinator.again(first.id, ASKER, HERE)
    assert (again.request.command, again.request.target) == ("vcenter", first.request.target)


def drop(house: House, data: bytes | InstrumentError = TWO_MACS, text: str = "10.0.0.5") -> Incident:
    """Ask for a judgement on a shared file, and wait until it was fetched or could not be."""
    house.drops.data = data
    asked = house.coordinator.judge([DROPPED], text, ASKER, HERE)
    house.fetched(asked.id)
    return asked


def test_a_shared_capture_is_judged_with_the_owners_of_its_macs(house: House) -> None:
    """A capture without a join names no side; the file itself is no job for an agent."""
    drop(house)
    assert {job.queue for job in house.queue.jobs} == {"vcenter.dc1"}
    asked, owners = house.queue.jobs
    assert asked.target == IPv4Address("10.0.0.5")
    assert len(owners.options.macs) == 2
    snapshot = (CRASHED_AGENT / "4-vcenter.dc1-vcenter.vcenter.json").read_bytes()
    for job in (asked, owners):
        house.reports(job, snapshot, Media.VCENTER)
    verdict = house.card.verdict
    assert verdict is not None
    assert (verdict.verdict, verdict.grade) == ("guest", "proven")
    assert "Only the shared file was read; no agent asked on the wire." in verdict.missing
    case, blobs = unpack(house.archive.cases[house.card.id])
    assert TWO_MACS in blobs.values()
    assert case.target == IPv4Address("10.0.0.5")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        pytest.param(InstrumentError("core.pcap was deleted."), "core.pcap was deleted.", id="not to be had"),
        pytest.param(b"GIF89a", "core.pcap cannot be judged", id="no capture"),
    ],
)
def test_a_file_that_cannot_be_judged_ends_at_once_with_the_reason(
    house: House, data: bytes | InstrumentError, says: str
) -> None:
    """A verdict on nothing would be a lie; the vCenters need not be waited for."""
    drop(house, data)
    end = closed(house.card)
    assert end.outcome is Outcome.FAILED
    assert says in (end.sentence or "")
    assert house.queue.cancelled


def test_a_file_that_never_comes_ends_when_its_time_is_over(house: House) -> None:
    """Nobody waits for ever, also not for Slack."""
    house.drops.open.clear()
    house.coordinator.judge([DROPPED], "10.0.0.5", ASKER, HERE)
    house.clock.forward(61)
    house.turn()
    house.drops.open.set()
    assert closed(house.card) == Closed(at=house.clock.now(), outcome=Outcome.FAILED, sentence=TOO_LATE)


@pytest.mark.parametrize(
    ("files", "says"),
    [
        pytest.param([], "There is no file to judge", id="none"),
        pytest.param([DROPPED, replace(DROPPED, id="F2", name="edge.pcap")], "2 files", id="two captures"),
        pytest.param([replace(DROPPED, size_bytes=65 << 20)], "65 MiB", id="too large"),
    ],
)
def test_which_file_is_meant_must_be_clear(house: House, files: list[DroppedFile], says: str) -> None:
    """A guess would judge the wrong evidence."""
    with pytest.raises(RequestError, match=says):
        house.coordinator.judge(files, "10.0.0.5", ASKER, HERE)


def test_the_one_capture_among_other_files_is_meant(house: House) -> None:
    """A screenshot beside it is no riddle."""
    picture = DroppedFile("F2", "graph.png", 100)
    asked = house.coordinator.judge([picture, DROPPED], "10.0.0.5", ASKER, HERE)
    assert asked.request.file == DROPPED


def test_only_what_looks_like_a_capture_is_offered_and_only_to_whoever_may_ask(house: House) -> None:
    """Silence beats a stream of offers under every picture."""
    house.coordinator.dropped([DROPPED, DroppedFile("F2", "graph.png", 100)], ASKER, HERE)
    house.coordinator.dropped([DROPPED], Person("T9", "U1"), HERE)
    assert house.chat.offered == [DROPPED]

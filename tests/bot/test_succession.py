"""Bots that die: whatever they were doing, and at whichever line of it, the next one brings it to the same end."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from bot.errors import InstrumentError, RequestError
from bot.incidents.bundle import unpack
from bot.incidents.policy import Policy, Upload
from bot.model.audit import Deed
from bot.model.dropped import DroppedFile
from bot.model.incident import (
    CARD,
    Closed,
    Incident,
    Judged,
    LookedUp,
    Measured,
    Outcome,
    Published,
    Requested,
    StopAsked,
    TakenOver,
)
from bot.model.inquiry import BOARD
from bot.model.job import Job, Media, Probe
from bot.model.request import CAPTURE, CHECK, LOOK_UP, REACH, WATCH, Place
from bot.succession import LIVES
from tests.bot.house import CAPTURER, Died, House, closed
from tests.bot.incidents.ground import ASKER, HERE, NOON, OFFICE, request
from tests.bot.test_watches import brings

CASE = Path(__file__).parents[1] / "scenarios/guest.bonding_agent_answers_with_two_macs/crashed_agent"
EVIDENCE: Mapping[Probe, tuple[str, Media]] = {
    Probe.ARP: ("2-agent-prod-arp.pcap", Media.PCAP),
    Probe.ICMP: ("3-agent-office-icmp.pcap", Media.PCAP),
    Probe.CAPTURE: ("2-agent-prod-arp.pcap", Media.PCAP),
    Probe.VCENTER: ("4-vcenter.dc1-vcenter.vcenter.json", Media.VCENTER),
}
ARP_TABLE = """core-1#show ip arp
Protocol  Address          Age (min)  Hardware Addr   Type   Interface
Internet  10.0.0.5               12   0050.56aa.0001  ARPA   Vlan20
"""
DROPPED = DroppedFile("F1", "core.pcap", 6480)
ANSWERS = (Judged, LookedUp, Measured)


@pytest.fixture
def house() -> House:
    return House()


@dataclass(frozen=True)
class Question:
    """How it is asked, and how its jobs are answered."""

    ask: Callable[[House], object]
    answer: Callable[[House, Job], None]


def from_case(house: House, job: Job) -> None:
    name, media = EVIDENCE[job.probe]
    place = {"at": OFFICE} if "office" in job.queue else {}
    house.reports(job, (CASE / name).read_bytes(), media, **place)  # type: ignore[arg-type]


def from_inventory(house: House, job: Job) -> None:
    if job.probe is Probe.VCENTER:
        house.looks_up(job)
    else:
        from_case(house, job)


def judged(house: House) -> object:
    house.drops.data = (CASE / "2-agent-prod-arp.pcap").read_bytes()
    return house.coordinator.judge([DROPPED], "10.0.0.5", ASKER, HERE)


def pasted(house: House) -> object:
    return house.coordinator.paste({"target": "10.0.0.5", "device": "core-1", "text": ARP_TABLE}, (), ASKER, HERE)


QUESTIONS = {
    CHECK: Question(lambda house: house.ask(), from_case),
    "named": Question(lambda house: house.ask("app01"), from_inventory),
    LOOK_UP: Question(lambda house: house.ask("dup-a", LOOK_UP), from_inventory),
    REACH: Question(lambda house: house.ask("app01 dup-a 10.0.0.7", REACH), from_inventory),
    "judge": Question(judged, from_case),
    WATCH: Question(lambda house: house.ask("10.0.0.5 for 20s", WATCH), brings),
    CAPTURE: Question(lambda house: house.coordinator.capture("10.0.0.5 for 10s", CAPTURER, HERE), from_case),
    "pasted": Question(pasted, from_case),
}


def told(incident: Incident) -> object:
    """What its people learn; when it was is another matter."""
    answer = next((event for event in reversed(incident.timeline) if isinstance(event, ANSWERS)), None)
    if isinstance(answer, Measured):
        return replace(answer.reach, at=NOON)
    if isinstance(answer, LookedUp):
        return answer.owners
    return answer.verdict if isinstance(answer, Judged) else closed(incident).outcome


def run(house: House, question: Question, last: int | None = None, *, before: bool = False) -> Incident:
    """Ask, answer what is asked, and let the bot die once; how it ended.

    ``last``, ``before``: at which line of the timeline it dies; None: nobody does.
    """
    house.journal.last, house.journal.before = last, before

    def goes(deed: Callable[[], object]) -> None:
        try:
            deed()
        except Died:
            house.journal.last = None
            house.dies()
            house.turn()

    goes(lambda: question.ask(house))
    return finish(house, question, goes)


def at_once(deed: Callable[[], object]) -> None:
    deed()


def finish(house: House, question: Question, goes: Callable[[Callable[[], object]], None] = at_once) -> Incident:
    """Answer what is asked, until nothing runs any more; the last card."""
    answered: set[str] = set()
    for _ in range(60):
        if all(one.closed for one in {one.id: one for one in house.chat.cards}.values()):
            return house.card
        waiting = [job for job in dict.fromkeys(house.queue.jobs) if job.id not in answered]
        for job in waiting:
            answered.add(job.id)
            goes(partial(question.answer, house, job))
        if not waiting:
            house.clock.forward(4)
            goes(house.turn)
    raise AssertionError("it does not end")


@pytest.mark.parametrize("before", [pytest.param(False, id="after"), pytest.param(True, id="before")])
@pytest.mark.parametrize("name", QUESTIONS)
def test_at_whichever_line_a_bot_dies_the_next_one_brings_the_same_answer(name: str, before: bool) -> None:
    """Right after every line of the timeline, and right before it, when what the line tells is done already."""
    calm, taken_over = run(House(), QUESTIONS[name]), 0
    for last in range(1, len(calm.timeline) + 1):
        final = run(House(), QUESTIONS[name], last, before=before)
        assert closed(final).outcome is Outcome.ANSWERED, f"line {last}: {closed(final)}"
        assert told(final) == told(calm), f"line {last}"
        assert sum(isinstance(event, Closed) for event in final.timeline) == 1, f"line {last}"
        taken_over += sum(isinstance(event, TakenOver) for event in final.timeline)
    assert taken_over > len(calm.timeline) / 2, "hardly any bot has died"


NAME = "inc-mentioned"
ASKED_BY_NAME: Mapping[str, Callable[[House], Incident]] = {
    CHECK: lambda house: house.coordinator.ask(CHECK, "10.0.0.5", ASKER, HERE, name=NAME),
    WATCH: lambda house: house.coordinator.ask(WATCH, "10.0.0.5 for 20s", ASKER, HERE, name=NAME),
    REACH: lambda house: house.coordinator.ask(REACH, "app01 dup-a 10.0.0.7", ASKER, HERE, name=NAME),
    CAPTURE: lambda house: house.coordinator.capture("10.0.0.5 for 10s", CAPTURER, HERE, name=NAME),
    "judge": lambda house: house.coordinator.judge([DROPPED], "10.0.0.5", ASKER, HERE, name=NAME),
}


@pytest.mark.parametrize("told_first", [pytest.param(True, id="told_first"), pytest.param(False, id="taken_first")])
@pytest.mark.parametrize("before", [pytest.param(False, id="after"), pytest.param(True, id="before")])
@pytest.mark.parametrize("command", ASKED_BY_NAME)
def test_what_a_bot_died_of_while_it_was_asked_is_begun_once(command: str, before: bool, told_first: bool) -> None:
    """Slack tells the next bot, which had nothing of it before, or had gone on with it already."""
    asked, died = ASKED_BY_NAME[command], 0
    for last in (1, 2):
        house = House()
        house.drops.data = (CASE / "2-agent-prod-arp.pcap").read_bytes()
        house.journal.last, house.journal.before = last, before
        try:
            asked(house)
        except Died:
            died += 1
        house.journal.last = None
        house.dies()
        if not told_first:
            house.turn()
        assert asked(house).id == NAME
        house.turn()
        assert house.journal.unfinished() == (NAME,), f"line {last}"
        assert {card.id for card in house.chat.cards} == {NAME}, f"line {last}"
        requested = [event for event in house.journal.read(NAME).timeline if isinstance(event, Requested)]  # type: ignore[union-attr]
        assert len(requested) == 1
    assert died, "nobody has died of it"


# ---- what the next bot finds -------------------------------------------------------------------------------------


def left_behind(house: House, number: int = 77) -> str:
    """A question that a bot took and died on at once."""
    left = request(number=number)
    house.journal.append(left.id, Requested(at=left.asked_at, request=left))
    return left.id


def test_an_end_that_nobody_has_seen_is_shown_by_the_next_bot(house: House) -> None:
    """A bot that dies between its verdict and Slack must not leave a card that says "looking", nor a case unsaved."""
    incident = run(house, QUESTIONS[CHECK])
    verdict = incident.verdict
    house.archive.cases.clear()
    house.dies()
    shown = len(house.chat.cards)
    house.turn()
    house.turn()
    assert (len(house.chat.cards), house.card.id, house.card.verdict) == (shown + 1, incident.id, verdict)
    assert not any(isinstance(event, TakenOver) for event in house.card.timeline), "there was nothing to go on with"
    case, blobs = unpack(house.archive.cases[incident.id])
    assert case.verdict == verdict
    assert blobs.keys() == {artifact.digest for artifact in case.artifacts}
    house.coordinator.delivered(incident.id)
    assert house.journal.unfinished() == ()
    assert house.kept.all(incident.id) == {}


SHARES = Policy(teams=("T1",), capturers=(CAPTURER,), upload=Upload((IPv4Network("10.0.0.0/24"),), 1 << 20))


def shows_a_capture(house: House) -> Incident:
    """It has ended, and its bot died before any of it stood."""
    house.rules = SHARES
    house.coordinator = house.bot()
    incident = run(house, QUESTIONS[CAPTURE])
    house.dies()
    house.chat.files.clear()
    house.chat.told.clear()
    return incident


def test_what_was_captured_is_handed_over_by_the_next_bot_where_that_is_still_missing(house: House) -> None:
    """The story, the picture and the file were on their way to Slack, and went with the bot that had them."""
    incident = shows_a_capture(house)
    picture = Published(at=NOON, channel="C1", message="F1", part="file 10.0.0.5-timeline.png")
    house.journal.append(incident.id, picture)
    house.chat.completed.clear()
    noted = list(house.audit.deeds)
    house.turn()
    assert house.chat.told == ["story"]
    assert [name for name, _ in house.chat.files] == ["10.0.0.5-prod-1.pcap"]
    assert house.chat.completed == [incident.id], "then nothing more is owed"
    assert house.audit.deeds.count(Deed.CAPTURED) == noted.count(Deed.CAPTURED), "it is no other capture"
    house.coordinator.delivered(incident.id)
    assert house.journal.unfinished() == ()


def test_what_was_captured_and_is_kept_nowhere_any_more_is_said_to_be_gone(house: House) -> None:
    """A sentence stands in the file's place."""
    incident = shows_a_capture(house)
    house.kept.drop(incident.id)
    house.turn()
    assert house.chat.files == []
    assert house.chat.told == ["story", "file 10.0.0.5-prod-1"]
    assert "not kept any more" in house.chat.lines[-1]


def test_handing_over_that_bots_die_on_is_given_up(house: House) -> None:
    """A capture that no bot survives reading must not kill every one that is started."""
    incident = shows_a_capture(house)
    house.drops.slow = True  # nothing that takes its time is ever done
    for _ in range(LIVES):
        house.turn()
        house.dies()
    house.drops.slow = False
    house.chat.completed.clear()
    house.turn()
    assert (house.chat.told, house.chat.files, house.chat.completed) == ([], [], [incident.id])


def test_what_ended_long_ago_is_shown_and_not_handed_over_again(house: House) -> None:
    """An older bot wrote down of no part that it stood."""
    incident = shows_a_capture(house)
    shown = len(house.chat.cards)
    house.clock.forward(2 * 86400)
    house.turn()
    assert len(house.chat.cards) == shown + 1
    assert (house.chat.told, house.chat.files) == ([], [])
    assert house.chat.completed[-1] == incident.id


def test_a_question_that_bots_die_on_is_given_up(house: House) -> None:
    """It may be what kills them, and must not kill every one that is started."""
    left_behind(house)
    for _ in range(LIVES):
        house.dies()
        house.turn()
        assert house.card.closed is None
    house.dies()
    house.turn()
    end = closed(house.card)
    assert (end.outcome, end.sentence) == (
        Outcome.FAILED,
        f"{LIVES} bots were lost while this ran, so it is not tried again; ruleout's operator should know.",
    )


def test_what_cannot_be_read_keeps_no_other_from_being_taken_over(house: House) -> None:
    """A newer bot wrote it, perhaps; whoever can read it may still take it."""
    one, two = left_behind(house, 77), left_behind(house, 78)
    read = house.journal.read

    def unreadable(incident: str) -> Incident | None:
        if incident == one:
            raise InstrumentError("The journal was written by another version.")
        return read(incident)

    house.journal.read = unreadable  # type: ignore[method-assign]
    house.turn()
    assert house.card.id == two
    assert set(house.queue.holders) == {two}


def test_a_bot_that_slept_through_its_lease_writes_nothing_any_more(house: House) -> None:
    """Two bots on one card: the older one would call the target silent, for it heard nothing."""
    incident = house.ask()
    slept = house.coordinator
    house.dies()
    house.turn()
    shown = len(house.chat.cards)
    house.clock.forward(60)
    house.coordinator, awake = slept, house.coordinator
    house.turn()
    assert len(house.chat.cards) == shown
    assert closed_lines(house, incident.id) == 0
    house.coordinator = awake
    house.turn()
    assert closed_lines(house, incident.id) == 1


def test_a_bot_that_slept_ends_nothing_a_second_time(house: House) -> None:
    """When it wakes nobody has the incident in hand, for it is over: it could have it again, but not its end."""
    incident = house.ask()
    slept = house.coordinator
    house.dies()
    house.turn()
    finish(house, QUESTIONS[CHECK])
    house.coordinator.delivered(incident.id)
    before, shown = house.journal.read(incident.id), len(house.chat.cards)
    house.queue.holders[incident.id] = 1  # it is the first bot of the house
    house.clock.forward(60)
    house.coordinator = slept
    house.turn()
    assert house.journal.read(incident.id) == before
    assert len(house.chat.cards) == shown
    assert incident.id not in house.queue.holders


def test_a_bot_that_slept_leaves_no_evidence_of_what_is_over(house: House) -> None:
    """It takes in a report before it learns that nobody needs it; a day on the server is long for packets."""
    incident = house.ask()
    slept, jobs = house.coordinator, tuple(house.queue.jobs)
    house.dies()
    house.turn()
    finish(house, QUESTIONS[CHECK])
    house.coordinator.delivered(incident.id)
    house.queue.holders[incident.id] = 1  # it is the first bot of the house
    house.coordinator = slept
    from_case(house, jobs[0])
    assert house.kept.all(incident.id) == {}


def test_what_nobody_had_while_a_bot_slept_it_goes_on_with_itself(house: House) -> None:
    """A lease that ran out is no death, as long as nobody has written anything since."""
    incident = house.ask()
    house.queue.holders.clear()
    house.turn()
    assert set(house.queue.holders) == {incident.id}
    final = finish(house, QUESTIONS[CHECK])
    assert closed(final).outcome is Outcome.ANSWERED
    assert not any(isinstance(event, TakenOver) for event in final.timeline)


def test_an_end_that_was_shown_while_the_lease_had_run_out_is_written_down(house: House) -> None:
    """Else the question would stand unfinished in the hand of a bot that has nothing more to show."""
    incident = house.ask()
    finish(house, QUESTIONS[CHECK])
    house.queue.holders.clear()
    house.coordinator.delivered(incident.id)
    assert house.journal.unfinished() == (incident.id,)
    house.turn()
    assert house.journal.unfinished() == ()


def test_whoever_asks_a_bot_that_slept_is_answered_anew(house: House) -> None:
    """It still believes that the question runs, and would let people wait for its answer for ever."""
    incident = house.ask()
    slept = house.coordinator
    house.dies()
    house.turn()
    finish(house, QUESTIONS[CHECK])
    house.coordinator = slept
    assert house.ask().id != incident.id


def test_what_happened_while_the_server_was_away_is_written_and_shown_when_it_is_back(house: House) -> None:
    """Else the end that people saw would be lost with the bot, and the next one would end it otherwise."""
    incident = house.ask()
    house.journal.down = True
    answer_all(house)
    assert house.card.closed is None, "an end that is not written is not shown"
    house.journal.down = False
    house.turn()
    assert closed(house.card).outcome is Outcome.ANSWERED
    house.coordinator.delivered(incident.id)
    written = house.journal.read(incident.id)
    assert written is not None
    assert written.timeline[:-1] == house.card.timeline
    assert house.journal.unfinished() == ()
    assert house.queue.holders == {}
    assert house.kept.all(incident.id) == {}


def test_an_end_waits_ten_seconds_for_the_journal_and_no_longer(house: House) -> None:
    """The answer is worth more than its record; and what was shown is written all the same when the server is back."""
    incident = house.ask()
    house.journal.down = True
    answer_all(house)
    house.clock.forward(11)
    house.turn()
    assert closed(house.card).outcome is Outcome.ANSWERED
    house.coordinator.delivered(incident.id)
    house.journal.down = False
    house.turn()
    assert house.journal.unfinished() == ()


def answer_all(house: House) -> None:
    """Every job that is there, and those that follow from it."""
    answered: set[str] = set()
    while waiting := [job for job in dict.fromkeys(house.queue.jobs) if job.id not in answered]:
        for job in waiting:
            answered.add(job.id)
            from_case(house, job)


def test_whoever_joined_is_answered_by_the_next_bot_where_that_is_still_missing(house: House) -> None:
    """Their copies were on their way when the bot died after the end; one of them stood already."""
    there, elsewhere = Place("C2"), Place("C3", "1.2")
    incident = house.ask()
    for place in (there, elsewhere):
        house.coordinator.ask(CHECK, "10.0.0.5", ASKER, place)
    finish(house, QUESTIONS[CHECK])
    house.coordinator.published(incident.id, "C2", "1.9", "also ")
    house.chat.copies.clear()
    house.dies()
    house.turn()
    assert [(one.id, place) for one, place in house.chat.copies] == [(incident.id, elsewhere)]


def closed_lines(house: House, incident: str) -> int:
    written = house.journal.read(incident)
    assert written is not None
    return sum(isinstance(event, Closed) for event in written.timeline)


def test_a_check_that_another_bot_carries_can_be_stopped(house: House) -> None:
    """Slack tells whichever bot is connected, and the one that carries it ends it."""
    incident = house.ask()
    house.bot().stop(incident.id, ASKER, HERE)
    assert house.card.closed is None
    house.turn()
    assert closed(house.card).outcome is Outcome.STOPPED


def test_a_watch_that_another_bot_carries_is_not_begun_twice(house: House) -> None:
    """Whoever asks is told by which it is watched, and can stop it by its name or without."""
    watch = house.ask("10.0.0.5 for 60s", WATCH)
    other = house.bot()
    with pytest.raises(RequestError, match=f"being watched here already, by `{watch.id}`"):
        other.ask(WATCH, "10.0.0.5 for 60s", ASKER, HERE)
    assert other.stop_named(WATCH, "", ASKER, HERE) == watch.id
    house.turn()
    assert any(isinstance(event, StopAsked) for event in house.card.timeline)


# ---- a bot that is told to end -----------------------------------------------------------------------------------


def test_a_bot_that_is_told_to_end_leaves_what_runs_to_another(house: House) -> None:
    """A rolling restart loses nothing and stops no capture early."""
    check = house.ask()
    capture = house.coordinator.capture("10.0.0.5 for 60s", CAPTURER, HERE)
    ending, house.coordinator = house.coordinator, house.bot()
    ending.drain(0.1)
    assert house.queue.cancelled == []
    assert house.queue.holders == {}
    house.turn()
    finish(house, QUESTIONS[CHECK])
    ends = {one.id: closed(one).outcome for one in house.chat.cards if one.closed}
    assert ends == {check.id: Outcome.ANSWERED, capture.id: Outcome.ANSWERED}


def test_a_question_is_handed_over_more_often_than_bots_may_be_lost_on_it(house: House) -> None:
    """Whoever updates all bots, twice in an hour, ends no watch with that."""
    watch = house.ask("10.0.0.5 for 60s", WATCH)
    for _ in range(LIVES + 1):
        ending, house.coordinator = house.coordinator, house.bot()
        ending.drain(0.1)
        house.turn()
        assert house.queue.holders.keys() == {watch.id}
    assert house.card.closed is None
    finish(house, QUESTIONS[WATCH])
    assert closed(house.card).outcome is Outcome.ANSWERED


def test_a_bot_that_ends_alone_says_so_on_its_cards(house: House) -> None:
    """Nobody is there to go on, and no card says "looking" for ever."""
    house.ask()
    house.coordinator.drain(0.1)
    assert closed(house.card).outcome is Outcome.FAILED
    assert "please ask again" in (closed(house.card).sentence or "")


# ---- messages whose bot died before it wrote down where they stand -------------------------------------------------


def places(house: House, incident: str) -> list[tuple[str, str]]:
    written = house.journal.read(incident)
    assert written is not None
    return [(event.part, event.message) for event in written.timeline if isinstance(event, Published)]


def test_a_card_that_was_not_written_down_is_found_by_the_chats_own_word(house: House) -> None:
    """Before anybody has taken the question over, and whichever bot hears it."""
    incident = house.ask()
    house.dies()
    house.coordinator.posted(incident.id, CARD, "C1", "5.5")
    house.turn()
    house.turn()
    assert places(house, incident.id) == [(CARD, "5.5")]
    house.reports(house.queue.jobs[0])
    assert [event.message for event in house.card.timeline if isinstance(event, Published)] == ["5.5"]


def test_what_is_written_down_already_is_not_written_twice(house: House) -> None:
    """Slack tells of every message, also of those whose bot lives; the order may be any."""
    incident = house.ask()
    house.coordinator.posted(incident.id, CARD, "C1", "5.5")
    house.coordinator.published(incident.id, "C1", "5.5")
    house.coordinator.posted(incident.id, CARD, "C1", "5.5")
    assert places(house, incident.id) == [(CARD, "5.5")]
    assert house.chat.places == [(incident.id, CARD, "5.5", None), (incident.id, CARD, "5.5", "5.5")]


def test_of_two_cards_the_one_that_is_written_down_stands(house: House) -> None:
    """The publisher is told of the other one, and takes it back."""
    incident = house.ask()
    house.coordinator.published(incident.id, "C1", "6.6")
    house.coordinator.posted(incident.id, CARD, "C1", "5.5")
    assert places(house, incident.id) == [(CARD, "6.6")]
    assert house.chat.places == [(incident.id, CARD, "5.5", "6.6")]


@pytest.mark.parametrize(
    ("name", "part", "written"),
    [
        pytest.param("inc-1", "details 0", "details 0", id="details"),
        pytest.param("C2", "also inc-1 ", "also ", id="copy"),
    ],
)
def test_what_belongs_to_an_end_is_found_by_the_chats_own_word_too(
    house: House, name: str, part: str, written: str
) -> None:
    """Its bot died between Slack's answer and the journal."""
    incident = house.ask()
    assert incident.id == "inc-1"
    finish(house, QUESTIONS[CHECK])
    house.dies()
    house.coordinator.posted(name, part, "C2", "5.5")
    house.turn()
    house.turn()
    assert places(house, incident.id) == [(written, "5.5")]
    assert house.chat.places == [("inc-1", written, "5.5", None)]


def test_a_message_of_nothing_that_we_know_is_left_alone(house: House) -> None:
    """Its timeline ran out; and what belongs to no card has no place."""
    incident = house.ask()
    house.coordinator.posted("inc-unknown", CARD, "C1", "5.5")
    house.coordinator.posted(incident.id, "noted n-1", "C1", "5.5")
    assert house.chat.places == []
    assert places(house, incident.id) == []


def test_the_summary_of_a_channel_is_found_alike(house: House) -> None:
    """It is pinned once, and every bot brings the same message up to date."""
    doors = house.coordinator.inquirer
    assert doors is not None
    doors.open('"odd VMs lose packets"', ASKER, HERE)
    summary, message = house.boards.boards[-1]
    assert message is None
    house.coordinator.posted(summary.id, BOARD, "C1", "5.5")
    doors.refresh("C1")
    assert house.boards.boards[-1][1] == "5.5"
    house.coordinator.posted(summary.id, BOARD, "C1", "6.6")
    assert house.boards.places == [(summary.id, BOARD, "5.5", None), (summary.id, BOARD, "6.6", "5.5")]

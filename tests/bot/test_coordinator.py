"""From a question to its end, whatever the agents, the queue and the disk do meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bot.errors import BundleError, InstrumentError, RequestError
from bot.incidents import flow
from bot.incidents.bundle import LOOK_UP_INDEX, unpack
from bot.incidents.crowding import USUAL
from bot.incidents.policy import Capability, Policy
from bot.model.audit import Deed
from bot.model.incident import Closed, Expired, Failed, Judged, Outcome
from bot.model.job import Media
from bot.model.request import Person, Place
from tests.bot.house import EMPTY_TABLE, House, closed
from tests.bot.incidents.ground import ASKER, HERE, NOON


@pytest.fixture
def house() -> House:
    return House()


def test_a_question_is_on_its_queues_and_on_a_card_when_asking_returns(house: House) -> None:
    """The asker's acknowledgement waits for this and nothing more."""
    incident = house.ask()
    assert [job.queue for job in house.queue.jobs] == ["segment.prod", "segment.office", "vcenter.dc1"]
    assert house.card.id == incident.id
    assert house.journal.unfinished() == (incident.id,)


def test_a_flood_in_one_channel_is_told_to_wait_and_leaves_the_others_their_share(house: House) -> None:
    """What is refused leaves nothing behind but its line in the audit; who asks what runs already is not refused."""
    first = house.ask("10.0.0.10")
    for last in range(11, 10 + USUAL.channel):
        house.ask(f"10.0.0.{last}")
    with pytest.raises(RequestError, match=f"busy with {USUAL.channel} questions of this channel"):
        house.ask("10.0.0.50")
    assert len(house.journal.unfinished()) == USUAL.channel
    assert house.audit.entries[-1].deed is Deed.REFUSED
    assert house.ask("10.0.0.10").id == first.id
    assert house.coordinator.ask("arpcheck", "10.0.0.50", ASKER, Place("C2")).id in house.journal.unfinished("C2")
    house.coordinator.delivered(first.id)
    assert house.ask("10.0.0.51").id in house.journal.unfinished(HERE.channel)


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
    house.coordinator.stop(first.id, ASKER, HERE)
    again = house.coordinator.again(first.id, ASKER, HERE)
    assert again.id != first.id
    assert (again.request.target, again.request.deep) == (first.request.target, True)


def test_a_forgotten_check_is_refused_with_the_way_out(house: House) -> None:
    """Buttons live longer than memory."""
    with pytest.raises(RequestError, match="ask anew"):
        house.coordinator.again("inc-unknown", ASKER, HERE)


def test_stop_ends_the_check_and_calls_its_agents_back(house: House) -> None:
    """And says so when it came too late."""
    incident = house.ask()
    house.coordinator.stop(incident.id, ASKER, HERE)
    assert closed(house.card).outcome is Outcome.STOPPED
    assert house.queue.cancelled == house.queue.jobs
    with pytest.raises(RequestError, match="over before"):
        house.coordinator.stop(incident.id, ASKER, HERE)


def test_the_journal_failing_midway_does_not_cost_the_answer(house: House) -> None:
    """The answer is worth more than its record."""
    house.ask()
    house.journal.down = True
    for job in house.queue.jobs:
        house.says(Failed(at=NOON, job=job.id, agent="a", reason="broken."))
    house.clock.forward(11)  # so long it is held back, for a bot that dies now would leave another end to the next
    house.turn()
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


def test_tables_can_be_asked_about_again_and_take_the_right_to_check(house: House) -> None:
    """The wire is asked too, so whoever may only look up may not."""
    first = house.ask("10.0.0.5", "arptable")
    again = house.coordinator.again(first.id, ASKER, HERE)
    assert (again.request.command, again.request.target) == ("arptable", first.request.target)
    bounded = House(rules=Policy(teams=("T1",), members=Capability.LOOK_UP))
    with pytest.raises(RequestError, match="check"):
        bounded.ask("10.0.0.5", "arptable")
    assert bounded.queue.jobs == []

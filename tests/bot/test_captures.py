"""A capture from its wish to its files, whatever people, agents, the audit and another bot do meanwhile."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from bot.doors import CountedDoors
from bot.errors import FormError, InstrumentError, RequestError
from bot.incidents import flow, folds
from bot.incidents.bundle import INDEX
from bot.incidents.policy import Capability, Grant, Policy, TwoPersons, Upload
from bot.model.audit import Deed
from bot.model.download import Link
from bot.model.incident import Approved, Closed, Failed, HandedOver, Incident, Outcome, Progressed, Reported, StopAsked
from bot.model.job import Job, Media, Probe
from bot.model.people import Member, Membership
from bot.model.request import CAPTURE, Person, Place
from tests.bot.house import CAPTURER, House, closed
from tests.bot.incidents.ground import ASKER, HERE, NOON, OFFICE, PROD

PCAP = (Path(__file__).parents[1] / "captures" / "arp_flux_two_nics.pcap").read_bytes()
SECOND, THIRD = Person("T1", "U8"), Person("T1", "U7")
EVERYTHING = Upload((IPv4Network("0.0.0.0/0"),), 1 << 30)
ONE = Policy(teams=("T1",), capturers=(CAPTURER,), upload=EVERYTHING)
TWO = replace(ONE, capturers=(CAPTURER, SECOND, THIRD), two_persons=(TwoPersons((IPv4Network("10.0.0.0/24"),)),))
CARD = Place("C1", "5.5")


@pytest.fixture
def house() -> House:
    return House(vcenters=(), rules=ONE)


@pytest.fixture
def careful() -> House:
    """A house where captures need a second person."""
    return House(vcenters=(), rules=TWO)


def capture(house: House, text: str = "10.0.0.5 for 60s", person: Person = CAPTURER) -> Incident:
    return house.coordinator.capture(text, person, HERE)


def captured(house: House, job: Job, data: bytes = PCAP, **how: object) -> None:
    house.reports(job, data, Media.PCAP, **how)  # type: ignore[arg-type]


def refused(door: Callable[..., object], *given: object) -> str:
    with pytest.raises(RequestError) as refusal:
        door(*given)
    return str(refusal.value)


def test_a_capture_in_words_is_on_its_queues_with_its_filter_when_asking_returns(house: House) -> None:
    """Nothing of what was typed goes further than the wish that was understood."""
    incident = capture(house, "10.0.0.5 for 60s arp vlan 20")
    (job,) = house.queue.jobs
    assert (job.probe, job.queue, job.options.listen_s) == (Probe.CAPTURE, "segment.prod", 60)
    assert "vlan 20" in str(job.options.filter)
    assert house.card.id == incident.id
    assert house.audit.deeds == [Deed.REQUESTED, Deed.STARTED]
    asked, started = house.audit.entries
    assert (asked.said, asked.read_as) == ("10.0.0.5 for 60s arp vlan 20", "capture 10.0.0.5 for 60s arp vlan 20")
    assert (started.agent, started.person) == ("segment.prod", CAPTURER)


def test_what_was_captured_is_told_drawn_shared_and_kept(house: House) -> None:
    """The story in the thread, a picture that can be read aloud, the file, and a case that can be judged again."""
    incident = capture(house)
    captured(house, house.queue.jobs[0])
    assert closed(house.card).outcome is Outcome.ANSWERED
    assert "Captured at prod-1" in (closed(house.card).sentence or "")
    assert any("prod-1" in line for line in house.chat.lines)
    names = [name for name, _ in house.chat.files]
    assert names == ["10.0.0.5-timeline.png", "10.0.0.5-prod-1.pcap"]
    assert house.chat.files[0][1].startswith(b"\x89PNG")
    assert "10.0.0.5" in (house.chat.alts[names[0]] or "")
    assert house.chat.files[1][1] == PCAP
    assert INDEX in house.archive.cases[incident.id]
    assert house.audit.deeds == [Deed.REQUESTED, Deed.STARTED, Deed.CAPTURED, Deed.UPLOADED]
    assert house.audit.entries[2].size_bytes == len(PCAP)
    assert house.audit.entries[2].dropped == 0


def test_where_the_rules_keep_files_out_of_the_channel_the_rest_still_comes() -> None:
    """The evidence is in the story; who may download gets the bytes by another way."""
    house = House(vcenters=(), rules=replace(ONE, upload=None))
    capture(house)
    captured(house, house.queue.jobs[0])
    assert [name for name, _ in house.chat.files] == ["10.0.0.5-timeline.png"]
    assert Deed.UPLOADED not in house.audit.deeds
    assert closed(house.card).outcome is Outcome.ANSWERED


def test_who_may_not_capture_is_told_whom_to_ask_and_the_refusal_is_kept(house: House) -> None:
    """By every door: words, form, preview, start, and once more."""
    done = capture(house)
    fields = {"target": "10.0.0.5"}
    doors = house.coordinator
    for said in (
        refused(doors.capture, "10.0.0.5", ASKER, HERE),
        refused(doors.form, done.id, ASKER, HERE),
        refused(doors.preview, fields, ASKER, HERE),
        refused(doors.start, fields, ASKER, HERE),
        refused(doors.again, done.id, ASKER, HERE),
        refused(doors.download, done.id, ASKER, HERE),
    ):
        assert "RULEOUT_CAPTURERS" in said
    assert house.audit.deeds.count(Deed.REFUSED) == 6
    assert len(house.queue.jobs) == 1


def test_a_right_that_ends_at_the_resolved_address_ends_the_request(house: House) -> None:
    """A name is not yet a machine: the right is looked up again when vCenter has said which one it is."""
    house = House(rules=TWO)
    capture(house, "app01 for 10s")
    house.looks_up(house.queue.jobs[0])
    waits = folds.awaits(house.card)
    assert waits is not None, "app01 has 10.0.0.5, whose captures need a second person"
    assert [job.probe for job in house.queue.jobs] == [Probe.VCENTER]


def test_a_right_counts_for_every_machine_that_a_capture_takes() -> None:
    """Otherwise whoever may capture one machine captures any, by naming it second."""
    near = Grant("on call", Capability.DOWNLOAD, frozenset({CAPTURER}), prefixes=(IPv4Network("10.0.0.5/32"),))
    house = House(vcenters=(), rules=Policy(teams=("T1",), grants=(near,)))
    done, doors = capture(house), house.coordinator
    said = refused(doors.capture, "10.0.0.5 host 10.0.0.6", CAPTURER, HERE)
    assert "only in 10.0.0.5/32" in said
    assert len(house.queue.jobs) == 1
    assert "10.0.0.6" in refused(doors.start, {"target": "10.0.0.5", "host": "10.0.0.6"}, CAPTURER, HERE)
    doors.stop(done.id, CAPTURER, HERE)


def test_a_second_machine_may_need_a_second_person() -> None:
    """The rule protects a machine, whichever way it is named."""
    both = replace(TWO, two_persons=(TwoPersons((IPv4Network("10.0.0.6/32"),)),))
    house = House(vcenters=(), rules=both)
    capture(house, "10.0.0.5 host 10.0.0.6 for 10s")
    assert folds.awaits(house.card) is not None
    assert house.queue.jobs == []


def test_a_check_needs_the_right_to_that_machine() -> None:
    """Where members may nothing, a limited right opens what it names and nothing beside it."""
    near = Grant("on call", Capability.CHECK, frozenset({ASKER}), prefixes=(IPv4Network("10.0.0.5/32"),))
    house = House(vcenters=(), rules=Policy(teams=("T1",), members=None, grants=(near,)))
    assert house.ask("10.0.0.5").address is not None
    assert "only in 10.0.0.5/32" in refused(house.coordinator.ask, "arpcheck", "10.0.0.6", ASKER, HERE)
    assert "say the machine's address" in refused(house.coordinator.ask, "arpcheck", "app01", ASKER, HERE)


def test_whoever_may_only_check_this_machine_may_stop_its_capture() -> None:
    """The right to one machine is enough to end what records it."""
    asks = Grant("on call", Capability.CAPTURE, frozenset({CAPTURER}))
    near = Grant("the owner", Capability.CHECK, frozenset({ASKER}), prefixes=(IPv4Network("10.0.0.5/32"),))
    house = House(vcenters=(), rules=Policy(teams=("T1",), members=None, grants=(asks, near)))
    incident = capture(house)
    house.coordinator.stop(incident.id, ASKER, HERE)
    assert house.queue.cancelled


def test_a_channel_reads_its_own_deeds_and_a_guest_does_not(house: House) -> None:
    """Whoever may check here may see who captured here, and by which rule."""
    capture(house)
    asked, started = house.coordinator.audit_of(ASKER, HERE)
    assert "T1/U9 requested: `capture 10.0.0.5 for 60s" in asked
    assert "by: `RULEOUT_CAPTURERS may download`" in asked
    assert "T1/U9 started: " in started
    house.directory.members[ASKER] = Member(Membership.GUEST)
    assert "Guests" in refused(house.coordinator.audit_of, ASKER, HERE)
    assert house.audit.deeds[-1] is Deed.REFUSED


def test_how_far_it_is_stands_on_the_card_and_not_in_the_timeline(house: House) -> None:
    """The next word says more; a timeline of thousands of numbers says less."""
    incident = capture(house)
    (job,) = house.queue.jobs
    word = Progressed(at=NOON, job=job.id, agent="prod-1", packets=7, size_bytes=900, dropped=1, left_s=50)
    house.says(word)
    assert list(house.chat.progress[-1]) == [word]
    assert word not in house.card.timeline
    kept = house.journal.read(incident.id)
    assert kept is not None
    assert word not in kept.timeline
    shown = len(house.chat.cards)
    house.clock.forward(6)
    house.turn()
    assert len(house.chat.cards) == shown + 1, "a silent instrument's last word grows older before everybody's eyes"
    captured(house, job)
    assert list(house.chat.progress[-1]) == []


@pytest.mark.parametrize("stopper", [pytest.param(CAPTURER, id="who asked"), pytest.param(ASKER, id="a colleague")])
def test_a_stopped_capture_hands_over_what_it_has_and_says_so(house: House, stopper: Person) -> None:
    """Whoever may check may end it; nobody loses the evidence by that."""
    incident = capture(house)
    (job,) = house.queue.jobs
    house.clock.forward(12)
    house.coordinator.stop(incident.id, stopper, HERE)
    assert house.queue.cancelled == [job]
    assert house.card.closed is None
    captured(house, job, incomplete="It was stopped by a person.")
    assert closed(house.card).outcome is Outcome.STOPPED
    assert "after 12 s" in (closed(house.card).sentence or "")
    assert ("10.0.0.5-prod-1.pcap", PCAP) in house.chat.files
    assert Deed.STOPPED in house.audit.deeds
    assert "over before" in refused(house.coordinator.stop, incident.id, stopper, HERE)


def test_a_stop_that_comes_after_the_last_packet_cuts_nothing_short() -> None:
    """What ran to its end is not called stopped because somebody pressed while vCenter was still asked."""
    house = House(rules=ONE)
    incident = capture(house)
    job = house.queue.jobs[0]
    captured(house, job)
    assert house.queue.jobs[-1].probe is Probe.VCENTER
    house.coordinator.stop(incident.id, CAPTURER, HERE)
    house.clock.forward(60)
    house.turn()
    assert closed(house.card).outcome is Outcome.ANSWERED


def test_a_stop_does_not_wait_for_a_dead_agent(house: House) -> None:
    """What it sent before it died is handed over after a bounded time."""
    incident = capture(house)
    (job,) = house.queue.jobs
    captured(house, job, final=False, incomplete="It still ran when this was sent.")
    house.coordinator.stop(incident.id, CAPTURER, HERE)
    assert "being stopped already" in refused(house.coordinator.stop, incident.id, CAPTURER, HERE)
    house.clock.forward(flow.STOP_S + 1)
    house.turn()
    assert closed(house.card).outcome is Outcome.STOPPED
    assert ("10.0.0.5-prod-1.pcap", PCAP) in house.chat.files


def test_an_agent_that_dies_midway_leaves_its_beginning_marked_incomplete(house: House) -> None:
    """Half a capture is evidence; half a capture that passes for a whole one is a lie."""
    capture(house)
    (job,) = house.queue.jobs
    captured(house, job, final=False, incomplete="It still ran when this was sent.")
    house.clock.forward(90)
    house.turn()
    end = closed(house.card)
    assert end.outcome is Outcome.ANSWERED
    assert "not all that was wanted" in (end.sentence or "")
    assert "fell silent before its capture was over" in (end.sentence or "")
    assert ("10.0.0.5-prod-1.pcap", PCAP) in house.chat.files
    assert any(artifact.incomplete for artifact in folds.captures(house.card))


def test_two_agents_one_after_the_other_both_leave_what_they_saw(house: House) -> None:
    """A standby starts anew; the dead one's packets stay."""
    capture(house)
    (job,) = house.queue.jobs
    captured(house, job, final=False, incomplete="It still ran when this was sent.")
    captured(house, job, at=replace(PROD, agent="prod-2"))
    assert {name for name, _ in house.chat.files} >= {"10.0.0.5-prod-1.pcap", "10.0.0.5-prod-2.pcap"}


def test_both_sides_of_a_hop_are_one_capture(house: House) -> None:
    """At once, and told together."""
    capture(house, "10.0.0.5 for 10s at prod,office")
    prod, office = house.queue.jobs
    captured(house, prod)
    assert house.card.closed is None
    captured(house, office, PCAP[:-60], at=OFFICE)
    assert "prod-1 and office-1" in (closed(house.card).sentence or "")


def test_a_capture_that_every_agent_refuses_says_why(house: House) -> None:
    """The agent knows its own bounds; its sentence is the answer."""
    capture(house)
    reason = "This agent captures for at most 30 s, not 60 s."
    house.says(Failed(at=NOON, job=house.queue.jobs[0].id, agent="prod-1", reason=reason))
    end = closed(house.card)
    assert end.outcome is Outcome.FAILED
    assert reason in (end.sentence or "")


def test_what_cannot_be_recorded_is_not_captured(house: House) -> None:
    """Nobody may look at other people's packets unseen."""
    house.audit.full = {Deed.REQUESTED}
    with pytest.raises(InstrumentError, match="no capture goes unrecorded"):
        capture(house)
    assert house.journal.unfinished() == ()
    house.audit.full = {Deed.STARTED}
    capture(house)
    assert closed(house.card).outcome is Outcome.FAILED
    assert "no capture goes unrecorded" in (closed(house.card).sentence or "")
    assert house.queue.jobs == []


def test_a_check_runs_although_the_audit_is_full(house: House) -> None:
    """It shows nobody's packets to anybody, and an outage does not wait for a disk."""
    house.audit.full = set(Deed)
    house.ask()
    assert house.queue.jobs


def test_an_upload_that_cannot_be_recorded_does_not_happen_and_the_rest_does(house: House) -> None:
    """The story needs no permission that the file needs."""
    capture(house)
    house.audit.full = {Deed.UPLOADED}
    captured(house, house.queue.jobs[0])
    assert [name for name, _ in house.chat.files] == ["10.0.0.5-timeline.png"]
    assert any("is not shared here" in line for line in house.chat.lines)
    assert closed(house.card).outcome is Outcome.ANSWERED


def test_bytes_that_are_no_capture_are_told_and_still_handed_over(house: House) -> None:
    """Our own instrument's fault is not the end of the evidence."""
    capture(house)
    captured(house, house.queue.jobs[0], b"\xd4\xc3\xb2\xa1 not a capture")
    assert any("could not be read" in line for line in house.chat.lines)
    assert [name for name, _ in house.chat.files] == ["10.0.0.5-prod-1.pcap"]
    assert closed(house.card).outcome is Outcome.ANSWERED


def test_a_bot_that_is_told_to_stop_calls_its_captures_back_and_lets_the_next_one_approve(careful: House) -> None:
    """What runs is handed over or said to be lost; what waits for a person waits on."""
    runs = capture(careful)
    careful.coordinator.approve(runs.id, SECOND, CARD)
    waits = capture(careful)
    captured(careful, careful.queue.jobs[0], final=False, incomplete="It still ran when this was sent.")
    careful.coordinator.drain(0.0)
    assert careful.queue.cancelled[:1] == careful.queue.jobs
    ended = careful.journal.read(runs.id)
    assert ended is not None
    assert "kept with its case" in (closed(ended).sentence or "")
    assert INDEX in careful.archive.cases[runs.id]
    careful.bot().approve(waits.id, SECOND, CARD)
    assert len(careful.queue.jobs) == 2


def test_what_is_being_handed_over_is_not_left_to_another_bot_in_the_middle() -> None:
    """That one would tell the story, draw the picture and share the file once more."""
    house = Later(vcenters=(), rules=ONE)
    runs, ending = capture(house), house.coordinator
    captured(house, house.queue.jobs[0])
    house.bot()
    leaving = threading.Thread(target=ending.drain, args=(10.0, 0.0))
    leaving.start()
    leaving.join(0.3)
    assert leaving.is_alive(), "it waits for the story"
    house.works.pop()()
    leaving.join(10)
    assert not leaving.is_alive()
    written = house.journal.read(runs.id)
    assert written is not None
    assert closed(written).outcome is Outcome.ANSWERED
    assert not any(isinstance(event, HandedOver) for event in written.timeline)


class Later(House):
    """What takes its time is done when the test says so."""

    works: list[Callable[[], None]]

    def _apart(self, work: Callable[[], None]) -> None:
        self.works = [work]


# ---- two persons -------------------------------------------------------------------------------------------------


def test_where_a_rule_says_so_nothing_begins_before_a_second_person_agrees(careful: House) -> None:
    """One person alone is not enough for production."""
    incident = capture(careful)
    assert careful.queue.jobs == []
    assert folds.awaits(careful.card) is not None
    careful.clock.forward(600)
    careful.coordinator.approve(incident.id, SECOND, CARD)
    (job,) = careful.queue.jobs
    assert job.asked_at == NOON + timedelta(seconds=600)
    assert careful.audit.deeds == [Deed.REQUESTED, Deed.APPROVAL_ASKED, Deed.APPROVED, Deed.STARTED]
    assert careful.audit.entries[2].person == SECOND


def test_a_further_host_is_as_protected_as_the_target(careful: House) -> None:
    """Otherwise a rule for production would end at the word `host`."""
    assert careful.coordinator.preview({"target": "10.0.1.7", "host": "10.0.0.5"}, CAPTURER, HERE).second
    capture(careful, "10.0.1.7 host 10.0.0.5 at office")
    assert folds.awaits(careful.card) is not None
    assert careful.queue.jobs == []
    capture(careful, "10.0.1.7 peer 10.0.0.5 at office")
    assert len(careful.queue.jobs) == 1, "a peer only leaves out packets of a machine that needs no second person"


def test_nobody_approves_their_own_capture(careful: House) -> None:
    """Otherwise it would be a rule of one."""
    incident = capture(careful)
    assert "somebody else" in refused(careful.coordinator.approve, incident.id, CAPTURER, CARD)
    assert careful.queue.jobs == []


def test_who_lost_the_right_to_approve_does_not(careful: House) -> None:
    """Rights count when the button is pressed, not when the message was posted."""
    incident = capture(careful)
    careful.coordinator = other_rules(careful, replace(TWO, capturers=(CAPTURER,)))
    assert "RULEOUT_CAPTURERS" in refused(careful.coordinator.approve, incident.id, SECOND, CARD)
    assert careful.queue.jobs == []
    assert careful.audit.deeds[-1] is Deed.REFUSED


def test_a_capture_whose_asker_lost_the_right_ends_when_it_is_approved(careful: House) -> None:
    """An approval agrees to a request; it does not replace its right."""
    incident = capture(careful)
    careful.coordinator = other_rules(careful, replace(TWO, capturers=(SECOND,)))
    careful.coordinator.approve(incident.id, SECOND, CARD)
    assert closed(careful.card).outcome is Outcome.REFUSED
    assert careful.queue.jobs == []


def other_rules(house: House, rules: Policy) -> CountedDoors:
    """The same ground under other rules, by another bot that finds the capture in the journal."""
    house.rules = rules
    return house.bot()


def test_the_second_of_two_approvals_starts_nothing(careful: House) -> None:
    """Two people press at once; one capture runs."""
    incident = capture(careful)
    careful.coordinator.approve(incident.id, SECOND, CARD)
    assert "decided already" in refused(careful.coordinator.approve, incident.id, THIRD, CARD)
    assert "decided already" in refused(careful.coordinator.decline, incident.id, THIRD, CARD)
    assert len(careful.queue.jobs) == 1
    assert sum(isinstance(event, Approved) for event in careful.card.timeline) == 1


def test_two_bots_that_hear_two_approvals_start_one_capture(careful: House) -> None:
    """During a restart two bots run; Slack tells either of them."""
    incident = capture(careful)
    first, second = careful.coordinator, careful.bot()
    refused(second.approve, incident.id, CAPTURER, CARD)  # now it has read the journal, before the first one decides
    first.approve(incident.id, SECOND, CARD)
    assert "decided already" in refused(second.approve, incident.id, THIRD, CARD)
    assert len(careful.queue.jobs) == 1


def test_a_declined_capture_ends_refused_and_says_nothing_was_captured(careful: House) -> None:
    """For good: it has to be asked for anew."""
    incident = capture(careful)
    careful.coordinator.decline(incident.id, SECOND, CARD)
    end = closed(careful.card)
    assert end.outcome is Outcome.REFUSED
    assert "nothing was captured" in (end.sentence or "")
    assert "decided already" in refused(careful.coordinator.approve, incident.id, THIRD, CARD)
    assert Deed.DECLINED in careful.audit.deeds


def test_who_asked_may_take_it_back(careful: House) -> None:
    """Declining one's own wish needs no right."""
    incident = capture(careful)
    careful.coordinator.decline(incident.id, CAPTURER, CARD)
    assert closed(careful.card).outcome is Outcome.REFUSED


def test_an_approval_that_comes_too_late_starts_nothing(careful: House) -> None:
    """A forgotten message must not capture tomorrow."""
    incident = capture(careful)
    careful.clock.forward(15 * 60)
    assert "was over at 12:15 UTC" in refused(careful.coordinator.approve, incident.id, SECOND, CARD)
    careful.turn()
    end = closed(careful.card)
    assert end.outcome is Outcome.REFUSED
    assert "Nobody approved" in (end.sentence or "")
    assert "decided already" in refused(careful.coordinator.approve, incident.id, SECOND, CARD)


def test_a_capture_that_waits_can_be_stopped(careful: House) -> None:
    """Its asker need not wait for fifteen minutes to be rid of it."""
    incident = capture(careful)
    careful.coordinator.stop(incident.id, CAPTURER, HERE)
    assert closed(careful.card).outcome is Outcome.STOPPED
    assert careful.queue.jobs == []


def test_an_approval_that_cannot_be_recorded_does_not_count(careful: House) -> None:
    """And can be given once the audit writes again."""
    incident = capture(careful)
    careful.audit.full = {Deed.APPROVED}
    with pytest.raises(InstrumentError, match="no capture goes unrecorded"):
        careful.coordinator.approve(incident.id, SECOND, CARD)
    assert careful.queue.jobs == []
    careful.audit.full = set()
    careful.coordinator.approve(incident.id, SECOND, CARD)
    assert len(careful.queue.jobs) == 1


def test_what_waits_when_the_bot_dies_is_approved_at_the_next(careful: House) -> None:
    """Its message stands in the thread, and its button must not be a lie."""
    incident = capture(careful)
    careful.dies()
    careful.clock.forward(300)
    careful.turn()
    assert careful.card.closed is None
    careful.coordinator.approve(incident.id, SECOND, CARD)
    assert len(careful.queue.jobs) == 1
    captured(careful, careful.queue.jobs[0])
    assert closed(careful.card).outcome is Outcome.ANSWERED


def test_what_waited_in_vain_while_no_bot_ran_is_ended_by_the_next(careful: House) -> None:
    """No card waits for ever."""
    capture(careful)
    careful.dies()
    careful.clock.forward(3600)
    careful.turn()
    assert closed(careful.card).outcome is Outcome.REFUSED
    assert "Nobody approved" in (closed(careful.card).sentence or "")


def test_a_long_capture_of_a_living_bot_is_no_orphan(house: House) -> None:
    """A neighbour's sweep must not end, nor take, what lives longer than a check."""
    capture(house, "10.0.0.5 for 10m")
    shown = len(house.chat.cards)
    house.coordinator = house.bot()
    house.clock.forward(400)
    house.turn()
    assert len(house.chat.cards) == shown


def test_the_capture_of_a_dead_bot_is_brought_home_by_the_next(house: House) -> None:
    """Its packets cannot be had again: the moment is over."""
    capture(house, "10.0.0.5 for 10m")
    (job,) = house.queue.jobs
    captured(house, job, final=False)
    house.dies()
    house.turn()
    captured(house, job)
    assert closed(house.card).outcome is Outcome.ANSWERED
    assert [one for one in house.queue.jobs if one.probe is Probe.CAPTURE] == [job]
    assert [name for name, _ in house.chat.files if name.endswith(".png")]


# ---- form, stop by words, download -------------------------------------------------------------------------------


def test_the_form_knows_the_cards_target_and_offers_its_own_segment_first(house: House) -> None:
    """Whoever comes from a verdict has the machine before them already."""
    first = house.ask("10.0.1.7")
    form = house.coordinator.form(first.id, CAPTURER, HERE)
    assert form.fields["target"] == "10.0.1.7"
    assert [choice.name for choice in form.vantages] == ["office-1", "prod-1"]
    assert [choice.name for choice in house.coordinator.form(None, CAPTURER, HERE).vantages] == ["office-1", "prod-1"]


def test_the_preview_says_everything_and_starts_nothing(careful: House) -> None:
    """Before it is pressed, everybody can see what it would do."""
    fields = {"target": "10.0.0.5", "for": "60", "traffic": "arp", "at": "prod-1,office"}
    preview = careful.coordinator.preview(fields, CAPTURER, HERE)
    assert preview.where == "prod-1, office"
    assert preview.filter.startswith("(arp and host 10.0.0.5)")
    assert (preview.duration_s, preview.words) == (60, "10.0.0.5 for 60s arp at prod-1,office")
    assert "second person" in (preview.second or "")
    named = careful.coordinator.preview({"target": "app05"}, CAPTURER, HERE)
    assert "<address of app05>" in named.filter
    assert careful.queue.jobs == []
    assert careful.journal.unfinished() == ()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        pytest.param({"target": "10.0.0.5", "at": "dc9"}, "at", id="unknown vantage"),
        pytest.param({"target": "10.9.9.9"}, "target", id="not covered"),
        pytest.param({"target": "10.0.0.5", "for": "0"}, "for", id="no time"),
    ],
)
def test_what_cannot_be_captured_is_told_beside_its_field(house: House, fields: dict[str, str], field: str) -> None:
    """In the form, while it can still be mended."""
    with pytest.raises(FormError) as wrong:
        house.coordinator.preview(fields, CAPTURER, HERE)
    assert list(wrong.value.errors) == [field]


def test_capture_again_asks_for_the_same_packets(house: House) -> None:
    """The wish is kept with the incident, the evidence is new."""
    first = capture(house, "10.0.0.5 for 20s icmp at prod-1")
    captured(house, house.queue.jobs[0])
    again = house.coordinator.again(first.id, CAPTURER, HERE)
    assert again.request.capture == first.request.capture
    assert house.queue.jobs[-1].options == house.queue.jobs[0].options


def test_stop_without_an_id_stops_the_only_capture_of_the_channel(house: House) -> None:
    """Nobody copies ids during an outage unless there are two."""
    assert "nothing to stop" in refused(house.coordinator.stop_named, CAPTURE, "", ASKER, HERE)
    one = capture(house)
    assert house.coordinator.stop_named(CAPTURE, "", ASKER, HERE) == one.id
    assert any(isinstance(event, StopAsked) for event in house.card.timeline)
    captured(house, house.queue.jobs[0])
    two, three = capture(house), capture(house, "10.0.0.6")
    said = refused(house.coordinator.stop_named, CAPTURE, "", ASKER, HERE)
    assert two.id in said
    assert three.id in said
    assert house.coordinator.stop_named(CAPTURE, f"`{three.id}`", ASKER, HERE) == three.id
    assert "No capture is called inc-x" in refused(house.coordinator.stop_named, CAPTURE, "inc-x", ASKER, HERE)
    assert "nothing to stop" in refused(house.coordinator.stop_named, CAPTURE, "", ASKER, Place("C2"))


def test_a_capture_that_another_bot_runs_is_stopped_by_its_agents(house: House) -> None:
    """Slack tells whichever bot is connected."""
    incident = capture(house)
    house.bot().stop(incident.id, ASKER, HERE)
    house.turn()
    assert house.queue.cancelled == house.queue.jobs
    captured(house, house.queue.jobs[0], incomplete="It was stopped by a person.")
    assert closed(house.card).outcome is Outcome.STOPPED


def test_links_are_whispered_to_who_may_download_and_the_deed_is_kept_first(house: House) -> None:
    """The bytes themselves are the most that a capture gives away."""
    incident = capture(house)
    captured(house, house.queue.jobs[0])
    assert "nothing to download" in refused(house.coordinator.download, incident.id, CAPTURER, CARD)
    link = Link("10.0.0.5-prod-1.pcap", "https://ruleout.example.net/x", "sha256:aa", 5, NOON)
    house.links.offered = (link,)
    house.coordinator.download(incident.id, CAPTURER, CARD)
    assert house.chat.handed == [(CAPTURER, CARD, (link,))]
    assert house.audit.entries[-1].deed is Deed.LINKED
    house.audit.full = {Deed.LINKED}
    with pytest.raises(InstrumentError):
        house.coordinator.download(incident.id, CAPTURER, CARD)
    assert len(house.chat.handed) == 1


def test_late_words_of_a_capture_change_nothing(house: House) -> None:
    """At least once means twice sometimes, also when everybody was told the end."""
    capture(house)
    (job,) = house.queue.jobs
    captured(house, job)
    before, files, shown = house.card, len(house.chat.files), len(house.chat.cards)
    captured(house, job)
    house.says(Progressed(at=NOON, job=job.id, agent="prod-1", packets=9, size_bytes=9, dropped=0, left_s=1))
    assert house.card == before
    assert (len(house.chat.files), len(house.chat.cards)) == (files, shown)
    assert sum(isinstance(event, Closed) for event in house.card.timeline) == 1
    assert sum(isinstance(event, Reported) for event in house.card.timeline) == 1

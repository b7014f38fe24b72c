"""Notes through the whole bot: written down, weighed in every check of the channel, contradicted, taken back."""

from dataclasses import replace

import pytest

from bot.errors import FormError, InstrumentError, RequestError
from bot.incidents import bundle, folds
from bot.incidents.card import card
from bot.incidents.rejudge import rejudge
from bot.model.audit import Deed
from bot.model.incident import Incident
from bot.model.inquiry import Noted
from bot.model.job import Artifact, Media, Probe
from bot.model.people import Member, Membership
from bot.model.request import TRACE, Person, Place
from bot.model.verdict import Verdict
from bot.noter import Noter
from tests.bot.house import House
from tests.bot.incidents.ground import ASKER, HERE
from tests.bot.test_pasting import THREAD, answered, finish

BEN, EVA = Person("T1", "U2"), Person("T1", "U3")
FAULT = {"says": "reported.switch.fault_logged", "value": "crash", "stage": "diagnostic"}


@pytest.fixture
def house() -> House:
    """With an open incident, by the asker."""
    house = House()
    assert house.coordinator.inquirer is not None
    house.coordinator.inquirer.open("odd VMs lose packets", ASKER, HERE)
    return house


def doors(house: House) -> Noter:
    assert house.coordinator.noter is not None
    return house.coordinator.noter


def note(house: House, person: Person = BEN, **fields: str) -> Noted:
    doors(house).note(fields, person, HERE)
    return house.boards.notes[-1][1]


def told(house: House, text: str = "10.0.0.5") -> tuple[Incident, Verdict]:
    """A check that came to its end."""
    incident = answered(house, text)
    assert incident.verdict is not None
    return incident, incident.verdict


def says(verdict: Verdict, finding: str) -> str | None:
    return next((item.says for item in verdict.evidence if item.finding == finding), None)


def test_free_text_is_kept_and_weighs_nothing(house: House) -> None:
    """It stands in the channel as one line, with who noted it."""
    doors(house).note_words("the core was rebooted at 12:03", BEN, HERE, "77.1")
    ((place, kept, lines),) = house.boards.notes
    assert (place, kept.text, kept.by, kept.report, kept.message) == (
        HERE, "the core was rebooted at 12:03", BEN, None, "77.1",
    )  # fmt: skip
    assert lines == ()
    assert [one.note for one in house.boards.boards[-1][0].notes] == [kept.note]
    incident, _ = told(house)
    assert not [one for one in card(incident, ()).instruments if one.name == kept.note]


def test_a_report_is_weighed_and_shows_its_reporter(house: House) -> None:
    """As if it had come from an instrument; and the case says it again offline."""
    kept = note(house, BEN, **FAULT)
    incident, verdict = told(house)
    assert says(verdict, "reported.switch.fault_logged") == "A switch logged a fault of its own (noted by U2)."
    (line,) = [one for one in card(incident, ()).instruments if one.name == kept.note]
    assert (line.looks_for, str(line)) == ("noted by U2", "reported")
    case, blobs = bundle.unpack(house.archive.cases[incident.id])
    (artifact,) = [one for one in case.artifacts if one.media is Media.REPORT]
    assert (artifact.probe, artifact.vantage.agent) == (Probe.REPORT, kept.note)
    again = rejudge(case, blobs)
    assert (again.changes, again.unexpected) == ((), False)
    assert replace(again.now, case=incident.id) == verdict


def test_nobody_is_asked_on_a_queue_for_what_people_noted(house: House) -> None:
    """It is there already."""
    note(house, BEN, **FAULT)
    told(house)
    assert not [job for job in house.queue.jobs if job.probe is Probe.REPORT]


@pytest.mark.parametrize(
    ("about", "weighed"),
    [
        pytest.param("", True, id="all machines"),
        pytest.param("10.0.0.5", True, id="its address"),
        pytest.param("10.0.0.6", False, id="another address"),
        pytest.param("APP01", True, id="the name that vCenter gives it"),
        pytest.param("app02", False, id="another name"),
    ],
)
def test_only_reports_about_this_machine_count(house: House, about: str, weighed: bool) -> None:
    """A switch port of another machine says nothing here."""
    note(house, BEN, **FAULT, about=about)
    _, verdict = told(house)
    assert (says(verdict, "reported.switch.fault_logged") is not None) is weighed


def test_a_note_that_comes_while_a_check_runs_is_in_its_verdict(house: House) -> None:
    """The verdict speaks as of its own moment."""
    incident = house.ask()
    note(house, BEN, **FAULT)
    finish(house)
    assert house.card.id == incident.id
    assert house.card.verdict is not None
    assert says(house.card.verdict, "reported.switch.fault_logged") is not None


def test_the_same_from_three_people_counts_once(house: House) -> None:
    """Evidence, not votes; but who said so is named."""
    note(house, BEN, **FAULT)
    _, alone = told(house)
    note(house, EVA, **FAULT)
    assert house.boards.notes[-1][2] == ("The same is noted by U2 already; it counts once, whoever says it.",)
    note(house, ASKER, **FAULT)
    _, three = told(house)
    assert (three.verdict, three.grade, three.cause) == (alone.verdict, alone.grade, alone.cause)
    assert says(three, "reported.switch.fault_logged") == (
        "A switch logged a fault of its own (noted by U1, noted by U2 and noted by U3)."
    )


def test_contradicting_reports_are_said_and_weigh_for_nobody(house: House) -> None:
    """Neither is the truth because more people hold it."""
    _, before = told(house)
    note(house, BEN, says="reported.uplink.down", stage="diagnostic")
    note(house, EVA, says="reported.uplink.up", stage="diagnostic")
    sentence = (
        "Reports contradict each other, so neither weighs: The host's uplinks are up (noted by U3). "
        "An uplink of the host is down (noted by U2)."
    )
    assert house.boards.notes[-1][2] == (sentence,)
    note(house, ASKER, says="reported.uplink.down", stage="diagnostic")
    _, after = told(house)
    assert (after.verdict, after.grade, after.cause) == (before.verdict, before.grade, before.cause)
    assert any(line.startswith("Reports contradict each other") for line in after.missing)
    assert says(after, "reported.uplink.down") is None


def test_what_was_taken_back_weighs_nothing_any_more(house: House) -> None:
    """It stays in the timeline."""
    kept = note(house, BEN, **FAULT)
    doors(house).withdraw(kept.note, BEN, HERE)
    assert house.boards.withdrawn[-1][1].note == kept.note
    _, verdict = told(house)
    assert says(verdict, "reported.switch.fault_logged") is None
    inquirer = house.coordinator.inquirer
    assert inquirer is not None
    inquiry = inquirer.current(HERE.channel)
    assert inquiry is not None
    assert kept in inquiry.timeline
    with pytest.raises(RequestError, match="was withdrawn already"):
        doors(house).note_words(f"withdraw {kept.note}", BEN, HERE)


def test_only_its_people_may_take_it_back(house: House) -> None:
    """Its author, whoever noted it, whoever opened the incident."""
    doors(house).note(FAULT, BEN, HERE, "77.1", EVA)
    kept = house.boards.notes[-1][1]
    with pytest.raises(RequestError, match="Only whoever noted or wrote it"):
        doors(house).withdraw(kept.note, Person("T1", "U4"), HERE)
    doors(house).withdraw(kept.note, EVA, HERE)
    doors(house).note(FAULT, BEN, HERE)
    doors(house).note_words(f"withdraw {house.boards.notes[-1][1].note}", ASKER, HERE)
    assert len(house.boards.withdrawn) == 2


@pytest.mark.parametrize("name", ["note-nobody", ""])
def test_a_note_that_there_is_none_of(house: House, name: str) -> None:
    """The id stands behind every note."""
    with pytest.raises(RequestError, match=r"its id stands behind it|by the id that stands behind it"):
        doors(house).withdraw(name, BEN, HERE)


def test_the_word_of_a_message_is_its_writers(house: House) -> None:
    """Whoever chose the shortcut only noted it."""
    doors(house).note(FAULT, BEN, HERE, "77.1", EVA)
    _, verdict = told(house)
    assert says(verdict, "reported.switch.fault_logged") == "A switch logged a fault of its own (noted by U3)."


def test_evidence_in_words_in_the_thread_of_a_card_is_about_its_machine(house: House) -> None:
    """Nobody types the address twice; ``about all`` says otherwise."""
    answered(house)
    doors(house).note_words("evidence switch_log_fault=crash measured core-1 went down", BEN, THREAD)
    doors(house).note_words("evidence uplink_down about all", BEN, THREAD)
    first, second = (one for _, one, _ in house.boards.notes)
    assert first.report is not None
    assert (first.report.kind, first.report.value, first.report.measured) == ("switch_log_fault", "crash", True)
    assert (first.report.about, first.text) == ("10.0.0.5", "core-1 went down")
    assert second.report is not None
    assert (second.report.about, second.report.measured) == (None, False)
    assert doors(house).form("seen", BEN, THREAD).fields == {"text": "seen", "about": "10.0.0.5"}


def test_without_an_incident_the_asker_is_told_to_open_one(house: House) -> None:
    """In one sentence, wherever they came from."""
    elsewhere = Place("C9")
    for door in (
        lambda: doors(house).note_words("seen", BEN, elsewhere),
        lambda: doors(house).note({"text": "seen"}, BEN, elsewhere),
        lambda: doors(house).form("", BEN, elsewhere),
    ):
        with pytest.raises(RequestError, match=r"No incident is open in this channel.*/incident open"):
            door()


def test_who_may_not_check_may_not_note(house: House) -> None:
    """And that they tried is among the deeds."""
    house.directory.members[BEN] = Member(Membership.GUEST)
    with pytest.raises(RequestError):
        note(house, BEN, text="seen")
    assert house.audit.deeds[-1] is Deed.REFUSED
    assert house.boards.notes == []


def test_what_was_noted_is_among_the_deeds(house: House) -> None:
    """Who wrote down what, and who took it back."""
    kept = note(house, BEN, **FAULT)
    doors(house).withdraw(kept.note, BEN, HERE)
    noted_, gone = house.audit.entries[-2:]
    assert (noted_.said, noted_.read_as) == (
        "note A switch logged a fault of its own: switch_log_fault=crash", kept.note,
    )  # fmt: skip
    assert gone.said == f"note withdraw {kept.note}"


def test_a_wrong_form_says_what_is_wrong_beside_each_field(house: House) -> None:
    """All at once."""
    with pytest.raises(FormError) as wrong:
        note(house, BEN, says="reported.guest.agent_faulty", about="not a name", domain="storage")
    assert set(wrong.value.errors) == {"value", "about", "domain"}
    assert wrong.value.errors["value"].startswith("Say which: claims_active or role_flap")


def test_a_table_in_a_note_is_evidence_too(house: House) -> None:
    """What the guest's own commands showed, as far as they are tables."""
    doors(house).note_words(
        "inside app01\n$ ip neigh\n10.0.0.1 dev eth0 lladdr 00:50:56:80:12:34 REACHABLE\n", BEN, HERE
    )
    assert "which is weighed too" in house.boards.notes[-1][2][0]
    traced = answered(house, command=TRACE)
    assert [one.media for one in reports(traced)] == [Media.PASTED]
    checked, _ = told(house)
    assert [one.media for one in reports(checked)] == [Media.PASTED]


def reports(incident: Incident) -> list[Artifact]:
    return [artifact for artifact in folds.artifacts(incident) if artifact.probe is Probe.REPORT]


def test_a_check_is_answered_though_the_notes_cannot_be_read(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is missing is said."""
    house.ask()
    monkeypatch.setattr(house.inquiries, "of_channel", _away)
    finish(house)
    assert house.card.verdict is not None
    assert any("could not be read" in line for line in house.card.verdict.missing)


def _away(_channel: str) -> tuple[str, ...]:
    raise InstrumentError("The queue server cannot be reached.")

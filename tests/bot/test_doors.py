"""What people ask, and what becomes of it, as figures."""

import pytest

from bot.errors import InstrumentError, RequestError
from bot.meters import (
    ANSWERED,
    AUDIT_FAILURES,
    ENDED,
    FIRST_EVIDENCE,
    OPEN,
    REQUESTS,
    TAKEN_OVER,
    VERDICTS,
    Reading,
)
from bot.model.audit import Deed
from bot.model.incident import Failed
from bot.model.request import Person
from tests.bot.house import House
from tests.bot.incidents.ground import HERE, NOON


@pytest.fixture
def house() -> House:
    return House()


def open_now(house: House) -> dict[str, float]:
    return {one.labels[0]: one.value for one in house.coordinator.readings() if one.value}


def test_what_is_let_in_is_accepted_once_and_joined_after_that(house: House) -> None:
    """Ten people who ask the same are one question and nine who wait for it."""
    for _ in range(3):
        house.ask()
    house.ask("10.0.0.6")
    assert house.meter.of(REQUESTS, "arpcheck", "accepted") == 2
    assert house.meter.of(REQUESTS, "arpcheck", "joined") == 2
    assert open_now(house) == {"arpcheck": 2}


def test_a_door_that_stays_shut_says_whose_fault_it_was(house: House) -> None:
    """Refusals are the askers'; what is unavailable is the operator's."""
    with pytest.raises(RequestError):
        house.ask("")
    with pytest.raises(RequestError):
        house.ask(command="reboot")
    with pytest.raises(RequestError):
        house.coordinator.capture("10.0.0.5 for 60s", Person("T9", "U1"), HERE)
    with pytest.raises(RequestError):
        house.coordinator.again("inc-unknown", Person("T1", "U1"), HERE)
    house.queue.away = True
    with pytest.raises(InstrumentError):
        house.ask()
    counted = {key[1:]: count for key, count in house.meter.counts.items() if key[0] == REQUESTS.name}
    assert counted == {
        ("arpcheck", "refused"): 1,
        ("other", "refused"): 1,
        ("capture", "refused"): 1,
        ("again", "refused"): 1,
        ("arpcheck", "unavailable"): 1,
    }


def test_a_question_tells_how_long_evidence_and_answer_took_and_what_was_found(house: House) -> None:
    """From asking to the first report of an agent, and to the final card as Slack has taken it."""
    incident = house.ask()
    arp, icmp, vcenter = house.queue.jobs
    house.clock.forward(2)
    house.reports(arp)
    house.clock.forward(1)
    house.reports(icmp)
    house.says(Failed(at=NOON, job=vcenter.id, agent="vcenter.dc1", reason="broken."))
    house.clock.forward(0.5)
    house.coordinator.delivered(incident.id)
    assert house.meter.took(FIRST_EVIDENCE, "arpcheck") == [2]
    assert house.meter.took(ANSWERED, "arpcheck") == [3.5]
    verdict = house.card.verdict
    assert verdict is not None
    assert house.meter.of(VERDICTS, verdict.verdict, verdict.grade) == 1
    assert house.meter.of(ENDED, "arpcheck", "answered") == 1
    assert open_now(house) == {}
    assert house.meter.wrong == []


def test_every_command_has_a_reading_also_when_nothing_of_it_runs(house: House) -> None:
    """A zero here is a count: nothing is open."""
    told = {one.labels[0] for one in house.coordinator.readings()}
    assert {"arpcheck", "capture", "watch", "vcenter"} <= told
    assert Reading(OPEN, 0, ("capture",)) in house.coordinator.readings()


def test_what_another_bot_left_is_counted_where_it_goes_on(house: House) -> None:
    """A bot that dies again and again shows here."""
    house.ask()
    house.dies()
    house.turn()
    assert house.meter.of(TAKEN_OVER, "arpcheck") == 1


def test_a_deed_that_cannot_be_written_down_is_counted(house: House) -> None:
    """A full disk must not be found at the next inquiry."""
    house.audit.full = {Deed.REQUESTED}
    house.ask()
    assert house.meter.of(AUDIT_FAILURES, "requested") == 1


def test_an_end_whose_question_is_forgotten_counts_nothing(house: House) -> None:
    """Slack took the card an hour later; when it was asked nobody remembers."""
    house.coordinator.delivered("inc-long-ago")
    assert house.meter.took(ANSWERED, "arpcheck") == []


def test_a_bot_that_turns_says_when_and_what_keeps_it(house: House) -> None:
    """What /readyz looks at."""
    before = house.coordinator.engine.turned_at
    house.turn()
    assert house.coordinator.engine.turned_at > before
    assert house.coordinator.engine.trouble is None

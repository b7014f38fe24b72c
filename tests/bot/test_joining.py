"""The same question asked twice is sent once, and asked again it says what changed."""

from datetime import timedelta

import pytest

from bot.incidents.card import card
from bot.incidents.printed import as_text
from bot.model.incident import Joined, Outcome
from bot.model.job import Job, Probe
from bot.model.request import Person, Place
from tests.bot.house import House, closed
from tests.bot.incidents.ground import ASKER, HERE

BEN, THERE = Person("T1", "U2"), Place("C2", "1.2")


@pytest.fixture
def house() -> House:
    return House()


def answers(house: House) -> None:
    for job in tuple(house.queue.jobs):
        if job.probe is Probe.VCENTER:
            house.looks_up(job)
        else:
            house.reports(job)


def left(house: House) -> list[Job]:
    return [*house.queue.jobs]


def test_the_second_asker_elsewhere_gets_the_same_answer_there(house: House) -> None:
    """No packet is sent twice; the card says who asked too, and a copy stands where it was asked."""
    first = house.ask("10.0.0.5")
    sent = left(house)
    second = house.coordinator.ask("arpcheck", "10.0.0.5", BEN, THERE)
    assert second.id == first.id
    assert left(house) == sent
    assert "its answer comes here too" in house.chat.whispers[-1]
    answers(house)
    assert closed(house.card).outcome is Outcome.ANSWERED
    assert [(incident.id, place) for incident, place in house.chat.copies] == [(first.id, THERE)]
    assert card(house.card, ()).joined == (BEN,)
    again = house.coordinator.ask("arpcheck", "10.0.0.5", BEN, THERE)
    assert again.id != first.id, "what is over is asked anew"


def test_in_the_same_place_one_card_is_enough(house: House) -> None:
    """The second asker is told so, and nobody reads the answer twice."""
    house.ask("10.0.0.5")
    house.coordinator.ask("arpcheck", "10.0.0.5", BEN, HERE)
    house.ask("10.0.0.5")
    assert "its card here is yours too" in house.chat.whispers[-1]
    answers(house)
    assert house.chat.copies == []
    assert sum(isinstance(event, Joined) for event in house.card.timeline) == 2
    assert card(house.card, ()).joined == (BEN,), "the asker needs no second mention"


@pytest.mark.parametrize(
    "text", [pytest.param("10.0.0.6", id="another machine"), pytest.param("10.0.0.5 deep", id="asked harder")]
)
def test_another_question_is_no_join(house: House, text: str) -> None:
    """Its answer may be another."""
    first = house.ask("10.0.0.5")
    assert house.ask(text).id != first.id


def test_what_was_asked_before_a_change_is_not_joined(house: House) -> None:
    """Somebody who has just mended something wants to see that."""
    first = house.ask("10.0.0.5")
    house.clock.moment += timedelta(seconds=16)
    assert house.ask("10.0.0.5").id != first.id


def test_check_again_says_what_changed_since(house: House) -> None:
    """The verdict before and the verdict now, and that the evidence is the same if it is."""
    first = house.ask("10.0.0.5")
    answers(house)
    again = house.coordinator.again(first.id, ASKER, HERE)
    assert again.request.before == first.id
    answers(house)
    (head, *rest) = card(house.card, ()).changed
    assert head.startswith(f"As at 12:00 UTC (`{first.id}`): ")
    assert rest == ["The evidence is the same."]
    assert "Since it was asked before" in as_text(card(house.card, ()))

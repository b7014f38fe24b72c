"""A journal that forgets: its server failed over to one that has not heard the last events, nor who has what."""

import pytest

from bot.model.incident import Delivered, TakenOver
from bot.model.request import CAPTURE, CHECK, LOOK_UP, WATCH
from tests.bot.house import House, closed
from tests.bot.incidents.ground import ASKER, HERE, NOON
from tests.bot.test_succession import QUESTIONS, finish
from tests.contracts.bench import until


@pytest.fixture
def house() -> House:
    return House()


def knows(house: House, name: str) -> bool:
    """Whether the journal has what the bot has shown, after a turn."""
    house.turn()
    found = house.journal.read(name)
    return found is not None and len(found.timeline) >= len(house.card.timeline)


@pytest.mark.parametrize("left", [0, 1, 2, 3])
@pytest.mark.parametrize("name", [CHECK, LOOK_UP, WATCH, CAPTURE])
def test_what_was_forgotten_of_an_open_question_is_written_again_in_order(house: House, name: str, left: int) -> None:
    """Its bot knows more than the journal, and nobody else has gone on with it."""
    QUESTIONS[name].ask(house)
    house.turn()
    incident = house.card.id
    house.journal.forget(incident, left)
    house.queue.holders.clear()
    house.turn()
    end = finish(house, QUESTIONS[name])
    found = house.journal.read(incident)
    assert found is not None
    assert found.timeline[: len(end.timeline)] == end.timeline
    assert not any(isinstance(event, TakenOver) for event in found.timeline)
    assert closed(end)


@pytest.mark.parametrize("left", [0, 1, 3])
def test_an_end_that_was_forgotten_is_written_again(house: House, left: int) -> None:
    """Another bot would find the question unfinished, and answer it a second time."""
    QUESTIONS[CHECK].ask(house)
    house.turn()
    end = finish(house, QUESTIONS[CHECK])
    house.coordinator.delivered(end.id)
    house.turn()
    house.journal.forget(end.id, left)
    until(lambda: knows(house, end.id))
    found = house.journal.read(end.id)
    assert found is not None
    assert found.timeline[: len(end.timeline)] == end.timeline
    assert found.delivered
    assert house.journal.unfinished() == ()


def test_evidence_that_was_forgotten_is_kept_again(house: House) -> None:
    """A bot that takes over later finds it beside the timeline."""
    QUESTIONS[CHECK].ask(house)
    house.turn()
    QUESTIONS[CHECK].answer(house, house.queue.jobs[0])
    incident = house.card.id
    had = house.kept.all(incident)
    assert had
    house.kept.drop(incident)
    house.journal.forget(incident, 1)
    house.queue.holders.clear()
    house.turn()
    assert house.kept.all(incident) == had


def test_what_another_bot_went_on_with_is_left_to_it(house: House) -> None:
    """It has the same question from where the journal had forgotten the rest."""
    house.coordinator.ask("arpcheck", "10.0.0.5", ASKER, HERE)
    house.turn()
    incident = house.card.id
    house.journal.forget(incident, 2)
    house.journal.append(incident, TakenOver(at=NOON), 2)
    house.journal.append(incident, Delivered(at=NOON), 3)
    house.queue.holders[incident] = -1
    before = house.journal.read(incident)
    house.turn()
    finish_quietly(house)
    assert house.journal.read(incident) == before


def finish_quietly(house: House) -> None:
    """Reports that come in meanwhile change nothing."""
    for job in tuple(house.queue.jobs):
        QUESTIONS[CHECK].answer(house, job)

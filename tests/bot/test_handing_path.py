"""The picture of the tables goes into the thread: where they were asked for, or differ, and nowhere else."""

from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image

from bot.errors import InstrumentError
from bot.incidents.policy import TERMINAL
from bot.model.incident import Incident, Outcome, Traced
from bot.model.path import Path
from bot.model.request import Person, Place
from tests.bot import paths
from tests.bot.house import House, closed
from tests.bot.incidents.ground import NOON


def checked(house: House, told: Path | None, incident: Incident) -> Incident:
    """The check as it ends: every agent is silent, and the tables said this."""
    seat = house.coordinator.desk.seat(incident.id)
    assert seat is not None
    if told:
        seat.running.append(Traced(at=NOON, path=told))
    house.clock.forward(60)
    house.turn()
    assert closed(house.card).outcome is Outcome.ANSWERED
    return house.card


def test_tables_that_differ_are_drawn_into_the_thread_of_a_check() -> None:
    """With words for whoever cannot see it, within what Slack takes of them."""
    house = House()
    checked(house, paths.stale(), house.ask())
    ((name, png),) = house.chat.files
    assert name == "10.0.0.5-tables.png"
    with Image.open(BytesIO(png)) as picture:
        assert picture.format == "PNG"
    alt = house.chat.alts[name]
    assert alt is not None
    assert alt.startswith("ARP tables on the way to 10.0.0.5: 2 of 4 entries differ. core-1 (core, ARP): 00:50:56:aa")
    assert "`" not in alt


def test_a_description_is_cut_to_what_slack_takes() -> None:
    """Two hundred hops are described by the first that differ."""
    house = House()
    checked(house, paths.huge(), house.ask())
    ((name, _),) = house.chat.files
    assert len(house.chat.alts[name] or "") == 1000


@pytest.mark.parametrize("told", [pytest.param(paths.agreeing, id="they agree"), pytest.param(None, id="none read")])
def test_beside_a_verdict_tables_that_agree_are_not_drawn(told: Callable[[], Path] | None) -> None:
    """A picture in which nothing is wrong takes a place in the thread and says nothing new."""
    house = House()
    checked(house, told() if told else None, house.ask())
    assert house.chat.files == []


def test_a_terminal_gets_no_picture() -> None:
    """It could not show one, and nobody waits for it to be drawn."""
    house = House()
    asked = house.coordinator.ask("arpcheck", "10.0.0.5", Person(TERMINAL, "root"), Place(TERMINAL))
    checked(house, paths.stale(), asked)
    assert house.chat.files == []


def test_a_picture_that_fails_leaves_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """The chat may refuse it, too."""
    house = House()

    def refuse(*_: object) -> None:
        raise InstrumentError("Slack is away.")

    monkeypatch.setattr(house.chat, "attach", refuse)
    assert checked(house, paths.stale(), house.ask()).verdict is not None

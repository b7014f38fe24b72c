"""Who is in, what runs and what one may do, through the whole bot."""

from dataclasses import replace
from datetime import timedelta
from ipaddress import IPv4Network

import pytest

from bot.errors import InstrumentError, RequestError
from bot.incidents.policy import Capability, Grant, Policy
from bot.model.audit import Deed
from bot.model.incident import Delivered, Failed, Incident, Published, Requested
from bot.model.job import Agent
from bot.model.people import Member, Membership
from bot.model.request import Person, Place
from bot.receptionist import Receptionist
from bot.rosters.running import MOST
from tests.bot.house import House
from tests.bot.incidents.ground import ASKER, HERE, NOON, PROD, agent, request
from tests.bot.test_pasting import finish

BEN = Person("T1", "U2")


@pytest.fixture
def house() -> House:
    return House()


def door(house: House) -> Receptionist:
    return house.coordinator.receptionist


def hears(house: House, *heard: Agent) -> None:
    """From now on these are there."""
    house.queue.agents = lambda: heard  # type: ignore[method-assign]


def loses_the_server(house: House) -> None:
    def agents() -> tuple[Agent, ...]:
        raise InstrumentError("The queue server cannot be reached.")

    house.queue.agents = agents  # type: ignore[method-assign]


def test_the_agents_are_listed_for_whoever_may_look_up(house: House) -> None:
    """And a refusal is written down, as at every door."""
    shown = door(house).agents(ASKER, HERE)
    assert shown.head == "2 agents are heard, all are well; 1 known but silent."
    assert "vCenter dc1" in shown.lines[-1]
    house.directory.members[BEN] = Member(Membership.GUEST)
    with pytest.raises(RequestError, match="Guests"):
        door(house).agents(BEN, HERE)
    assert house.audit.deeds[-1] is Deed.REFUSED


def test_an_agent_that_nobody_asked_about_is_missed_when_it_falls_silent(house: House) -> None:
    """The bot calls the roll by itself."""
    house.turn()
    hears(house, agent(PROD))
    house.clock.forward(60)
    hears(house, replace(agent(PROD), heard_at=house.clock.now()))
    lines = door(house).agents(ASKER, HERE).lines
    assert [one for one in lines if "`office-1`" in one and "SILENT" in one and "12:00:00" in one] != []


def test_an_agent_that_fell_silent_before_this_bot_began_is_missed(house: House) -> None:
    """An earlier bot has written down whom it heard."""
    house.queue.roll = (replace(agent(PROD, name="prod-9"), heard_at=NOON - timedelta(hours=3)),)
    lines = door(house).agents(ASKER, HERE).lines
    assert [one for one in lines if "`prod-9`" in one and "SILENT" in one and "09:00:00" in one] != []


def test_a_failed_look_is_on_the_list(house: House) -> None:
    """The question that failed and the list of agents tell one story."""
    house.ask()
    (job, *_) = [job for job in house.queue.jobs if job.queue == "vcenter.dc1"]
    house.says(Failed(at=NOON, job=job.id, agent="dc1", reason="The vCenter does not accept the password."))
    hears(house, agent(PROD), Agent("dc1", ("vcenter.dc1",), ("vcenter",), (), "1", NOON))
    assert "does not accept the password" in door(house).agents(ASKER, HERE).lines[0]


def test_without_the_server_nobody_knows(house: House) -> None:
    """One sentence, at both doors."""
    loses_the_server(house)
    with pytest.raises(InstrumentError, match="cannot be reached"):
        door(house).agents(ASKER, HERE)
    with pytest.raises(InstrumentError, match="cannot be reached"):
        door(house).home(ASKER)


def test_the_home_has_the_persons_own_running_requests_and_no_ended_one(house: House) -> None:
    """What others run is in the channels; what is over is on its card."""
    first = house.ask()
    house.coordinator.published(first.id, "C1", "5.5")
    house.coordinator.ask("arpcheck", "10.0.0.6", BEN, HERE)
    (standing,) = door(house).home(ASKER).running
    assert standing.says.startswith("Checking 10.0.0.5")
    assert (standing.channel, standing.card) == ("C1", "5.5")
    assert [one.card for one in door(house).home(BEN).running] == [None]
    finish(house)
    finish(house)
    assert door(house).home(BEN).running == ()


def test_who_asked_the_same_meanwhile_has_it_too(house: House) -> None:
    """With a link only where they asked in the channel of the card: they may not be in the other one."""
    first = house.ask()
    house.coordinator.published(first.id, "C1", "5.5")
    house.coordinator.ask("arpcheck", "10.0.0.5", BEN, Place("C2"))
    assert len(house.chat.copies) + len(house.chat.whispers) > 0, "it was joined, not asked twice"
    assert [(one.channel, one.card) for one in door(house).home(BEN).running] == [("C2", None)]
    house.coordinator.ask("arpcheck", "10.0.0.5", BEN, HERE)
    assert [(one.channel, one.card) for one in door(house).home(BEN).running] == [("C1", "5.5")]
    assert len(door(house).home(ASKER).running) == 1


def test_what_another_bot_runs_is_there_too(house: House) -> None:
    """Two bots share a workspace; the person has one home."""
    house.ask()
    other = house.bot()
    assert [one.says.split(",")[0] for one in other.receptionist.home(ASKER).running] == [
        one.says.split(",")[0] for one in door(house).home(ASKER).running
    ]


def test_the_newest_are_shown_and_the_others_counted(house: House) -> None:
    """The view has an end."""
    for number in range(MOST + 3):
        asked = replace(request(number=number + 100), asked_at=NOON + timedelta(seconds=number))
        house.journal.append(asked.id, Requested(at=asked.asked_at, request=asked))
    home = door(house).home(ASKER)
    assert (len(home.running), home.more) == (MOST, 3)
    assert f"12:00:{MOST + 2:02}" in home.running[0].says


def test_an_unreadable_request_hides_no_other(house: House) -> None:
    """Another version may have written it."""
    house.journal.append("inc-7", Requested(at=NOON, request=request(number=7)))
    house.journal.append("inc-8", Requested(at=NOON, request=request(number=8)))
    read = house.journal.read

    def picky(incident: str) -> Incident | None:
        if incident == "inc-7":
            raise InstrumentError("The journal of inc-7 was written by another version.")
        return read(incident)

    house.journal.read = picky  # type: ignore[method-assign]
    assert len(door(house).home(ASKER).running) == 1


def test_a_guests_home_has_no_agents(house: House) -> None:
    """It says why, and nothing of the network."""
    house.directory.members[BEN] = Member(Membership.GUEST)
    home = door(house).home(BEN)
    assert home.agents is None
    assert "Guests" in home.rights[0]


def test_help_is_what_the_gate_lets_through_and_asks_nothing_of_the_audit(house: House) -> None:
    """Looking at the door is no attempt to enter."""
    said = door(house).usage(ASKER, HERE)
    assert "/arpcheck 10.0.0.5" in said
    assert "/capture" not in said
    assert "/capture" in door(house).usage(Person("T1", "U9"), HERE)
    house.directory.members[BEN] = Member(Membership.GUEST)
    with pytest.raises(RequestError, match="Guests"):
        door(house).usage(BEN, HERE)
    assert house.audit.entries == []


def test_help_names_the_machines_of_a_limited_right() -> None:
    """As the refusal would."""
    grant = Grant("on call", Capability.CAPTURE, frozenset({ASKER}), prefixes=(IPv4Network("10.0.0.0/24"),))
    house = House(rules=Policy(("T1",), grants=(grant,)))
    assert "you may capture packets only in `10.0.0.0/24`" in door(house).usage(ASKER, HERE)


def test_what_is_published_or_delivered_is_read_as_it_stands(house: House) -> None:
    """A request whose end was seen is none of the running."""
    house.journal.append("inc-7", Requested(at=NOON, request=request(number=7)))
    house.journal.append("inc-7", Published(at=NOON, channel="C1", message="7.7"))
    assert [one.card for one in door(house).home(ASKER).running] == ["7.7"]
    house.journal.append("inc-7", Delivered(at=NOON))
    assert door(house).home(ASKER).running == ()

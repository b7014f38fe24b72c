"""Entries that were wronged in a lab's real tables, as the path view lists them: exactly those."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from ipaddress import IPv4Address
from random import Random

import pytest

from bot.incidents.tracing import trace
from bot.model.finding import Evidence
from bot.model.job import Probe
from bot.model.observation import Observation
from bot.model.path import Hop, Mark, Place
from deploy.lab.client import Lab, LabError
from deploy.lab.corruption import drawn
from deploy.lab.state import CorruptedState, LabState
from deploy.lab.topology import topology
from tests.lab.looking import macs
from tests.lab.reading import Looker, job, looker, reader, whose

pytestmark = pytest.mark.lab

NAMES = ("app02", "app03", "app04", "app05", "app06")
RUNS = 20
AMISS = (Mark.WRONG, Mark.OLD, Mark.MISSING)


def address(name: str) -> str:
    """The address of the VM."""
    return f"10.0.0.{int(name[-2:])}"


@pytest.fixture(scope="module")
def live(tabled_lab: Lab) -> dict[str, list[Observation]]:
    """Who answers for each target, and whose it is: no table changes that."""
    with ExitStack() as ends:
        agents = {name: ends.enter_context(looker(tabled_lab, "agent-prod", "prod")) for name in NAMES}
        for name, agent in agents.items():
            agent.begin(job(Probe.ARP, address(name), listen_s=0.1))
        return {name: [*agent.ended(), *whose(tabled_lab.state(), address(name))] for name, agent in agents.items()}


@pytest.fixture(scope="module")
def tables(tabled_lab: Lab) -> Iterator[Looker]:
    """A reader of tables."""
    with reader(tabled_lab) as found:
        yield found


@pytest.fixture(scope="module")
def corrupted(tabled_lab: Lab, live: dict[str, list[Observation]]) -> Callable[[int], LabState]:
    """The lab once the way to every VM is corrupted, by a seed of its own in each round."""
    assert live.keys() == set(NAMES)  # nobody was asked on a corrupted way

    @cache
    def after(number: int) -> LabState:
        return tabled_lab.corrupt({name: number * len(NAMES) + place for place, name in enumerate(NAMES)})

    return after


def listed(hop: Hop) -> tuple[str, str, str, str, bool]:
    """What the path view says is wrong."""
    return hop.device, hop.place.value, hop.mac or "none", hop.at or "none", hop.pinned


def wronged(one: CorruptedState) -> tuple[str, str, str, str, bool]:
    """The same, as the lab knows it."""
    return one["device"], one["table"], one["mac"] or "none", one["port"] or "none", one["how"] == "static"


@pytest.mark.parametrize("seed", range(RUNS))
def test_corrupted_entries_are_listed_exactly_no_more_and_no_less(
    corrupted: Callable[[int], LabState], live: dict[str, list[Observation]], tables: Looker, seed: int
) -> None:
    """An entry too many sends somebody to a healthy switch; one too few leaves the outage."""
    state, name = corrupted(seed // len(NAMES)), NAMES[seed % len(NAMES)]
    truth = state["corrupted"][name]
    read = tables.look(job(Probe.NETWORK, address(name), macs=macs(state, name)[:1]))
    path = trace(Evidence(IPv4Address(address(name)), (*live[name], *read)))
    hops = [hop for hop in path.hops if hop.place in (Place.ARP, Place.FDB)]
    assert Counter(hop.device for hop in hops) == Counter({"router": 1, "dist": 1, "switch": 1})
    assert all(hop.mark in (Mark.RIGHT, *AMISS) for hop in hops)
    assert sorted(listed(hop) for hop in hops if hop.mark in AMISS) == sorted(map(wronged, truth))
    assert [one.device for one in path.clear] == [one["device"] for one in truth if one["how"] != "missing"]


def test_the_seeds_wrong_every_table_in_every_way_and_also_none() -> None:
    """Twenty runs that corrupted the same entry would show little."""
    built = topology()
    vms = [next(vm for vm in built.vms if vm.name == name) for name in NAMES]
    runs = [drawn(built, vms[n % len(vms)], Random(f"1/{NAMES[n % len(vms)]}/{n}")) for n in range(RUNS)]
    assert {(one["device"], one["how"]) for run in runs for one in run} == {
        ("router", "stale"), ("router", "static"), ("dist", "astray"), ("dist", "static"),
        ("switch", "astray"), ("switch", "static"), ("switch", "missing"),
    }  # fmt: skip
    assert {len(run) for run in runs} == {0, 1, 2, 3}


def test_a_way_that_nobody_can_tell_cannot_be_corrupted(tabled_lab: Lab) -> None:
    """An entry that nobody could call right or wrong would make a wrong truth."""
    built = topology(uplinks=2)
    with pytest.raises(ValueError, match="two uplinks"):
        drawn(built, built.vms[0], Random(1))
    with pytest.raises(LabError, match="the lab has no app99"):
        tabled_lab.corrupt({"app99": 1})

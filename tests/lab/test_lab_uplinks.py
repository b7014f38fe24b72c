"""Two uplinks of each host, to two switches: what carries a VM, what a damaged cable counts, and where."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from ipaddress import IPv4Address
from typing import NamedTuple

import pytest

from bot.incidents.tracing import trace
from bot.model.finding import Evidence
from bot.model.job import Probe
from bot.model.network import PortState
from bot.model.observation import Observation, RowSeen
from bot.model.path import Mark, Place
from deploy.lab.client import Lab
from tests.lab.looking import ask, macs, vm
from tests.lab.reading import Looker, job, looker, reader, whose

pytestmark = pytest.mark.lab

FIRST, SECOND = "app10", "app06"
"""Two VMs of one host, one on each of its uplinks."""


class Eyes(NamedTuple):
    """An agent on the segment, and a reader of tables."""

    agent: Looker
    tables: Looker


@pytest.fixture(scope="module")
def eyes(redundant_lab: Lab) -> Iterator[Eyes]:
    """Both, in the lab with two uplinks."""
    with ExitStack() as ends:
        agent = ends.enter_context(looker(redundant_lab, "agent-prod", "prod"))
        yield Eyes(agent, ends.enter_context(reader(redundant_lab)))


def seen_of(lab: Lab, eyes: Eyes, name: str, *, echoes: int = 1) -> list[Observation]:
    """Who answers, whose it is, and the tables."""
    state, target = lab.state(), f"10.0.0.{int(name[-2:])}"
    seen = [*eyes.agent.look(job(Probe.ARP, target, listen_s=0.1, echoes=echoes)), *whose(state, target)]
    return seen + eyes.tables.look(job(Probe.NETWORK, target, macs=macs(state, name)))


def errors(seen: list[Observation]) -> dict[tuple[str, str], int]:
    """The ports that counted damaged frames, and how many."""
    rows = [(one.device.name, one.row) for one in seen if isinstance(one, RowSeen) and isinstance(one.row, PortState)]
    return {(name, row.port): row.counts.errors_in for name, row in rows if row.counts.errors_in}


@pytest.mark.parametrize(
    ("name", "ports"),
    [
        pytest.param(FIRST, {"switch": "p-esx-b2", "dist": "p-switch-10"}, id="the first"),
        pytest.param(SECOND, {"switch-b": "p-esx-b2", "dist": "p-switch-b-10", "switch": "p-dist-10"}, id="the second"),
    ],
)
def test_a_vm_is_reached_by_the_uplink_that_it_is_pinned_to(
    redundant_lab: Lab, eyes: Eyes, name: str, ports: dict[str, str]
) -> None:
    """And no entry on the way there is called wrong."""
    assert any(ask(redundant_lab, "agent-office", "ping", f"10.0.0.{int(name[-2:])}") for _ in range(2))
    assert {vm(redundant_lab.state(), one)["host"] for one in (FIRST, SECOND)} == {"esx-b2"}
    path = trace(Evidence(IPv4Address(f"10.0.0.{int(name[-2:])}"), tuple(seen_of(redundant_lab, eyes, name))))
    hops = {hop.device: hop for hop in path.hops if hop.place is Place.FDB}
    assert {device: hops[device].at for device in ports} == ports
    assert {hop.mark for hop in hops.values()} == {Mark.RIGHT}


def test_a_bad_fabric_counts_at_both_ends_of_its_uplink_and_nowhere_else(redundant_lab: Lab, eyes: Eyes) -> None:
    """Every host's VMs behind it suffer, and no host's own port shows why."""
    assert errors(seen_of(redundant_lab, eyes, SECOND)) == {}
    redundant_lab.apply("fabric_uplink_bad", SECOND)
    both = {("dist", "p-switch-b-10"), ("switch-b", "p-dist-10")}
    until = time.monotonic() + 20
    while (counted := errors(seen_of(redundant_lab, eyes, SECOND, echoes=20))).keys() < both:
        assert time.monotonic() < until, "one end lost nothing of hundreds of frames"
    assert counted.keys() == both

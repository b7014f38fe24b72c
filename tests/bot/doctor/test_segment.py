"""The agent's place, on real interfaces in namespaces of the test's own."""

from collections.abc import Iterator
from functools import partial
from ipaddress import IPv4Address

import pytest

from bot.agents.station import discover
from bot.doctor import segment
from bot.doctor.line import Line, Standing
from bot.system import SystemClock
from deploy.lab.ns import Apart
from tests.bot.doctor.saying import standings, wrongs
from tests.lab import privileges
from tests.lab.cell import FIRST_MAC, GATEWAY, GATEWAY_MAC, SECOND_MAC, Cell, Station, child


@pytest.fixture(scope="module")
def run() -> Iterator[Apart]:
    """A process with namespaces of its own."""
    with child() as running:
        yield running


def looked(*stations: Station, interface: str = "eth0", gateway: IPv4Address | None = GATEWAY) -> list[Line]:
    with Cell(*stations) as cell, cell.namespaces.inside("agent"):
        return list(segment.lines(partial(discover, interface, "lab", "agent-1", gateway), SystemClock()))


def heard() -> list[Line]:
    return looked(Station(GATEWAY_MAC, (GATEWAY,)))


def unheard() -> list[Line]:
    return looked(Station(FIRST_MAC, (IPv4Address("10.77.0.5"),)))


def twice() -> list[Line]:
    return looked(Station(FIRST_MAC, (GATEWAY,)), Station(SECOND_MAC, (GATEWAY,), late_s=0.1))


def misnamed() -> list[Line]:
    return looked(interface="eth7")


def without_a_gateway() -> list[Line]:
    return looked(gateway=None)


def switched_off() -> list[Line]:
    with Cell() as cell:
        cell.links.down("agent", "eth0")
        with cell.namespaces.inside("agent"):
            return list(segment.lines(partial(discover, "eth0", "lab", "agent-1", GATEWAY), SystemClock()))


def without_the_right() -> list[Line]:
    with Cell(Station(GATEWAY_MAC, (GATEWAY,))) as cell, cell.namespaces.inside("agent"), privileges.only(0):
        return list(segment.lines(partial(discover, "eth0", "lab", "agent-1", GATEWAY), SystemClock()))


@pytest.mark.lab
def test_a_gateway_that_answers_is_the_proof_that_the_agent_hears(run: Apart) -> None:
    """The same control as in every check, asked with the same frames."""
    lines = run(heard)
    assert standings(lines) == {Standing.OK}
    assert lines[-1].says == f"the gateway {GATEWAY} answers ARP from {GATEWAY_MAC}"


@pytest.mark.lab
@pytest.mark.parametrize(
    ("look", "says"),
    [
        pytest.param(unheard, "does not answer ARP on eth0, so no silence here counts", id="deaf, or another VLAN"),
        pytest.param(twice, "2 MACs answer for the gateway", id="two gateways"),
        pytest.param(misnamed, "There is no interface eth7 here", id="a wrong name"),
        pytest.param(without_a_gateway, "No gateway is known on eth0", id="no gateway"),
        pytest.param(switched_off, "is switched off", id="switched off"),
        pytest.param(without_the_right, "may not open packet sockets on eth0", id="no CAP_NET_RAW"),
    ],
)
def test_an_agent_that_could_not_testify_is_told_why(run: Apart, look, says: str) -> None:  # type: ignore[no-untyped-def]
    """Each of them makes every check there inconclusive."""
    assert [says in one for one in wrongs(run(look))] == [True]


@pytest.mark.parametrize(
    ("held", "user", "says"),
    [
        pytest.param(("agent.a", "segment.prod"), "agent.a", None, id="right"),
        pytest.param(("agent.a", "segment.prod"), None, None, id="a server without users"),
        pytest.param(("agent.a",), "agent.a", "no key of segment.prod", id="no segment"),
        pytest.param(("agent.b", "segment.prod"), "agent.b", "keys of another agent (agent.b)", id="another's keys"),
        pytest.param(("agent.a", "segment.prod"), "agent.b", "enters as agent.b", id="another's user"),
    ],
)
def test_keys_and_user_have_to_be_those_of_the_name(held: tuple[str, ...], user: str | None, says: str | None) -> None:
    """Files that are copied from one machine to the next."""
    found = wrongs(segment.queues("a", "prod", held, user))
    assert [says is not None and says in one for one in found] == ([True] if says else [])

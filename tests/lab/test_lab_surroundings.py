"""What the lab's vCenter tells around its VMs, held against the lab itself and against the simulator."""

import json
import sys
from dataclasses import replace
from datetime import datetime
from typing import Any, get_args

import pytest

from bot.model.vsphere import Family, Surroundings
from bot.probes.vcenter import parse
from bot.system import SystemClock
from deploy.lab.client import Lab
from deploy.lab.scenario import scenario
from deploy.lab.state import LabState
from deploy.lab.vcenter import everything, snapshot
from tests.fixtures.vcsim import Start
from tests.lab import card
from tests.lab.asking_vcenter import around_by_the_worker
from tests.lab.looking import vm

pytestmark = pytest.mark.lab

STAGED = {
    "app02": "clean_vmotion",
    "app03": "uplink_down",
    "app05": "wrong_port_group",
    "app06": "port_blocked",
    "app08": "vnic_disconnected",
    "app09": "vm_powered_off",
    "app10": "forged_mac_rejected",
}


@pytest.fixture(scope="module")
def began_at() -> datetime:
    """When nothing was staged yet."""
    return SystemClock().now()


@pytest.fixture(scope="module")
def state(lab: Lab, began_at: datetime) -> LabState:
    """Whatever changes something around a VM."""
    assert began_at <= SystemClock().now()
    for name, fault in STAGED.items():
        state = lab.apply(fault, name)
    return state


def around(state: LabState, name: str | None = None) -> Surroundings:
    """What is around this VM; around all of them where none is named."""
    told = snapshot(state, names=[name]) if name else everything(state)
    found = parse(json.dumps(told).encode()).surroundings
    assert found is not None
    return found


def cards(lab: Lab, node: str, name: str) -> dict[str, Any]:
    """What the node's kernel knows of the interface."""
    done = lab.run(node, [sys.executable, card.__file__, name], capture_output=True, text=True, timeout=20)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_uplinks_and_mtu_are_what_the_kernel_of_each_host_has(lab: Lab, state: LabState) -> None:
    """A fault takes the link of one: what is said of it may not be a word beside the cable."""
    hosts = around(state).hosts
    assert hosts is not None
    down = set()
    for host in hosts:
        (uplink,), (switch,) = host.uplinks, host.switches
        told = cards(lab, host.name, uplink.device)
        assert (uplink.up, uplink.mac, uplink.driver) == (told["carrier"], told["mac"], told["driver"])
        assert uplink.speed_mbps in (None, told["speed_mbps"])
        assert (switch.mtu, switch.uplinks) == (told["mtu"], (uplink.device,))
        down |= set() if uplink.up else {host.name}
    assert down == {vm(state, "app03")["host"]}


def test_a_neighbour_is_the_port_at_the_other_end_of_the_cable(lab: Lab, state: LabState) -> None:
    """The network team is sent to that port; behind a dead link nobody is heard."""
    told = around(state)
    assert told.neighbours is not None
    assert told.hosts is not None
    assert {one.host for one in told.neighbours} == {one.name for one in told.hosts if one.uplinks[0].up}
    for one in told.neighbours:
        assert one.switch is not None
        assert one.port is not None
        near, far = cards(lab, one.host, one.device), cards(lab, one.switch, one.port)
        assert (near["far_index"], far["far_index"]) == (far["index"], near["index"])


def test_a_port_group_that_rejects_foreign_macs_says_so_as_a_policy(lab: Lab, state: LabState) -> None:
    """And the port shows the MAC that the guest uses in its place."""
    told = around(state, "app10")
    ((group,), (port,)) = told.groups or (), told.ports or ()
    assert (group.name, group.policy.forged, group.policy.mac_changes) == ("prod-10", False, False)
    assert port.mac == cards(lab, "app10", "eth0")["mac"] != vm(state, "app10")["nics"][0]["mac"]
    office = next(one for one in around(state).groups or () if one.name == "office-20")
    assert (office.policy.forged, office.policy.mac_changes) == (True, True)


@pytest.mark.parametrize(
    ("name", "ports"),
    [
        pytest.param("app04", [(True, False, (10,))], id="well"),
        pytest.param("app05", [(True, False, (20,)), (True, False, (20,))], id="in another port group"),
        pytest.param("app06", [(True, True, (10,))], id="blocked"),
        pytest.param("app08", [(False, False, (10,))], id="unplugged"),
        pytest.param("app09", [], id="off"),
    ],
)
def test_ports_are_as_the_virtual_switch_has_them(
    state: LabState, name: str, ports: list[tuple[bool, bool, tuple[int, ...]]]
) -> None:
    """Link, block and VLAN are how it treats the vNIC."""
    assert [(one.link_up, one.blocked, one.vlans) for one in around(state, name).ports or ()] == ports


def test_a_move_is_an_event_with_its_time_and_of_its_vm_alone(state: LabState, began_at: datetime) -> None:
    """Losses are laid beside it on the clock; a time that nobody took would put them on the wrong host."""
    told = around(state, "app02")
    (move,) = told.events or ()
    assert (move.vm_id, move.host) == (vm(state, "app02")["id"], vm(state, "app02")["host"])
    assert move.source not in (None, move.host)
    assert began_at <= move.at <= SystemClock().now()
    assert around(state, "app04").events == ()


def test_what_the_lab_has_no_notion_of_is_not_told_and_a_gap_says_why(state: LabState) -> None:
    """An empty list of alarms would clear a host that nobody looked at."""
    told = around(state)
    unread = {family for family in get_args(Family) if getattr(told, family, ()) is None}
    assert unread == {"alarms", "counters", "tasks"}
    assert unread <= {gap.family for gap in told.gaps}
    assert {"health", "tools", "events"} <= {gap.family for gap in told.gaps}


def test_of_a_host_that_does_not_answer_nothing_is_heard(state: LabState) -> None:
    """Its power and its neighbours would be guesses, and whoever reads the rest has to know that it did not say so."""
    lost = state["hosts"][0]["name"]
    told = around({**state, "hosts": [{**one, "responding": one["name"] != lost} for one in state["hosts"]]})
    (host,) = [one for one in told.hosts or () if one.name == lost]
    assert (host.connection, host.power) == ("notResponding", None)
    assert lost not in {one.host for one in told.neighbours or ()}
    assert [gap.says for gap in told.gaps if gap.family == "hosts" and lost in gap.says]


def test_around_a_vm_stands_nothing_of_other_clusters_or_vms(state: LabState) -> None:
    """What the player hands out is what the worker would look at."""
    told, own = around(state, "app05"), vm(state, "app05")
    assert {one.cluster for one in told.hosts or ()} == {own["cluster"]}
    assert {one.vm for one in told.vms or ()} == {one.vm for one in told.ports or ()} == {own["id"]}
    assert [one.name for one in told.groups or ()] == ["office-20"]
    assert {one.host for one in told.neighbours or ()} == {own["host"]} - {vm(state, "app03")["host"]}
    assert snapshot(state, ips=["10.0.0.99"])["surroundings"] is None


def told_alike(found: Surroundings) -> dict[str, Any]:
    """What both tell: not who numbers hosts, nor what the simulator has of its own."""
    return {
        "hosts": sorted(
            (one.name, one.cluster, one.connection, one.maintenance, one.uplinks, one.groups)
            for one in found.hosts or ()
        ),
        "parts": sorted((one.name, part) for one in found.hosts or () for part in one.switches if part.distributed),
        "groups": [(one.name, one.switch, one.vlan, one.teaming.active, one.policy) for one in found.groups or ()],
        "ports": [
            replace(one, vm="", dropped=None, broadcasts=None, from_uplink=None, to_uplink=None)
            for one in found.ports or ()
        ],
        "switches": [(one.name, one.mtu, one.health_checked) for one in found.switches or ()],
        "moves": [replace(one, vm_id=None) for one in found.events or () if one.source],
        "neighbours": [(one.host, one.device, one.switch, one.port) for one in found.neighbours or () if one.switch],
    }


@pytest.mark.vcsim
def test_the_simulator_with_the_same_facts_has_the_same_around_each_vm(state: LabState, start_vcsim: Start) -> None:
    """The demonstration and the live benchmark must not be judged on two descriptions of one lab."""
    with start_vcsim(scenario(state)) as simulator:
        for name in STAGED:
            assert told_alike(around_by_the_worker(simulator, name)) == told_alike(around(state, name)), name

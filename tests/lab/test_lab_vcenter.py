"""The lab's vCenter facts, and whether the simulator that is given the same facts tells the same story."""

import json
import ssl
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from pyVim.connect import Disconnect, SmartConnect
from pyVmomi import vim

from bot.model.addresses import parse_mac
from bot.model.job import JobOptions
from deploy.lab.client import Lab, LabError
from deploy.lab.faults import DEMO, FAULTS
from deploy.lab.scenario import scenario
from deploy.lab.state import LabState
from deploy.lab.vcenter import everything, snapshot
from deploy.lab.vcsim import Vcsim
from tests.fixtures.vcsim import Start
from tests.lab.asking_vcenter import ask_worker

pytestmark = pytest.mark.lab


@pytest.fixture(scope="module")
def state(lab: Lab) -> LabState:
    """Every fault at once, as in the demonstration."""
    for vm, fault in DEMO.items():
        state = lab.apply(fault, vm)
    return state


def test_every_fault_stands_in_one_lab_at_the_same_time(state: LabState) -> None:
    """The demonstration shows them side by side, and none may disturb another."""
    assert {staged["vm"]: staged["fault"] for staged in state["faults"]} == DEMO


def test_vcenter_names_only_who_was_asked_for(state: LabState) -> None:
    """A snapshot of the whole inventory would be a leak, and a large one."""
    assert [vm["name"] for vm in snapshot(state, ips=["10.0.0.6"])["vms"]] == ["app06"]
    assert [nic["device"] for nic in snapshot(state, ips=["10.0.0.201"])["host_nics"]] == ["vmk0"]
    assert snapshot(state, ips=["10.0.0.99"])["vms"] == []


def test_a_vm_that_is_off_owns_its_mac_and_no_address(state: LabState) -> None:
    """Addresses come from VMware Tools alone, which have stopped with it: the MAC is the only way to the VM."""
    assert snapshot(state, ips=["10.0.0.9"])["vms"] == []
    mac = next(vm for vm in state["vms"] if vm["name"] == "app09")["nics"][0]["mac"]
    (found,) = snapshot(state, macs=[mac])["vms"]
    assert (found["name"], found["power"], found["guest_nics"]) == ("app09", "poweredOff", [])


@pytest.fixture(scope="module")
def crowded() -> list[LabState]:
    """Every fault of the catalogue, as many in one lab as it has VMs."""
    states = []
    for uplinks in (1, 2):
        waiting = sorted(id_ for id_, fault in FAULTS.items() if fault.uplinks == uplinks)
        while waiting:
            with (
                tempfile.TemporaryDirectory(prefix="lab-") as place,
                Lab.running(Path(place), uplinks=uplinks) as running,
            ):
                vms = [vm["name"] for vm in running.state()["vms"]]
                left = [fault for fault in waiting if not _staged(running, fault, vms)]
                assert left != waiting, f"no VM can have any of {left}"
                waiting = left
                states.append(running.state())
    return states


def _staged(lab: Lab, fault: str, vms: list[str]) -> bool:
    """Whether a VM that is still free can have the fault; it is then staged there."""
    for vm in vms:
        try:
            lab.apply(fault, vm)
        except LabError:
            continue
        vms.remove(vm)
        return True
    return False


def told(vm: Mapping[str, Any]) -> dict[str, Any]:
    """What a VM's entry says that does not depend on who numbers and names things."""
    off = vm["power"] != "poweredOn"
    return {
        **{key: vm[key] for key in ("name", "power", "connection", "host", "cluster", "tools")},
        "nics": [
            {key: nic[key] for key in ("key", "label", "mac", "network", "vlan", "backing", "foreign_macs", "blocked")}
            | {"connected": None if off else nic["connected"]}
            for nic in vm["nics"]
        ],
        "guest_nics": [{**row, "addresses": sorted(row["addresses"])} for row in vm["guest_nics"]],
    }


def answer_of_the_worker(state: LabState, simulator: Vcsim) -> dict[str, Any]:
    """What the real worker says when it is asked for every MAC that the lab's vCenter knows."""
    macs = [nic["mac"] for vm in state["vms"] for nic in vm["nics"]]
    macs += [nic["mac"] for host in state["hosts"] for nic in host["nics"]]
    answer: dict[str, Any] = json.loads(ask_worker(simulator, JobOptions(macs=tuple(map(parse_mac, macs)))))
    return answer


@pytest.mark.vcsim
def test_the_simulator_with_the_same_facts_gives_the_real_worker_the_same_answers(
    crowded: list[LabState], start_vcsim: Start
) -> None:
    """A recorded case and a live benchmark must not disagree about who owns what, whatever the fault is."""
    assert sorted(one["fault"] for state in crowded for one in state["faults"]) == sorted(FAULTS)
    for state in crowded:
        with start_vcsim(scenario(state)) as simulator:
            answer = answer_of_the_worker(state, simulator)
        assert answer["complete"]
        whole = everything(state)
        assert {vm["name"]: told(vm) for vm in answer["vms"]} == {vm["name"]: told(vm) for vm in whole["vms"]}
        assert sorted(answer["host_nics"], key=str) == sorted(whole["host_nics"], key=str)


@pytest.mark.vcsim
def test_the_simulator_also_knows_what_a_snapshot_has_no_room_for(crowded: list[LabState], start_vcsim: Start) -> None:
    """Blocked ports, dead links, lost hosts and moves are vCenter facts of the faults that stage them."""
    wanted = {fault: state for state in crowded for fault in (one["fault"] for one in state["faults"])}
    with ExitStack() as alive:

        def content(fault: str) -> Any:
            simulator = alive.enter_context(start_vcsim(scenario(wanted[fault])))
            tls = ssl.create_default_context(cafile=str(simulator.ca_file))
            session = SmartConnect(host="127.0.0.1", port=simulator.port, user="user", pwd="pass", sslContext=tls)
            alive.callback(Disconnect, session)
            return session.RetrieveContent()

        def every(content: Any, kind: Any) -> Any:
            return content.viewManager.CreateContainerView(content.rootFolder, [kind], True).view

        def vm(fault: str) -> str:
            return next(one["vm"] for one in wanted[fault]["faults"] if one["fault"] == fault)

        (switch,) = every(content("port_blocked"), vim.DistributedVirtualSwitch)
        blocked = [
            port.connectee.connectedEntity.name for port in switch.FetchDVPorts() if port.state.runtimeInfo.blocked
        ]
        assert blocked == [vm("port_blocked")]
        for fault in ("uplink_down", "host_lost"):
            rows = {host["name"]: host for host in wanted[fault]["hosts"]}
            for host in every(content(fault), vim.HostSystem):
                (uplink,) = [nic for nic in host.config.network.pnic if nic.device == "vmnic0"]
                row = rows[host.name]
                assert (uplink.linkSpeed is not None) is row["nics"][0]["link_up"]
                assert host.runtime.connectionState == ("connected" if row["responding"] else "notResponding")
        events = content("clean_vmotion").eventManager.QueryEvents(
            vim.event.EventFilterSpec(eventTypeId=["VmMigratedEvent"])
        )
        assert [event.vm.name for event in events] == [vm("clean_vmotion")]
        assert {event.sourceHost.name == event.host.name for event in events} == {False}

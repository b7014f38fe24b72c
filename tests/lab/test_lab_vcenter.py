"""The lab's vCenter facts, and whether the simulator that is given the same facts tells the same story."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from bot.agents.vcenter import VcenterAbility, VcenterSettings
from bot.model.addresses import Mac
from bot.model.job import Job, JobOptions, Probe, Vantage
from bot.ports import Work
from bot.system import SystemClock
from deploy.lab.client import Lab
from deploy.lab.faults import DEMO
from deploy.lab.state import LabState
from deploy.lab.vcenter import NAME, everything, scenario, snapshot
from tests.fixtures.vcsim import Start

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


def told(vm: Mapping[str, Any]) -> dict[str, Any]:
    """What a VM's entry says that does not depend on who numbers and names things."""
    off = vm["power"] == "poweredOff"
    return {
        **{key: vm[key] for key in ("name", "power", "connection", "host", "tools")},
        "nics": [
            {key: nic[key] for key in ("key", "label", "mac", "network", "vlan", "backing")}
            | {"connected": None if off else nic["connected"]}
            for nic in vm["nics"]
        ],
        "guest_nics": [{**row, "addresses": sorted(row["addresses"])} for row in vm["guest_nics"]],
    }


@pytest.mark.vcsim
def test_the_simulator_with_the_same_facts_gives_the_real_worker_the_same_answers(
    state: LabState, start_vcsim: Start
) -> None:
    """A recorded case and a live demonstration must not disagree about who owns what."""
    clock = SystemClock()
    asked_at = clock.now()
    macs = tuple(Mac(nic["mac"]) for vm in state["vms"] for nic in vm["nics"])
    expires_at = asked_at + timedelta(seconds=20)
    job = Job("job-1", "inc-1", Probe.VCENTER, "", None, JobOptions(macs=macs), asked_at, expires_at)
    with start_vcsim(scenario(state)) as simulator:
        settings = VcenterSettings(
            vantage=Vantage(f"vcenter.{NAME}", NAME, ""),
            host="127.0.0.1",
            port=simulator.port,
            user="user",
            password="pass",
            ca_file=str(simulator.ca_file),
        )
        ability = VcenterAbility(settings, clock)
        ((_, data),) = ability(Work(job, lambda: False, lambda _evidence: None))
        ability.close()
    answer = json.loads(data)
    assert answer["complete"]
    simulated = {vm["name"]: told(vm) for vm in answer["vms"]}
    assert simulated == {vm["name"]: told(vm) for vm in everything(state)["vms"]}

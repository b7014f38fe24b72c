"""Whoever stands for the lab's vCenter, asked by its own worker: it knows the lab, and where a VM went in it."""

import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pyVim.connect import Disconnect, SmartConnect
from pyVim.task import WaitForTask
from pyVmomi import vim, vmodl

from bot.agents.vcenter import VcenterAbility
from bot.model.job import Job, JobOptions, Probe, Vantage
from bot.model.vsphere import Happened
from bot.ports import Ability, Work
from bot.probes.vcenter import Snapshot, parse
from bot.roles.vcenter_worker import vcenter_settings
from bot.settings import Settings
from bot.system import SystemClock
from deploy.demo.vcenter import SnapshotAbility
from deploy.demo.vcenter.played import played
from deploy.demo.vcenter.simulated import simulated, vmotion
from deploy.demo.vcenter.standing import Standing, Stands
from deploy.lab.client import Lab
from deploy.lab.scenario import scenario
from deploy.lab.state import LabState
from deploy.lab.vcenter import NAME
from tests.fixtures.vcsim import Start

pytestmark = pytest.mark.lab

CLOCK = SystemClock()


@contextmanager
def worker(standing: Standing) -> Iterator[Ability]:
    """What the command of its worker runs, in this process."""
    match standing.worker:
        case "deploy.demo.vcenter", snapshot:
            yield SnapshotAbility(Path(snapshot), Vantage(f"vcenter.{NAME}", NAME, ""), CLOCK)
        case "bot", "vcenter":
            given = Settings({**standing.environment, "RULEOUT_VCENTER_NAME": NAME})
            with closing(VcenterAbility(vcenter_settings(given), CLOCK)) as ability:
                yield ability
        case other:
            pytest.fail(f"nobody knows the worker {other}")


def asked(ability: Ability, name: str) -> Snapshot:
    """What it answers to a look-up of this VM."""
    now = CLOCK.now()
    ends_at = now + timedelta(seconds=20)
    job = Job("job-1", "inc-1", Probe.VCENTER, f"vcenter.{NAME}", None, JobOptions(names=(name,)), now, ends_at)
    ((_, data),) = ability(Work(job, lambda: False, lambda _: None))
    return parse(data)


def moves(snapshot: Snapshot) -> list[Happened]:
    """The events that say a VM has moved."""
    assert snapshot.surroundings is not None
    return [event for event in snapshot.surroundings.events or () if event.kind == "VmMigratedEvent"]


def seat(state: LabState, name: str) -> tuple[str, str]:
    """Where the VM is in the lab: host and cluster."""
    return next((vm["host"], vm["cluster"]) for vm in state["vms"] if vm["name"] == name)


@pytest.mark.parametrize(
    ("stands", "name"),
    [
        pytest.param(played, "app05", id="played"),
        pytest.param(simulated, "app03", marks=pytest.mark.vcsim, id="simulated"),
    ],
)
def test_where_a_vm_goes_in_the_lab_its_vcenter_tells(
    lab: Lab, request: pytest.FixtureRequest, tmp_path: Path, stands: Stands, name: str
) -> None:
    """A verdict on moves rests on the vCenter's word: within a cluster, to another one, and back."""
    if stands is simulated:
        request.getfixturevalue("built_vcsim")
    before = lab.state()
    home, cluster = seat(before, name)
    near = next(one["name"] for one in before["hosts"] if one["cluster"] == cluster and one["name"] != home)
    far = next(one["name"] for one in before["hosts"] if one["cluster"] != cluster)
    with stands(before, tmp_path) as standing, worker(standing) as ability:
        assert not moves(asked(ability, name))
        for host in (near, far, home):
            state = lab.move(name, host)
            standing.follow(state)
            (vm,) = asked(ability, name).vms
            assert (vm.host, vm.cluster) == seat(state, name)
        told = moves(asked(ability, name))
    assert [(one.vm, one.source, one.host) for one in told] == [
        (name, home, near),
        (name, near, far),
        (name, far, home),
    ]
    arrived = [move["at"] for move in state["moves"] if move["vm"] == name]
    assert all(one.at.isoformat() >= at for one, at in zip(told, arrived, strict=True)), "told before it was there"


@pytest.mark.vcsim
@pytest.mark.usefixtures("built_vcsim")
def test_what_was_moved_before_is_history(lab: Lab, tmp_path: Path) -> None:
    """The simulator is set up with the moves that the lab has seen, and does not make them again."""
    home, _ = seat(lab.state(), "app07")
    other = next(host["name"] for host in lab.state()["hosts"] if host["name"] != home)
    state = lab.move("app07", other)
    with simulated(state, tmp_path) as standing, worker(standing) as ability:
        standing.follow(lab.move("app07", home))
        told = moves(asked(ability, "app07"))
    assert [(one.source, one.host) for one in told] == [(home, other), (other, home)]


@pytest.mark.vcsim
@pytest.mark.usefixtures("built_vcsim")
def test_the_simulator_says_that_it_can_follow_moves_alone(lab: Lab, tmp_path: Path) -> None:
    """A vCenter that silently differs from the lab would have a test believe what is not so."""
    with (
        simulated(lab.state(), tmp_path) as standing,
        pytest.raises(RuntimeError, match="can follow moves alone: stage faults before"),
    ):
        standing.follow(lab.apply("vm_powered_off", "app09"))


@pytest.mark.vcsim
def test_a_vmotion_that_the_vcenter_refuses_says_why(lab: Lab, start_vcsim: Start) -> None:
    """Nothing moves to a host that does not answer."""
    home, _ = seat(lab.state(), "app06")
    other = next(host["name"] for host in lab.state()["hosts"] if host["name"] != home)
    with start_vcsim(scenario(lab.state())) as vcenter:
        vcenter.apply(hosts=[{"name": other, "connection_state": "notResponding"}])
        with pytest.raises(RuntimeError, match=f"did not move app06 to {other}: HostNotConnected"):
            vmotion(vcenter, "app06", other)


@pytest.mark.vcsim
def test_the_simulator_lets_no_vm_leave_its_cluster_and_keep_its_pool(lab: Lab, start_vcsim: Start) -> None:
    """A real vCenter refuses it; a simulator that did not would have us learn a wrong vMotion."""
    with start_vcsim(scenario(lab.state())) as vcenter:
        tls = ssl.create_default_context(cafile=str(vcenter.ca_file))
        session = SmartConnect(host="127.0.0.1", port=vcenter.port, user="user", pwd="pass", sslContext=tls)
        try:
            content = session.RetrieveContent()

            def every(kind: Any) -> Any:
                return content.viewManager.CreateContainerView(content.rootFolder, [kind], True).view

            vm = next(one for one in every(vim.VirtualMachine) if one.name == "app06")
            there = next(one for one in every(vim.HostSystem) if one.parent != vm.runtime.host.parent)
            with pytest.raises(vmodl.fault.InvalidArgument):
                WaitForTask(vm.MigrateVM_Task(host=there, priority="defaultPriority"), si=session)
            pool = there.parent.resourcePool
            WaitForTask(vm.MigrateVM_Task(pool=pool, host=there, priority="defaultPriority"), si=session)
            assert (vm.runtime.host, vm.resourcePool) == (there, pool)
            assert vm in pool.vm
        finally:
            Disconnect(session)

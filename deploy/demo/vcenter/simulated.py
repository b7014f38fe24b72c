"""A vCenter of the lab that is the simulator of tests/vcsim, with the lab's inventory, behind the real worker."""

import secrets
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pyVim.connect import Disconnect, SmartConnect
from pyVim.task import WaitForTask
from pyVmomi import vim, vmodl

from bot.model.vsphere import Surroundings
from bot.probes.vcenter import Snapshot
from deploy.demo.vcenter.standing import Standing
from deploy.lab import vcsim
from deploy.lab.scenario import scenario
from deploy.lab.state import LabState
from deploy.lab.vcenter import inventory
from deploy.lab.vcsim import Vcsim

OPERATOR = "operator"
_NO_TIME = datetime.fromtimestamp(0, UTC)


@contextmanager
def simulated(state: LabState, directory: Path) -> Iterator[Standing]:
    """The simulator, and ``ruleout vcenter`` in front of it. What moves in the lab moves there by vMotion.

    Raises:
        VcsimMissing: see ``deploy.lab.vcsim.build``.
    """
    with vcsim.running(scenario(state), directory / "vcenter") as vcenter:
        environment = {
            "RULEOUT_VCENTER_HOST": f"127.0.0.1:{vcenter.port}",
            "RULEOUT_VCENTER_USER": "reader",
            "RULEOUT_VCENTER_PASSWORD": secrets.token_hex(8),
            "RULEOUT_VCENTER_CA_FILE": str(vcenter.ca_file),
        }
        yield Standing(("bot", "vcenter"), environment, _Follower(vcenter, state).follow)


def vmotion(vcenter: Vcsim, vm: str, host: str) -> None:
    """Move a VM to another host, as an operator does; returns when the vCenter has done it.

    Not by the worker's connection, which lets nothing through that changes anything.

    Raises:
        RuntimeError: the vCenter refused; the text is its reason.
    """
    tls = ssl.create_default_context(cafile=str(vcenter.ca_file))
    password = secrets.token_hex(8)
    session = SmartConnect(host="127.0.0.1", port=vcenter.port, user=OPERATOR, pwd=password, sslContext=tls)
    try:
        machine, there = _named(session, vim.VirtualMachine, vm), _named(session, vim.HostSystem, host)
        # The cluster's own pool: to leave a cluster is to leave its pools.
        task = machine.MigrateVM_Task(pool=there.parent.resourcePool, host=there, priority="defaultPriority")
        WaitForTask(task, si=session)
    except vmodl.MethodFault as fault:
        kind = type(fault).__name__.rpartition(".")[2]
        raise RuntimeError(f"the vCenter did not move {vm} to {host}: {kind}") from fault
    finally:
        Disconnect(session)


def _named(session: Any, kind: Any, name: str) -> Any:
    content = session.RetrieveContent()
    view = content.viewManager.CreateContainerView(content.rootFolder, [kind], recursive=True)
    try:
        return next(one for one in view.view if one.name == name)
    finally:
        view.DestroyView()


class _Follower:
    """Moves in the vCenter what was moved in the lab since the last time."""

    def __init__(self, vcenter: Vcsim, state: LabState) -> None:
        self._vcenter = vcenter
        self._resting, self._moves = _resting(state), len(state["moves"])

    def follow(self, state: LabState) -> None:
        if _resting(state) != self._resting:
            raise RuntimeError("the simulated vCenter can follow moves alone: stage faults before it is set up")
        for move in state["moves"][self._moves :]:
            vmotion(self._vcenter, move["vm"], move["to_host"])
            self._moves += 1


def _resting(state: LabState) -> Snapshot:
    """What a move does not change of what a vCenter knows."""
    whole = inventory(state, _NO_TIME)
    around = replace(whole.surroundings or Surroundings(), events=None)
    return replace(whole, vms=tuple(replace(vm, host=None, cluster=None) for vm in whole.vms), surroundings=around)

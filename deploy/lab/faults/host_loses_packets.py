"""The host's network card drops every third frame."""

from random import Random

from bot.model.cause import Side
from bot.model.verdict import Grade
from deploy.lab.fabric import Fabric
from deploy.lab.faults.fault import Fault
from deploy.lab.topology import Vm


def _apply(fabric: Fabric, vm: Vm, rng: Random) -> None:
    fabric.tamper_at_uplink(vm.host, vm.segment, lost=0.35, seed=rng.randrange(2**32))


FAULT = Fault(
    id="host_loses_packets",
    side=Side.HYPERVISOR,
    acceptable=(
        Side.HYPERVISOR,
        Side.NETWORK,
        Side.GUEST,
    ),
    cause="hypervisor.host_networking_broken",
    grade=Grade.UNDECIDED,
    origin="the host's physical NIC",
    residual=None,
    symptom="some packets are lost, from everywhere",
    apply=_apply,
    settled_by=("host_state_fault", "driver_known_issue"),
)

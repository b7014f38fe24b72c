"""The host's uplink is down."""

from random import Random

from bot.model.cause import Side
from bot.model.verdict import Grade
from deploy.lab.fabric import Fabric
from deploy.lab.faults.fault import Fault
from deploy.lab.topology import Vm


def _apply(fabric: Fabric, vm: Vm, _rng: Random) -> None:
    fabric.cut_uplink(vm.host)


FAULT = Fault(
    id="uplink_down",
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
    symptom="nothing on that host answers",
    apply=_apply,
    settled_by=("host_state_fault", "nic_driver_fatal"),
)

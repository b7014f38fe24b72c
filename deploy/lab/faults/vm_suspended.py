"""The VM is suspended."""

from random import Random

from bot.model.cause import Side
from bot.model.verdict import Grade
from deploy.lab.fabric import Fabric
from deploy.lab.faults.fault import Fault
from deploy.lab.topology import Vm


def _apply(fabric: Fabric, vm: Vm, _rng: Random) -> None:
    fabric.power_off(vm)
    fabric.suspended.add(vm.name)


FAULT = Fault(
    id="vm_suspended",
    side=Side.HYPERVISOR,
    acceptable=(
        Side.HYPERVISOR,
        Side.NETWORK,
        Side.GUEST,
    ),
    cause="hypervisor.vm_powered_off",
    grade=Grade.PROVEN,
    origin="the VM's power state",
    residual=None,
    symptom="nothing answers at the address",
    apply=_apply,
)

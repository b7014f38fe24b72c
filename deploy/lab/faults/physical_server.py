"""The address belongs to a machine that is no VM, and it is well."""

from random import Random

from bot.model.verdict import Grade
from deploy.lab.fabric import Fabric
from deploy.lab.faults.fault import Fault
from deploy.lab.topology import SUPERMICRO, Macs, Vm


def _apply(fabric: Fabric, vm: Vm, rng: Random) -> None:
    fabric.power_off(vm)
    del fabric.vms[vm.name]
    fabric.add_device(f"server-{vm.name}", vm.segment, vm.address, Macs(rng).physical(SUPERMICRO))


FAULT = Fault(
    id="physical_server",
    side=None,
    acceptable=(),
    cause=None,
    grade=Grade.NO_FAULT,
    origin=None,
    residual=None,
    symptom="a machine answers that no vCenter knows",
    apply=_apply,
)

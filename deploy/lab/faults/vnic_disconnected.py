"""The VM's vNIC is not connected to its virtual switch."""

from random import Random

from bot.model.cause import Side
from bot.model.verdict import Grade
from deploy.lab.fabric import Fabric
from deploy.lab.faults.fault import Fault
from deploy.lab.topology import Vm


def _apply(fabric: Fabric, vm: Vm, _rng: Random) -> None:
    fabric.unplug(vm, vm.nics[0])


FAULT = Fault(
    id="vnic_disconnected",
    side=Side.HYPERVISOR,
    acceptable=(Side.HYPERVISOR, Side.GUEST),
    cause="hypervisor.vnic_disconnected",
    grade=Grade.PROVEN,
    origin="the vNIC's connection to the virtual switch",
    residual=None,
    symptom="nothing answers at the address",
    apply=_apply,
)

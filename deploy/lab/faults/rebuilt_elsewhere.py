"""The VM was replaced by another one with the same address: the old one is off."""

from random import Random

from bot.model.verdict import Grade
from deploy.lab.fabric import Fabric
from deploy.lab.faults.fault import Fault
from deploy.lab.guests import Speaker, announcement
from deploy.lab.topology import Vm


def _apply(fabric: Fabric, vm: Vm, rng: Random) -> None:
    copy = fabric.clone(vm, f"{vm.name}b", vm.host, rng)
    fabric.power_off(vm)
    fabric.run(
        copy.name, Speaker(copy.nics[0].interface, (announcement(copy.address, copy.nics[0].mac),), every_s=60.0)
    )


FAULT = Fault(
    id="rebuilt_elsewhere",
    side=None,
    acceptable=(),
    cause=None,
    grade=Grade.NO_FAULT,
    origin=None,
    residual=None,
    symptom="the address has another MAC than before",
    apply=_apply,
)

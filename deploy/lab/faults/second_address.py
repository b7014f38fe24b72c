"""The VM has a second address on the same vNIC."""

from random import Random

from bot.model.verdict import Grade
from deploy.lab.fabric import Fabric
from deploy.lab.faults.fault import Fault
from deploy.lab.topology import Vm


def _apply(fabric: Fabric, vm: Vm, rng: Random) -> None:
    segment = fabric.topology.segment(vm.segment)
    fabric.links.address(vm.name, vm.nics[0].interface, segment.cidr(segment.network[100 + rng.randrange(50)]))


FAULT = Fault(
    id="second_address",
    side=None,
    acceptable=(),
    cause=None,
    grade=Grade.NO_FAULT,
    origin=None,
    residual=None,
    symptom="one MAC has two addresses",
    apply=_apply,
)

"""The guest has lost its address."""

from random import Random

from bot.model.cause import Side
from bot.model.verdict import Grade
from deploy.lab.fabric import Fabric
from deploy.lab.faults.fault import Fault
from deploy.lab.topology import Vm


def _apply(fabric: Fabric, vm: Vm, _rng: Random) -> None:
    fabric.links.remove_address(vm.name, vm.nics[0].interface, fabric.topology.segment(vm.segment).cidr(vm.address))
    fabric.addressless.add(vm.name)


FAULT = Fault(
    id="guest_address_lost",
    side=Side.GUEST,
    acceptable=(
        Side.GUEST,
        Side.NETWORK,
        Side.HYPERVISOR,
    ),
    cause="guest.address_missing",
    grade=Grade.LIKELY,
    origin="the guest's configuration",
    residual=None,
    symptom="nothing answers at the address",
    apply=_apply,
)

"""The guest has switched its interface off; the vNIC is plugged in."""

from random import Random

from bot.model.cause import Side
from bot.model.verdict import Grade
from deploy.lab.fabric import Fabric
from deploy.lab.faults.fault import Fault
from deploy.lab.topology import Vm


def _apply(fabric: Fabric, vm: Vm, _rng: Random) -> None:
    fabric.links.down(vm.name, vm.nics[0].interface)
    fabric.broken.add(vm.host)


FAULT = Fault(
    id="guest_stack_down",
    side=Side.GUEST,
    acceptable=(
        Side.GUEST,
        Side.NETWORK,
        Side.HYPERVISOR,
    ),
    cause="guest.nic_misconfigured",
    grade=Grade.UNDECIDED,
    origin="the guest's interface",
    residual=None,
    symptom="nothing answers at the address",
    apply=_apply,
    settled_by=("guest_nic_misconfig", "interface_renamed"),
)

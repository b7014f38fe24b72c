"""Two machines that are no VMs have the address beside the VM."""

from random import Random

from bot.model.cause import Side
from bot.model.verdict import Grade
from deploy.lab.fabric import Fabric
from deploy.lab.faults.fault import Fault
from deploy.lab.topology import BROTHER, Macs, Vm


def _apply(fabric: Fabric, vm: Vm, rng: Random) -> None:
    for number in (1, 2):
        fabric.add_device(f"cam{number}-{vm.name}", vm.segment, vm.address, Macs(rng).physical(BROTHER))


FAULT = Fault(
    id="second_device",
    side=Side.NETWORK,
    acceptable=(
        Side.NETWORK,
        Side.GUEST,
    ),
    cause="network.foreign_device_claims_ip",
    grade=Grade.LIKELY,
    origin="two devices with one factory default",
    residual="ARP tables of whoever heard one of them last",
    symptom="connections reach one of three machines",
    apply=_apply,
)

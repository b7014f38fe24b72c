"""The guest uses another MAC than its vNIC's, and the virtual switch drops what it sends."""

from random import Random

from bot.model.cause import Side
from bot.model.verdict import Grade
from deploy.lab.fabric import Fabric
from deploy.lab.faults.fault import Fault
from deploy.lab.topology import Macs, Vm


def _apply(fabric: Fabric, vm: Vm, rng: Random) -> None:
    nic = vm.nics[0]
    fabric.guest_macs[nic.mac] = Macs(rng).vnic()
    fabric.links.set_mac(vm.name, nic.interface, fabric.guest_macs[nic.mac])
    fabric.tamper_at_port(vm, lost=1.0, inward=False)
    fabric.rejecting.add(vm.segment)


FAULT = Fault(
    id="forged_mac_rejected",
    side=Side.HYPERVISOR,
    acceptable=(
        Side.HYPERVISOR,
        Side.NETWORK,
        Side.GUEST,
    ),
    cause="hypervisor.policy_rejects_mac",
    grade=Grade.LIKELY,
    origin="the port group's forged-transmits policy",
    residual=None,
    symptom="nothing answers at the address",
    apply=_apply,
)

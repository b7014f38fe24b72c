"""Somebody plugged in a machine, unknown to vCenter, that has the VM's address."""

from random import Random

from bot.model.cause import Side
from bot.model.verdict import Grade
from deploy.lab.fabric import Fabric
from deploy.lab.faults.fault import Fault
from deploy.lab.topology import BROTHER, Macs, Vm


def _apply(fabric: Fabric, vm: Vm, rng: Random) -> None:
    fabric.add_device(f"printer-{vm.name}", vm.segment, vm.address, Macs(rng).physical(BROTHER))


FAULT = Fault(
    id="foreign_device",
    side=Side.NETWORK,
    acceptable=(Side.NETWORK, Side.GUEST),
    cause="network.foreign_device_claims_ip",
    grade=Grade.LIKELY,  # whether the printer or the VM has the address by right, no packet says
    origin="a printer on an access port of the switch",
    residual="ARP tables of whoever heard the printer last",
    symptom="connections reach the VM or the printer",
    apply=_apply,
)

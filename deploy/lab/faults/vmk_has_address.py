"""A VMkernel port of a host was given the VM's address."""

from random import Random

from bot.model.cause import Side
from bot.model.verdict import Grade
from deploy.lab.fabric import Fabric
from deploy.lab.faults.fault import Fault
from deploy.lab.topology import Macs, Vm


def _apply(fabric: Fabric, vm: Vm, rng: Random) -> None:
    host = rng.choice([one for one in fabric.topology.hosts if one.name != vm.host])
    fabric.add_vmk(host, vm.address, Macs(rng).vmk())


FAULT = Fault(
    id="vmk_has_address",
    side=Side.HYPERVISOR,
    acceptable=(
        Side.HYPERVISOR,
        Side.GUEST,
        Side.NETWORK,
    ),
    cause="hypervisor.host_interface_claims_ip",
    grade=Grade.LIKELY,
    origin="the VMkernel port's configuration",
    residual="ARP tables of whoever heard the host last",
    symptom="connections reach the VM or the host",
    apply=_apply,
)

"""Both vNICs of a VM stand in one segment, and its kernel answers for the address on either."""

from random import Random

from bot.model.cause import Side
from bot.model.verdict import Grade
from deploy.lab.fabric import Fabric
from deploy.lab.faults.fault import Fault
from deploy.lab.topology import Vm


def _apply(fabric: Fabric, vm: Vm, _rng: Random) -> None:
    if not vm.clustered:
        raise ValueError(f"{vm.name} has one vNIC alone")
    fabric.namespaces.sysctl(vm.name, {"ipv4/conf/all/arp_ignore": 0, "ipv4/conf/all/arp_announce": 0})
    fabric.namespaces.sysctl(vm.name, {f"ipv4/conf/{nic.interface}/rp_filter": 0 for nic in vm.nics})


FAULT = Fault(
    id="arp_flux",
    side=Side.GUEST,
    acceptable=(Side.GUEST,),
    cause="guest.bonding_agent_answers_with_two_macs",
    grade=Grade.PROVEN,
    origin="the guest's arp_ignore and arp_announce",
    residual="ARP tables of whoever heard the second vNIC last",
    symptom="all is well, until a vNIC is taken away",
    apply=_apply,
)

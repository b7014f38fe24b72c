"""The guest gave its address to its other vNIC without a word; the router still holds the MAC of the first one."""

from random import Random

from bot.model.cause import Side
from bot.model.verdict import Grade
from deploy.lab.fabric import Fabric
from deploy.lab.faults.fault import Fault
from deploy.lab.topology import ROUTER, Vm


def _apply(fabric: Fabric, vm: Vm, _rng: Random) -> None:
    if not vm.clustered:
        raise ValueError(f"{vm.name} has one vNIC alone")
    first, second = vm.nics
    segment = fabric.topology.segment(vm.segment)
    fabric.links.learned_neighbour(ROUTER, vm.segment, str(vm.address), first.mac)
    fabric.links.remove_address(vm.name, first.interface, segment.cidr(vm.address))
    fabric.links.address(vm.name, second.interface, segment.cidr(vm.address))
    fabric.links.route(vm.name, "default", str(segment.gateway))
    # A guest that had to ask for its gateway would cure the router by its question.
    fabric.links.neighbour(vm.name, second.interface, str(segment.gateway), segment.gateway_mac)
    # What still comes to the first vNIC is lost, as at a cluster's other machine.
    fabric.namespaces.sysctl(
        vm.name, {f"ipv4/conf/{first.interface}/rp_filter": 1, f"ipv4/conf/{second.interface}/rp_filter": 0}
    )
    fabric.slots[vm.name] = 2


FAULT = Fault(
    id="address_taken_over",
    side=Side.GUEST,
    acceptable=(Side.GUEST, Side.NETWORK, Side.HYPERVISOR),
    cause="guest.address_never_announced",
    grade=Grade.UNDECIDED,
    origin="the clustering agent in the guest, which announced nothing",
    residual="the router's ARP table holds the MAC of the first vNIC",
    symptom="its own segment reaches it, others do not",
    apply=_apply,
    settled_by=("garp_not_sent", None),
)

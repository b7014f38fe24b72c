"""The crashed agent was restarted and answers rightly again; the router still holds the MAC that it told before."""

from random import Random

from bot.model.cause import Side
from bot.model.verdict import Grade
from deploy.lab.fabric import Fabric
from deploy.lab.faults.fault import Fault
from deploy.lab.topology import ROUTER, Vm


def _apply(fabric: Fabric, vm: Vm, _rng: Random) -> None:
    if not vm.clustered:
        raise ValueError(f"{vm.name} has no clustering agent that could have crashed")
    first, second = vm.nics
    gateway = fabric.topology.segment(vm.segment)
    # Until the guest asks for its gateway or announces itself, nothing corrects the router.
    fabric.links.neighbour(vm.name, first.interface, str(gateway.gateway), gateway.gateway_mac)
    fabric.links.learned_neighbour(ROUTER, vm.segment, str(vm.address), second.mac)


FAULT = Fault(
    id="agent_repaired",
    side=Side.GUEST,
    acceptable=(Side.GUEST, Side.NETWORK, Side.HYPERVISOR),
    cause="guest.address_never_announced",
    grade=Grade.UNDECIDED,
    origin="the clustering agent in the guest, repaired meanwhile without an announcement",
    residual="the router's ARP table holds the MAC of the second vNIC",
    symptom="its own segment reaches it, others do not",
    apply=_apply,
    settled_by=("garp_not_sent", None),
)

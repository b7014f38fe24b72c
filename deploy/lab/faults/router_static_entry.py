"""Somebody pinned a wrong MAC for the address in the router."""

from random import Random

from bot.model.cause import Side
from bot.model.verdict import Grade
from deploy.lab.fabric import Fabric
from deploy.lab.faults.fault import Fault
from deploy.lab.topology import ROUTER, Macs, Vm


def _apply(fabric: Fabric, vm: Vm, rng: Random) -> None:
    fabric.links.neighbour(ROUTER, vm.segment, str(vm.address), Macs(rng).vnic())


FAULT = Fault(
    id="router_static_entry",
    side=Side.NETWORK,
    acceptable=(
        Side.NETWORK,
        Side.GUEST,
        Side.HYPERVISOR,
    ),
    cause="network.static_entry_wrong",
    grade=Grade.UNDECIDED,
    origin="a static entry in the router's ARP table",
    residual="the same",
    symptom="its own segment reaches it, others do not",
    apply=_apply,
    tabled=(Grade.LIKELY, "network.static_entry_wrong"),
)

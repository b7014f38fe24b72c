"""A crashed agent answers with a MAC that no machine has any more."""

from random import Random

from bot.model.cause import Side
from bot.model.verdict import Grade
from deploy.lab.fabric import Fabric
from deploy.lab.faults.fault import Fault
from deploy.lab.guests import ArpAnswerer
from deploy.lab.topology import Macs, Vm


def _apply(fabric: Fabric, vm: Vm, rng: Random) -> None:
    if not vm.clustered:
        raise ValueError(f"{vm.name} has one vNIC alone")
    first, second = vm.nics
    dead = Macs(rng).vnic()
    fabric.run(vm.name, ArpAnswerer(vm.address, dead, (first.interface, second.interface), rng.uniform(15.0, 40.0)))


FAULT = Fault(
    id="borrowed_mac",
    side=Side.GUEST,
    acceptable=(
        Side.GUEST,
        Side.NETWORK,
    ),
    cause="guest.cluster_node_wrong",
    grade=Grade.UNDECIDED,
    origin="the clustering agent in the guest",
    residual="the router's ARP table holds a MAC that exists nowhere",
    symptom="packets through the router are lost",
    apply=_apply,
)

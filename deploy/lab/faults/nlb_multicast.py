"""A node of a Microsoft NLB cluster in multicast mode: it answers with a group MAC made from the address.

The router has the entry by hand, as Microsoft asks for: a router does not believe such an answer (RFC 1812 section
3.3.2).
"""

from random import Random

from bot.model.addresses import mac_from_bytes
from bot.model.verdict import Grade
from deploy.lab.fabric import Fabric
from deploy.lab.faults.fault import Fault
from deploy.lab.guests import ArpAnswerer
from deploy.lab.topology import ROUTER, Vm


def _apply(fabric: Fabric, vm: Vm, rng: Random) -> None:
    nic, segment = vm.nics[0], fabric.topology.segment(vm.segment)
    # What the node itself asks for, it asks for with an address of its own.
    own = segment.network[150 + rng.randrange(50)]
    fabric.links.remove_address(vm.name, nic.interface, segment.cidr(vm.address))
    for address in (own, vm.address):
        fabric.links.address(vm.name, nic.interface, segment.cidr(address))
    fabric.links.route(vm.name, "default", str(segment.gateway))
    shared = mac_from_bytes(b"\x03\xbf" + vm.address.packed)
    fabric.namespaces.sysctl(vm.name, {"ipv4/conf/all/arp_ignore": 8, "ipv4/conf/all/arp_announce": 2})
    fabric.run(vm.name, ArpAnswerer(vm.address, shared, (nic.interface,), transmitter=nic.mac))
    fabric.links.neighbour(ROUTER, vm.segment, str(vm.address), shared)


FAULT = Fault(
    id="nlb_multicast",
    side=None,
    acceptable=(),
    cause=None,
    grade=Grade.NO_FAULT,
    origin=None,
    residual=None,
    symptom="the address is at a group MAC that no machine owns, and nothing is lost",
    apply=_apply,
)

"""A healthy bond tells each neighbour one of its MACs, always the same."""

from random import Random

from bot.model.verdict import Grade
from deploy.lab.fabric import Fabric
from deploy.lab.faults.fault import Fault
from deploy.lab.guests import ArpAnswerer
from deploy.lab.topology import Vm


def _apply(fabric: Fabric, vm: Vm, _rng: Random) -> None:
    if not vm.clustered:
        raise ValueError(f"{vm.name} has one vNIC alone")
    first, second = vm.nics
    fabric.namespaces.sysctl(vm.name, {"ipv4/conf/all/arp_ignore": 8, f"ipv4/conf/{second.interface}/rp_filter": 0})
    both = (first.interface, second.interface)
    fabric.run(vm.name, ArpAnswerer(vm.address, first.mac, both, macs=(first.mac, second.mac)))


FAULT = Fault(
    id="balance_alb",
    side=None,
    acceptable=(),
    cause=None,
    grade=Grade.NO_FAULT,
    origin=None,
    residual=None,
    symptom="neighbours disagree about the MAC, and nobody loses a packet",
    apply=_apply,
)

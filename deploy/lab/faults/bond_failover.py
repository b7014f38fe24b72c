"""A healthy bond changes its active vNIC while somebody looks: one announcement, and the old MAC is silent."""

from random import Random

from bot.model.verdict import Grade
from deploy.lab.fabric import Fabric
from deploy.lab.faults.fault import Fault
from deploy.lab.guests import FailingOver
from deploy.lab.topology import Vm


def _apply(fabric: Fabric, vm: Vm, rng: Random) -> None:
    if not vm.clustered:
        raise ValueError(f"{vm.name} has one vNIC alone")
    first, second = vm.nics
    segment = fabric.topology.segment(vm.segment)
    # The address is the bond's: it outlives the vNIC that fails.
    fabric.links.address(vm.name, second.interface, segment.cidr(vm.address))
    fabric.links.spare_route(vm.name, "default", str(segment.gateway), second.interface)
    fabric.namespaces.sysctl(vm.name, {"ipv4/conf/all/arp_ignore": 8, f"ipv4/conf/{second.interface}/rp_filter": 0})
    turn = rng.randrange(3, 6)
    for nic in vm.nics:
        fabric.run(vm.name, FailingOver(vm.address, nic.mac, nic.interface, turn, fails=nic is first))
    fabric.broken.add(vm.host)  # whose port to the first vNIC will lose its carrier


FAULT = Fault(
    id="bond_failover",
    side=None,
    acceptable=(),
    cause=None,
    grade=Grade.NO_FAULT,
    origin=None,
    residual=None,
    symptom="the MAC changes once, and a packet or two is lost",
    apply=_apply,
)

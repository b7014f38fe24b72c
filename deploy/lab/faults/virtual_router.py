"""The address is a shared one: the VM answers with a virtual MAC (RFC 9568)."""

from random import Random

from bot.model.addresses import Mac
from bot.model.verdict import Grade
from deploy.lab.fabric import Fabric
from deploy.lab.faults.fault import Fault
from deploy.lab.topology import Vm


def _apply(fabric: Fabric, vm: Vm, rng: Random) -> None:
    nic = vm.nics[0]
    shared = Mac(f"00:00:5e:00:01:{rng.randrange(1, 256):02x}")
    segment = fabric.topology.segment(vm.segment)
    fabric.links.remove_address(vm.name, nic.interface, segment.cidr(vm.address))
    fabric.links.macvlan(vm.name, "vrrp0", nic.interface, shared)
    fabric.links.address(vm.name, "vrrp0", segment.cidr(vm.address))
    fabric.links.route(vm.name, "default", str(segment.gateway))
    # As keepalived sets it on the interface below (use_vmac), which would answer with its own MAC too.
    fabric.namespaces.sysctl(vm.name, {"ipv4/conf/all/arp_ignore": 1})
    fabric.links.forward_to(vm.host, f"{vm.name}.{nic.interface}", shared)


FAULT = Fault(
    id="virtual_router",
    side=None,
    acceptable=(),
    cause=None,
    grade=Grade.NO_FAULT,
    origin=None,
    residual=None,
    symptom="the MAC belongs to no vNIC, and nothing is lost",
    apply=_apply,
)

"""The guest's netmask is so narrow that its neighbours are strangers to it."""

from random import Random

from bot.model.cause import Side
from bot.model.verdict import Grade
from deploy.lab.fabric import Fabric
from deploy.lab.faults.fault import Fault
from deploy.lab.topology import Vm


def _apply(fabric: Fabric, vm: Vm, _rng: Random) -> None:
    nic = vm.nics[0].interface
    segment = fabric.topology.segment(vm.segment)
    fabric.links.remove_address(vm.name, nic, segment.cidr(vm.address))
    fabric.links.address(vm.name, nic, f"{vm.address}/31")
    fabric.namespaces.sysctl(vm.name, {"ipv4/conf/all/rp_filter": 1})  # as most distributions set it


FAULT = Fault(
    id="guest_netmask_narrow",
    side=Side.GUEST,
    acceptable=(
        Side.GUEST,
        Side.NETWORK,
        Side.HYPERVISOR,
    ),
    cause="guest.nic_misconfigured",
    grade=Grade.LIKELY,
    origin="the guest's netmask",
    residual=None,
    symptom="the guest hears who asks and has no way back to most of them",
    apply=_apply,
)

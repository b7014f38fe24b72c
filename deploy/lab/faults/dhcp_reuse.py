"""The address was leased to a new VM after the first one had lost it.

Unlike ``rebuilt_elsewhere`` the first VM still runs, without the address: vCenter knows an owner for the old MAC too,
which neighbours still hold.
"""

from random import Random

from bot.model.verdict import Grade
from deploy.lab.fabric import Fabric
from deploy.lab.faults.fault import Fault
from deploy.lab.guests import Speaker, announcement
from deploy.lab.topology import Vm


def _apply(fabric: Fabric, vm: Vm, rng: Random) -> None:
    fabric.links.remove_address(vm.name, vm.nics[0].interface, fabric.topology.segment(vm.segment).cidr(vm.address))
    fabric.addressless.add(vm.name)
    elsewhere = [host.name for host in fabric.topology.hosts if host.name != vm.host]
    tenant = fabric.clone(vm, f"{vm.name}c", rng.choice(elsewhere), rng)
    nic = tenant.nics[0]
    fabric.run(tenant.name, Speaker(nic.interface, (announcement(vm.address, nic.mac),), every_s=60.0))


FAULT = Fault(
    id="dhcp_reuse",
    side=None,
    acceptable=(),
    cause=None,
    grade=Grade.NO_FAULT,
    origin=None,
    residual=None,
    symptom="the address has another MAC than before, and both VMs run",
    apply=_apply,
)

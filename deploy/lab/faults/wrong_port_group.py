"""The VM's vNIC is on the port group of another segment."""

from random import Random

from bot.model.cause import Side
from bot.model.verdict import Grade
from deploy.lab.fabric import Fabric
from deploy.lab.faults.fault import Fault
from deploy.lab.topology import Vm


def _apply(fabric: Fabric, vm: Vm, _rng: Random) -> None:
    other = next(one.name for one in fabric.topology.segments if one.name != vm.segment)
    fabric.links.bridge(vm.host, other)
    fabric.links.release(vm.host, f"{vm.name}.{vm.nics[0].interface}")
    fabric.links.enslave(vm.host, f"{vm.name}.{vm.nics[0].interface}", other)
    fabric.networks[vm.name] = other


FAULT = Fault(
    id="wrong_port_group",
    side=Side.HYPERVISOR,
    acceptable=(
        Side.HYPERVISOR,
        Side.NETWORK,
        Side.GUEST,
    ),
    cause="hypervisor.portgroup_vlan_wrong",
    grade=Grade.UNDECIDED,
    origin="the vNIC's port group",
    residual=None,
    symptom="nothing answers at the address",
    apply=_apply,
    settled_by=("portgroup_vlan_mismatch", None),
)

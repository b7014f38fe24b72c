"""The switch port of the host is in the VLAN of another segment."""

from random import Random

from bot.model.cause import Side
from bot.model.verdict import Grade
from deploy.lab.fabric import Fabric, switch_port
from deploy.lab.faults.fault import Fault
from deploy.lab.topology import SWITCH, Vm


def _apply(fabric: Fabric, vm: Vm, _rng: Random) -> None:
    other = next(one.name for one in fabric.topology.segments if one.name != vm.segment)
    fabric.links.release(SWITCH, switch_port(vm.host))
    fabric.links.enslave(SWITCH, switch_port(vm.host), other)


FAULT = Fault(
    id="wrong_access_vlan",
    side=Side.NETWORK,
    acceptable=(
        Side.NETWORK,
        Side.HYPERVISOR,
        Side.GUEST,
    ),
    cause="network.port_vlan_wrong",
    grade=Grade.UNDECIDED,
    origin="the access VLAN of the switch port",
    residual=None,
    symptom="nothing on that host answers",
    apply=_apply,
    settled_by=("switch_port_vlan_mismatch", None),
    tabled=(Grade.LIKELY, "network.port_vlan_wrong"),
)

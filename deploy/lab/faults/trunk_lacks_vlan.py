"""The switch port of the host does not carry the VLAN."""

from random import Random

from bot.model.cause import Side
from bot.model.verdict import Grade
from deploy.lab.fabric import Fabric, switch_port
from deploy.lab.faults.fault import Fault
from deploy.lab.topology import SWITCH, Vm


def _apply(fabric: Fabric, vm: Vm, _rng: Random) -> None:
    fabric.links.release(SWITCH, switch_port(vm.host))


FAULT = Fault(
    id="trunk_lacks_vlan",
    side=Side.NETWORK,
    acceptable=(
        Side.NETWORK,
        Side.GUEST,
        Side.HYPERVISOR,
    ),
    cause="network.port_vlan_wrong",
    grade=Grade.UNDECIDED,
    origin="the VLANs of the switch port",
    residual=None,
    symptom="nothing on that host answers",
    apply=_apply,
    settled_by=("switch_port_vlan_mismatch", None),
    tabled=(Grade.LIKELY, "network.port_vlan_wrong"),
)

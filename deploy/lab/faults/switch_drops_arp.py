"""A filter on the switch port drops ARP from the host."""

from random import Random

from bot.model.cause import Side
from bot.model.verdict import Grade
from deploy.lab.fabric import Fabric
from deploy.lab.faults.fault import Fault
from deploy.lab.topology import Vm


def _apply(fabric: Fabric, vm: Vm, _rng: Random) -> None:
    fabric.tamper_at_switch(vm.host, vm.segment, lost=1.0, inward=False, kinds=("arp",))


FAULT = Fault(
    id="switch_drops_arp",
    side=Side.NETWORK,
    acceptable=(
        Side.NETWORK,
        Side.GUEST,
        Side.HYPERVISOR,
    ),
    cause="network.path_to_port_broken",
    grade=Grade.UNDECIDED,
    origin="a filter on the switch port",
    residual=None,
    symptom="who knows the MAC reaches the VM, nobody else does",
    apply=_apply,
    settled_by=("capture", "leaves_uplink_no_reply"),
)

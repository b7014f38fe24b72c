"""A filter inside the guest drops every ARP frame that it would send."""

from random import Random

from bot.model.cause import Side
from bot.model.verdict import Grade
from deploy.lab.fabric import Fabric
from deploy.lab.faults.fault import Fault
from deploy.lab.topology import Vm


def _apply(fabric: Fabric, vm: Vm, _rng: Random) -> None:
    # What arptables does behind the vNIC, a wire does right in front of it.
    fabric.tamper_at_port(vm, lost=1.0, inward=False, kinds=("arp",))


FAULT = Fault(
    id="guest_drops_arp",
    side=Side.GUEST,
    acceptable=(
        Side.GUEST,
        Side.NETWORK,
        Side.HYPERVISOR,
    ),
    cause="guest.firewall_drops",
    grade=Grade.UNDECIDED,
    origin="the guest's packet filter",
    residual=None,
    symptom="who knows the MAC reaches the VM, nobody else does",
    apply=_apply,
    settled_by=("guest_firewall", "agent_strict_mode"),
)

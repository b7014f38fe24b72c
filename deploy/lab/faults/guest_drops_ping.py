"""A firewall inside the guest drops echo requests."""

from random import Random

from bot.model.cause import Side
from bot.model.verdict import Grade
from deploy.lab.fabric import Fabric
from deploy.lab.faults.fault import Fault
from deploy.lab.topology import Vm


def _apply(fabric: Fabric, vm: Vm, _rng: Random) -> None:
    fabric.namespaces.sysctl(vm.name, {"ipv4/icmp_echo_ignore_all": 1})


FAULT = Fault(
    id="guest_drops_ping",
    side=Side.GUEST,
    acceptable=(
        Side.GUEST,
        Side.NETWORK,
        Side.HYPERVISOR,
    ),
    cause="guest.firewall_drops",
    grade=Grade.UNDECIDED,
    origin="the guest's firewall",
    residual=None,
    symptom="ARP is answered, ping is not",
    apply=_apply,
    settled_by=("guest_firewall", "quarantine_event"),
)

"""A distributed firewall on the host drops echo requests to the VM."""

from random import Random

from bot.model.cause import Side
from bot.model.verdict import Grade
from deploy.lab.fabric import Fabric
from deploy.lab.faults.fault import Fault
from deploy.lab.topology import Vm


def _apply(fabric: Fabric, vm: Vm, _rng: Random) -> None:
    fabric.tamper_at_port(vm, lost=1.0, inward=True, kinds=("icmp",))


FAULT = Fault(
    id="host_drops_ping",
    side=Side.HYPERVISOR,
    acceptable=(
        Side.HYPERVISOR,
        Side.NETWORK,
        Side.GUEST,
    ),
    cause="hypervisor.port_drops_frames",
    grade=Grade.UNDECIDED,
    origin="a rule of the distributed firewall",
    residual=None,
    symptom="ARP is answered, ping is not",
    apply=_apply,
    settled_by=("capture", "leaves_vm_not_outside"),
)

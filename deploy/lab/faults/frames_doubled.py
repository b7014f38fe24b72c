"""The host's teaming brings every frame in twice."""

from random import Random

from bot.model.cause import Side
from bot.model.verdict import Grade
from deploy.lab.fabric import Fabric
from deploy.lab.faults.fault import Fault
from deploy.lab.topology import Vm


def _apply(fabric: Fabric, vm: Vm, _rng: Random) -> None:
    fabric.tamper_at_uplink(vm.host, vm.segment, copies=2, inward=True)


FAULT = Fault(
    id="frames_doubled",
    side=Side.HYPERVISOR,
    acceptable=(
        Side.HYPERVISOR,
        Side.NETWORK,
    ),
    cause="hypervisor.teaming_wrong",
    grade=Grade.UNDECIDED,
    origin="balancing by IP hash without a port channel",
    residual=None,
    symptom="every frame arrives twice",
    apply=_apply,
    settled_by=("teaming_mismatch", None),
)

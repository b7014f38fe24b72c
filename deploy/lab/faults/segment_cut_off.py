"""The segment has lost its router."""

from random import Random

from bot.model.cause import Side
from bot.model.verdict import Grade
from deploy.lab.fabric import Fabric
from deploy.lab.faults.fault import Fault
from deploy.lab.topology import Vm


def _apply(fabric: Fabric, vm: Vm, _rng: Random) -> None:
    fabric.cut_router(vm.segment)


FAULT = Fault(
    id="segment_cut_off",
    side=Side.NETWORK,
    acceptable=(
        Side.NETWORK,
        Side.GUEST,
        Side.HYPERVISOR,
    ),
    cause="network.routed_path_broken",
    grade=Grade.UNDECIDED,
    origin="the switch port of the router",
    residual=None,
    symptom="its own segment reaches it, others do not, and the gateway is silent",
    apply=_apply,
)

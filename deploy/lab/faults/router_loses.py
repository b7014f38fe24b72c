"""The router loses every third frame, and a mirror port at the VM's host shows which did not arrive."""

from random import Random

from bot.model.cause import Side
from bot.model.verdict import Grade
from deploy.lab.fabric import Fabric
from deploy.lab.faults.fault import Fault, Tap
from deploy.lab.topology import Vm


def _apply(fabric: Fabric, vm: Vm, rng: Random) -> None:
    fabric.tamper_at_router(vm.segment, lost=0.35, kinds=("icmp",), inward=False, seed=rng.randrange(2**32))


FAULT = Fault(
    id="router_loses",
    side=Side.NETWORK,
    acceptable=(
        Side.NETWORK,
        Side.GUEST,
        Side.HYPERVISOR,
    ),
    cause="network.routed_path_broken",
    grade=Grade.UNDECIDED,
    origin="the router, or its cable",
    residual=None,
    symptom="its own segment reaches it, others lose packets",
    apply=_apply,
    tap=Tap.HOST,
)

"""The router drops what goes to the VM."""

from random import Random

from bot.model.cause import Side
from bot.model.verdict import Grade
from deploy.lab.fabric import Fabric
from deploy.lab.faults.fault import Fault
from deploy.lab.topology import ROUTER, Vm


def _apply(fabric: Fabric, vm: Vm, _rng: Random) -> None:
    fabric.links.blackhole(ROUTER, f"{vm.address}/32")


FAULT = Fault(
    id="router_filter",
    side=Side.NETWORK,
    acceptable=(
        Side.NETWORK,
        Side.GUEST,
        Side.HYPERVISOR,
    ),
    cause="network.routed_path_broken",
    grade=Grade.UNDECIDED,
    origin="a filter in the router",
    residual=None,
    symptom="its own segment reaches it, others do not",
    apply=_apply,
)

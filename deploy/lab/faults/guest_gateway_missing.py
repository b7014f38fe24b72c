"""The guest has no default route."""

from random import Random

from bot.model.cause import Side
from bot.model.verdict import Grade
from deploy.lab.fabric import Fabric
from deploy.lab.faults.fault import Fault
from deploy.lab.topology import Vm


def _apply(fabric: Fabric, vm: Vm, _rng: Random) -> None:
    fabric.links.unroute(vm.name, "default")


FAULT = Fault(
    id="guest_gateway_missing",
    side=Side.GUEST,
    acceptable=(
        Side.GUEST,
        Side.NETWORK,
        Side.HYPERVISOR,
    ),
    cause="guest.no_route_back",
    grade=Grade.UNDECIDED,
    origin="the guest's routing table",
    residual=None,
    symptom="its own segment reaches it, others do not",
    apply=_apply,
    settled_by=("guest_route", "missing"),
)

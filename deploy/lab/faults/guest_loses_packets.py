"""The guest is overloaded and drops every third packet."""

from random import Random

from bot.model.cause import Side
from bot.model.verdict import Grade
from deploy.lab.fabric import Fabric
from deploy.lab.faults.fault import Fault
from deploy.lab.topology import Vm


def _apply(fabric: Fabric, vm: Vm, rng: Random) -> None:
    fabric.tamper_at_port(vm, lost=0.35, inward=True, seed=rng.randrange(2**32))


FAULT = Fault(
    id="guest_loses_packets",
    side=Side.GUEST,
    acceptable=(
        Side.GUEST,
        Side.NETWORK,
        Side.HYPERVISOR,
    ),
    cause="guest.stack_silent",
    grade=Grade.UNDECIDED,
    origin="the guest's receive queue",
    residual=None,
    symptom="some packets are lost, from everywhere",
    apply=_apply,
    settled_by=("guest_counters", "receive_errors"),
)

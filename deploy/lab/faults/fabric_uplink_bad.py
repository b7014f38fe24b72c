"""The uplink of one fabric of two damages frames: every VM that is pinned to it suffers, on every host."""

from random import Random

from bot.model.cause import Side
from bot.model.verdict import Grade
from deploy.lab.fabric import Fabric
from deploy.lab.faults.fault import Fault
from deploy.lab.topology import SECOND, Vm


def _apply(fabric: Fabric, vm: Vm, rng: Random) -> None:
    if fabric.switch_of(vm) != SECOND:
        raise ValueError(f"{vm.name} is pinned to the other fabric, which is well")
    fabric.damage_trunk(SECOND, lost=0.35, seed=rng.randrange(2**32))


FAULT = Fault(
    id="fabric_uplink_bad",
    side=Side.NETWORK,
    acceptable=(Side.NETWORK, Side.GUEST, Side.HYPERVISOR),
    cause="network.fabric_fault",
    grade=Grade.UNDECIDED,
    origin="the uplink of one fabric interconnect",
    residual=None,
    symptom="packets are lost at random to and from every VM that is pinned to this fabric, whatever its host",
    apply=_apply,
    settled_by=("ucs_fault", None),
    uplinks=2,
    tabled=(Grade.LIKELY, "network.uplink_member_bad"),
)

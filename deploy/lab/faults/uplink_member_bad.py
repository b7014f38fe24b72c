"""Of the two uplinks of the host the one that carries the VM damages frames."""

from random import Random

from bot.model.cause import Side
from bot.model.verdict import Grade
from deploy.lab.fabric import Fabric
from deploy.lab.faults.fault import Fault
from deploy.lab.topology import Vm


def _apply(fabric: Fabric, vm: Vm, rng: Random) -> None:
    fabric.damage_cable(vm, lost=0.35, seed=rng.randrange(2**32))


FAULT = Fault(
    id="uplink_member_bad",
    side=Side.NETWORK,
    acceptable=(Side.NETWORK, Side.GUEST, Side.HYPERVISOR),
    cause="network.uplink_member_bad",
    grade=Grade.UNDECIDED,
    origin="the cable of one uplink",
    residual=None,
    symptom="packets to it are lost at random, as to every VM that is pinned to this uplink",
    apply=_apply,
    uplinks=2,
    tabled=(Grade.LIKELY, "network.uplink_member_bad"),
)

"""The switch loses every third frame that comes from the VM's host, which sent them all: a mirror port shows it."""

from random import Random

from bot.model.cause import Side
from bot.model.verdict import Grade
from deploy.lab.fabric import Fabric
from deploy.lab.faults.fault import Fault, Tap
from deploy.lab.topology import Vm


def _apply(fabric: Fabric, vm: Vm, rng: Random) -> None:
    fabric.tamper_at_switch(vm.host, vm.segment, lost=0.35, inward=False, seed=rng.randrange(2**32))


FAULT = Fault(
    id="hop_loses_answers",
    side=Side.NETWORK,
    acceptable=(
        Side.NETWORK,
        Side.GUEST,
        Side.HYPERVISOR,
    ),
    cause="network.path_to_port_broken",
    grade=Grade.UNDECIDED,
    origin="the cable or the switch port",
    residual=None,
    symptom="some packets are lost, from everywhere",
    apply=_apply,
    settled_by=("capture", "leaves_uplink_no_reply"),
    tap=Tap.HOST,
)

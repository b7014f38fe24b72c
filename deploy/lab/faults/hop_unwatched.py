"""Nothing is lost on the way to the VM, and the mirror port that should show it is not fed."""

from random import Random

from bot.model.verdict import Grade
from deploy.lab.fabric import Fabric
from deploy.lab.faults.fault import UNFED_PORT, Fault, Tap
from deploy.lab.topology import Vm


def _apply(fabric: Fabric, _vm: Vm, _rng: Random) -> None:
    fabric.spare_port(UNFED_PORT)


FAULT = Fault(
    id="hop_unwatched",
    side=None,
    acceptable=(),
    cause=None,
    grade=Grade.NO_FAULT,
    origin=None,
    residual=None,
    symptom="none; the second vantage hears nothing",
    apply=_apply,
    tap=Tap.UNFED,
)

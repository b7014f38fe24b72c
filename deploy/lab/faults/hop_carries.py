"""Nothing is lost on the way to the VM, and a mirror port at its host shows it."""

from random import Random

from bot.model.verdict import Grade
from deploy.lab.fabric import Fabric
from deploy.lab.faults.fault import Fault, Tap
from deploy.lab.topology import Vm


def _apply(_fabric: Fabric, _vm: Vm, _rng: Random) -> None:
    """Everything works."""


FAULT = Fault(
    id="hop_carries",
    side=None,
    acceptable=(),
    cause=None,
    grade=Grade.NO_FAULT,
    origin=None,
    residual=None,
    symptom="none",
    apply=_apply,
    tap=Tap.HOST,
)

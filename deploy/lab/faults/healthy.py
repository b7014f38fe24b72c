"""Nothing is wrong with the VM: the control that every other fault is told apart from."""

from random import Random

from bot.model.verdict import Grade
from deploy.lab.fabric import Fabric
from deploy.lab.faults.fault import Fault
from deploy.lab.topology import Vm


def _apply(_fabric: Fabric, _vm: Vm, _rng: Random) -> None:
    """Leave the VM as it is."""


FAULT = Fault(
    id="healthy",
    side=None,
    acceptable=(),
    cause=None,
    grade=Grade.NO_FAULT,
    origin=None,
    residual=None,
    symptom="the VM answers everybody, with one MAC",
    apply=_apply,
)

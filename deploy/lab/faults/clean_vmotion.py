"""The VM has just moved: its new host announces it."""

from random import Random

from bot.model.verdict import Grade
from deploy.lab.fabric import Fabric
from deploy.lab.faults.fault import Fault
from deploy.lab.guests import Speaker, moved
from deploy.lab.topology import Vm


def _apply(fabric: Fabric, vm: Vm, _rng: Random) -> None:
    fabric.run(vm.host, Speaker("vmnic0", (moved(vm.nics[0].mac),), every_s=0.3))


FAULT = Fault(
    id="clean_vmotion",
    side=None,
    acceptable=(),
    cause=None,
    grade=Grade.NO_FAULT,
    origin=None,
    residual=None,
    symptom="a host announces the VM's MAC, and nothing is lost",
    apply=_apply,
)

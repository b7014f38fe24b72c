"""The host announces the VM's MAC hundreds of times in a row, over and over."""

from random import Random

from bot.model.cause import Side
from bot.model.verdict import Grade
from deploy.lab.fabric import UPLINK, Fabric
from deploy.lab.faults.fault import Fault
from deploy.lab.guests import Speaker, moved
from deploy.lab.topology import Vm


def _apply(fabric: Fabric, vm: Vm, rng: Random) -> None:
    notices = (moved(vm.nics[0].mac),) * rng.randrange(250, 300)
    fabric.run(vm.host, Speaker(UPLINK, notices, every_s=0.5))


FAULT = Fault(
    id="rarp_storm",
    side=Side.HYPERVISOR,
    acceptable=(Side.HYPERVISOR,),
    cause="hypervisor.announces_without_end",
    grade=Grade.LIKELY,
    origin="a bug of the host: notices without a timer between them",
    residual=None,
    symptom="switches are busy, and now and then packets are late",
    apply=_apply,
)

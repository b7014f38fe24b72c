"""The VM has just been moved to the other host of its cluster, which announces it."""

from random import Random

from bot.model.verdict import Grade
from deploy.lab.fabric import UPLINK, Fabric
from deploy.lab.faults.fault import Fault
from deploy.lab.guests import Speaker, moved
from deploy.lab.topology import Vm


def _apply(fabric: Fabric, vm: Vm, _rng: Random) -> None:
    home = fabric.topology.host(vm.host)
    other = next(host for host in fabric.topology.hosts if host.cluster == home.cluster and host != home)
    fabric.move(vm, other.name)
    # ESXi says it a few times within seconds; here it goes on, so that whoever looks later still hears it.
    fabric.run(other.name, Speaker(UPLINK, (moved(vm.nics[0].mac),), every_s=0.3))


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

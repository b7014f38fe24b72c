"""A clone of the VM was powered on with the address of the original."""

from random import Random

from bot.model.cause import Side
from bot.model.verdict import Grade
from deploy.lab.fabric import Fabric
from deploy.lab.faults.fault import Fault
from deploy.lab.topology import Vm


def _apply(fabric: Fabric, vm: Vm, rng: Random) -> None:
    home = fabric.topology.host(vm.host).cluster
    elsewhere = [host.name for host in fabric.topology.hosts if host.cluster != home]
    fabric.clone(vm, f"{vm.name[:-2]}{int(vm.name[-2:]) + 20}", rng.choice(elsewhere), rng)


FAULT = Fault(
    id="duplicate_ip",
    side=Side.GUEST,
    acceptable=(Side.GUEST,),
    cause="guest.duplicate_ip_two_vms",
    grade=Grade.PROVEN,
    origin="the address configured in the second VM",
    residual="ARP tables of whoever heard the clone last",
    symptom="connections reach one VM or the other",
    apply=_apply,
)

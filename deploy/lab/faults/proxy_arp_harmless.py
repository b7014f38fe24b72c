"""The router would answer for other segments; nobody asks it to."""

from random import Random

from bot.model.verdict import Grade
from deploy.lab.fabric import Fabric
from deploy.lab.faults.fault import Fault
from deploy.lab.topology import ROUTER, Vm


def _apply(fabric: Fabric, vm: Vm, _rng: Random) -> None:
    fabric.namespaces.sysctl(ROUTER, {f"ipv4/conf/{vm.segment}/proxy_arp": 1})


FAULT = Fault(
    id="proxy_arp_harmless",
    side=None,
    acceptable=(),
    cause=None,
    grade=Grade.NO_FAULT,
    origin=None,
    residual=None,
    symptom="the router answers for addresses that are behind it",
    apply=_apply,
)

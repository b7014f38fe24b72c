"""The address is a shared one, and its master also asks with it: from the MAC of its own vNIC, as keepalived may."""

from random import Random

from bot.model.verdict import Grade
from deploy.lab.fabric import Fabric
from deploy.lab.faults import virtual_router
from deploy.lab.faults.fault import Fault
from deploy.lab.guests import Speaker, question
from deploy.lab.topology import Vm


def _apply(fabric: Fabric, vm: Vm, rng: Random) -> None:
    virtual_router.FAULT.apply(fabric, vm, rng)
    nic = vm.nics[0]
    asked = question(fabric.topology.segment(vm.segment).gateway, vm.address, nic.mac)
    fabric.run(vm.name, Speaker(nic.interface, (asked,), every_s=0.3))


FAULT = Fault(
    id="virtual_router_asks",
    side=None,
    acceptable=(),
    cause=None,
    grade=Grade.NO_FAULT,
    origin=None,
    residual=None,
    symptom="the virtual MAC answers, the vNIC's asks with the same address, and nothing is lost",
    apply=_apply,
)

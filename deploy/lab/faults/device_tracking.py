"""A switch that keeps track of its devices probes for the address again and again, from no address of its own.

A probe claims nothing (RFC 5227 section 1.1); Cisco calls it IP device tracking.
"""

from ipaddress import IPv4Address
from random import Random

from bot.model.verdict import Grade
from deploy.lab.fabric import Fabric
from deploy.lab.faults.fault import Fault
from deploy.lab.guests import Speaker, question
from deploy.lab.topology import CISCO, Macs, Vm


def _apply(fabric: Fabric, vm: Vm, rng: Random) -> None:
    address = fabric.topology.segment(vm.segment).network[78]
    switch = fabric.add_device(f"track-{vm.name}", vm.segment, address, Macs(rng).physical(CISCO))
    fabric.run(switch.name, Speaker("eth0", (question(vm.address, IPv4Address(0), switch.mac),), every_s=0.2))


FAULT = Fault(
    id="device_tracking",
    side=None,
    acceptable=(),
    cause=None,
    grade=Grade.NO_FAULT,
    origin=None,
    residual=None,
    symptom="somebody asks for the address from 0.0.0.0, and nothing is lost",
    apply=_apply,
)

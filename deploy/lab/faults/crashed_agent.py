"""A clustering agent that crashed and goes on answering ARP for the VM, with its own vNIC's MAC."""

from random import Random

from bot.model.cause import Side
from bot.model.verdict import Grade
from deploy.lab.fabric import Fabric
from deploy.lab.faults.fault import Fault
from deploy.lab.guests import ArpAnswerer
from deploy.lab.topology import Vm


def _apply(fabric: Fabric, vm: Vm, rng: Random, *, delay_ms: float | None = None) -> None:
    if not vm.clustered:
        raise ValueError(f"{vm.name} has no clustering agent that could crash")
    first, second = vm.nics
    # Later than the kernel by more than a clock tick (10 ms at most), so that a neighbour that keeps the last answer
    # keeps the wrong one. One that keeps the first stays well: hence loss from here and none from there.
    late_ms = rng.uniform(15.0, 40.0) if delay_ms is None else delay_ms
    # The agent also pins its gateway. Without that the guest's own ARP requests would cure the router now and then.
    gateway = fabric.topology.segment(vm.segment)
    fabric.links.neighbour(vm.name, first.interface, str(gateway.gateway), gateway.gateway_mac)
    fabric.run(vm.name, ArpAnswerer(vm.address, second.mac, (first.interface, second.interface), late_ms))


FAULT = Fault(
    id="crashed_agent",
    side=Side.GUEST,
    acceptable=(Side.GUEST,),
    cause="guest.bonding_agent_answers_with_two_macs",
    grade=Grade.PROVEN,
    origin="the clustering agent in the guest",
    residual="the router's ARP table holds the MAC of the second vNIC",
    symptom="packets are lost from some places and at some times, through the router nearly all",
    apply=_apply,
)

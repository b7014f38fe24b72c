"""A crashed clustering agent answers half a second after the kernel."""

from random import Random

from bot.model.cause import Side
from bot.model.verdict import Grade
from deploy.lab.fabric import Fabric
from deploy.lab.faults import crashed_agent
from deploy.lab.faults.fault import Fault
from deploy.lab.topology import Vm


def _apply(fabric: Fabric, vm: Vm, rng: Random) -> None:
    crashed_agent.FAULT.apply(fabric, vm, rng, delay_ms=rng.uniform(450.0, 700.0))


FAULT = Fault(
    id="late_second_answer",
    side=Side.GUEST,
    acceptable=(Side.GUEST,),
    cause="guest.bonding_agent_answers_with_two_macs",
    grade=Grade.PROVEN,
    origin="the clustering agent in the guest",
    residual="the router's ARP table holds the MAC of the second vNIC",
    symptom="packets are lost from some places, and who asks in haste sees nothing odd",
    apply=_apply,
)

"""A machine that is no VM tells everybody, unasked, that it has the address."""

from random import Random

from bot.model.cause import Side
from bot.model.verdict import Grade
from deploy.lab.fabric import Fabric
from deploy.lab.faults.fault import Fault
from deploy.lab.guests import Speaker, lie
from deploy.lab.topology import BROTHER, Macs, Vm


def _apply(fabric: Fabric, vm: Vm, rng: Random) -> None:
    agent = next(one for one in fabric.topology.agents if one.segment == vm.segment)
    address = fabric.topology.segment(vm.segment).network[77]
    device = fabric.add_device(f"tap-{vm.name}", vm.segment, address, Macs(rng).physical(BROTHER))
    told = lie(vm.address, device.mac, agent.mac, agent.address)
    fabric.run(device.name, Speaker("eth0", (told,), every_s=0.3))


FAULT = Fault(
    id="poisoner",
    side=Side.NETWORK,
    acceptable=(
        Side.NETWORK,
        Side.GUEST,
    ),
    cause="network.foreign_device_claims_ip",
    grade=Grade.LIKELY,
    origin="a machine on an access port",
    residual="ARP tables of whoever it told",
    symptom="packets go to that machine",
    apply=_apply,
)

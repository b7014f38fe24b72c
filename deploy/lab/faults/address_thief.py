"""Another VM announces this VM's address again and again, and answers nobody."""

from random import Random

from bot.model.cause import Side
from bot.model.verdict import Grade
from deploy.lab.fabric import Fabric
from deploy.lab.faults.fault import Fault
from deploy.lab.guests import Speaker, announcement
from deploy.lab.topology import Vm


def _apply(fabric: Fabric, vm: Vm, rng: Random) -> None:
    others = [one for one in fabric.vms.values() if one.host != vm.host and one.segment == vm.segment]
    thief = rng.choice(others)
    nic = thief.nics[0]
    fabric.run(thief.name, Speaker(nic.interface, (announcement(vm.address, nic.mac),), every_s=0.2))


FAULT = Fault(
    id="address_thief",
    side=Side.GUEST,
    acceptable=(
        Side.GUEST,
        Side.NETWORK,
    ),
    cause="guest.duplicate_ip_two_vms",
    grade=Grade.LIKELY,
    origin="a program in the other VM",
    residual="ARP tables of all that heard it",
    symptom="packets go to the other VM and are lost there",
    apply=_apply,
)

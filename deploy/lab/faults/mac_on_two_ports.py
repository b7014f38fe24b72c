"""Another machine sends with the MAC of the VM, so that the switch has it now here, now there."""

from random import Random

from bot.frames.frame import NOBODY
from bot.model.cause import Side
from bot.model.verdict import Grade
from deploy.lab.fabric import Fabric
from deploy.lab.faults.fault import Fault
from deploy.lab.guests import Speaker, question
from deploy.lab.topology import SUPERMICRO, Macs, Vm


def _apply(fabric: Fabric, vm: Vm, rng: Random) -> None:
    segment = fabric.topology.segment(vm.segment)
    node = f"twin-{vm.name}"
    fabric.add_device(node, vm.segment, segment.network[240], Macs(rng).physical(SUPERMICRO))
    fabric.run(node, Speaker("eth0", (question(segment.network[241], NOBODY, vm.nics[0].mac),), every_s=1.0))


FAULT = Fault(
    id="mac_on_two_ports",
    side=Side.NETWORK,
    acceptable=(Side.NETWORK, Side.GUEST, Side.HYPERVISOR),
    cause="network.mac_flaps_between_ports",
    grade=Grade.UNDECIDED,
    origin="a machine that uses the MAC of the VM",
    residual=None,
    symptom="packets to it are lost now and then",
    apply=_apply,
    tabled=(Grade.LIKELY, "network.mac_flaps_between_ports"),
)

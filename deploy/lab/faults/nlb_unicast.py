"""A node of a Microsoft NLB cluster in unicast mode: its MAC is made from the address, its frames name another sender.

So no switch learns the MAC, and every frame to the cluster reaches all of its nodes (Microsoft Learn, "NLB overview").
"""

from random import Random

from bot.model.addresses import Mac, mac_from_bytes
from bot.model.verdict import Grade
from deploy.lab.fabric import Fabric
from deploy.lab.faults.fault import Fault
from deploy.lab.topology import Vm


def _apply(fabric: Fabric, vm: Vm, rng: Random) -> None:
    nic = vm.nics[0]
    shared, own = _mac(0xBF, vm), _mac(rng.randrange(1, 33), vm)
    fabric.links.set_mac(vm.name, nic.interface, shared)
    fabric.guest_macs[nic.mac] = shared
    fabric.tamper_at_port(vm, macs=(shared,), source=own)


def _mac(second: int, vm: Vm) -> Mac:
    """The cluster's MAC, or that of its host by number."""
    return mac_from_bytes(bytes((2, second)) + vm.address.packed)


FAULT = Fault(
    id="nlb_unicast",
    side=None,
    acceptable=(),
    cause=None,
    grade=Grade.NO_FAULT,
    origin=None,
    residual=None,
    symptom="the MAC belongs to no vNIC, no frame comes from it, and nothing is lost",
    apply=_apply,
)

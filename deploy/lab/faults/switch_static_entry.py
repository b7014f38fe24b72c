"""Somebody pinned the MAC of the VM to the port of another host."""

from random import Random

from bot.model.cause import Side
from bot.model.verdict import Grade
from deploy.lab.fabric import Fabric, switch_port
from deploy.lab.faults.fault import Fault
from deploy.lab.topology import SWITCH, Vm


def _apply(fabric: Fabric, vm: Vm, rng: Random) -> None:
    others = [host.name for host in fabric.topology.hosts if host.name != vm.host]
    fabric.links.pin(SWITCH, fabric.on_bridge(SWITCH, switch_port(rng.choice(others))), vm.nics[0].mac)


FAULT = Fault(
    id="switch_static_entry",
    side=Side.NETWORK,
    acceptable=(Side.NETWORK, Side.GUEST, Side.HYPERVISOR),
    cause="network.static_entry_wrong",
    grade=Grade.UNDECIDED,
    origin="a static entry in the switch's MAC table",
    residual="the same",
    symptom="ARP by broadcast is answered, nothing else is",
    apply=_apply,
    tabled=(Grade.LIKELY, "network.static_entry_wrong"),
)

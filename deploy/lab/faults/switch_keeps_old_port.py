"""The VM was moved to another host, and the switch goes on sending to the one that it left."""

from random import Random

from bot.model.cause import Side
from bot.model.verdict import Grade
from deploy.lab.fabric import Fabric, switch_port
from deploy.lab.faults.fault import Fault
from deploy.lab.topology import SWITCH, Vm


def _apply(fabric: Fabric, vm: Vm, rng: Random) -> None:
    left = vm.host
    home = fabric.topology.host(left)
    others = [host for host in fabric.topology.hosts if host.cluster == home.cluster and host != home]
    fabric.move(vm, rng.choice(others).name)
    fabric.links.keep_learned(SWITCH, fabric.on_bridge(SWITCH, switch_port(left)), vm.nics[0].mac)


FAULT = Fault(
    id="switch_keeps_old_port",
    side=Side.NETWORK,
    acceptable=(Side.NETWORK, Side.GUEST, Side.HYPERVISOR),
    cause="network.fdb_kept_old_port",
    grade=Grade.UNDECIDED,
    origin="the switch's MAC table, since a vMotion",
    residual="the same",
    symptom="ARP by broadcast is answered, nothing else is",
    apply=_apply,
    tabled=(Grade.LIKELY, "network.fdb_kept_old_port"),
)

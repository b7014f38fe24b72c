"""The switch above the hosts' switch sends back to the router what is for the VM."""

from random import Random

from bot.model.cause import Side
from bot.model.verdict import Grade
from deploy.lab.fabric import Fabric
from deploy.lab.faults.fault import Fault
from deploy.lab.topology import DIST, ROUTER, Vm


def _apply(fabric: Fabric, vm: Vm, rng: Random) -> None:
    port = f"p-{ROUTER}-{fabric.topology.segment(vm.segment).vlan}"
    fabric.links.keep_learned(DIST, fabric.on_bridge(DIST, port), vm.nics[0].mac)


FAULT = Fault(
    id="dist_keeps_old_port",
    side=Side.NETWORK,
    acceptable=(Side.NETWORK, Side.GUEST, Side.HYPERVISOR),
    cause="network.fdb_kept_old_port",
    grade=Grade.UNDECIDED,
    origin="the distribution switch's MAC table",
    residual="the same",
    symptom="its own segment reaches it, others do not",
    apply=_apply,
    tabled=(Grade.LIKELY, "network.fdb_kept_old_port"),
)

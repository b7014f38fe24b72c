"""The router holds an old MAC and does not listen when the guest tells everybody its own."""

from random import Random

from bot.model.cause import Side
from bot.model.verdict import Grade
from deploy.lab.fabric import Fabric
from deploy.lab.faults.fault import Fault
from deploy.lab.guests import Speaker, question
from deploy.lab.topology import ROUTER, Macs, Vm


def _apply(fabric: Fabric, vm: Vm, rng: Random) -> None:
    # Within locktime (in 1/100 s) of its last change only a gratuitous ARP overrides an entry (net/ipv4/arp.c
    # arp_process); RFC 826 wants every packet to, also the questions that this guest asks.
    fabric.namespaces.sysctl(ROUTER, {f"ipv4/neigh/{vm.segment}/locktime": 1_440_000})
    fabric.links.learned_neighbour(ROUTER, vm.segment, str(vm.address), Macs(rng).vnic())
    nic, nobody = vm.nics[0], fabric.topology.segment(vm.segment).network[241]
    fabric.run(vm.name, Speaker(nic.interface, (question(nobody, vm.address, nic.mac),), every_s=0.5))


FAULT = Fault(
    id="router_keeps_stale_entry",
    side=Side.NETWORK,
    acceptable=(Side.NETWORK, Side.GUEST, Side.HYPERVISOR),
    cause="network.table_kept_old_entry",
    grade=Grade.UNDECIDED,
    origin="the router's ARP table, which does not take in what is told to everybody",
    residual="the same",
    symptom="its own segment reaches it, others do not",
    apply=_apply,
    tabled=(Grade.LIKELY, "network.table_kept_old_entry"),
)

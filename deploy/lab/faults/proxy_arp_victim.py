"""The router answers ARP for the VM, and what it is sent gets lost."""

from random import Random

from bot.model.cause import Side
from bot.model.verdict import Grade
from deploy.lab.fabric import Fabric
from deploy.lab.faults.fault import Fault
from deploy.lab.topology import ROUTER, Vm


def _apply(fabric: Fabric, vm: Vm, _rng: Random) -> None:
    office = next(one for one in fabric.topology.segments if one.name != vm.segment)
    fabric.namespaces.sysctl(
        ROUTER, {f"ipv4/conf/{vm.segment}/proxy_arp": 1, f"ipv4/neigh/{vm.segment}/proxy_delay": 5}
    )
    fabric.links.route(ROUTER, f"{vm.address}/32", str(office.network[99]))


FAULT = Fault(
    id="proxy_arp_victim",
    side=Side.NETWORK,
    acceptable=(
        Side.NETWORK,
        Side.GUEST,
    ),
    cause="network.proxy_arp_answers",
    grade=Grade.LIKELY,
    origin="proxy ARP and a wrong route in the router",
    residual="ARP tables that hold the router's MAC for the address",
    symptom="its own segment reaches it at times",
    apply=_apply,
)

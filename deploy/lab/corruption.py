"""Wrong entries in the tables on the way to a VM, drawn from a seed, and exactly which: the truth for a comparison."""

from collections.abc import Mapping
from random import Random

from deploy.lab.fabric import Fabric, switch_port, trunk_port
from deploy.lab.state import CorruptedState, How
from deploy.lab.topology import DIST, ROUTER, SWITCH, Macs, Topology, Vm


def drawn(topology: Topology, vm: Vm, rng: Random) -> list[CorruptedState]:
    """Which entries are to be wrong, none or all, each in a way of its own.

    Raises:
        ValueError: the way to this VM is not one whose every entry is known.
    """
    if topology.uplinks > 1:
        raise ValueError("with two uplinks nobody can tell by which of them the VM should be reached")
    wronged = [_arp(vm, rng)] if rng.random() < 0.5 else []
    for switch in (DIST, SWITCH):
        if rng.random() < 0.5:
            wronged.append(_fdb(topology, vm, switch, rng))
    return wronged


def corrupt_tables(fabric: Fabric, seeds: Mapping[str, int]) -> None:
    """Wrong on the way to each of these VMs what its seed draws; all other entries on these ways are right.

    A port that does not learn does so for all VMs behind it, so those of one host are best corrupted in one go.
    """
    vms = [fabric.vms[name] for name in seeds]
    wronged = {
        vm.name: drawn(fabric.topology, vm, Random(f"{fabric.topology.seed}/{vm.name}/{seeds[vm.name]}")) for vm in vms
    }
    for vm in vms:
        _mend(fabric, vm)
    for vm in vms:
        for one in wronged[vm.name]:
            _stage(fabric, vm, one)
    fabric.corrupted |= wronged


def _mend(fabric: Fabric, vm: Vm) -> None:
    """Have every table hold what it should, as learned a moment ago."""
    mac = vm.nics[0].mac
    fabric.links.learned_neighbour(ROUTER, vm.segment, str(vm.address), mac)
    for switch in (DIST, SWITCH):
        right = _right_port(fabric.topology, vm, switch)
        fabric.links.learns(switch, right, learns=True)
        fabric.links.learned_mac(switch, right, mac)


def _stage(fabric: Fabric, vm: Vm, one: CorruptedState) -> None:
    links, device, mac, port = fabric.links, one["device"], one["mac"], one["port"]
    if mac is None or port is None:
        right = _right_port(fabric.topology, vm, device)
        links.learns(device, right, learns=False)
        links.forget_mac(device, right, vm.nics[0].mac)
    elif one["table"] == "arp":
        (links.neighbour if one["how"] == "static" else links.learned_neighbour)(device, port, str(vm.address), mac)
    else:
        (links.pin if one["how"] == "static" else links.keep_learned)(device, port, mac)


def _arp(vm: Vm, rng: Random) -> CorruptedState:
    hows: tuple[How, ...] = ("stale", "static")
    return {"device": ROUTER, "table": "arp", "how": rng.choice(hows), "mac": Macs(rng).vnic(), "port": vm.segment}


def _fdb(topology: Topology, vm: Vm, switch: str, rng: Random) -> CorruptedState:
    # Only the switch of the hosts hears every frame of the VM: elsewhere an entry may be missing and nothing is wrong.
    hows: tuple[How, ...] = ("astray", "static", "missing") if switch == SWITCH else ("astray", "static")
    how = rng.choice(hows)
    port = rng.choice([one for one in _ports(topology, vm, switch) if one != _right_port(topology, vm, switch)])
    if how == "missing":
        return {"device": switch, "table": "fdb", "how": how, "mac": None, "port": None}
    return {"device": switch, "table": "fdb", "how": how, "mac": vm.nics[0].mac, "port": port}


def _right_port(topology: Topology, vm: Vm, switch: str) -> str:
    return switch_port(vm.host) if switch == SWITCH else trunk_port(SWITCH, topology.segment(vm.segment).vlan)


def _ports(topology: Topology, vm: Vm, switch: str) -> list[str]:
    """The switch's ports in the VM's segment whose far ends are known: hosts, the other switch and the router."""
    vlan = topology.segment(vm.segment).vlan
    if switch == DIST:
        return [trunk_port(ROUTER, vlan), trunk_port(SWITCH, vlan)]
    return [trunk_port(DIST, vlan), *(switch_port(host.name) for host in topology.hosts)]

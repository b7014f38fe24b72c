"""Addresses and MACs that several running machines have, as vCenter knows them; whether they meet, it may not know."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from itertools import combinations

from bot.incidents.wording import listing
from bot.model.addresses import Mac
from bot.model.owners import Conflict
from bot.probes.vcenter import NO_VNIC, GuestNic, HostNic, Nic, Vm

Key = IPv4Address | IPv6Address | Mac


@dataclass(frozen=True, slots=True)
class Holder:
    """A machine on whose wire side an address or MAC is, and the network that it has it in.

    ``machine`` is unique over all vCenters. An ESXi host is one machine with all its interfaces: its first VMkernel
    port takes the MAC of a physical NIC.
    """

    machine: str
    name: str
    vcenter: str
    network: str | None = None
    vlan: int | None = None

    def __str__(self) -> str:
        vlan = f"VLAN {self.vlan}" if self.vlan is not None else "VLAN not known"
        return f"{self.name} ({self.network or 'network not known'}, {vlan}, vCenter {self.vcenter})"


def holders(vms: Iterable[tuple[str, Vm]], host_nics: Iterable[tuple[str, HostNic]]) -> dict[Key, tuple[Holder, ...]]:
    """Who has what, of the machines that can be heard: each VM and host NIC with the vCenter that knows it.

    A VM that is not on, a vNIC that is unplugged and an interface that stays inside the guest are heard by nobody.
    """
    found: dict[Key, dict[str, Holder]] = defaultdict(dict)
    for vcenter, vm in vms:
        for key, nic in _wire_side(vm) if vm.power == "poweredOn" else ():
            network, vlan = (nic.network, nic.vlan) if nic else (None, None)
            machine = f"{vcenter}/{vm.id}"
            found[key].setdefault(machine, Holder(machine, f"VM {vm.name}", vcenter, network, vlan))
    for vcenter, port in host_nics:
        machine = f"{vcenter}/host/{port.host}"
        for key in (port.mac, *port.addresses):
            found[key].setdefault(machine, Holder(machine, f"{port.device} of host {port.host}", vcenter))
    return {key: tuple(by_machine.values()) for key, by_machine in found.items()}


def conflict(key: Key, having: Sequence[Holder]) -> Conflict | None:
    """The machines that have one thing and are not known to be in different networks; None without."""
    met = [pair for pair in combinations(having, 2) if _meet(*pair) is not False]
    if not met:
        return None
    rivals = [str(one) for one in having if any(one in pair for pair in met)]
    whose = f"{listing(rivals)} {'both' if len(rivals) == 2 else 'all'} have {_said(key)}"
    if any(_meet(*pair) for pair in met):
        return Conflict(f"{whose}.", certain=True)
    return Conflict(f"{whose}: a conflict if that is one network, which vCenter does not tell.", certain=False)


def apart(key: Key, having: Sequence[Holder]) -> str | None:
    """The sentence on machines that have one thing in different VLANs and under different names; None without."""
    if len(having) < 2 or conflict(key, having):
        return None
    return f"{_said(key)} is there {len(having)} times, each time in a VLAN of its own: {listing(map(str, having))}."


def _meet(one: Holder, other: Holder) -> bool | None:
    """Whether both are in one layer-2 network; None: not known. A name and a VLAN mean something within a vCenter."""
    same_name = one.vcenter == other.vcenter and one.network is not None and one.network == other.network
    if one.vlan is not None and other.vlan is not None and one.vlan != other.vlan:
        return None if same_name else False  # one port group with two VLANs is a mistake in itself
    return True if same_name else None


def _wire_side(vm: Vm) -> Iterator[tuple[Key, Nic | None]]:
    plugged = {nic.key: nic for nic in vm.nics if nic.connected is not False}
    by_mac = {nic.mac: nic for nic in plugged.values()}
    yield from ((nic.mac, nic) for nic in plugged.values())
    for row in vm.guest_nics:
        nic = plugged.get(row.device_key) or (by_mac.get(row.mac) if row.mac else None)
        if nic is not None:
            yield from ((key, nic) for key in _keys(row))


def _keys(row: GuestNic) -> tuple[Key, ...]:
    return (*([row.mac] if row.mac and row.device_key != NO_VNIC else []), *row.addresses)


def _said(key: Key) -> str:
    return f"`{key}`" if isinstance(key, str) else str(key)

"""Does the VM's port group have the same VLAN on every host, and its port the group's?

A standard port group is set on each host by itself; a distributed one has one VLAN, which a port may override.
"""

from collections import Counter as Tally

from bot.findings.readings import things
from bot.findings.surrounding import Hit, Seat, answer, by_seat, seats
from bot.findings.wording import few, listing
from bot.model.finding import Evidence, Finding
from bot.model.vsphere import Host, HostGroup

DRIFTS = "vcenter.group.vlan_drifts"
DIFFERS = "vcenter.group.vlan_differs_somewhere"
OVERRIDDEN = "vcenter.group.vlan_overridden"

CONTROLS = 2
"""So many other hosts have to agree before one that differs from them is the odd one."""


def find(evidence: Evidence) -> tuple[Finding, ...]:
    """Whether the VM's host is the odd one out, whether any differs, and whether the port has a VLAN of its own."""
    told = all(seat.local or seat.group for seat in seats(evidence))
    return (
        answer(evidence, DRIFTS, by_seat(evidence, lambda seat: _drifts(evidence, seat)),
               f"The port group of {evidence.target} has no other VLAN on its host than on most.", "hosts", known=told),
        answer(evidence, DIFFERS, by_seat(evidence, lambda seat: _differs(evidence, seat)),
               f"The port group of {evidence.target} has one VLAN on all hosts of the cluster.", "hosts", known=told),
        answer(evidence, OVERRIDDEN, by_seat(evidence, _overridden),
               f"The port of {evidence.target} has the VLAN of its port group.", "ports",
               known=all(seat.port and seat.port[0].vlans and seat.group for seat in seats(evidence))),
    )  # fmt: skip


def _vlan(vlan: int | None) -> str:
    return "every VLAN" if vlan is None else "no VLAN" if vlan == 0 else f"VLAN {vlan}"


def _elsewhere(evidence: Evidence, seat: Seat) -> list[tuple[str, HostGroup | None]]:
    """The same name on the other hosts of the cluster (None: not there)."""
    if seat.host is None or seat.local is None:
        return []
    own, name = seat.host[0], seat.local[0].name
    return [
        (host.name, next((group for group in host.groups if group.name == name), None))
        for host, seen in things(evidence, Host)
        if host.cluster == own.cluster and host.name != own.name and host.groups is not None
        if seen.vcenter == seat.vm.vcenter and host.connection == "connected"
    ]


def _drifts(evidence: Evidence, seat: Seat) -> Hit | None:
    if seat.local is None:
        return None
    group, seen = seat.local
    others = Tally(one.vlan for _, one in _elsewhere(evidence, seat) if one)
    if not others:
        return None
    (usual, times), *_ = others.most_common()
    if usual == group.vlan or times < CONTROLS or times <= others[group.vlan] + 1:
        return None
    says = f"On host {seat.vm.host} the port group {group.name} of VM {seat.vm.name} has {_vlan(group.vlan)}, "
    return f"{says}on {times} other hosts of its cluster {_vlan(usual)}.", seen


def _differs(evidence: Evidence, seat: Seat) -> Hit | None:
    if seat.local is None:
        return None
    group, seen = seat.local
    others = _elsewhere(evidence, seat)
    odd = [f"{_vlan(one.vlan)} on {host}" for host, one in others if one and one.vlan != group.vlan]
    absent = [host for host, one in others if one is None]
    if not odd and not absent:
        return None
    told = [few(odd)] if odd else []
    told += [f"is missing on {few(absent)}"] if absent else []
    return f"The port group {group.name} has {_vlan(group.vlan)} on {seat.vm.host}, but {listing(told)}.", seen


def _overridden(seat: Seat) -> Hit | None:
    if seat.port is None or seat.group is None or not seat.port[0].vlans or seat.group[0].vlan is None:
        return None
    port, seen = seat.port
    if port.vlans == (seat.group[0].vlan,):
        return None
    own = listing(_vlan(vlan) for vlan in port.vlans)
    says = f"The port of {seat.nic.label} of VM {seat.vm.name} has {own}, its port group {seat.group[0].name} "
    return f"{says}{_vlan(seat.group[0].vlan)}.", seen

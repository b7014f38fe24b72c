"""What is around the rows that are asked for: ports and their names, VLANs, neighbours. Read once an incident."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.agents.network.asking import Asking, Gathered
from bot.agents.network.reasons import SilentError
from bot.model.network import Table
from bot.probes.tables import Reading, Told, columns, of_entry

MOST_ROWS = 2_000
"""Ports, own addresses, VLANs or neighbours of one device: what is more is left out, and said."""

_PORTS = columns("ifName", "ifDescr", "ifAlias", "ifAdminStatus", "ifOperStatus", "ifHighSpeed")
_BASE = columns("dot1dBasePortIfIndex")
_MEMBERS = columns("dot1qVlanCurrentEgressPorts", "dot1qVlanCurrentUntaggedPorts")


@dataclass(frozen=True, slots=True)
class Bridge:
    """How its MAC table is asked: ``fdbs`` are its filtering databases, one for each VLAN as a rule; none: it has one
    table for all. ``sure``: it told all of them. ``there``: it is a bridge at all. ``deaf`` are the VLANs whose own
    community it does not answer.
    """

    there: bool
    fdbs: tuple[int, ...] = ()
    sure: bool = True
    deaf: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What was told and read, and what follows from it."""

    told: tuple[Told, ...]
    readings: tuple[Reading, ...]
    bridge: Bridge


def look_around(asking: Asking, per_vlan: tuple[Asking, ...]) -> Surroundings:
    """Read them; ``per_vlan`` are the sessions with communities of their own, whose ports have numbers of their own."""
    mark = asking.notebook.mark()
    with asking.telling(Table.PORTS):
        asking.tell(Table.PORTS, asking.gather(_PORTS, MOST_ROWS), f"{asking.name} shows no ports over SNMP (IF-MIB).")
    bridge = Bridge(True, sure=False)
    deaf: list[int] = []
    with asking.telling(Table.VLANS):
        bases = [asking.keep(asking.gather(_BASE, MOST_ROWS))]
        for one in per_vlan:
            try:
                bases.append(one.keep(one.gather(_BASE, MOST_ROWS)))
            except SilentError:  # what a Cisco does with the community of a VLAN that it does not have
                deaf.append(one.vlan or 0)
        vlans = asking.gather(columns("dot1qVlanFdbId"), MOST_ROWS) + asking.gather(_MEMBERS, MOST_ROWS)
        if not vlans.cells.get("dot1qVlanCurrentEgressPorts"):
            vlans = vlans + asking.gather(of_entry("dot1qVlanStatic"), MOST_ROWS)
        asking.tell(Table.VLANS, vlans, f"{asking.name} shows no VLANs over SNMP (Q-BRIDGE-MIB).")
        bridge = _bridge(asking, any(base or base.why for base in bases), vlans)
    with asking.telling(Table.NEIGHBOURS):
        _neighbours(asking)
    return Surroundings(*asking.notebook.since(mark), replace(bridge, deaf=tuple(deaf)))


def _bridge(asking: Asking, there: bool, vlans: Gathered) -> Bridge:
    """Its filtering databases: as it tells them, or as they show in their own table, or in the MAC table itself."""
    if fdbs := _numbers(vlans.cells.get("dot1qVlanFdbId", {}).values()):
        return Bridge(True, fdbs, sure=not (vlans.cut or vlans.why))
    listed = asking.gather(of_entry("dot1qFdb"), MOST_ROWS)
    if fdbs := _numbers(listed.cells["dot1qFdbDynamicCount"]):
        return Bridge(True, fdbs, sure=not (listed.cut or listed.why))
    shown = asking.gather(columns("dot1qTpFdbPort"), MOST_ROWS)
    fdbs = _numbers(instance.partition(".")[0] for instance in shown.cells["dot1qTpFdbPort"])
    return Bridge(there or bool(fdbs), fdbs, sure=not (fdbs or listed.why or shown.why))


def _neighbours(asking: Asking) -> None:
    found = asking.gather(of_entry("lldpRem"), MOST_ROWS)
    if found:
        asking.keep(asking.gather(of_entry("lldpLocPort"), MOST_ROWS))
    found = found + asking.gather(of_entry("cdpCache"), MOST_ROWS)
    asking.tell(Table.NEIGHBOURS, found, f"{asking.name} tells of no neighbour by LLDP or CDP.")


def _numbers(told: Iterable[str]) -> tuple[int, ...]:
    return tuple(sorted({int(one) for one in told if one.isdigit()}))

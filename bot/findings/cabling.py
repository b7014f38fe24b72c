"""What is plugged in where: which port of which device leads to which host or device, by CDP and LLDP of both ends.

Not a finding: what several of them, and the path view, read. Devices go by their short names.
"""

from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass

from bot.findings.readings import things
from bot.findings.surrounding import seats
from bot.findings.tabled import called, devices, newest, same_port, short_name
from bot.model.finding import Evidence
from bot.model.network import Adjacent, Table
from bot.model.vsphere import Host, Neighbour


@dataclass(frozen=True, slots=True)
class Cable:
    """A port of a device and what is at its other end: an ESXi host with its uplink, or another device and its port."""

    device: str
    port: str
    host: str | None = None
    uplink: str | None = None
    other: str | None = None
    far_port: str | None = None


def cables(evidence: Evidence) -> tuple[Cable, ...]:
    """Every cable that one of its ends told of."""
    return evidence.once(_read_cables)


def _read_cables(evidence: Evidence) -> tuple[Cable, ...]:
    names = {alias: min(aliases) for aliases in _aliases(evidence) for alias in aliases}
    hosts = {short_name(host.name) for host, _ in things(evidence, Host)}
    found: dict[Cable, None] = {}
    for heard, _ in things(evidence, Neighbour):
        if heard.switch and heard.port:
            name = short_name(heard.switch)
            found[Cable(names.get(name, name), heard.port, host=heard.host, uplink=heard.device)] = None
    for aliases in _aliases(evidence):
        for row in _adjacent(evidence, aliases):
            far = short_name(row.name)
            if far in hosts:
                found[Cable(min(aliases), row.port, host=row.name, uplink=row.far_port)] = None
                continue
            other = names.get(far, far)
            found[Cable(min(aliases), row.port, other=other, far_port=row.far_port)] = None
            if row.far_port:
                found[Cable(other, row.far_port, other=min(aliases), far_port=row.port)] = None
    return tuple(found)


def _aliases(evidence: Evidence) -> list[frozenset[str]]:
    return [called(evidence, device) for device in devices(evidence)]


def _adjacent(evidence: Evidence, aliases: frozenset[str]) -> Iterable[Adjacent]:
    for device in devices(evidence):
        if called(evidence, device) == aliases and (read := newest(evidence, device, Table.NEIGHBOURS)):
            yield from (row for row, _ in read.of(Adjacent))


def at(evidence: Evidence, aliases: frozenset[str], port: str | None) -> Cable | None:
    """The cable in this port of the device with these names; None: nobody told what is behind it."""
    mine = [one for one in cables(evidence) if one.device in aliases and same_port(one.port, port)]
    return next((one for one in mine if one.host), mine[0] if mine else None)


def right_ports(evidence: Evidence, aliases: frozenset[str]) -> tuple[Cable, ...]:
    """The ports of the device that lead to the host which runs the target's VM; none where that is not known.

    On a switch that the host is plugged into these are the host's own ports. Towards every other switch that it is
    plugged into, for one of its uplinks alone carries the VM and nobody tells which, lead those with the fewest cables.
    """
    wanted = {short_name(seat.vm.host) for seat in seats(evidence) if seat.vm.host}
    used = {(short_name(seat.vm.host), one.device) for seat in seats(evidence) if seat.vm.host for one in seat.uplinks}
    every = cables(evidence)
    direct = [one for one in every if one.host and short_name(one.host) in wanted and _used(one, used)]
    own = tuple(one for one in direct if one.device in aliases)
    left = _distances(every, {one.device for one in direct if one.device not in aliases})
    mine = [one for one in every if one.device in aliases and one.other in left]
    shortest = min((left[one.other] for one in mine if one.other), default=None)
    return (*own, *(one for one in mine if one.other and left[one.other] == shortest))


def all_known(evidence: Evidence, aliases: frozenset[str]) -> bool:
    """Whether every uplink that carries the target is known to be plugged into this device, and where.

    Then its MAC on any other port of that kind is astray, whatever is plugged in there.
    """
    used = {(short_name(seat.vm.host), one.device) for seat in seats(evidence) if seat.vm.host for one in seat.uplinks}
    here = {(short_name(one.host), one.uplink) for one in right_ports(evidence, aliases) if one.host}
    return bool(used) and used <= here


def _used(cable: Cable, used: set[tuple[str, str]]) -> bool:
    """Whether the VM's port group uses the uplink; of a host whose uplinks are not known every cable counts."""
    host = short_name(cable.host or "")
    return (host, cable.uplink) in used or host not in {name for name, _ in used}


def _distances(every: Iterable[Cable], ends: set[str]) -> dict[str, int]:
    """How many cables each device is away from the nearest of these."""
    beside: defaultdict[str, set[str]] = defaultdict(set)
    for one in every:
        if one.other:
            beside[one.device].add(one.other)
            beside[one.other].add(one.device)
    left = dict.fromkeys(ends, 0)
    waiting = deque(sorted(ends))
    while waiting:
        here = waiting.popleft()
        for there in sorted(beside[here] - left.keys()):
            left[there] = left[here] + 1
            waiting.append(there)
    return left

"""What a vCenter knows of the machines of a table: where they run, what they are plugged into, and their addresses."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from ipaddress import ip_address

from bot.incidents.wording import listing
from bot.model.addresses import parse_mac
from bot.probes.vcenter import Snapshot, Vm
from bot.split.attributes import ADDRESSES, IDENTITIES, MACS, SIDES
from bot.split.machines import Attribute, Table, Values


def fill(table: Table, snapshot: Snapshot) -> tuple[Table, tuple[str, ...]]:
    """The table with the attributes that nobody wrote down, and in sentences what the vCenter could not tell.

    A machine is the VM of its name; where there is none, or several, its MACs and then its addresses lead to it. A
    column of the table stays as it is, with its gaps: two ways of writing one cluster would be two clusters.
    """
    vms = list(vms_of(table, snapshot))
    known = [found[0] if len(found) == 1 else None for found in vms]
    own = {ADDRESSES[0]: ADDRESSES, MACS[0]: MACS}
    filled = [
        Attribute(
            name, frozenset() if name in IDENTITIES else SIDES[name], tuple(read(vm) if vm else None for vm in known)
        )
        for name, read in _READ.items()
        if table.attribute(*own.get(name, (name,))) is None
    ]
    seen = (one for one in filled if any(values is not None for values in one.values))
    return replace(table, attributes=(*table.attributes, *seen)), tuple(_gaps(table, snapshot, vms))


def vms_of(table: Table, snapshot: Snapshot) -> Iterator[Sequence[Vm]]:
    """For each machine the VMs that it may be."""
    by: defaultdict[object, dict[str, Vm]] = defaultdict(dict)
    for vm in snapshot.vms:
        rows = vm.guest_nics
        macs = (mac for mac in [*(nic.mac for nic in vm.nics), *(row.mac for row in rows)] if mac)
        for key in [("name", vm.name.casefold()), *macs, *(one for row in rows for one in row.addresses)]:
            by[key][vm.id] = vm
    macs_of = _identities(table, MACS, parse_mac)
    addresses_of = _identities(table, ADDRESSES, ip_address)
    for name, macs_here, addresses in zip(table.machines, macs_of, addresses_of, strict=True):
        itself = [*_parsed([name], parse_mac), *_parsed([name], ip_address)]
        found = by.get(("name", name.casefold()), {})
        for keys in (macs_here, addresses, itself):
            also = {id_: vm for key in keys for id_, vm in by.get(key, {}).items()}
            found = {id_: vm for id_, vm in found.items() if id_ in also} or found or also
        yield tuple(found.values())


def _identities(table: Table, names: Sequence[str], parse: Callable[[str], object]) -> list[list[object]]:
    column = table.attribute(*names)
    return [_parsed(values or (), parse) for values in column.values] if column else [[] for _ in table.machines]


def _parsed(values: Iterable[str], parse: Callable[[str], object]) -> list[object]:
    parsed = []
    for value in values:
        try:
            parsed.append(parse(value))
        except ValueError:
            continue  # an address that is none leads nowhere
    return parsed


def _values(values: Iterable[object]) -> Values | None:
    """The values as text; one that is not known leaves open what the machine has, so all of it."""
    every = [None if value is None else str(value) for value in values]
    return None if not every or None in every else frozenset(value for value in every if value)


_READ: dict[str, Callable[[Vm], Values | None]] = {
    "cluster": lambda vm: _values([vm.cluster]),
    "host": lambda vm: _values([vm.host]),
    "port group": lambda vm: _values(nic.network for nic in vm.nics),
    "vlan": lambda vm: _values(nic.vlan for nic in vm.nics),
    "power": lambda vm: _values([vm.power]),
    "tools": lambda vm: _values([vm.tools]),
    "ip": lambda vm: _values(one for row in vm.guest_nics for one in row.addresses if one.version == 4),
    "mac": lambda vm: _values(nic.mac for nic in vm.nics),
}


def _gaps(table: Table, snapshot: Snapshot, vms: Sequence[Sequence[Vm]]) -> Iterator[str]:
    vcenter = f"the snapshot of vCenter {snapshot.vcenter}"
    yield from snapshot.unread
    if unknown := [name for name, found in zip(table.machines, vms, strict=True) if not found]:
        yield f"{listing(unknown)}: {vcenter} holds no such VM."
    if several := [name for name, found in zip(table.machines, vms, strict=True) if len(found) > 1]:
        yield f"{listing(several)}: {vcenter} holds several VMs that it may be, so nothing was taken from there."
    machines: defaultdict[str, list[str]] = defaultdict(list)
    for name, found in zip(table.machines, vms, strict=True):
        if len(found) == 1:
            machines[found[0].id].append(name)
    for names in machines.values():
        if len(names) > 1:
            yield f"{listing(names)}: one VM, says {vcenter}, but compared as {len(names)} machines."

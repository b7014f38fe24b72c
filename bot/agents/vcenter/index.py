"""Who owns what in the whole vCenter, by address, MAC and name: frozen, and replaced as a whole when something changed.

A look-up may read an inventory while the next one is being made; nobody ever waits for the other.
"""

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from bot.agents.vcenter.inventory import HostRow, VmRow
from bot.agents.vcenter.machine import PortGroup
from bot.model.addresses import Mac
from bot.model.vsphere import Twin
from bot.probes.vcenter import Address, HostNic, Query, Vm, owns

K = TypeVar("K")
Row = TypeVar("Row", VmRow, HostRow)
Ids = Mapping[K, tuple[str, ...]]
Key = Address | Mac

MOST_TWINS = 20
"""More VMs with one MAC are copies of a template, and say no more."""


@dataclass(frozen=True, slots=True)
class Delta:
    """What came, changed or went. ``clusters`` and ``switches`` are names by id; ``gone`` are ids of any kind."""

    vms: tuple[VmRow, ...] = ()
    hosts: tuple[HostRow, ...] = ()
    clusters: Mapping[str, str] = field(default_factory=dict)
    groups: tuple[PortGroup, ...] = ()
    switches: Mapping[str, str] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()


_NOTHING = Delta()


@dataclass(frozen=True, slots=True)
class Inventory:
    """Everything that can own an address, and the sentences about what could not be read.

    ``read_at`` is the moment of the monotonic clock at which all of it was true. ``running``, ``silent`` and ``denied``
    count VMs: switched on, on without a known address, and held back from the account in part.
    """

    read_at: float
    vms: Mapping[str, VmRow] = field(default_factory=dict)
    hosts: Mapping[str, HostRow] = field(default_factory=dict)
    clusters: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, PortGroup] = field(default_factory=dict)
    switches: Mapping[str, str] = field(default_factory=dict)
    unread: tuple[str, ...] = ()
    running: int = 0
    silent: int = 0
    denied: int = 0
    _vms_by: Ids[Key] = field(default_factory=dict)
    _vms_named: Ids[str] = field(default_factory=dict)
    _hosts_by: Ids[Key] = field(default_factory=dict)

    @property
    def age_s(self) -> float:
        """Seconds since it was true."""
        return time.monotonic() - self.read_at

    @property
    def gaps(self) -> tuple[str, ...]:
        """What could not be read, as sentences."""
        gaps = list(self.unread)
        if self.denied:
            gaps.append(f"The account may not read {self.denied} of {len(self.vms)} VMs.")
        dark = sorted(row.name for row in self.hosts.values() if not row.seen)
        if dark:
            gaps.append(f"{len(dark)} ESXi hosts show no network configuration ({', '.join(dark[:5])}).")
        return tuple(gaps)

    def owners(self, wanted: Query) -> set[str]:
        """Ids of the VMs that own, or last owned, something that was asked for."""
        found = {id_ for key in _asked(wanted) for id_ in self._vms_by.get(key, ())}
        return found.union(id_ for name in wanted.names for id_ in self._vms_named.get(name.casefold(), ()))

    def host_nics(self, wanted: Query) -> tuple[HostNic, ...]:
        """The hosts' own NICs that have something that was asked for."""
        hosts = dict.fromkeys(id_ for key in _asked(wanted) for id_ in self._hosts_by.get(key, ()))
        return tuple(nic for id_ in hosts for nic in self.hosts[id_].nics if owns(nic, wanted))

    def twins(self, vm: Vm) -> tuple[Twin, ...] | None:
        """The other VMs that are on and have the MAC of one of its vNICs; None where the list may lack some."""
        found = tuple(
            Twin(nic.mac, id_, self.vms[id_].name)
            for nic in vm.nics
            for id_ in self._vms_by.get(nic.mac, ())
            if id_ != vm.id and self.vms[id_].on
        )
        return found[:MOST_TWINS] if found or not self.gaps else None

    def changed(self, delta: Delta, read_at: float) -> "Inventory":
        """The inventory after this, true at ``read_at``."""
        if delta == _NOTHING:
            return replace(self, read_at=read_at)
        old_vms, vms = _exchange(self.vms, delta.vms, delta.gone)
        clusters = _without(self.clusters, delta.gone) | dict(delta.clusters)
        incoming = delta.hosts if clusters == self.clusters else _latest(self.hosts, delta.hosts)
        old_hosts, hosts = _exchange(self.hosts, [_placed(row, clusters) for row in incoming], delta.gone)
        new_vms = [vms[id_] for id_ in {row.id for row in delta.vms} - delta.gone]
        new_hosts = [hosts[id_] for id_ in {row.id for row in incoming} - delta.gone]
        return replace(
            self,
            read_at=read_at,
            vms=vms,
            hosts=hosts,
            clusters=clusters,
            groups=_without(self.groups, delta.gone) | {group.id: group for group in delta.groups},
            switches=_without(self.switches, delta.gone) | dict(delta.switches),
            running=self.running + sum(row.on for row in new_vms) - sum(row.on for row in old_vms),
            silent=self.silent + sum(row.silent for row in new_vms) - sum(row.silent for row in old_vms),
            denied=self.denied + sum(row.denied for row in new_vms) - sum(row.denied for row in old_vms),
            _vms_by=_filed(self._vms_by, map(_keys, old_vms), map(_keys, new_vms)),
            _vms_named=_filed(self._vms_named, map(_name, old_vms), map(_name, new_vms)),
            _hosts_by=_filed(self._hosts_by, map(_nic_keys, old_hosts), map(_nic_keys, new_hosts)),
        )


def _asked(wanted: Query) -> tuple[Key, ...]:
    return (*wanted.ips, *wanted.macs)


def _exchange(rows: Mapping[str, Row], new: Iterable[Row], gone: frozenset[str]) -> tuple[list[Row], Mapping[str, Row]]:
    """The rows that are no longer true, and all rows as they are now."""
    fresh: dict[str, Row] = {row.id: row for row in new if row.id not in gone}
    if not fresh and gone.isdisjoint(rows):
        return [], rows
    old = [rows[id_] for id_ in (*fresh, *gone) if id_ in rows]
    return old, _without(rows, gone) | fresh


def _without(by_id: Mapping[str, K], gone: frozenset[str]) -> dict[str, K]:
    kept = dict(by_id)
    for id_ in gone:
        kept.pop(id_, None)
    return kept


def _latest(hosts: Mapping[str, HostRow], new: Sequence[HostRow]) -> list[HostRow]:
    return list((dict(hosts) | {row.id: row for row in new}).values())


def _placed(host: HostRow, clusters: Mapping[str, str]) -> HostRow:
    return replace(host, cluster=clusters.get(host.parent))


def _keys(vm: VmRow) -> tuple[str, Iterable[Key]]:
    last = () if vm.last_ip is None or vm.last_ip in vm.addresses else (vm.last_ip,)
    return vm.id, (*vm.macs, *vm.addresses, *last)


def _name(vm: VmRow) -> tuple[str, Iterable[str]]:
    return vm.id, (vm.name.casefold(),)


def _nic_keys(host: HostRow) -> tuple[str, Iterable[Key]]:
    return host.id, dict.fromkeys(key for nic in host.nics for key in (nic.mac, *nic.addresses))


def _filed(
    ids: Ids[K], old: Iterator[tuple[str, Iterable[K]]], new: Iterator[tuple[str, Iterable[K]]]
) -> Mapping[K, tuple[str, ...]]:
    """The index with the old rows taken out and the new ones put in; the same one where nothing changed."""
    out: dict[K, set[str]] = defaultdict(set)
    into: dict[K, list[str]] = defaultdict(list)
    for id_, keys in old:
        for key in keys:
            out[key].add(id_)
    for id_, keys in new:
        for key in keys:
            into[key].append(id_)
    if not out and not into:
        return ids
    filed = dict(ids)
    for key in out.keys() | into.keys():
        left = tuple(id_ for id_ in filed.get(key, ()) if id_ not in out[key]) if key in out else filed.get(key, ())
        if owners := (*left, *into.get(key, ())):
            filed[key] = owners
        else:
            del filed[key]
    return filed

"""Which part of a whole vCenter answers a query: who was asked for, and what the worker looks at around them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from bot.model.vsphere import Host, Surroundings, Switch
from bot.probes.vcenter.snapshot import Query, Snapshot, Vm, owns

T = TypeVar("T")


def select(snapshot: Snapshot, wanted: Query) -> Snapshot:
    """The part of a whole vCenter's snapshot that answers the query."""
    vms = tuple(vm for vm in snapshot.vms if owns(vm, wanted))
    return replace(
        snapshot,
        asked=wanted,
        vms=vms,
        host_nics=tuple(nic for nic in snapshot.host_nics if owns(nic, wanted)),
        surroundings=near(snapshot.surroundings, vms) if snapshot.surroundings else None,
    )


def near(told: Surroundings, vms: Sequence[Vm]) -> Surroundings | None:
    """Their own ports and port groups, the hosts of their clusters, and what was told of any of these.

    None where there is no VM: around nobody nobody looks. The gaps are those of the whole.
    """
    if not vms:
        return None
    ids, names = {vm.id for vm in vms}, {vm.name for vm in vms}
    networks = {nic.network for vm in vms for nic in vm.nics}
    home = {vm.host for vm in vms}
    clusters = {vm.cluster for vm in vms} - {None}
    hosts = _those(told.hosts, lambda one: one.name in home or one.cluster in clusters)
    groups = _those(told.groups, lambda one: one.name in networks)
    around = {one.name for one in hosts or ()} | home
    carrying = {one.switch for one in groups or ()}
    switches = _those(told.switches, lambda one: one.name in carrying)
    entities = names | around | carrying
    return replace(
        told,
        vms=_those(told.vms, lambda one: one.vm in ids),
        hosts=None if hosts is None else tuple(_with_groups(one, networks) for one in hosts),
        groups=groups,
        ports=_those(told.ports, lambda one: one.vm in ids),
        switches=None if switches is None else tuple(_with_members(one, around) for one in switches),
        alarms=_those(told.alarms, lambda one: one.on in entities),
        events=_those(
            told.events,
            lambda one: one.vm_id in ids if one.vm_id else one.host in around or one.switch in carrying,
        ),
        counters=_those(told.counters, lambda one: one.on in names | home),
        neighbours=_those(told.neighbours, lambda one: one.host in around),
        tasks=_those(told.tasks, lambda one: one.vm in ids),
    )


def _those(every: tuple[T, ...] | None, wanted: Callable[[T], bool]) -> tuple[T, ...] | None:
    return None if every is None else tuple(one for one in every if wanted(one))


def _with_groups(host: Host, networks: Iterable[str | None]) -> Host:
    return replace(host, groups=_those(host.groups, lambda one: one.name in networks))


def _with_members(switch: Switch, hosts: Iterable[str | None]) -> Switch:
    return replace(switch, members=tuple(one for one in switch.members if one.host in hosts))

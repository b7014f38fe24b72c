"""What is around the VMs that were found: asked family by family, the most telling first, never at their expense.

A family that fails leaves a sentence and nothing else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from pyVmomi import vim

from bot.agents.vcenter import counters, events, hosts, neighbours, raised, switches, tasks
from bot.agents.vcenter.asking import Asking
from bot.agents.vcenter.event_kinds import OF_HOSTS, OF_SWITCH, OF_VM
from bot.agents.vcenter.events import Question
from bot.agents.vcenter.hosts import HostRead
from bot.agents.vcenter.inventory import HostRow
from bot.agents.vcenter.machine import Live, PortGroup
from bot.agents.vcenter.stub import Stub
from bot.agents.vcenter.switches import SwitchRead
from bot.model.vsphere import Clocks, Group, Port, Surroundings, VmState

MOST_VMS = 2
"""Of so many VMs the surroundings are read: more share only an address that means nothing."""
VM_TIME, HOST_TIME = timedelta(days=7), timedelta(days=1)
_SHARE = 0.8
"""Of the time that is left; the rest belongs to the answer."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the look-up knows already: the VMs, their port groups and distributed ports, and every host by id.

    ``ports`` None: they could not be read.
    """

    vms: Sequence[Live]
    groups: Mapping[str, PortGroup]
    ports: Mapping[tuple[str, str], Port] | None
    hosts: Mapping[str, HostRow]


def read(asking: Asking, found: Found) -> Surroundings:
    """Every family that can be read in time."""
    if len(found.vms) > MOST_VMS:
        asking.missing("vms", f"{len(found.vms)} VMs own what was asked; around the first {MOST_VMS} it was looked.")
    for each in found.vms[:MOST_VMS]:
        if each.vm.power == "poweredOn" and each.vm.tools != "guestToolsRunning":
            asking.missing("tools", f"VMware Tools do not run in {each.vm.name}: nothing is known of its inside.")
    told = Surroundings()
    try:
        with asking.stub.within(asking.stub.deadline.share(_SHARE)):
            told = _families(asking, replace(found, vms=found.vms[:MOST_VMS]))
    except TimeoutError:
        asking.missing("clock", "No time was left to look at hosts, switches and events.")
    return replace(told, gaps=tuple(asking.gaps))


def _families(asking: Asking, found: Found) -> Surroundings:
    vms = found.vms
    used = {key for each in vms for key in each.port_groups.values()}
    groups = [found.groups[key] for key in sorted(used) if key in found.groups]
    names = frozenset(nic.network for each in vms for nic in each.vm.nics if nic.network)
    home = frozenset(each.vm.host for each in vms if each.vm.host)
    clock = asking.ask("clock", "The vCenter's clock", lambda: _clock(asking))
    stores = frozenset(id_ for each in vms for id_ in each.datastores)
    seen, beside = hosts.around(asking, home, names, found.hosts, stores) or (None, ())
    at = [one for one in seen or () if one.host.name in home]
    at_ids, vm_ids = {one.host.id: one.host.name for one in seen or ()}, {each.vm.id: each.vm.name for each in vms}
    dvs = switches.around(asking, {one.switch: one.switch_kind for one in groups if one.switch}, at_ids)
    dvs_ids = {each.id: each.switch.name for each in dvs or ()}
    beside_ids = {each.id: each.name for each in beside}
    every = [one for some in (vms, at, beside, dvs or ()) for each in some for one in each.raised]
    alarms = raised.around(asking, every, {**vm_ids, **at_ids, **beside_ids, **dvs_ids})
    now = asking.memory.clock.now() + (clock.ahead if clock else timedelta())
    happened = events.around(asking, _questions(asking.stub, vms, at, dvs or ()), now)
    running = {each.vm.id: each.vm.name for each in vms if each.vm.power == "poweredOn"}
    overlay = any(one.around.overlay for one in groups) or any(each.state.opaque for each in vms)
    counted = counters.around(asking, running, {one.host.id: one.host.name for one in at}, overlay=overlay)
    heard = neighbours.around(asking, at, neighbours.beside(at, seen or (), happened or ()))
    return Surroundings(
        clock=clock,
        vms=tuple(_state(each, beside_ids) for each in vms),
        hosts=None if seen is None else tuple(one.host for one in seen),
        groups=tuple(_group(one, dvs_ids) for one in groups),
        ports=None if found.ports is None else tuple(_ports(vms, found.groups, found.ports)),
        switches=None if dvs is None else tuple(each.switch for each in dvs),
        alarms=alarms,
        events=happened,
        counters=counted,
        neighbours=heard,
        tasks=tasks.around(asking, vms, now),
    )


def _state(found: Live, names: Mapping[str, str]) -> VmState:
    return replace(found.state, datastores=tuple(names[id_] for id_ in found.datastores if id_ in names))


def _clock(asking: Asking) -> Clocks:
    clock = asking.memory.clock
    asked = clock.now()
    told = vim.ServiceInstance("ServiceInstance", asking.stub).CurrentTime()
    took = clock.now() - asked
    millisecond = timedelta(milliseconds=1)
    return Clocks((told - asked - took / 2) // millisecond, took // (2 * millisecond))


def _questions(stub: Stub, vms: Sequence[Live], at: Sequence[HostRead], dvs: Sequence[SwitchRead]) -> list[Question]:
    """The VMs over a week; their clusters (or the host that is in none) and switches over a day."""
    asked = [Question(each.vm.name, vim.VirtualMachine(each.vm.id, stub), OF_VM, VM_TIME) for each in vms]
    clusters: dict[str, str] = {}
    for one in at:
        if one.host.cluster is not None and one.parent is not None:
            clusters[one.parent] = one.host.cluster
        else:
            asked.append(Question(one.host.name, vim.HostSystem(one.host.id, stub), OF_HOSTS, HOST_TIME))
    asked += [
        Question(name, vim.ClusterComputeResource(id_, stub), OF_HOSTS, HOST_TIME, deep=True)
        for id_, name in clusters.items()
    ]
    return asked + [
        Question(each.switch.name, vim.DistributedVirtualSwitch(each.id, stub), OF_SWITCH, HOST_TIME) for each in dvs
    ]


def _group(group: PortGroup, switch_names: Mapping[str, str]) -> Group:
    return replace(group.around, switch=switch_names.get(group.switch or ""))


def _ports(vms: Sequence[Live], groups: Mapping[str, PortGroup], ports: Mapping[tuple[str, str], Port]) -> list[Port]:
    found = []
    for each in vms:
        for nic in each.vm.nics:
            group = groups.get(each.port_groups.get(nic.key, ""))
            port = ports.get((group.switch or "", each.ports.get(nic.key, ""))) if group else None
            if port is not None:
                found.append(replace(port, vm=each.vm.id, label=nic.label))
    return found

"""What is around the VMs that were found: asked family by family, the most telling first, never at their expense.

A family that fails leaves a sentence and nothing else. A look-up makes at most MOST_CALLS calls whatever the size of
the inventory: what does not fit is left out, with a sentence.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TypeVar

from pyVmomi import vim

from bot.agents.vcenter import counters, events, hosts, neighbours, raised, switches
from bot.agents.vcenter.inventory import HostRow
from bot.agents.vcenter.machine import Live, PortGroup
from bot.agents.vcenter.reasons import FAILURES, clause
from bot.agents.vcenter.session import Session
from bot.agents.vcenter.stub import Stub
from bot.model.vsphere import Clocks, Counter, Family, Gap, Group, Happened, Neighbour, Port, Surroundings
from bot.ports import Clock

T = TypeVar("T")

MOST_CALLS = 15
MOST_VMS = 2
"""Of so many VMs the surroundings are read: more share only an address that means nothing."""
_SHARE = 0.8
"""Of the time that is left; the rest belongs to the answer."""


class Memory:
    """What stays the same for as long as a vCenter runs: the names of alarms, the ids of counters."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.alarms: dict[str, str] = {}
        self.counters: dict[str, int] = {}


@dataclass(frozen=True, slots=True)
class Found:
    """What the look-up knows already: the VMs, their port groups and distributed ports, and every host by id."""

    vms: tuple[Live, ...]
    groups: Mapping[str, PortGroup]
    ports: Mapping[tuple[str, str], Port]
    ports_read: bool
    hosts: Mapping[str, HostRow]


@dataclass
class Around:
    """The work on the surroundings of one look-up; ``page`` as in VcenterSettings, ``calls`` may still be made."""

    stub: Stub
    session: Session
    page: int
    memory: Memory
    found: Found
    calls: int
    gaps: list[Gap] = field(default_factory=list)

    def read(self) -> Surroundings:
        """Every family that could be read in time."""
        if len(self.found.vms) > MOST_VMS:
            says = f"{len(self.found.vms)} VMs own what was asked; hosts and events of the first {MOST_VMS} are shown."
            self.gaps.append(Gap("vms", says))
        for each in self.found.vms[:MOST_VMS]:
            if each.vm.power == "poweredOn" and each.vm.tools != "guestToolsRunning":
                says = f"VMware Tools do not run in {each.vm.name}: nothing is known of its inside."
                self.gaps.append(Gap("tools", says))
        try:
            within = self.stub.deadline.share(_SHARE)
        except TimeoutError:
            return Surroundings(gaps=(Gap("clock", "No time was left to look at hosts, switches and events."),))
        with self.stub.within(within):
            told = self._families()
        return replace(told, gaps=tuple(self.gaps))

    def _families(self) -> Surroundings:
        vms = self.found.vms[:MOST_VMS]
        used = {each.port_groups[key] for each in vms for key in each.port_groups}
        groups = [self.found.groups[key] for key in sorted(used) if key in self.found.groups]
        clock = self._ask("clock", "The vCenter's clock", self._clock)
        seen = self._ask("hosts", "The state of the hosts", lambda: self._hosts(vms)) or ()
        at_home = [one for one in seen if one.host.name in {each.vm.host for each in vms}]
        dvs = self._switches(groups, seen)
        alarms = [*(one for each in vms for one in each.raised), *(one for each in at_home for one in each.raised)]
        alarms += [one for each in dvs or () for one in each.raised]
        entities = {each.vm.id: each.vm.name for each in vms} | {one.host.id: one.host.name for one in seen}
        entities |= {each.id: each.switch.name for each in dvs or ()}
        self._alarm_names(alarms)
        happened = self._events(vms, at_home, dvs or (), clock)
        measured = self._ask("counters", "Performance counters", lambda: self._counters(vms, at_home))
        heard = self._neighbours(at_home)
        names = {each.id: each.switch.name for each in dvs or ()}
        return Surroundings(
            clock=clock,
            vms=tuple(each.state for each in vms),
            hosts=tuple(one.host for one in seen) or None,
            groups=tuple(_named(group, names) for group in groups),
            ports=self._ports(vms),
            switches=None if dvs is None else tuple(each.switch for each in dvs),
            alarms=raised.alarms(alarms, self.memory.alarms, entities),
            events=happened,
            counters=measured,
            neighbours=heard,
        )

    def _ask(self, family: Family, what: str, read: Callable[[], T], calls: int = 1) -> T | None:
        """What a family tells; None, and a sentence among the gaps, where it fails or its calls are no longer left."""
        if self.calls < calls:
            self.gaps.append(Gap(family, f"{what} was not asked for: a look-up makes at most {MOST_CALLS} calls."))
            return None
        before = self.stub.calls
        try:
            return read()
        except FAILURES as error:
            if self.stub.aborted:
                raise
            self.gaps.append(Gap(family, f"{what} could not be read, because {clause(error)}."))
            return None
        finally:
            self.calls -= self.stub.calls - before

    def _clock(self) -> Clocks:
        asked = self.memory.clock.now()
        told = vim.ServiceInstance("ServiceInstance", self.stub).CurrentTime()
        heard = self.memory.clock.now()
        ahead = told - (asked + (heard - asked) / 2)
        return Clocks(ahead // timedelta(milliseconds=1), -((asked - heard) // timedelta(milliseconds=2)))

    def _hosts(self, vms: tuple[Live, ...]) -> tuple[hosts.HostRead, ...]:
        at = {each.vm.host for each in vms}
        own = [id_ for id_, row in self.found.hosts.items() if row.name in at]
        clusters = {self.found.hosts[id_].cluster for id_ in own} - {None}
        others = [id_ for id_, row in self.found.hosts.items() if row.cluster in clusters and id_ not in own]
        ids = [*own, *sorted(others)]
        if not ids:
            return ()
        if len(ids) > hosts.MOST_HOSTS:
            says = f"The clusters have {len(ids)} hosts; only {hosts.MOST_HOSTS} of them are compared."
            self.gaps.append(Gap("hosts", says))
        wanted = frozenset(nic.network for each in vms for nic in each.vm.nics if nic.network)
        named = {id_: row.cluster for id_, row in self.found.hosts.items()}
        found = hosts.read(self.stub, self.session, self.page, ids[: hosts.MOST_HOSTS], wanted, named)
        self._doubt_hosts(found, at)
        return found

    def _doubt_hosts(self, found: tuple[hosts.HostRead, ...], at: set[str | None]) -> None:
        denied = [one.host.name for one in found if one.denied]
        if denied:
            self.gaps.append(Gap("hosts", f"The account may not read all of {len(denied)} hosts ({denied[0]} ...)."))
        for one in found:
            if one.host.name in at and one.host.connection not in (None, "connected"):
                says = f"{one.host.name} is {one.host.connection}: what is shown of it is what vCenter last knew."
                self.gaps.append(Gap("hosts", says))

    def _switches(
        self, groups: Iterable[PortGroup], seen: tuple[hosts.HostRead, ...]
    ) -> tuple[switches.SwitchRead, ...] | None:
        ids = {group.switch: group.switch_kind for group in groups if group.switch}
        if not ids:
            return ()
        names = {one.host.id: one.host.name for one in seen}
        found = self._ask(
            "switches",
            "Distributed switches",
            lambda: switches.read(self.stub, self.session, self.page, ids, names),
        )
        for each in found or ():
            if not each.switch.health_checked:
                state = "is off" if each.switch.health_checked is False else "told no result"
                says = f"The health check of {each.switch.name} {state}, so it says nothing about VLANs and MTU."
                self.gaps.append(Gap("health", says))
            if each.denied:
                self.gaps.append(Gap("switches", f"The account may not read all of {each.switch.name}."))
        return found

    def _alarm_names(self, every: list[raised.Raised]) -> None:
        new = raised.missing(every, self.memory.alarms)
        if new:
            self.memory.alarms |= (
                self._ask(
                    "alarms", "The names of alarms", lambda: raised.names(self.stub, self.session, self.page, new)
                )
                or {}
            )

    def _events(
        self,
        vms: tuple[Live, ...],
        at_home: list[hosts.HostRead],
        dvs: tuple[switches.SwitchRead, ...],
        clock: Clocks | None,
    ) -> tuple[Happened, ...] | None:
        manager = self.session.events
        if manager is None:
            self.gaps.append(Gap("events", "This vCenter has no events."))
            return None
        now = self.memory.clock.now() + (clock.ahead if clock else timedelta())
        asked: list[tuple[str, object, tuple[str, ...], timedelta, bool]] = [
            (each.vm.name, vim.VirtualMachine(each.vm.id, self.stub), events.OF_VM, events.VM_TIME, False)
            for each in vms
        ]
        for one in {each.parent or each.host.id: each for each in at_home}.values():
            inside = one.parent is not None and one.host.cluster is not None
            kind = vim.ClusterComputeResource if inside else vim.HostSystem
            entity = kind(one.parent if inside else one.host.id, self.stub)
            name = (one.host.cluster if inside else None) or one.host.name
            asked.append((name, entity, events.OF_HOSTS, events.HOST_TIME, inside))
        asked += [
            (
                each.switch.name,
                vim.DistributedVirtualSwitch(each.id, self.stub),
                events.OF_SWITCH,
                events.HOST_TIME,
                False,
            )
            for each in dvs
        ]
        found: list[Happened] = []
        some = False
        for name, whose, kinds, time, deep in asked:
            told = self._ask(
                "events",
                f"What happened on {name}",
                lambda: events.read(self.stub, manager, whose, kinds, now - time, deep=deep),  # noqa: B023  called at once
            )
            if told is not None:
                some = True
                found += told[0]
                if not told[1]:
                    says = f"Of the events of {name} only the newest {events.MOST_KEPT} are shown."
                    self.gaps.append(Gap("events", says))
        return tuple(sorted(found, key=lambda one: (one.at, one.kind, one.says))) if some else None

    def _counters(self, vms: tuple[Live, ...], at_home: list[hosts.HostRead]) -> tuple[Counter, ...]:
        manager = self.session.counters
        on = {each.vm.id: each.vm.name for each in vms if each.vm.power == "poweredOn"}
        if manager is None or not (on or at_home):
            return ()
        if not self.memory.counters:
            self.memory.counters = counters.ids(self.stub, self.session, self.page)
        names = {one.host.id: one.host.name for one in at_home}
        return counters.read(self.stub, manager, on, names, self.memory.counters)

    def _neighbours(self, at_home: list[hosts.HostRead]) -> tuple[Neighbour, ...] | None:
        found: list[Neighbour] = []
        some = False
        for one in at_home:
            devices = sorted({device for switch in one.host.switches for device in switch.uplinks})
            network = one.network
            if network is None or not devices or one.host.connection != "connected":
                continue
            told = self._ask(
                "neighbours",
                f"What the uplinks of {one.host.name} hear",
                lambda: neighbours.read(self.stub, one.host.name, network, devices),  # noqa: B023  called at once
            )
            if told is not None:
                some = True
                found += told
                if not any(each.switch for each in told):
                    says = f"No uplink of {one.host.name} hears CDP or LLDP, so its switch ports are not named."
                    self.gaps.append(Gap("neighbours", says))
        return tuple(found) if some else None

    def _ports(self, vms: tuple[Live, ...]) -> tuple[Port, ...] | None:
        if not self.found.ports_read:
            return None
        found = []
        for each in vms:
            for nic in each.vm.nics:
                group = self.found.groups.get(each.port_groups.get(nic.key, ""))
                at = (group.switch or "", each.ports.get(nic.key, "")) if group else ("", "")
                if at in self.found.ports:
                    found.append(replace(self.found.ports[at], vm=each.vm.id, label=nic.label))
        return tuple(found)


def _named(group: PortGroup, switches_by_id: Mapping[str, str]) -> Group:
    return replace(group.around, switch=switches_by_id.get(group.switch or ""))

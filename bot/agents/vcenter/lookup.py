"""One look-up: find the owners in the inventory, read them again live, and say what could not be seen."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from pyVmomi import vim

from bot.agents.vcenter import around, ports
from bot.agents.vcenter.asking import MOST_CALLS, Asking, Memory
from bot.agents.vcenter.guest_processes import Guests
from bot.agents.vcenter.index import Inventory
from bot.agents.vcenter.machine import LIVE, Live, PortGroup, live, named, plugged, port_group
from bot.agents.vcenter.properties import Properties, collect, of
from bot.agents.vcenter.reasons import FAILURES, clause, session_is_gone
from bot.agents.vcenter.session import Session
from bot.agents.vcenter.settings import VcenterSettings
from bot.agents.vcenter.stub import Stub
from bot.agents.vcenter.sweep import read
from bot.model.vsphere import Port, Surroundings
from bot.probes.vcenter import FORMAT, Query, Snapshot, owns

MOST_OWNERS = 50
"""More VMs than this share only an address that means nothing, such as 172.17.0.1 of every container host."""


class Index:
    """The inventory: the one that is kept up to date, or else one of our own reading, used again while it is young.

    One thread reads, the others wait for that reading. ``kept`` gives the one kept up to date, or None.
    """

    def __init__(self, settings: VcenterSettings, kept: Callable[[], Inventory | None]) -> None:
        self._settings = settings
        self._kept = kept
        self._lock = threading.Lock()
        self._inventory: Inventory | None = None

    def current(self, stub: Stub, session: Session) -> Inventory:
        """The inventory. One with gaps is kept as long: a vCenter that struggles is not asked more for it."""
        if kept := self._kept():
            return kept
        if not self._lock.acquire(timeout=stub.deadline.left_s()):
            raise TimeoutError("waited for another look-up's reading")
        try:
            if self._inventory is None or self._inventory.age_s > self._settings.index_s:
                self._inventory = None
                self._inventory = read(stub, session, self._settings.page)
            return self._inventory
        finally:
            self._lock.release()


class LookUp:
    """The work on one query. ``gaps`` make the answer incomplete; ``notes`` only say how to read it."""

    def __init__(self, stub: Stub, session: Session, settings: VcenterSettings, wanted: Query, memory: Memory) -> None:
        self._stub, self._session, self._settings, self._wanted = stub, session, settings, wanted
        self._memory = memory
        self._groups: dict[str, PortGroup] = {}
        self._ports: dict[tuple[str, str], Port] = {}
        self._ports_read = True
        self._began_at = time.monotonic()
        self._gaps: list[str] = []
        self._notes: list[str] = []

    def answer(self, index: Index, guests: Guests, at: datetime, owners: Callable[[Snapshot], None]) -> Snapshot:
        """The snapshot. Only the VMs have to be readable; every other part that fails leaves a sentence.

        ``owners`` gets the answer to who owns what as soon as that is known: what is around them may take seconds.

        Raises:
            One of FAILURES.
        """
        inventory = index.current(self._stub, self._session)
        self._gaps += inventory.gaps
        asked_before = self._stub.calls
        found = self._owners(inventory)
        self._note_limits(inventory)
        snapshot = Snapshot(
            format=FORMAT,
            vcenter=self._settings.vcenter,
            api_version=self._session.api_version,
            read_at=at,
            asked=self._wanted,
            complete=not self._gaps,
            unread=(*self._gaps, *self._notes),
            vms=tuple(each.vm for each in found),
            host_nics=inventory.host_nics(self._wanted),
        )
        if not found:
            return snapshot
        owners(snapshot)
        vms, unlisted = guests.look_into(self._stub, self._session, found)
        around_them = self._around(inventory, found, MOST_CALLS - (self._stub.calls - asked_before))
        return replace(snapshot, vms=vms, unread=(*snapshot.unread, *unlisted), surroundings=around_them)

    def _around(self, inventory: Inventory, found: tuple[Live, ...], calls: int) -> Surroundings:
        found = tuple(
            replace(each, state=replace(each.state, twins=inventory.twins(each.vm)))
            if each.vm.power == "poweredOn"
            else each
            for each in found
        )
        known = around.Found(found, self._groups, self._ports if self._ports_read else None, inventory.hosts)
        return around.read(Asking(self._stub, self._session, self._settings.page, self._memory, calls), known)

    def _owners(self, inventory: Inventory) -> tuple[Live, ...]:
        indexed = set(self._by_primary_ip())
        ids = sorted(indexed | inventory.owners(self._wanted) | self._placed(inventory))
        if len(ids) > MOST_OWNERS:
            self._gaps.append(f"{len(ids)} VMs own what was asked; only {MOST_OWNERS} of them are shown.")
            ids = ids[:MOST_OWNERS]
        if not ids:
            return ()
        spec = of([vim.VirtualMachine(each, self._stub) for each in ids], {vim.VirtualMachine: LIVE})
        page = self._settings.page
        found = collect(self._stub, self._session, spec, page, lambda vm: live(vm, inventory.hosts))
        return tuple(each for each in self._with_port_groups(found, inventory) if self._still_owns(each, indexed))

    def _placed(self, inventory: Inventory) -> set[str]:
        """The running VMs of the clusters and hosts that were asked for."""
        asked = [
            vim.HostSystem(host.id, self._stub)
            for host in inventory.hosts.values()
            if self._wanted.names_place(host.cluster) or self._wanted.names_place(host.name)
        ]
        if not asked:
            return set()
        spec = of(asked, {vim.HostSystem: ("vm",)})
        try:
            found = collect(self._stub, self._session, spec, self._settings.page, _vms)
        except FAILURES as error:
            self._forgive(error, "Which VMs run there could not be read")
            return set()
        return {id_ for ids in found for id_ in ids if id_ in inventory.vms and inventory.vms[id_].on}

    def _by_primary_ip(self) -> Iterator[str]:
        # It knows one address a VM, but also one that came up since the inventory was read.
        search = vim.SearchIndex(self._session.search, self._stub)
        for ip in self._wanted.ips:
            try:
                yield from (vm._moId for vm in search.FindAllByIp(None, str(ip), True))
            except FAILURES as error:
                self._forgive(error, "The index of primary addresses could not be asked")

    def _with_port_groups(self, found: list[Live], inventory: Inventory) -> list[Live]:
        kind = vim.dvs.DistributedVirtualPortgroup
        keys = sorted({key for each in found for key in each.port_groups.values()})
        if not keys:
            return found
        spec = of([kind(key, self._stub) for key in keys], {kind: ("config",)})
        try:
            groups = collect(self._stub, self._session, spec, self._settings.page, port_group)
        except FAILURES as error:
            self._forgive(error, "The names and VLANs of distributed port groups could not be read")
            groups = [inventory.groups[key] for key in keys if key in inventory.groups]
            if not groups:
                return found
            self._notes.append(f"What is shown of distributed port groups is {inventory.age_s:.0f} s old.")
        for group in groups:
            if group.overridable:
                self._notes.append(f"Each port of {group.name} may have a VLAN of its own; none is given.")
        self._groups = {group.id: group for group in groups}
        self._read_ports(found, inventory.switches)
        blocked = {at: port.blocked for at, port in self._ports.items() if port.blocked is not None}
        return [plugged(named(each, self._groups), self._groups, blocked) for each in found]

    def _read_ports(self, found: list[Live], switches: Mapping[str, str]) -> None:
        wanted: dict[str, set[str]] = defaultdict(set)
        for each in found:
            for key, port in each.ports.items():
                group = self._groups.get(each.port_groups.get(key, ""))
                if group and group.switch and each.vm.power == "poweredOn":
                    wanted[group.switch].add(port)
        for switch, keys in sorted(wanted.items()):
            try:
                self._ports |= ports.read(self._stub, switch, keys)
            except FAILURES as error:
                self._ports_read = False
                name = f" from {switches[switch]}" if switch in switches else ""
                what = f"Whether distributed ports are blocked could not be read{name}"
                self._forgive(error, what, into=self._notes)

    def _still_owns(self, found: Live, indexed: set[str]) -> bool:
        vm, last_ip = found.vm, found.last_ip
        if not owns(vm, self._wanted):
            if last_ip not in self._wanted.ips and vm.id not in indexed:
                return False  # it gave the address up since the inventory was read
            held = f"still holds {last_ip} as the address" if last_ip else "lists an asked address as the primary one"
            self._notes.append(f"vCenter {held} of {vm.name}, but no interface reports it now.")
        if vm.connection != "connected":
            self._notes.append(f"{vm.name} is {vm.connection}: what is shown is what vCenter last knew.")
        return True

    def _note_limits(self, inventory: Inventory) -> None:
        silent, running = inventory.silent, inventory.running
        if silent and self._wanted.ips:
            self._notes.append(
                f"IP addresses are known only from VMware Tools; {silent} of {running} powered-on VMs report none."
            )
        if inventory.read_at < self._began_at:
            self._notes.append(f"Owners were looked up in a list {inventory.age_s:.0f} s old, then read anew.")

    def _forgive(self, error: BaseException, what: str, *, into: list[str] | None = None) -> None:
        """Go on without, and say so: among the gaps, if nothing else is named."""
        if session_is_gone(error) or self._stub.aborted:
            raise error
        (self._gaps if into is None else into).append(f"{what}, because {clause(error)}.")


def _vms(host: Properties) -> tuple[str, ...]:
    return tuple(each.text or "" for each in host.all("vm"))

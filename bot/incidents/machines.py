"""The machines in a look-up's snapshots, each once, as sentences on the whole of it and a line on each interface."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.incidents.sections import sections
from bot.model.owners import Owner
from bot.probes.vcenter import NO_VNIC, GuestNic, HostNic, Nic, Query, Snapshot, Vm, owns

_VM = frozenset({"id", "name", "power", "connection", "host", "cluster", "tools", "hostname", "nics", "guest_nics"})
_NIC = frozenset({"key", "label", "mac", "connected", "network", "vlan", "backing", "foreign_macs", "blocked"})
_POWER = {"poweredOn": "is powered on", "poweredOff": "is powered off", "suspended": "is suspended"}
_TOOLS = {
    "guestToolsRunning": "run",
    "guestToolsNotRunning": "do not run, so nobody reports its addresses",
    "guestToolsExecutingScripts": "run scripts just now",
}


@dataclass(frozen=True, slots=True)
class Machine:
    """A VM, or (``vm`` None) an ESXi host with those of its own interfaces that were found."""

    vcenter: str
    name: str
    asked_for: bool
    vm: Vm | None = None
    nics: tuple[HostNic, ...] = ()

    def unseen(self) -> str | None:
        """What vCenter cannot know of it, as a sentence."""
        if self.vm is None or self.vm.power != "poweredOn" or self.vm.tools == "guestToolsRunning":
            return None
        return f"VMware Tools do not speak for {self.name}, so which addresses it has now is not known."

    def claim(self, whom: str | None) -> str:
        """Who it is, in a sentence; ``whom`` is what it has, or None where it was asked for by name."""
        has = f" has {whom}" if whom else ""
        if self.vm is None:
            return f"{self.name}{has}: it is no VM but the ESXi host's own {self.nics[0].device}."
        return f"{self.name}{has}{' and' if has else ''} {_state(self.vm)}, {_where(self.vm)}."

    def as_owner(self) -> Owner:
        """It as a noun of the answer."""
        facts = tuple(_vm_facts(self.vcenter, self.vm)) if self.vm else (f"{self.name} is in vCenter {self.vcenter}.",)
        lines = tuple(_interfaces(self.vm)) if self.vm else tuple(map(_host_nic, self.nics))
        runs = self.vm is not None and self.vm.power == "poweredOn"
        return Owner(self.name, self.vcenter, self.asked_for, facts, lines, runs)


def machines(snapshots: Sequence[Snapshot], wanted: Query) -> tuple[Machine, ...]:
    """Every machine as it was read last, those that were asked for first, and of them those that run.

    A VM that a vCenter gave as the answer to the question itself was asked for, even where no interface shows it.
    """
    vms: dict[tuple[str, str], tuple[Vm, bool]] = {}
    hosts: dict[tuple[str, str], dict[tuple[str, str], HostNic]] = {}
    for snapshot in sorted(snapshots, key=lambda one: one.read_at):
        direct = snapshot.asked == wanted
        for vm in snapshot.vms:
            _, before = vms.get((snapshot.vcenter, vm.id), (vm, False))
            vms[snapshot.vcenter, vm.id] = vm, before or direct or owns(vm, wanted)
        for nic in snapshot.host_nics:
            hosts.setdefault((snapshot.vcenter, nic.host), {})[nic.device, nic.mac] = nic
    found = [Machine(vcenter, f"VM {vm.name}", asked, vm) for (vcenter, _), (vm, asked) in vms.items()]
    found += [
        Machine(vcenter, f"Host {host}", any(owns(nic, wanted) for nic in nics.values()), None, tuple(nics.values()))
        for (vcenter, host), nics in hosts.items()
    ]
    return tuple(sorted(found, key=lambda one: (not one.asked_for, _off(one), one.name.casefold(), one.vcenter)))


def _off(one: Machine) -> bool:
    return one.vm is not None and one.vm.power != "poweredOn"


def _state(vm: Vm) -> str:
    return _POWER.get(vm.power, f"is in the state {vm.power}")


def _where(vm: Vm) -> str:
    host = f"on host {vm.host}" if vm.host else "on a host that vCenter does not name"
    return f"{host} in cluster {vm.cluster}" if vm.cluster else f"{host}, in no cluster that is known"


def _vm_facts(vcenter: str, vm: Vm) -> Iterator[str]:
    yield f"VM {vm.name} {_state(vm)}, {_where(vm)} (vCenter {vcenter}, {vm.id})."
    if vm.connection != "connected":
        yield f"Its host is {vm.connection}: what is shown is what vCenter last knew."
    if vm.tools is None:
        yield "Whether VMware Tools run is not known."
    elif vm.power == "poweredOn":
        named = f"; the guest calls itself {vm.hostname}" if vm.hostname else ""
        yield f"VMware Tools {_TOOLS.get(vm.tools, f'are in the state {vm.tools}')}{named}."
    yield from (f"{section.title}: {'; '.join(section.lines)}" for section in sections(vm, _VM))


def _interfaces(vm: Vm) -> Iterator[str]:
    on = vm.power == "poweredOn"
    if not vm.nics:
        yield "No vNIC is known."
    for nic in vm.nics:
        rows = [row for row in vm.guest_nics if row.device_key == nic.key]
        further = (f"{section.title} {'; '.join(section.lines)}" for section in sections(nic, _NIC))
        reported = _reported(nic, rows) if on or rows else ()
        yield " · ".join((*_configured(nic, on=on), *reported, *further))
    keys = {nic.key for nic in vm.nics}
    for row in vm.guest_nics:
        if row.device_key not in keys:
            yield " · ".join(_inside(row))


def _configured(nic: Nic, *, on: bool) -> Iterator[str]:
    yield f"{nic.label} `{nic.mac}`"
    if on:
        yield {True: "connected", False: "disconnected", None: "connected or not: not known"}[nic.connected]
    vlan = f"VLAN {nic.vlan}" if nic.vlan else "untagged" if nic.vlan == 0 else "VLAN not known, or a trunk"
    yield f"port group {nic.network or 'not known'}, {vlan}"
    if nic.blocked is not None:
        yield "port blocked" if nic.blocked else "port not blocked"
    elif on and nic.backing == "dvport":
        yield "port blocked or not: not known"
    if nic.foreign_macs is not None:
        yield f"other MACs {'accepted' if nic.foreign_macs else 'rejected'}"


def _reported(nic: Nic, rows: Sequence[GuestNic]) -> Iterator[str]:
    told = [str(address) for row in rows for address in row.addresses]
    yield f"Tools report {', '.join(told)}" if told else "Tools report no address"
    yield from (f"and inside the MAC `{row.mac}`" for row in rows if row.mac not in (None, nic.mac))


def _inside(row: GuestNic) -> Iterator[str]:
    kind = "a bond, a bridge or a container" if row.device_key == NO_VNIC else "its vNIC is not known"
    yield f"Inside the guest, without a vNIC ({kind})"
    if row.mac:
        yield f"`{row.mac}`"
    yield f"Tools report {', '.join(map(str, row.addresses)) or 'no address'}"


def _host_nic(nic: HostNic) -> str:
    return " · ".join((f"{nic.device} `{nic.mac}`", f"addresses {', '.join(map(str, nic.addresses)) or 'none known'}"))

"""Who owns what in the whole vCenter: a light list of every VM and host, read in two sweeps and kept for seconds."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from ipaddress import ip_address
from xml.etree.ElementTree import Element

from pyVmomi import vim, vmodl

from bot.agents.vcenter.properties import Properties, collect, flag, in_view, of, part, parts, view
from bot.agents.vcenter.reasons import FAILURES, clause, session_is_gone
from bot.agents.vcenter.session import Session
from bot.agents.vcenter.stub import Stub
from bot.model.addresses import Mac, parse_mac
from bot.probes.vcenter import Address, HostNic, Query

DEVICES = "config.hardware.device"
# The keys of vNICs; a VM has at most ten. By key they are a third of the bytes of all devices (10,000 VMs: 21
# against 67 MB). Sub-fields of a keyed device cannot be asked for (govmomi #1001).
_KEYED = tuple(f"{DEVICES}[{key}]" for key in range(4000, 4010))
_VM = ("name", "runtime.powerState", "guest.ipAddress", "guest.net")
_HOST = ("name", "parent", "config.network.vnic", "config.network.pnic", "config.network.portgroup")
_FEW = 200
"""So many VMs are asked for all their devices one by one in a request; more are read by a sweep."""


@dataclass(frozen=True, slots=True)
class VmRow:
    """What one VM can be found by. ``last_ip`` is guest.ipAddress, which may outlive the rows of guest.net."""

    id: str
    name: str
    on: bool
    addresses: frozenset[Address]
    last_ip: Address | None
    macs: frozenset[Mac]
    doubtful: bool
    denied: bool

    def answers(self, wanted: Query) -> bool:
        """Whether this VM owns, or last owned, something that was asked for."""
        return (
            wanted.names_vm(self.name)
            or not self.macs.isdisjoint(wanted.macs)
            or not self.addresses.isdisjoint(wanted.ips)
            or self.last_ip in wanted.ips
        )


@dataclass(frozen=True, slots=True)
class HostRow:
    """One ESXi host: its own NICs, and of its standard port groups by name the VLANs (None: a trunk), and whether
    they let a guest use another MAC than its vNIC's.
    """

    id: str
    name: str
    cluster: str | None
    nics: tuple[HostNic, ...]
    vlans: Mapping[str, int | None]
    foreign_macs: Mapping[str, bool | None]
    seen: bool


@dataclass(frozen=True, slots=True)
class Inventory:
    """Everything that can own an address, and the sentences about what could not be read."""

    vms: tuple[VmRow, ...]
    hosts: Mapping[str, HostRow]
    gaps: tuple[str, ...]
    read_at: float

    @property
    def age_s(self) -> float:
        """Seconds since it was read."""
        return time.monotonic() - self.read_at


def read(stub: Stub, session: Session, page: int) -> Inventory:
    """Sweep the vCenter: all VMs, then all hosts. Hosts that cannot be read leave a gap; VMs must be readable.

    Raises:
        One of FAILURES: the VMs cannot be read.
    """
    read_at = time.monotonic()
    gaps = []
    with view(stub, session, vim.VirtualMachine, vim.HostSystem, vim.ClusterComputeResource) as everything:
        vms = _read_vms(stub, session, everything, page)
        denied = sum(row.denied for row in vms)
        if denied:
            gaps.append(f"The account may not read {denied} of {len(vms)} VMs.")
        hosts: dict[str, HostRow] = {}
        try:
            with stub.within(stub.deadline.share(0.5)):
                hosts = _read_hosts(stub, session, everything, page)
        except FAILURES as error:
            if session_is_gone(error) or stub.aborted:
                raise
            gaps.append(
                f"The ESXi hosts could not be read, because {clause(error)}: their own NICs, "
                "the names of hosts and clusters and the VLANs of standard port groups are unknown."
            )
    dark = sorted(row.name for row in hosts.values() if not row.seen)
    if dark:
        gaps.append(f"{len(dark)} ESXi hosts show no network configuration ({', '.join(dark[:5])}).")
    return Inventory(tuple(vms), hosts, tuple(gaps), read_at)


def _read_vms(stub: Stub, session: Session, everything: object, page: int) -> list[VmRow]:
    whole = {vim.VirtualMachine: (*_VM, DEVICES)}
    try:
        rows = collect(stub, session, in_view(everything, {vim.VirtualMachine: (*_VM, *_KEYED)}), page, _vm_row)
    except vmodl.query.InvalidProperty:
        return collect(stub, session, in_view(everything, whole), page, _vm_row)
    # No vNIC under the usual keys is believed only of a VM that was asked for all its devices; where a server
    # ignores keyed paths, that is every VM.
    doubtful = {row.id: vim.VirtualMachine(row.id, stub) for row in rows if row.doubtful}
    if not doubtful:
        return rows
    spec = of(list(doubtful.values()), whole) if len(doubtful) <= _FEW else in_view(everything, whole)
    known = {row.id: row for row in rows}
    return list((known | {row.id: row for row in collect(stub, session, spec, page, _vm_row)}).values())


def _vm_row(vm: Properties) -> VmRow:
    net = vm.all("guest.net")
    nics = list(vnics(vm))
    keys = {part(nic, "key") for nic in nics} | {"-1"}
    macs = [mac_of(element) for element in (*nics, *net)]
    return VmRow(
        id=vm.id,
        name=vm.text("name") or "",
        on=vm.text("runtime.powerState") == "poweredOn",
        addresses=frozenset(address for row in net for address in addresses_of(row)),
        last_ip=address_in(vm.text("guest.ipAddress")),
        macs=frozenset(mac for mac in macs if mac),
        doubtful=not nics or any(part(row, "deviceConfigId") not in keys for row in net),
        denied=vm.denied,
    )


def _read_hosts(stub: Stub, session: Session, everything: object, page: int) -> dict[str, HostRow]:
    clusters: dict[str, str] = {}
    found: list[tuple[HostRow, str]] = []

    def keep(item: Properties) -> None:
        if item.kind == "ClusterComputeResource":
            clusters[item.id] = item.text("name") or item.id
        else:
            found.append((_host_row(item), item.text("parent") or ""))

    paths = {vim.HostSystem: _HOST, vim.ClusterComputeResource: ("name",)}

    collect(stub, session, in_view(everything, paths), page, keep)
    return {row.id: replace(row, cluster=clusters.get(parent)) for row, parent in found}


def _host_row(host: Properties) -> HostRow:
    name = host.text("name") or host.id
    nics = []
    for path in ("config.network.vnic", "config.network.pnic"):
        for element in host.all(path):
            mac = mac_of(element, "spec/mac") or mac_of(element, "mac")
            address = address_in(part(element, "spec/ip/ipAddress"))
            if mac:
                nics.append(HostNic(name, part(element, "device") or "", mac, (address,) if address else ()))
    groups = host.all("config.network.portgroup")
    vlans = {part(group, "spec/name") or "": vlan_of(part(group, "spec/vlanId")) for group in groups}
    policies = {part(group, "spec/name") or "": foreign_macs(group, "computedPolicy/security/{}") for group in groups}
    return HostRow(host.id, name, None, tuple(nics), vlans, policies, seen="config.network.pnic" in host.values)


def vnics(vm: Properties) -> Iterator[Element]:
    """The VM's vNICs, asked for by key or among all devices: only Ethernet cards have a MAC address."""
    for path, value in vm.values.items():
        if path.startswith(DEVICES):
            yield from (item for item in (value if path == DEVICES else (value,)) if part(item, "macAddress"))


def mac_of(element: Element, path: str = "macAddress") -> Mac | None:
    """The MAC in a part, or None where it is absent or (a guest may say anything) no MAC."""
    try:
        return parse_mac(part(element, path) or "")
    except ValueError:
        return None


def address_in(text: str | None) -> Address | None:
    """The address in a text, or None where there is none."""
    try:
        return ip_address(text) if text else None
    except ValueError:
        return None


def addresses_of(row: Element) -> tuple[Address, ...]:
    """The addresses in a row of guest.net."""
    found = (address_in(element.text) for element in parts(row, "ipAddress"))
    return tuple(address for address in found if address)


def foreign_macs(element: Element, path: str) -> bool | None:
    """Whether a policy accepts MAC changes and forged transmits, both; ``path`` has a hole for either's name.

    None where it does not say, and where the one accepts and the other does not say.
    """
    either = {flag(element, path.format(name)) for name in ("macChanges", "forgedTransmits")}
    return False if False in either else True if either == {True} else None


def vlan_of(text: str | None) -> int | None:
    """A VLAN id, 0 for untagged; None for 4095, which hands every tag on to the guest."""
    vlan = int(text) if text and text.isdigit() else None
    return None if vlan == 4095 else vlan

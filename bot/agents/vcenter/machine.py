"""One VM read live, and the port groups its vNICs are on: from the vCenter's elements to the snapshot's nouns."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from xml.etree.ElementTree import Element

from bot.agents.vcenter.answers import KIND
from bot.agents.vcenter.groups import port_policy, port_teaming, text
from bot.agents.vcenter.inventory import (
    DEVICES,
    HostRow,
    address_in,
    addresses_of,
    foreign_macs,
    mac_of,
    vlan_of,
    vnics,
)
from bot.agents.vcenter.properties import Properties, flag, part, parts, truth
from bot.agents.vcenter.raised import Raised, moment, raised
from bot.model.vsphere import Group, VmState
from bot.probes.vcenter import Address, Backing, GuestNic, Nic, Vm

LIVE = (
    "name",
    "runtime.powerState",
    "runtime.connectionState",
    "runtime.host",
    "guest.net",
    "guest.ipAddress",
    "guest.hostName",
    "guest.toolsRunningStatus",
    "guest.guestOperationsReady",
    "guest.guestFamily",
    DEVICES,
    "guestHeartbeatStatus",
    "runtime.bootTime",
    "triggeredAlarmState",
    "datastore",
)
_BACKINGS: dict[str, Backing] = {
    "VirtualEthernetCardDistributedVirtualPortBackingInfo": "dvport",
    "VirtualEthernetCardNetworkBackingInfo": "network",
    "VirtualEthernetCardOpaqueNetworkBackingInfo": "opaque",
}
_PASSTHROUGH = frozenset({"VirtualSriovEthernetCard"})


@dataclass(frozen=True, slots=True)
class Live:
    """A VM as it is now. ``port_groups`` are the distributed port groups of its vNICs by device key, ``ports`` the keys
    of the distributed ports there. ``raised`` are the alarms on it, ``datastores`` the ids of those with its files.
    ``ready`` says whether VMware Tools take operations in the guest.
    """

    vm: Vm
    last_ip: Address | None
    port_groups: Mapping[int, str]
    ports: Mapping[int, str]
    state: VmState
    raised: tuple[Raised, ...]
    datastores: tuple[str, ...] = ()
    ready: bool = False
    linux: bool = False


@dataclass(frozen=True, slots=True)
class PortGroup:
    """A distributed port group. ``vlan`` None: a trunk, a private VLAN, NSX, or up to each port (``overridable``).

    ``foreign_macs`` None: not known, or up to each port. ``switch`` is the distributed switch that it belongs to, with
    its type; ``around`` are all its settings.
    """

    id: str
    name: str | None
    vlan: int | None
    overridable: bool
    foreign_macs: bool | None = None
    switch: str | None = None
    switch_kind: str = ""
    around: Group = field(default=Group(name=""))


def live(vm: Properties, hosts: Mapping[str, HostRow]) -> Live:
    """The VM; names and VLANs of distributed port groups are still missing."""
    host = hosts.get(vm.text("runtime.host") or "")
    on = vm.text("runtime.powerState") == "poweredOn"
    nics, port_groups, ports = [], {}, {}
    for device in vnics(vm):
        nic = _nic(device, on, host)
        if nic is not None:
            nics.append(nic)
            group = part(device, "backing/port/portgroupKey")
            if group:
                port_groups[nic.key] = group
            port = part(device, "backing/port/portKey")
            if port:
                ports[nic.key] = port
    return Live(
        Vm(
            id=vm.id,
            name=vm.text("name") or "",
            power=vm.text("runtime.powerState") or "unknown",
            connection=vm.text("runtime.connectionState") or "unknown",
            host=host.name if host else None,
            cluster=host.cluster if host else None,
            tools=vm.text("guest.toolsRunningStatus"),
            hostname=vm.text("guest.hostName"),
            nics=tuple(nics),
            guest_nics=tuple(map(_guest_nic, vm.all("guest.net"))),
        ),
        address_in(vm.text("guest.ipAddress")),
        port_groups,
        ports,
        _state(vm),
        raised(vm),
        tuple(each.text for each in vm.all("datastore") if each.text),
        ready=bool(truth(vm.text("guest.guestOperationsReady"))),
        linux=vm.text("guest.guestFamily") == "linuxGuest",
    )


def _state(vm: Properties) -> VmState:
    labels = {device: part(device, "deviceInfo/label") or "" for device in vnics(vm)}
    taken = (
        part(row, "ipAddress")
        for guest in vm.all("guest.net")
        for row in parts(guest, "ipConfig/ipAddress")
        if part(row, "state") == "duplicate"
    )
    return VmState(
        vm=vm.id,
        name=vm.text("name") or "",
        heartbeat=vm.text("guestHeartbeatStatus"),
        booted_at=moment(vm.text("runtime.bootTime")),
        passthrough=tuple(label for device, label in labels.items() if _kind(device) in _PASSTHROUGH),
        opaque=tuple(label for device, label in labels.items() if _backing(device) == "opaque"),
        manual_macs=tuple(label for device, label in labels.items() if _kind_of_mac(device) == "manual"),
        duplicates=tuple(address for address in taken if address),
    )


def _backing(device: Element) -> Backing:
    return _BACKINGS.get(_kind(device.find("{*}backing")), "other")


def _kind_of_mac(device: Element) -> str:
    return (part(device, "addressType") or "").lower()


def named(found: Live, groups: Mapping[str, PortGroup]) -> Live:
    """The VM with the names and VLANs of its distributed port groups, as far as they are known."""

    def name(nic: Nic) -> Nic:
        group = groups.get(found.port_groups.get(nic.key, ""))
        return replace(nic, network=group.name, vlan=group.vlan, foreign_macs=group.foreign_macs) if group else nic

    return replace(found, vm=replace(found.vm, nics=tuple(map(name, found.vm.nics))))


def plugged(found: Live, groups: Mapping[str, PortGroup], blocked: Mapping[tuple[str, str], bool]) -> Live:
    """The VM with what its distributed ports say, by switch and port key, as far as that is known."""

    def state(nic: Nic) -> Nic:
        group = groups.get(found.port_groups.get(nic.key, ""))
        at = (group.switch or "", found.ports.get(nic.key, "")) if group else ("", "")
        return replace(nic, blocked=blocked.get(at))

    return replace(found, vm=replace(found.vm, nics=tuple(map(state, found.vm.nics))))


def port_group(group: Properties) -> PortGroup:
    """A distributed port group from its ``config``."""
    config = group.values.get("config")
    if config is None:
        return PortGroup(group.id, None, None, overridable=False)
    overlay = part(config, "backingType") == "nsx" or part(config, "logicalSwitchUuid") is not None
    overridable = bool(flag(config, "policy/vlanOverrideAllowed"))
    vlan = config.find("{*}defaultPortConfig/{*}vlan")
    plain = _kind(vlan) == "VmwareDistributedVirtualSwitchVlanIdSpec" and not overlay and not overridable
    tag = vlan_of(part(vlan, "vlanId")) if vlan is not None and plain else None
    switch = config.find("{*}distributedVirtualSwitch")
    return PortGroup(
        group.id,
        part(config, "name"),
        tag,
        overridable,
        _foreign_macs(config),
        switch.text if switch is not None else None,
        switch.get("type", "") if switch is not None else "",
        Group(
            name=text(config, "name") or "",
            vlan=tag,
            overlay=overlay,
            teaming=port_teaming(config),
            policy=port_policy(config),
        ),
    )


def _foreign_macs(config: Element) -> bool | None:
    own = (flag(config, f"policy/{name}OverrideAllowed") for name in ("securityPolicy", "macManagement"))
    if any(own):
        return None
    # Since vSphere 6.7 the second stands where the first did; a server may tell both.
    told = foreign_macs(config, "defaultPortConfig/macManagementPolicy/{}")
    return told if told is not None else foreign_macs(config, "defaultPortConfig/securityPolicy/{}/value")


def _nic(device: Element, on: bool, host: HostRow | None) -> Nic | None:
    mac, key = mac_of(device), part(device, "key")
    if mac is None or key is None:
        return None
    kind = _backing(device)
    standard = part(device, "backing/deviceName") if kind == "network" else None
    return Nic(
        key=int(key),
        label=part(device, "deviceInfo/label") or "",
        mac=mac,
        # Valid only while the machine runs, says the API reference (VirtualDeviceConnectInfo.connected).
        connected=flag(device, "connectable/connected") if on else None,
        network=standard or part(device, "backing/opaqueNetworkId"),
        vlan=host.vlans.get(standard) if host and standard else None,
        foreign_macs=host.foreign_macs.get(standard) if host and standard else None,
        backing=kind,
    )


def _guest_nic(row: Element) -> GuestNic:
    return GuestNic(
        mac=mac_of(row),
        addresses=addresses_of(row),
        connected=flag(row, "connected"),
        device_key=int(part(row, "deviceConfigId") or -1),
    )


def _kind(element: Element | None) -> str:
    return "" if element is None else element.get(KIND, "").rpartition(":")[2]

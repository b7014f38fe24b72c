"""The lab's vCenter as a scenario of the simulator: the same inventory that a snapshot holds, in the other's words."""

from collections import defaultdict
from typing import Any

from bot.model.vsphere import Group, Happened, Host, Neighbour, Port, Surroundings
from bot.probes.vcenter import HostNic, Nic, Snapshot, Vm
from deploy.lab.state import LabState
from deploy.lab.surroundings import port_key
from deploy.lab.vcenter import inventory


def scenario(state: LabState) -> dict[str, Any]:
    """What tests/vcsim has to hold to be the lab's vCenter.

    The simulator begins with machines of its own, which are renamed, and with a network of its own, which is replaced.
    It does not let a vNIC's connection be unknown.
    """
    whole = inventory(state)
    around = whole.surroundings or Surroundings()
    hosts = sorted(around.hosts or (), key=lambda host: (str(host.cluster), host.name))
    clusters = sorted({str(host.cluster) for host in hosts})
    vms: dict[str, list[Vm]] = defaultdict(list)
    for vm in whole.vms:
        vms[str(vm.cluster)].append(vm)
    prefixes = {segment["portgroup"]: segment["network"].partition("/")[2] for segment in state["segments"]}
    return {
        "api_version": whole.api_version,
        "model": {
            "clusters": len(clusters),
            "hosts": len(hosts) // len(clusters),
            "vms": max(map(len, vms.values())),
            "portgroups": len(around.groups or ()),
        },
        "clusters": [{"name": f"DC0_C{number}", "rename": name} for number, name in enumerate(clusters)],
        "hosts": [
            _host(f"#{number}", host, [nic for nic in whole.host_nics if nic.host == host.name], around)
            for number, host in enumerate(hosts)
        ],
        "dvs": [
            {
                "name": switch.name,
                "mtu": switch.mtu,
                "health_check": switch.health_checked,
                "pnics": [uplink.device for uplink in hosts[0].uplinks],
                "portgroups": [_group(f"DC0_DVPG{n}", group) for n, group in enumerate(around.groups or ())],
                "ports": [_port(port, whole) for port in around.ports or ()],
            }
            for switch in around.switches or ()
        ],
        "vms": [
            _vm(f"DC0_C{row}_RP0_VM{number}", vm, prefixes)
            for row, cluster in enumerate(clusters)
            for number, vm in enumerate(vms[cluster])
        ],
        "events": [_event(event) for event in around.events or ()],
    }


def _host(name: str, host: Host, nics: list[HostNic], around: Surroundings) -> dict[str, Any]:
    return {
        "name": name,
        "rename": host.name,
        "connection_state": host.connection,
        "pnics": [
            {
                "device": uplink.device,
                "mac": uplink.mac,
                "driver": uplink.driver,
                "mbps": uplink.speed_mbps or 0,
                "down": not uplink.up,
            }
            for uplink in host.uplinks
        ]
        + ([{"device": "vmnic1", "remove": True}] if len(host.uplinks) == 1 else []),
        "vmks": [{"device": nic.device, "mac": nic.mac, "ip": str(ip)} for nic in nics for ip in nic.addresses],
        "vswitches": [{"name": "vSwitch0", "pnics": []}],
        "hints": [_hint(one) for one in around.neighbours or () if one.host == host.name],
    }


def _hint(heard: Neighbour) -> dict[str, Any]:
    return {"device": heard.device, "cdp": {"switch": heard.switch, "port": heard.port}}


def _group(name: str, group: Group) -> dict[str, Any]:
    return {
        "name": name,
        "rename": group.name,
        "vlan": group.vlan,
        "teaming": {"active": list(group.teaming.active), "policy": group.teaming.policy},
        "security": {
            "promiscuous": group.policy.promiscuous,
            "mac_changes": group.policy.mac_changes,
            "forged_transmits": group.policy.forged,
            "mac_learning": group.policy.learns,
        },
    }


def _port(port: Port, whole: Snapshot) -> dict[str, Any]:
    vm = next(one for one in whole.vms if one.id == port.vm)
    nic = next(one for one in vm.nics if one.label == port.label)
    return {
        "key": port.key,
        "portgroup": nic.network,
        "vm": vm.name,
        "nic_key": str(nic.key),
        "mac": port.mac,
        "link_up": port.link_up,
        "blocked": port.blocked,
        "vlan": port.vlans[0],
    }


def _vm(name: str, vm: Vm, prefixes: dict[str, str]) -> dict[str, Any]:
    return {
        "name": name,
        "rename": vm.name,
        "host": vm.host,
        "power": vm.power,
        "connection_state": vm.connection,
        "hostname": vm.name,
        "tools": vm.tools,
        "nics": [_nic(vm, nic, prefixes) for nic in vm.nics],
    }


def _nic(vm: Vm, nic: Nic, prefixes: dict[str, str]) -> dict[str, Any]:
    reported = next((row for row in vm.guest_nics if row.device_key == nic.key), None)
    length = prefixes[str(nic.network)]
    return {
        "mac": nic.mac,
        "guest_mac": reported.mac if reported else None,
        "portgroup": nic.network,
        "port_key": port_key(vm.id, nic.key),
        "connected": nic.connected is True,
        "ips": [f"{address}/{length}" for address in (reported.addresses if reported else ())],
        "no_guest": reported is None,
    }


def _event(event: Happened) -> dict[str, Any]:
    return {
        "type": event.kind,
        "vm": event.vm,
        "host": event.host,
        "from_host": event.source,
        "at": event.at.isoformat(),
        "message": event.says,
    }

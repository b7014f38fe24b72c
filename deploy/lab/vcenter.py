"""What the lab's vCenter would say: the one place that turns the lab's state into vCenter facts."""

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from ipaddress import IPv4Address, ip_address
from typing import Any

from bot.model.addresses import Mac, parse_mac
from bot.probes.vcenter import GuestNic, HostNic, Nic, Query, Snapshot, Vm, dump, select
from bot.system import SystemClock
from deploy.lab.state import HostState, LabState, NicState, SegmentState, VmState

NAME = "dc1"
API_VERSION = "8.0.1.0"
_SWITCH = "DVS0"


def everything(state: LabState, *, read_at: datetime | None = None) -> dict[str, Any]:
    """The whole vCenter as the JSON of a snapshot: every VM, every host's uplink and VMkernel ports."""
    return _json(_inventory(state, read_at))


def snapshot(
    state: LabState,
    ips: Iterable[str | IPv4Address] = (),
    macs: Iterable[str | Mac] = (),
    names: Iterable[str] = (),
    *,
    read_at: datetime | None = None,
) -> dict[str, Any]:
    """What vCenter answers to this question, as the JSON of a snapshot; read now unless told otherwise."""
    wanted = Query(tuple(map(IPv4Address, ips)), tuple(map(parse_mac, macs)), tuple(names))
    return _json(select(_inventory(state, read_at), wanted))


def scenario(state: LabState) -> dict[str, Any]:
    """The same facts, and what a snapshot has no room for, as a scenario of the vCenter simulator.

    That is: the state of hosts, uplinks and distributed ports, and the events of moves. The simulator begins with
    machines of its own, which are renamed; it does not let a vNIC's connection be unknown.
    """
    hosts = sorted(state["hosts"], key=lambda host: (host["cluster"], host["name"]))
    clusters = sorted({host["cluster"] for host in hosts})
    vms: dict[str, list[VmState]] = defaultdict(list)
    for vm in state["vms"]:
        vms[vm["cluster"]].append(vm)
    segments = {segment["name"]: segment for segment in state["segments"]}
    lost = {host["name"] for host in hosts if not host["responding"]}
    return {
        "api_version": API_VERSION,
        "model": {
            "clusters": len(clusters),
            "hosts": len(hosts) // len(clusters),
            "vms": max(map(len, vms.values())),
            "portgroups": len(segments),
        },
        "clusters": [{"name": f"DC0_C{number}", "rename": name} for number, name in enumerate(clusters)],
        "hosts": [_simulated_host(f"#{number}", host) for number, host in enumerate(hosts)],
        "dvs": [
            {
                "name": _SWITCH,
                "portgroups": [
                    {"name": f"DC0_DVPG{number}", "rename": segment["portgroup"], "vlan": segment["vlan"]}
                    for number, segment in enumerate(state["segments"])
                ],
                "ports": [
                    _simulated_port(vm, nic, segments[vm["network"]])
                    for vm in state["vms"]
                    for nic in vm["nics"]
                    if vm["power"] == "poweredOn"
                ],
            }
        ],
        "vms": [
            _simulated_vm(f"DC0_C{row}_RP0_VM{number}", vm, segments[vm["network"]], lost)
            for row, cluster in enumerate(clusters)
            for number, vm in enumerate(vms[cluster])
        ],
        "events": [
            {"type": "VmMigratedEvent", "vm": move["vm"], "from_host": move["from_host"], "minutes_ago": 1}
            for move in state["moves"]
        ],
    }


def _inventory(state: LabState, read_at: datetime | None) -> Snapshot:
    segments = {segment["name"]: segment for segment in state["segments"]}
    responding = {host["name"] for host in state["hosts"] if host["responding"]}
    return Snapshot(
        format="ruleout.vcenter/1",
        vcenter=NAME,
        api_version=API_VERSION,
        read_at=read_at or SystemClock().now(),
        asked=Query(),
        complete=True,
        unread=(),
        vms=tuple(_vm(vm, segments[vm["network"]], vm["host"] in responding) for vm in state["vms"]),
        host_nics=tuple(
            HostNic(
                host["name"],
                nic["device"],
                parse_mac(nic["mac"]),
                (ip_address(nic["address"]),) if nic["address"] else (),
            )
            for host in state["hosts"]
            for nic in host["nics"]
        ),
    )


def _json(answer: Snapshot) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(dump(answer))
    return value


def _vm(vm: VmState, segment: SegmentState, host_responds: bool) -> Vm:
    on = vm["power"] == "poweredOn"
    return Vm(
        id=vm["id"],
        name=vm["name"],
        power=vm["power"],
        connection="connected" if host_responds else "disconnected",
        host=vm["host"],
        cluster=vm["cluster"],
        tools="guestToolsRunning" if on else "guestToolsNotRunning",
        hostname=vm["name"] if on else None,
        nics=tuple(
            Nic(
                nic["key"],
                nic["label"],
                parse_mac(nic["mac"]),
                nic["connected"],
                segment["portgroup"],
                segment["vlan"],
                "dvport",
            )
            for nic in vm["nics"]
        ),
        # Without Tools, vCenter forgets what they said: a VM that is off owns no address there.
        guest_nics=tuple(
            GuestNic(
                parse_mac(nic["guest_mac"]), tuple(map(ip_address, nic["addresses"])), nic["connected"], nic["key"]
            )
            for nic in vm["nics"]
            if on
        ),
    )


def _simulated_host(name: str, host: HostState) -> dict[str, Any]:
    return {
        "name": name,
        "rename": host["name"],
        "connection_state": "connected" if host["responding"] else "notResponding",
        "pnics": [
            {"device": nic["device"], "mac": nic["mac"], "down": not nic["link_up"]}
            for nic in host["nics"]
            if not nic["address"]
        ],
        "vmks": [
            {"device": nic["device"], "mac": nic["mac"], "ip": nic["address"]} for nic in host["nics"] if nic["address"]
        ],
    }


def _simulated_port(vm: VmState, nic: NicState, segment: SegmentState) -> dict[str, Any]:
    return {
        "key": _port_key(vm, nic),
        "portgroup": segment["portgroup"],
        "vm": vm["name"],
        "nic_key": str(nic["key"]),
        "mac": nic["guest_mac"],
        "link_up": nic["connected"] is True,
        "blocked": nic["blocked"],
        "vlan": segment["vlan"],
    }


def _port_key(vm: VmState, nic: NicState) -> str:
    return f"{vm['id'].removeprefix('vm-')}{nic['key']}"


def _simulated_vm(name: str, vm: VmState, segment: SegmentState, lost_hosts: set[str]) -> dict[str, Any]:
    on = vm["power"] == "poweredOn"
    length = segment["network"].partition("/")[2]
    return {
        "name": name,
        "rename": vm["name"],
        "host": vm["host"],
        "power": vm["power"],
        "connection_state": "disconnected" if vm["host"] in lost_hosts else "connected",
        "hostname": vm["name"],
        "tools": "guestToolsRunning" if on else "guestToolsNotRunning",
        "nics": [
            {
                "mac": nic["mac"],
                "guest_mac": nic["guest_mac"],
                "portgroup": segment["portgroup"],
                "port_key": _port_key(vm, nic),
                "connected": nic["connected"] is True,
                "ips": [f"{address}/{length}" for address in nic["addresses"]],
                "no_guest": not on,
            }
            for nic in vm["nics"]
        ],
    }

"""The lab's vCenter facts as a scenario of the simulator: those of a snapshot, and those that it has no room for."""

from collections import defaultdict
from typing import Any

from deploy.lab.state import HostState, LabState, NicState, SegmentState, VmState
from deploy.lab.vcenter import API_VERSION

_SWITCH = "DVS0"


def scenario(state: LabState) -> dict[str, Any]:
    """What tests/vcsim has to hold to be the lab's vCenter.

    Beside what ``deploy.lab.vcenter`` tells: the state of hosts, uplinks and distributed ports, and the events of
    moves. The simulator begins with machines of its own, which are renamed; it does not let a vNIC's connection be
    unknown.
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
                    {
                        "name": f"DC0_DVPG{number}",
                        "rename": segment["portgroup"],
                        "vlan": segment["vlan"],
                        "security": {
                            "mac_changes": segment["foreign_macs"],
                            "forged_transmits": segment["foreign_macs"],
                        },
                    }
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

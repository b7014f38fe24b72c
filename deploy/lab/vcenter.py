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
from deploy.lab.state import LabState, SegmentState, VmState

NAME = "dc1"
API_VERSION = "8.0.1.0"
_CLUSTERS = {"cluster-a": "DC0_C0", "cluster-b": "DC0_C1"}  # what the simulator calls its clusters


def everything(state: LabState, *, read_at: datetime | None = None) -> dict[str, Any]:
    """The whole vCenter as the JSON of a snapshot: every VM and every host's VMkernel port."""
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
    """The same facts as a scenario of the vCenter simulator.

    The simulator names clusters itself (DC0_C0 and DC0_C1), and does not let a vNIC's connection be unknown.
    """
    hosts = sorted(state["hosts"], key=lambda host: (host["cluster"], host["name"]))
    vms: dict[str, list[VmState]] = defaultdict(list)
    for vm in state["vms"]:
        vms[vm["cluster"]].append(vm)
    segments = {segment["name"]: segment for segment in state["segments"]}
    used = {vm["segment"] for vm in state["vms"]}
    return {
        "api_version": API_VERSION,
        "model": {
            "clusters": len(_CLUSTERS),
            "hosts": len(hosts) // len(_CLUSTERS),
            "vms": max(map(len, vms.values())),
            "portgroups": len(used),
        },
        "hosts": [{"name": f"#{number}", "rename": host["name"]} for number, host in enumerate(hosts)],
        "dvs": [
            {
                "name": "DVS0",
                "portgroups": [
                    {"name": f"DC0_DVPG{number}", "rename": segment["portgroup"], "vlan": segment["vlan"]}
                    for number, segment in enumerate(segments[name] for name in sorted(used))
                ],
            }
        ],
        "vms": [
            _simulated(f"{_CLUSTERS[cluster]}_RP0_VM{number}", vm, segments[vm["network"]])
            for cluster, members in sorted(vms.items())
            for number, vm in enumerate(members)
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
            HostNic(host["name"], "vmk0", parse_mac(host["vmk_mac"]), tuple(map(ip_address, host["vmk_addresses"])))
            for host in state["hosts"]
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


def _simulated(name: str, vm: VmState, segment: SegmentState) -> dict[str, Any]:
    on = vm["power"] == "poweredOn"
    length = segment["network"].partition("/")[2]
    return {
        "name": name,
        "rename": vm["name"],
        "host": vm["host"],
        "power": vm["power"],
        "hostname": vm["name"],
        "tools": "guestToolsRunning" if on else "guestToolsNotRunning",
        "nics": [
            {
                "mac": nic["mac"],
                "portgroup": segment["portgroup"],
                "port_key": f"{vm['id'].removeprefix('vm-')}{nic['key']}",
                "connected": nic["connected"] is True,
                "ips": [f"{address}/{length}" for address in nic["addresses"]],
                "no_guest": not on,
            }
            for nic in vm["nics"]
        ],
    }

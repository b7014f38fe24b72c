"""What the lab's vCenter would say: the lab's state as a snapshot, whole or what answers a question."""

import json
from collections.abc import Iterable
from datetime import datetime
from ipaddress import IPv4Address, ip_address
from typing import Any

from bot.model.addresses import Mac, parse_mac
from bot.probes.vcenter import GuestNic, HostNic, Nic, Query, Snapshot, Vm, dump, select
from bot.system import SystemClock
from deploy.lab.state import LabState, SegmentState, VmState
from deploy.lab.surroundings import surroundings

NAME = "dc1"
API_VERSION = "8.0.1.0"


def everything(state: LabState, *, read_at: datetime | None = None) -> dict[str, Any]:
    """The whole vCenter as the JSON of a snapshot: every VM and host, and what is around them."""
    return _json(inventory(state, read_at))


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
    return _json(select(inventory(state, read_at), wanted))


def inventory(state: LabState, read_at: datetime | None = None) -> Snapshot:
    """The whole vCenter: what it is played from, and what the simulator is told to be."""
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
        surroundings=surroundings(state),
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
                segment["foreign_macs"],
                nic["blocked"] if on else None,
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

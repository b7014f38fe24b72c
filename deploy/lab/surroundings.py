"""What is around the lab's VMs, as its vCenter would tell: hosts, ports, port groups and moves, as they are now.

What the lab has none of (alarms, counters, a health check) is not told and said not to be.
"""

from datetime import datetime, timedelta

from bot.model.addresses import parse_mac
from bot.model.vsphere import (
    Clocks,
    Gap,
    Group,
    Happened,
    Host,
    HostSwitch,
    Member,
    Neighbour,
    Policy,
    Port,
    Surroundings,
    Switch,
    Uplink,
    VmState,
)
from deploy.lab.state import HostState, LabState, NicState, SegmentState
from deploy.lab.state import VmState as LabVm

SWITCH = "DVS0"
MOVED_AGO = timedelta(minutes=1)
UPLINK_MBPS = 10_000
MTU = 1500
_PLAYED = "The lab plays this vCenter, and has no alarms, counters or tasks."
_GAPS = (
    *(Gap(family, _PLAYED) for family in ("alarms", "counters", "tasks")),
    Gap("health", f"The health check of {SWITCH} is off, so nothing is known of its results."),
)


def surroundings(state: LabState, read_at: datetime) -> Surroundings:
    """Around all VMs. Events are dated by ``read_at``."""
    segments = {segment["name"]: segment for segment in state["segments"]}
    used = sorted({vm["network"] for vm in state["vms"]})
    return Surroundings(
        clock=Clocks(ahead_ms=0, within_ms=1),
        vms=tuple(VmState(vm=vm["id"], name=vm["name"], heartbeat=_heartbeat(vm)) for vm in state["vms"]),
        hosts=tuple(map(_host, state["hosts"])),
        groups=tuple(_group(segments[name]) for name in used),
        ports=tuple(
            _port(vm, nic, segments[vm["network"]])
            for vm in state["vms"]
            for nic in vm["nics"]
            if vm["power"] == "poweredOn"
        ),
        switches=(
            Switch(
                name=SWITCH,
                mtu=MTU,
                health_checked=False,
                members=tuple(Member(host=host["name"], status="up") for host in state["hosts"]),
            ),
        ),
        events=tuple(
            Happened(
                at=read_at - MOVED_AGO,
                kind="VmMigratedEvent",
                says=f"{vm['name']} was moved from {move['from_host']} to {vm['host']}",
                vm=vm["name"],
                vm_id=vm["id"],
                host=vm["host"],
                source=move["from_host"],
            )
            for move in state["moves"]
            for vm in state["vms"]
            if vm["name"] == move["vm"]
        ),
        neighbours=tuple(
            Neighbour(host=host["name"], device=nic["device"], switch="switch", port=f"p-{host['name']}")
            for host in state["hosts"]
            for nic in host["nics"]
            if not nic["address"] and nic["link_up"]
        ),
        gaps=_GAPS,
    )


def port_key(vm: LabVm, nic: NicState) -> str:
    """The key of a vNIC's distributed port."""
    return f"{vm['id'].removeprefix('vm-')}{nic['key']}"


def _heartbeat(vm: LabVm) -> str:
    return "green" if vm["power"] == "poweredOn" else "gray"


def _host(host: HostState) -> Host:
    uplinks = tuple(
        Uplink(device=nic["device"], mac=parse_mac(nic["mac"]), speed_mbps=UPLINK_MBPS if nic["link_up"] else None)
        for nic in host["nics"]
        if not nic["address"]
    )
    devices = tuple(uplink.device for uplink in uplinks)
    names = tuple(f"Uplink {number}" for number in range(1, len(devices) + 1))
    return Host(
        id=f"host-{host['name']}",
        name=host["name"],
        cluster=host["cluster"],
        connection="connected" if host["responding"] else "notResponding",
        power="poweredOn",
        maintenance=False,
        status="green" if host["responding"] else "gray",
        uplinks=uplinks,
        switches=(HostSwitch(name=SWITCH, distributed=True, mtu=MTU, uplinks=devices, names=names),),
        groups=(),
    )


def _group(segment: SegmentState) -> Group:
    allowed = segment["foreign_macs"]
    return Group(
        name=segment["portgroup"],
        switch=SWITCH,
        vlan=segment["vlan"],
        policy=Policy(promiscuous=False, mac_changes=allowed, forged=allowed, learns=False),
    )


def _port(vm: LabVm, nic: NicState, segment: SegmentState) -> Port:
    return Port(
        vm=vm["id"],
        label=nic["label"],
        key=port_key(vm, nic),
        link_up=nic["connected"] is True,
        blocked=nic["blocked"],
        mac=parse_mac(nic["guest_mac"]),
        vlans=(segment["vlan"],),
        mtu=MTU,
    )

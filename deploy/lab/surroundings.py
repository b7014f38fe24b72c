"""What the lab's vCenter knows around its VMs: hosts, uplinks and their switch ports, virtual switch, ports, moves.

All of it is what the lab built and enforces. What the lab has no notion of is not told, and a gap says so: a vCenter
that is played never saw an alarm, which is not the same as that there was none.
"""

from collections.abc import Iterator
from datetime import datetime

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
    Teaming,
    Uplink,
    VmState,
)
from deploy.lab.state import HostState, LabState, MoveState, SegmentState
from deploy.lab.state import VmState as LabVm

SWITCH = "DVS0"
"""The virtual switches of all hosts are one distributed switch."""
DRIVER, SPEED_MBPS, MTU = "veth", 10_000, 1500
"""What the kernel says of a cable of the lab (drivers/net/veth.c; include/uapi/linux/if_ether.h)."""

_WITHOUT = "The lab plays this vCenter, without alarms, counters, tasks and heartbeats of VMware Tools."
_GAPS = (
    Gap("tools", _WITHOUT),
    Gap("alarms", _WITHOUT),
    Gap("counters", _WITHOUT),
    Gap("tasks", _WITHOUT),
    Gap("events", "Of all events it logs the moves of VMs alone."),
    Gap("health", f"The health check of {SWITCH} is off, so it says nothing about VLANs and MTU."),
)


def surroundings(state: LabState) -> Surroundings:
    """Everything there is, of every VM and host."""
    segments = {segment["name"]: segment for segment in state["segments"]}
    ids = {vm["name"]: vm["id"] for vm in state["vms"]}
    lost = [host["name"] for host in state["hosts"] if not host["responding"]]
    return Surroundings(
        clock=Clocks(ahead_ms=0, within_ms=0),  # the machine's own, which the worker reads too
        vms=tuple(VmState(vm=vm["id"], name=vm["name"]) for vm in state["vms"]),
        hosts=tuple(map(_host, state["hosts"])),
        groups=tuple(_group(segment, state["uplinks"]) for segment in state["segments"]),
        ports=tuple(port for vm in state["vms"] for port in _ports(vm, segments[vm["network"]])),
        switches=(_switch(state),),
        events=tuple(_move(move, ids[move["vm"]]) for move in state["moves"]),
        neighbours=tuple(one for host in state["hosts"] for one in _neighbours(host)),
        gaps=(
            *_GAPS,
            *(
                Gap("hosts", f"{name} is notResponding: its link is shown as the lab has it, not as it told.")
                for name in lost
            ),
        ),
    )


def port_key(vm: str, nic: int) -> str:
    """The key of the distributed port of a vNIC, by the VM's id and the vNIC's device key."""
    return f"{vm.removeprefix('vm-')}{nic}"


def _host(host: HostState) -> Host:
    uplinks = [nic for nic in host["nics"] if nic["switch"]]
    devices = tuple(nic["device"] for nic in uplinks)
    return Host(
        id=host["name"],
        name=host["name"],
        cluster=host["cluster"],
        connection="connected" if host["responding"] else "notResponding",
        power="poweredOn" if host["responding"] else None,
        maintenance=False,
        uplinks=tuple(
            Uplink(
                device=nic["device"],
                mac=parse_mac(nic["mac"]),
                driver=DRIVER,
                speed_mbps=SPEED_MBPS if nic["link_up"] else None,
            )
            for nic in uplinks
        ),
        switches=(HostSwitch(name=SWITCH, distributed=True, mtu=MTU, uplinks=devices, names=_names(len(devices))),),
        groups=(),
    )


def _names(uplinks: int) -> tuple[str, ...]:
    return tuple(f"Uplink {number}" for number in range(1, uplinks + 1))


def _group(segment: SegmentState, uplinks: int) -> Group:
    # A port of the lab's virtual switch hears what is for its vNIC's MAC and for everybody, and learns nothing. One
    # uplink leaves nothing to balance: how it would be done the lab does not say.
    foreign = segment["foreign_macs"]
    return Group(
        name=segment["portgroup"],
        switch=SWITCH,
        vlan=segment["vlan"],
        teaming=Teaming(active=_names(uplinks), policy="loadbalance_srcid" if uplinks > 1 else None),
        policy=Policy(promiscuous=False, mac_changes=foreign, forged=foreign, learns=False),
    )


def _ports(vm: LabVm, segment: SegmentState) -> Iterator[Port]:
    if vm["power"] != "poweredOn":
        return
    for nic in vm["nics"]:
        yield Port(
            vm=vm["id"],
            label=nic["label"],
            key=port_key(vm["id"], nic["key"]),
            link_up=nic["connected"],
            blocked=nic["blocked"],
            mac=parse_mac(nic["guest_mac"]),
            vlans=(segment["vlan"],),
            mtu=MTU,
            conflict=False,
        )


def _switch(state: LabState) -> Switch:
    members = (Member(host=host["name"], status="up" if host["responding"] else None) for host in state["hosts"])
    return Switch(name=SWITCH, mtu=MTU, health_checked=False, members=tuple(members))


def _move(move: MoveState, vm_id: str) -> Happened:
    return Happened(
        at=datetime.fromisoformat(move["at"]),
        kind="VmMigratedEvent",
        says=f"{move['vm']} was moved from {move['from_host']} to {move['to_host']}.",
        vm=move["vm"],
        vm_id=vm_id,
        host=move["to_host"],
        source=move["from_host"],
    )


def _neighbours(host: HostState) -> Iterator[Neighbour]:
    """The far end of each cable; a dead link says nothing, and of a lost host nothing is heard."""
    for nic in host["nics"]:
        if nic["switch"] and nic["link_up"] and host["responding"]:
            yield Neighbour(host=host["name"], device=nic["device"], switch=nic["switch"], port=nic["port"])

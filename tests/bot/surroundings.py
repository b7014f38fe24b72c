"""Stories of which vCenter knows the surroundings: one for each thing that it can show, beside a symptom or without."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from bot.model.vsphere import (
    Alarm,
    Counter,
    Gap,
    Group,
    Happened,
    Host,
    HostGroup,
    HostSwitch,
    Member,
    Neighbour,
    Policy,
    Port,
    Switch,
    Task,
    Teaming,
    Twin,
    Uplink,
    VmState,
)
from tests.bot.story import APP, APP_2ND, BEGIN, STRANGER, TARGET, Story, story, vantage

NAMES = ("esx1", "esx2", "esx3", "esx4")
NET = "esx.problem.net."


def uplink(device: str = "vmnic0", *, up: bool = True) -> Uplink:
    """A physical NIC with or without a link."""
    return Uplink(device=device, driver="nenic", speed_mbps=25_000 if up else None)


def group(vlan: int | None = 10, **more: Any) -> HostGroup:
    """The standard port group that the VM of a story is on."""
    return HostGroup(name="front", switch="vSwitch0", vlan=vlan, **more)


def host(
    name: str = "esx1",
    *,
    vlan: int | None = 10,
    down: tuple[str, ...] = (),
    mtu: int = 1500,
    groups: tuple[HostGroup, ...] | None = None,
    **more: Any,
) -> Host:
    """A host with two uplinks on a standard and on a distributed switch."""
    devices = ("vmnic0", "vmnic1")
    switches = (
        HostSwitch(name="vSwitch0", distributed=False, mtu=mtu, uplinks=devices, names=devices),
        HostSwitch(name="dvs1", distributed=True, mtu=mtu, uplinks=devices, names=("Uplink 1", "Uplink 2")),
    )
    told: dict[str, Any] = {"cluster": "odd", "connection": "connected", "power": "poweredOn", "maintenance": False}
    return Host(
        id=name,
        name=name,
        uplinks=tuple(uplink(device, up=device not in down) for device in devices),
        switches=switches,
        groups=(group(vlan),) if groups is None else groups,
        **{**told, **more},
    )


def cluster(*, first: Host | None = None, others: int = 3, **more: Any) -> tuple[Host, ...]:
    """The VM's host and others that are alike."""
    return (first or host(**more), *(host(name) for name in NAMES[1 : others + 1]))


def distributed(vlan: int | None = 10, **more: Any) -> tuple[Host, Group]:
    """The VM's host, and its port group on a distributed switch."""
    return host(groups=()), Group(name="front", switch="dvs1", vlan=vlan, **more)


def port(**more: Any) -> Port:
    """The distributed port of the first vNIC."""
    told: dict[str, Any] = {"link_up": True, "blocked": False, "mac": APP, "vlans": (10,)}
    return Port(vm="app05", label="Network adapter 1", key="101", **{**told, **more})


def event(kind: str, *, minutes_ago: float = 5, at: datetime | None = None, **more: Any) -> Happened:
    """Something that happened on the VM's host before the story began."""
    return Happened(at=at or BEGIN - timedelta(minutes=minutes_ago), kind=kind, says=kind, **{"host": "esx1", **more})


def move(source: str, to: str, at: datetime) -> Happened:
    """The VM went from one host to another."""
    return event("VmMigratedEvent", at=at, vm="app05", source=source, host=to)


def counted(name: str, total: int, *, on: str = "esx1", instance: str = "vmnic0", peak: int | None = None) -> Counter:
    """A counter over a quarter of an hour."""
    return Counter(on=on, name=name, instance=instance, samples=45, total=total, peak=total if peak is None else peak)


def well() -> Story:
    """One VM, one MAC, every echo back, and a vCenter that was asked."""
    return (
        story()
        .control()
        .asks(answers=[APP])
        .asks(probe=True, answers=[APP])
        .echoes()
        .vm("app05", [APP], addresses=[TARGET])
        .vcenter()
    )


def losing() -> Story:
    """The VM answers, and two of five echoes are lost."""
    return well().echoes(lost=(2, 4))


def silent() -> Story:
    """Nobody answers, the gateway does, and the VM is well in vCenter's eyes."""
    return story().control().asks(answers=[]).vm("app05", [APP], addresses=[TARGET]).vcenter()


def with_clean_surroundings() -> Story:
    """Everything was read, and nothing is wrong."""
    return silent().around(*cluster(), VmState(vm="app05", name="app05", heartbeat="green"))


def with_gaps() -> Story:
    """The health check is off, and the clock of vCenter runs far ahead."""
    off = Gap("health", "The health check of dvs1 is off, so it says nothing about VLANs and MTU.")
    return silent().around(*cluster(), gaps=[off], ahead_s=90.0)


def host_in_maintenance() -> Story:
    """The VM runs on a host in maintenance."""
    return silent().around(host(maintenance=True))


def switch_out_of_step() -> Story:
    """The host's part of the distributed switch is out of step."""
    dvs = Switch(name="dvs1", members=(Member(host="esx1", status="outOfSync", detail="port group missing"),))
    return silent().around(*distributed(), dvs)


def host_says() -> Story:
    """The host lost a network, an uplink of another, a path to its storage, and an address of its own."""
    kinds = (
        f"{NET}dvport.connectivity.lost", f"{NET}redundancy.lost", "esx.problem.storage.redundancy.lost",
        f"{NET}vmknic.ip.duplicate", "AlarmStatusChangedEvent",
    )  # fmt: skip
    return silent().around(host(), *(event(kind) for kind in kinds))


def counts() -> Story:
    """The VM cannot send, frames of unknown protocols come, and the overlay does not know whom it is asked for."""
    told = {"net.droppedTx.summation": 90, "net.packetsTx.summation": 900, "net.unknownProtos.summation": 7}
    mine = [counted(name, total, on="app05", instance="4000") for name, total in told.items()]
    return losing().around(host(), *mine, counted("net.throughput.vds.arpTimeout.average", 5, instance="5001"))


def told_to_change() -> Story:
    """Somebody had the VM reconfigured, and it is on its way to another host."""
    ran = Task(at=BEGIN - timedelta(minutes=4), kind="VirtualMachine.reconfigure", on="app05", vm="app05", by="ana")
    leaving = event("VmBeingHotMigratedEvent", vm="app05", to="esx2")
    return losing().around(host(), ran, leaving)


def twins() -> Story:
    """Nobody asked for the MAC, and another VM that is on has it."""
    state = VmState(vm="app05", name="app05", twins=(Twin(APP, "vm-9", "clone05"),))
    return losing().around(host(), state)


def address_on_both_vnics() -> Story:
    """VMware Tools report the address on both vNICs of one VM."""
    both = [APP, APP_2ND]
    return losing().vm("app05", both, addresses=[TARGET]).vm("app05", both, addresses=[TARGET], inside=APP_2ND)


def switch_troubled() -> Story:
    """The host has no virtual port left."""
    return silent().around(host(), event(f"{NET}portset.port.full"))


def host_isolated() -> Story:
    """High availability found the host isolated."""
    return silent().around(host(), event("com.vmware.vc.HA.DasHostIsolatedEvent"))


def uplink_down() -> Story:
    """One of two uplinks has no link, and nobody knows why."""
    return silent().around(host(down=("vmnic1",)), event(f"{NET}vmnic.linkstate.down", device="vmnic1"))


def driver_failed() -> Story:
    """The driver of an uplink was reset, and there is no link since."""
    return silent().around(host(down=("vmnic1",)), event(f"{NET}vmnic.watchdog.reset", device="vmnic1"))


def driver_reset() -> Story:
    """The driver of an uplink was reset, and the link is back."""
    return losing().around(host(), event(f"{NET}vmnic.watchdog.reset", device="vmnic1"))


def links_of_many_hosts() -> Story:
    """Three hosts lost links at once."""
    lost = [event(f"{NET}vmnic.linkstate.down", host=name, device="vmnic1") for name in NAMES[:3]]
    return silent().around(*cluster(down=("vmnic1",)), *lost)


def uplink_flaps() -> Story:
    """An uplink flaps, and its port channel fails."""
    return losing().around(
        host(), event(f"{NET}vmnic.linkstate.flapping", device="vmnic0"), event(f"{NET}lacp.peer.noresponse")
    )


def bad_cable() -> Story:
    """An uplink receives broken frames, and drops others."""
    counts = {"net.errorsRx.summation": 77, "net.droppedRx.summation": 90, "net.packetsRx.summation": 9000}
    return losing().around(host(), *(counted(name, count) for name, count in counts.items()))


def flooded_uplink() -> Story:
    """An uplink is flooded with broadcasts."""
    return losing().around(host(), counted("net.broadcastRx.summation", 900_000, peak=100_000))


def port_link_down() -> Story:
    """The port has no link under a vNIC that is plugged in."""
    return silent().around(*distributed(), port(link_up=False))


def port_with_other_mac() -> Story:
    """The port uses another MAC than the vNIC's, and conflicts."""
    return silent().around(*distributed(), port(mac=STRANGER, conflict=True))


def counting_port() -> Story:
    """Between two looks the port dropped packets, was flooded, and got nothing from the uplinks."""
    told = losing().around(*distributed(), port(dropped=3, broadcasts=5, from_uplink=900, to_uplink=100)).waits(30)
    return told.around(*distributed(), port(dropped=12, broadcasts=60_005, from_uplink=900, to_uplink=4100))


def past_the_switch() -> Story:
    """The vNIC is SR-IOV."""
    return silent().around(*distributed(), VmState(vm="app05", name="app05", passthrough=("Network adapter 1",)))


def vlan_drifts() -> Story:
    """The port group has another VLAN on the VM's host than on three others."""
    return silent().around(*cluster(vlan=11))


def vlan_overridden() -> Story:
    """The port has a VLAN of its own."""
    return silent().around(*distributed(), port(vlans=(99,)))


def does_not_notify() -> Story:
    """The port group does not notify, and the loss heals after each of two moves."""
    told = well().echoes().waits(60)
    gone = []
    for source, to in (("esx2", "esx3"), ("esx3", "esx1")):
        gone.append(move(source, to, told.now))
        told = look(look(told.waits(20), "first", lost=(1, 2, 3)).waits(400), "later").waits(60)
    silent_group = group(teaming=Teaming(policy="loadbalance_srcid", notifies=False))
    return told.around(host(groups=(silent_group,)), *gone)


def look(told: Story, name: str, lost: tuple[int, ...] = ()) -> Story:
    """Another check of the same vantage, with a control and echoes of its own."""
    place = vantage(f"{name}-{told.frame}")
    return told.at(place).control().asks(1, answers=[APP]).echoes(lost=lost)


def teaming_unlike() -> Story:
    """The health check says that the switch has no port channel for the IP hash."""
    dvs = Switch(
        name="dvs1", health_checked=True, members=(Member(host="esx1", status="up", teaming="iphashMismatch"),)
    )
    here, own = distributed(teaming=Teaming(policy="loadbalance_ip", notifies=True))
    return losing().around(here, own, dvs)


def beacon_probing() -> Story:
    """Beacon probing over two uplinks."""
    return losing().around(host(groups=(group(teaming=Teaming(policy="loadbalance_srcid", beacon=True)),)))


def learning_group() -> Story:
    """The port group learns MACs and shows everything."""
    return silent().around(*distributed(policy=Policy(promiscuous=True, learns=True), overlay=True))


def mtu_differs() -> Story:
    """The switch has another MTU on the VM's host, and an uplink refused it."""
    return losing().around(*cluster(mtu=9000), event(f"{NET}uplink.mtu.failed"))


def untrunked() -> Story:
    """The physical switch does not carry the VM's VLAN, and takes no large frames."""
    member = Member(host="esx1", status="up", untrunked=(10, 20), mtu_mismatch=True)
    return silent().around(*distributed(), Switch(name="dvs1", mtu=9000, health_checked=True, members=(member,)))


def neighbours() -> Story:
    """CDP names the ports, and the VM's VLAN arrives at one of the two."""
    heard = [
        Neighbour(host="esx1", device=device, switch=f"fi-{side}", port="Eth1/7", seen_vlans=vlans)
        for device, side, vlans in (("vmnic0", "a", (10, 20)), ("vmnic1", "b", (20,)))
    ]
    return losing().around(host(), *heard)


def alarmed() -> Story:
    """An alarm about uplinks, and one about the CPU."""
    raised = [
        Alarm(name="Network uplink redundancy lost", on="esx1", status="red", at=BEGIN),
        Alarm(name="Virtual Machine CPU Usage", on="app05", status="yellow", at=BEGIN, acknowledged=True),
    ]
    return silent().around(host(), *raised)


def mac_conflict() -> Story:
    """Two running VMs have one MAC, and vCenter logged the conflict and the change before it."""
    told = losing().vm("clone05", [APP]).around(host())
    logged = [event("VmMacConflictEvent", vm="app05", other="clone05"), event("VmMacChangedEvent", vm="app05")]
    return told.around(host(), VmState(vm="app05", name="app05", manual_macs=("Network adapter 1",)), *logged)


def guest_crashed() -> Story:
    """The guest crashed, and its heartbeat is gone."""
    state = VmState(vm="app05", name="app05", heartbeat="red", duplicates=(str(TARGET),))
    return silent().around(host(), state, event("VmGuestOSCrashedEvent", vm="app05"))


def guest_floods() -> Story:
    """The VM floods its segment."""
    return losing().around(host(), counted("net.broadcastTx.summation", 400_000, on="app05", peak=90_000))


def guest_drops() -> Story:
    """The guest does not take what it gets."""
    counts = {"net.droppedRx.summation": 917, "net.packetsRx.summation": 4000}
    return losing().around(host(), *(counted(name, n, on="app05", instance="4000") for name, n in counts.items()))


def starved() -> Story:
    """The VM waits for its CPU, and its guest does not take what it gets."""
    ready = counted("cpu.ready.summation", 45 * 5000, on="app05", instance="0")
    stopped = counted("cpu.costop.summation", 45 * 5000, on="app05", instance="0")
    counts = {"net.droppedRx.summation": 917, "net.packetsRx.summation": 4000}
    dropped = (counted(name, n, on="app05", instance="4000") for name, n in counts.items())
    return losing().around(host(), ready, stopped, *dropped)


def storage_lost() -> Story:
    """The host lost all paths to a datastore."""
    return losing().around(host(), event("esx.problem.storage.apd.start"))


def reconfigured() -> Story:
    """Somebody changed the VM minutes ago."""
    return silent().around(host(), event("VmReconfiguredEvent", vm="app05", by="ana"))


def lost_everywhere() -> Story:
    """Packets are lost on three hosts one after the other, and other MACs claim the address since the last move."""
    told = well().waits(60)
    gone = []
    told = look(told, "one", lost=(2,)).waits(60)
    for source, to in (("esx2", "esx3"), ("esx3", "esx1")):
        gone.append(move(source, to, told.now))
        told = look(told.waits(60), "next", lost=(1, 3)).waits(60)
    return told.announces(STRANGER).around(host(), *gone)


def lost_on_one_host() -> Story:
    """Packets are lost on one host, and on none of the two others."""
    told = look(well().waits(60), "one").waits(60)
    gone = [move("esx2", "esx3", told.now)]
    told = look(told.waits(60), "two").waits(60)
    gone.append(move("esx3", "esx1", told.now))
    return look(told.waits(60), "three", lost=(1, 3, 5)).around(host(), *gone)


ALL: tuple[Callable[[], Story], ...] = (
    with_clean_surroundings, with_gaps, host_in_maintenance, switch_out_of_step, switch_troubled, host_isolated,
    uplink_down, driver_failed, driver_reset, links_of_many_hosts, uplink_flaps,
    bad_cable, flooded_uplink, port_link_down,
    port_with_other_mac, counting_port, past_the_switch, vlan_drifts, vlan_overridden, does_not_notify, teaming_unlike,
    beacon_probing, learning_group, mtu_differs, untrunked, neighbours, alarmed, mac_conflict, guest_crashed,
    guest_drops, guest_floods, starved, storage_lost, reconfigured, lost_everywhere, lost_on_one_host,
    host_says, counts, told_to_change, twins, address_on_both_vnics,
)  # fmt: skip

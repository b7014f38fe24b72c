"""Every fact of the catalogue, from a vCenter through the real client to what is found: that fact, and no other.

The scenario ``facts.json`` is a cluster in which all is well; each fragment breaks one thing in it.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from ipaddress import IPv4Address
from typing import Any

import pytest

from bot import findings
from bot.model.finding import Evidence, Finding, Standing
from bot.probes.vcenter import read
from tests.bot.agents.vcenter.conftest import MakeWorker, artifact_of, job, run
from tests.fixtures.vcsim import StartHere

pytestmark = pytest.mark.vcsim

NET = "esx.problem.net."
DISTRIBUTED, STANDARD = IPv4Address("10.0.0.5"), IPv4Address("10.0.0.6")
MACS = ("00:50:56:aa:01:01", "00:50:56:aa:02:01")
Found = dict[str, Finding]
Look = Callable[..., Found]


@pytest.fixture
def look(vcsim: StartHere, worker: MakeWorker) -> Look:
    """Break something in the cluster, and say what is found of an address."""
    looking = worker(vcsim("facts.json"), index_s=0.0)

    def found(target: IPv4Address, **fragment: Any) -> Found:
        looking.vcenter.apply(**fragment)
        data = run(looking.ability, job(str(target), macs=MACS))
        evidence = Evidence(target, read(artifact_of(data), data))
        return {one.id: one for one in findings.establish(evidence)}

    return found


def event(kind: str, **more: Any) -> dict[str, Any]:
    return {"events": [{"type": kind, "minutes_ago": 5, **more}]}


def logged(id_: str, host: str = "esx-1", **more: Any) -> dict[str, Any]:
    return event("EventEx", event_type_id=id_, host=host, **more)


def on_host(name: str = "esx-1", **more: Any) -> dict[str, Any]:
    return {"hosts": [{"name": name, **more}]}


def group(**more: Any) -> dict[str, Any]:
    return {"dvs": [{"name": "DVS0", "portgroups": [{"name": "prod-10", "vlan": 10, **more}]}]}


def port(**more: Any) -> dict[str, Any]:
    told = {"key": "700", "portgroup": "prod-10", "vm": "app01", "nic_key": "4000", "mac": MACS[0]}
    return {"dvs": [{"name": "DVS0", "ports": [{**told, "link_up": True, "vlan": 10, **more}]}]}


def health(**more: Any) -> dict[str, Any]:
    return {"dvs": [{"name": "DVS0", "health": [{"host": "esx-1", "status": "up", **more}]}]}


def perf(entity: str, kind: str, **counters: tuple[str, list[int]]) -> dict[str, Any]:
    return {
        "perf": [
            {"entity": entity, "kind": kind, "counter": name.replace("_", "."), "instance": instance, "values": values}
            for name, (instance, values) in counters.items()
        ]
    }


def several(*fragments: dict[str, Any]) -> dict[str, Any]:
    return {key: [one for each in fragments for one in each.get(key, [])] for each in fragments for key in each}


def nic(**more: Any) -> dict[str, Any]:
    told = {"mac": MACS[0], "portgroup": "prod-10", "port_key": "700", "ips": ["10.0.0.5/24"]}
    return {"vms": [{"name": "app01", "nics": [{**told, **more}]}]}


def bond(**more: Any) -> dict[str, Any]:
    told = {"mac": MACS[0], "portgroup": "prod-10", "port_key": "700", "ips": []}
    return {"vms": [{"name": "app01", "nics": [told], "extra_nets": [{"mac": MACS[0], **more}]}]}


def vm(name: str = "app01", **more: Any) -> dict[str, Any]:
    return {"vms": [{"name": name, **more}]}


def task(**more: Any) -> dict[str, Any]:
    told = {"entity": "app01", "description_id": "VirtualMachine.reconfigure", "state": "success", "minutes_ago": 4}
    return {"tasks": [{**told, **more}]}


def standard(name: str = "esx-1", vlan: int = 20, **more: Any) -> dict[str, Any]:
    return on_host(name, portgroups=[{"name": "std-20", "vlan": vlan, **more}])


D, S = DISTRIBUTED, STANDARD
FACTS = [
    # identity and the guest, from outside
    (D, vm("other", nics=[{"mac": MACS[0], "portgroup": "std-20"}]), "vcenter.mac.on_two_vms"),
    (D, event("VmMacConflictEvent", vm="app01", conflicted_vm="other", mac=MACS[0]), "vcenter.mac.conflict_logged"),
    (D, event("VmStaticMacConflictEvent", vm="app01", conflicted_vm="other"), "vcenter.mac.conflict_logged"),
    (D, event("VmMacChangedEvent", vm="app01"), "vcenter.mac.changed", "trigger.reconfigured"),
    (D, nic(ips=["10.0.0.5/24@duplicate"]), "vcenter.guest.found_its_address_taken"),
    (D, vm(heartbeat="red"), "vcenter.guest.heartbeat_lost"),
    (D, event("VmGuestOSCrashedEvent", vm="app01", minutes_ago=0), "vcenter.guest.crashed"),
    (D, bond(ips=["10.0.0.5/24"]), "guest.bond_row"),
    (D, {"vms": [{"name": "app01", "nics": [
        {"mac": mac, "portgroup": "prod-10", "port_key": key, "ips": ["10.0.0.5/24"]}
        for mac, key in ((MACS[0], "700"), ("00:50:56:aa:01:11", ""))]}]}, "guest.address_on_two_macs"),
    (D, several(nic(guest_mac="00:50:56:aa:01:99"), group(security={"forged_transmits": True, "mac_changes": True})),
     "guest.mac_differs_from_vnic"),
    (D, several(nic(guest_mac="00:50:56:aa:01:99"), group(security={"forged_transmits": True, "mac_changes": False})),
     "guest.mac_differs_from_vnic", "vcenter.rejects_guest_mac"),
    (S, several({"vms": [{"name": "app02", "nics": [
        {"mac": MACS[1], "portgroup": "std-20", "ips": ["10.0.0.6/24"], "guest_mac": "00:50:56:aa:02:99"}]}]},
        standard(security={"forged_transmits": False})),
     "guest.mac_differs_from_vnic", "vcenter.rejects_guest_mac"),
    (D, vm(power="poweredOff", last_ip="10.0.0.5"), "vcenter.vm_powered_off"),
    (D, vm(connection_state="disconnected"), "vcenter.host_not_responding"),
    # the vNIC and its port
    (D, nic(connected=False), "vcenter.vnic_disconnected"),
    (D, port(blocked=True), "vcenter.port_blocked"),
    (D, port(link_up=False), "vcenter.port_link_down"),
    (D, port(mac="00:50:56:aa:01:99"), "vcenter.port.mac_differs"),
    (D, port(conflict=True), "vcenter.port.conflicts"),
    (D, nic(sriov=True), "vcenter.port.bypassed"),
    (D, port(vlan=99), "vcenter.group.vlan_overridden"),
    (D, nic(opaque_network="nsx-10"), "vcenter.group.is_overlay"),
    # the host
    (D, on_host(connection_state="notResponding"), "vcenter.host.not_fit"),
    (D, on_host(maintenance=True), "vcenter.host.not_fit"),
    (D, on_host(power_state="standBy"), "vcenter.host.not_fit"),
    (D, health(status="outOfSync"), "vcenter.host.switch_out_of_step"),
    *((D, logged(f"{NET}{what}"), "vcenter.host.switch_troubled") for what in (
        "portset.port.full", "heap.belowthreshold", "proxyswitch.port.unavailable", "teaming.policy.invalid.uplink",
    )),
    *((D, logged(f"com.vmware.vc.HA.{what}"), "vcenter.host.lost_its_network") for what in (
        "DasHostIsolatedEvent", "HostNetworkFailedEvent", "HostPartitionedFromMasterEvent",
        "DasHostCompleteNetworkFailureEvent",
    )),
    *((D, event(f"Host{what}Event", host="esx-1"), "vcenter.host.lost_its_network") for what in (
        "ConnectionLost", "Disconnected", "CnxFailed", "CnxFailedNetworkError", "CnxFailedNoConnection",
        "CnxFailedNotFound", "CnxFailedTimeout",
    )),
    (D, logged("com.vmware.vc.vcp.VmNetworkFailedEvent", vm="app01"), "vcenter.host.lost_its_network"),
    (D, logged(f"{NET}vmknic.ip.duplicate"), "vcenter.host.address_taken"),
    (D, logged("com.vmware.vc.host.HostIpConflictEvent"), "vcenter.host.address_taken"),
    (D, event("DuplicateIpDetectedEvent", host="esx-1"), "vcenter.host.address_taken"),
    # its uplinks
    (S, on_host(pnics=[{"device": "vmnic2", "down": True}]), "vcenter.uplink.down"),
    (S, several(on_host(pnics=[{"device": "vmnic2", "down": True}]), logged(
        f"{NET}vmnic.watchdog.reset", arguments={"1": "vmnic2"})),
     "vcenter.uplink.down", "vcenter.uplink.driver_failed"),
    (S, logged(f"{NET}vmnic.watchdog.reset", arguments={"1": "vmnic2"}), "vcenter.uplink.driver_reset"),
    (S, several(on_host(pnics=[{"device": "vmnic2", "down": True}]), *(
        logged(f"{NET}vmnic.linkstate.down", host, arguments={"1": "vmnic2"}) for host in ("esx-1", "esx-2"))),
     "vcenter.uplink.down", "vcenter.uplink.down_on_many_hosts"),
    *((D, logged(f"{NET}{what}"), "vcenter.uplink.connectivity_lost") for what in (
        "connectivity.lost", "dvport.connectivity.lost",
    )),
    *((D, logged(f"{NET}{what}", arguments={"1": "vmnic2"}), "vcenter.uplink.redundancy_lost") for what in (
        "redundancy.lost", "redundancy.degraded", "dvport.redundancy.lost", "dvport.redundancy.degraded",
    )),
    (S, logged(f"{NET}vmnic.linkstate.flapping", message="Taking down physical NIC vmnic2"), "vcenter.uplink.flaps"),
    (S, several(*(logged(f"{NET}vmnic.linkstate.down", arguments={"1": "vmnic2"}) for _ in range(3))),
     "vcenter.uplink.flaps"),
    *((S, logged(f"{NET}lacp.{what}"), "vcenter.uplink.lacp_fails") for what in (
        "peer.noresponse", "uplink.blocked", "uplink.transition.down", "policy.incompatible", "uplink.disconnected",
        "uplink.inactive", "uplink.fail.speed", "uplink.fail.duplex",
    )),
    (S, logged("com.vmware.vc.dvs.LacpConfigInconsistentEvent"), "vcenter.uplink.lacp_fails"),
    (S, perf("esx-1", "host", net_errorsRx_summation=("vmnic2", [0, 77]), net_packetsRx_summation=("vmnic2", [900])),
     "vcenter.uplink.receive_errors"),
    (S, perf("esx-1", "host", net_droppedRx_summation=("vmnic2", [0, 77]), net_packetsRx_summation=("vmnic2", [900])),
     "vcenter.uplink.drops"),
    (S, perf("esx-1", "host", net_broadcastRx_summation=("vmnic2", [50, 100_000, 50])), "vcenter.uplink.flooded"),
    # port groups: VLAN drift, teaming, security, MTU
    (S, standard(vlan=21), "vcenter.group.vlan_drifts", "vcenter.group.vlan_differs_somewhere"),
    (S, standard("esx-3", vlan=21), "vcenter.group.vlan_differs_somewhere"),
    (S, standard("esx-3", remove=True), "vcenter.group.vlan_differs_somewhere"),
    (S, standard(teaming={"notify_switches": False}), "vcenter.teaming.does_not_notify"),
    (D, group(teaming={"notify_switches": False}), "vcenter.teaming.does_not_notify"),
    (S, standard(teaming={"policy": "loadbalance_ip"}), "vcenter.teaming.by_ip_hash"),
    (D, group(teaming={"policy": "loadbalance_ip"}), "vcenter.teaming.by_ip_hash"),
    (S, standard(teaming={"check_beacon": True}), "vcenter.teaming.beacon_with_few_uplinks"),
    (D, group(teaming={"check_beacon": True}), "vcenter.teaming.beacon_with_few_uplinks"),
    (D, group(security={"mac_learning": True}), "vcenter.group.learns_macs"),
    (D, group(security={"promiscuous": True}), "vcenter.group.shows_everything"),
    (S, on_host(vswitches=[{"name": "vSwitch0", "mtu": 9000}]), "vcenter.mtu.differs_between_hosts"),
    (D, logged(f"{NET}uplink.mtu.failed"), "vcenter.mtu.refused_by_uplink"),
    (D, event("UplinkPortMtuNotSupportEvent", host="esx-1", dvs="DVS0"), "vcenter.mtu.refused_by_uplink"),
    (D, event("MtuMismatchEvent", host="esx-1", dvs="DVS0"), "vcenter.mtu.refused_by_uplink"),
    # health check, CDP, LLDP
    (D, health(untrunked_vlans=[10]), "vcenter.health.vlan_untrunked"),
    (D, health(mtu_mismatch=True), "vcenter.health.mtu_mismatch"),
    (D, health(teaming="iphashMismatch"), "vcenter.teaming.unlike_the_switch"),
    (S, on_host(hints=[{"device": "vmnic0", "cdp": {"switch": "fi-a", "port": "Eth1/7"}}]),
     "vcenter.neighbour.switch_ports"),
    (S, on_host(hints=[{"device": "vmnic0", "lldp": {"chassis_id": "aa:bb", "port_id": "7", "System Name": "n9k"}}]),
     "vcenter.neighbour.switch_ports"),
    (S, on_host(hints=[{"device": "vmnic0", "subnets": [{"subnet": "10.0.0.1-10.0.0.254", "vlan": 20}]},
                       {"device": "vmnic2", "subnets": [{"subnet": "10.9.0.1-10.9.0.254", "vlan": 30}]}]),
     "vcenter.neighbour.vlan_unseen"),
    (S, standard(macs=["00:50:56:aa:02:99"]), "vcenter.port.mac_differs"),
    (D, group(logical_switch_uuid="0f-1"), "vcenter.group.is_overlay"),
    (D, nic(address_type="manual"), "vcenter.mac.set_by_hand"),
    (D, perf("app01", "vm", net_broadcastTx_summation=("4000", [50, 100_000, 50])), "vcenter.guest.floods"),
    # alarms
    (D, on_host(alarms=[{"name": "Network uplink redundancy lost", "status": "red", "minutes_ago": 3}]),
     "vcenter.alarm.on_network"),
    (D, {"dvs": [{"name": "DVS0", "alarms": [{"name": "VLAN trunked status", "status": "yellow"}]}]},
     "vcenter.alarm.on_network"),
    (D, vm(alarms=[{"name": "Virtual machine CPU usage", "status": "red"}]), "vcenter.alarm.other"),
    (D, {"clusters": [{"name": "odd", "alarms": [{"name": "Network redundancy of the cluster", "status": "red"}]}]},
     "vcenter.alarm.on_network"),
    (D, {"datastores": [{"name": "LocalDS_0", "alarms": [{"name": "Datastore usage on disk", "status": "yellow"}]}]},
     "vcenter.alarm.other"),
    *((D, event("AlarmStatusChangedEvent", message="Alarm 'Uplink redundancy' changed from Green to Red", **on),
       "vcenter.alarm.changed") for on in ({"host": "esx-1"}, {"vm": "app01"})),
    # counters of the VM, storage and CPU
    (D, perf("app01", "vm", net_droppedTx_summation=("4000", [0, 77]), net_packetsTx_summation=("4000", [900])),
     "vcenter.counted.not_sent"),
    (S, perf("esx-1", "host", net_errorsTx_summation=("vmnic2", [0, 77]), net_packetsTx_summation=("vmnic2", [900])),
     "vcenter.counted.not_sent"),
    (D, perf("app01", "vm", net_unknownProtos_summation=("4000", [7])), "vcenter.counted.unknown_protocols"),
    (S, perf("esx-1", "host", net_unknownProtos_summation=("vmnic2", [7])), "vcenter.counted.unknown_protocols"),
    *((D, several(group(logical_switch_uuid="0f-1"), perf("esx-1", "host", **{
        f"net_throughput_vds_{what}": ("5001", [7])})), "vcenter.group.is_overlay", "vcenter.counted.overlay_misses")
      for what in ("arpUnknown_summation", "arpTimeout_average", "macFlood_average")),
    (D, perf("app01", "vm", cpu_costop_summation=("0", [9000] * 45)), "vcenter.cpu.vm_costopped"),
    (D, perf("app01", "vm", net_droppedRx_summation=("4000", [0, 77]), net_packetsRx_summation=("4000", [900])),
     "vcenter.guest.drops_what_it_gets"),
    (D, perf("app01", "vm", cpu_ready_summation=("0", [9000] * 45)), "vcenter.cpu.vm_waits"),
    (D, vm(connection_state="inaccessible"), "vcenter.storage.stalled"),
    *((D, logged(f"esx.problem.{what}"), "vcenter.storage.stalled") for what in (
        "storage.apd.start", "storage.apd.timeout", "storage.connectivity.lost", "scsi.device.state.permanentloss",
        "scsi.device.io.latency.high", "vmfs.heartbeat.timedout", "vmfs.nfs.server.disconnect",
    )),
    (D, logged("com.vmware.vc.HA.VmcpStorageFailureDetectedForVm", vm="app01"), "vcenter.storage.stalled"),
    *((D, logged(f"esx.problem.storage.redundancy.{what}"), "vcenter.storage.redundancy_lost") for what in (
        "lost", "degraded",
    )),
    # moves and changes
    (D, event("VmMigratedEvent", vm="app01", from_host="esx-2", host="esx-1"), "trigger.vm_moved"),
    (D, event("DrsVmMigratedEvent", vm="app01", from_host="esx-2", host="esx-1"), "trigger.vm_moved"),
    (D, event("VmRelocatedEvent", vm="app01", from_host="esx-2", host="esx-1"), "trigger.vm_moved"),
    *((D, logged(f"com.vmware.vc.vm.{what}VmMigratedEvent", vm="app01"), "trigger.vm_moved") for what in (
        "Src", "Dst",
    )),
    *((D, event(f"VmBeing{what}MigratedEvent", vm="app01", to_host="esx-2"), "trigger.vm_moved") for what in (
        "", "Hot",
    )),
    *((D, event(kind, vm="app01", user="ana"), "trigger.reconfigured") for kind in (
        "VmReconfiguredEvent", "VmPoweredOnEvent", "VmPoweredOffEvent", "VmGuestRebootEvent", "VmResettingEvent",
        "VmConnectedEvent", "VmDisconnectedEvent", "VmMacAssignedEvent", "VmFailedMigrateEvent",
        "VmPoweringOnWithCustomizedDVPortEvent",
    )),
    *((D, event(kind, dvs="DVS0"), "trigger.reconfigured") for kind in (
        "DVPortgroupReconfiguredEvent", "DvsReconfiguredEvent", "DvsHostWentOutOfSyncEvent", "OutOfSyncDvsHost",
        "DvsHealthStatusChangeEvent", "UplinkPortVlanUntrunkedEvent", "UplinkPortVlanTrunkedEvent",
        "TeamingMisMatchEvent",
    )),
    *((D, event(f"DvsPort{what}Event", dvs="DVS0", port_key="700"), "trigger.reconfigured") for what in (
        "Blocked", "Unblocked", "LinkDown", "LinkUp", "Reconfigured",
    )),
    *((D, event(f"{what}Event", host="esx-1"), "trigger.reconfigured") for what in (
        "NetworkRollback", "EnteredMaintenanceMode",
    )),
]  # fmt: skip
SWITCHED_ON = {"trigger.reconfigured"}
"""The simulator switched its machines on a moment ago."""
STATES = {"vcenter.vm_normal", "owner.target_vm_known", "instrument.surroundings_read", "instrument.clocks_agree"}


def present(found: Found) -> set[str]:
    return {id_ for id_, one in found.items() if one.standing is Standing.PRESENT} - STATES


ROWS = [
    pytest.param(target, fragment, set(ids), id=f"{number} {ids[0]}")
    for number, (target, fragment, *ids) in enumerate(FACTS, 1)
]


@pytest.mark.parametrize(("target", "fragment", "ids"), ROWS)
def test_a_fact_is_found_and_no_other(look: Look, target: IPv4Address, fragment: dict[str, Any], ids: set[str]) -> None:
    """What a vCenter shows must be read as what it is; a finding that comes along by itself would count twice."""
    before = look(target)
    assert present(before) == SWITCHED_ON
    after = look(target, **fragment)
    assert present(after) | SWITCHED_ON == ids | SWITCHED_ON
    for id_ in ids:
        assert after[id_].witnesses
        assert after[id_].statement != before[id_].statement


NEVER_DENIED = {
    "vcenter.guest.found_its_address_taken",  # only Windows tells
    "vcenter.neighbour.vlan_unseen",  # nothing was seen at all
    "vcenter.neighbour.switch_ports",
    "vcenter.guest.drops_what_it_gets",  # nothing was counted
    "vcenter.guest.floods",
    "vcenter.cpu.vm_waits",
    "vcenter.cpu.vm_costopped",
    "vcenter.counted.not_sent",
    "vcenter.counted.unknown_protocols",
    "vcenter.counted.overlay_misses",
}
TWICE = {
    "vcenter.counted.port_drops_grow",
    "vcenter.counted.nothing_from_uplink",
    "vcenter.counted.port_flooded",
}
"""What needs two looks."""
OF_MOVES = {
    "vcenter.moves.loss_on_every_host",
    "vcenter.moves.loss_on_one_host",
    "vcenter.moves.loss_heals_after_each",
    "vcenter.moves.claims_changed",
}
OF_PORTS = {
    "vcenter.port_blocked",
    "vcenter.port_link_down",
    "vcenter.port.mac_differs",
    "vcenter.port.conflicts",
    "vcenter.group.vlan_overridden",
    "vcenter.group.learns_macs",
    "vcenter.host.switch_out_of_step",
    "vcenter.health.vlan_untrunked",
    "vcenter.health.mtu_mismatch",
    "vcenter.teaming.unlike_the_switch",
}
"""What only a distributed switch has."""


@pytest.mark.parametrize(("target", "silent"), [(DISTRIBUTED, set()), (STANDARD, OF_PORTS)])
def test_where_all_is_well_the_rest_is_said_to_be(look: Look, target: IPv4Address, silent: set[str]) -> None:
    """ABSENT is an answer too: it was looked at, and it is not so. What could not be told says so."""
    found = {id_: one for id_, one in look(target).items() if id_.startswith("vcenter.")}
    unknown = {id_ for id_, one in found.items() if one.standing is Standing.UNKNOWN}
    assert unknown - OF_MOVES - TWICE == (NEVER_DENIED | silent) & set(found)


@pytest.mark.parametrize(
    "fragment",
    [
        pytest.param(
            several(
                standard(teaming={"active": ["vmnic0"]}),
                on_host(pnics=[{"device": "vmnic2", "down": True}]),
            ),
            id="an uplink that the port group does not use is down",
        ),
        pytest.param(logged(f"{NET}vmnic.linkstate.down", "esx-3"), id="another host lost a link"),
        pytest.param(logged(f"{NET}vmnic.linkstate.flapping", minutes_ago=90), id="a flap of long ago"),
        pytest.param(
            perf("esx-1", "host", net_errorsRx_summation=("vmnic2", [1]), net_packetsRx_summation=("vmnic2", [9000])),
            id="a broken frame in thousands",
        ),
        pytest.param(
            several(logged(f"{NET}redundancy.lost"), logged("esx.clear.net.redundancy.restored", minutes_ago=2)),
            id="a second uplink that came back",
        ),
        pytest.param(
            several(
                logged(f"{NET}dvport.connectivity.lost"),
                logged("esx.clear.net.dvport.connectivity.restored", minutes_ago=2),
            ),
            id="a network that came back",
        ),
        pytest.param(
            several(
                logged("esx.problem.storage.redundancy.lost"),
                logged("esx.clear.storage.redundancy.restored", minutes_ago=2),
            ),
            id="a path to the storage that came back",
        ),
        pytest.param(event("HostCnxFailedNoLicenseEvent", host="esx-1"), id="a host without a licence"),
        pytest.param(event("AlarmStatusChangedEvent", host="esx-3", message="It is red"), id="another host's alarm"),
        pytest.param(task(entity="other"), id="a task on another VM"),
        pytest.param(task(entity="app02", minutes_ago=90), id="a task of long ago"),
        pytest.param(on_host("esx-3", maintenance=True), id="another host in maintenance"),
        pytest.param(vm("other", alarms=[{"name": "Network", "status": "red"}]), id="an alarm on another VM"),
        pytest.param(
            several(logged("esx.problem.storage.apd.start"), logged("esx.clear.storage.apd.exit", minutes_ago=2)),
            id="storage that came back",
        ),
        pytest.param(
            event("VmRelocatedEvent", vm="app02", from_host="esx-1", host="esx-1"), id="a move of the files alone"
        ),
    ],
)
def test_what_has_nothing_to_do_with_the_vm_is_not_found(look: Look, fragment: dict[str, Any]) -> None:
    """A cluster always has some link down somewhere."""
    assert present(look(STANDARD, **fragment)) == SWITCHED_ON


@pytest.mark.parametrize(
    ("fragment", "says"),
    [
        pytest.param(task(user="ana"), "VirtualMachine.reconfigure was run on VM app01 for ana at ", id="a person"),
        pytest.param(
            task(description_id="VirtualMachine.migrate", state="error", error="busy"), ", and failed (busy).",
            id="one that failed left no event of a change",
        ),
        pytest.param(task(state="running"), ", and is running.", id="one that goes on"),
        pytest.param(task(minutes_ago=90), None, id="one of long ago"),
        pytest.param(task(entity="other"), None, id="one on another VM"),
    ],
)  # fmt: skip
def test_the_history_of_tasks_says_who_had_the_vm_changed(
    vcsim: StartHere, worker: MakeWorker, fragment: dict[str, Any], says: str | None
) -> None:
    """Its event may be named after the vCenter's own service account, or be missing because the task failed."""
    looking = worker(vcsim("facts.json"))
    looking.ask(str(DISTRIBUTED))  # the ids of counters are read once
    looking.vcenter.apply(**fragment)
    data = run(looking.ability, job(str(DISTRIBUTED)))
    found = {one.id: one for one in findings.establish(Evidence(DISTRIBUTED, read(artifact_of(data), data)))}
    ran = found["trigger.task_ran"]
    assert ran.standing is (Standing.ABSENT if says is None else Standing.PRESENT)
    assert says is None or says in ran.statement
    assert bool(ran.witnesses)


@pytest.mark.parametrize(
    ("power", "mac", "standing"),
    [
        pytest.param("poweredOn", MACS[0], Standing.PRESENT, id="two are on"),
        pytest.param("poweredOff", MACS[0], Standing.ABSENT, id="the other is off"),
        pytest.param("poweredOn", "00:50:56:aa:03:01", Standing.ABSENT, id="another MAC"),
    ],
)
def test_a_mac_on_two_vms_is_found_though_nobody_asked_for_it(
    vcsim: StartHere, worker: MakeWorker, power: str, mac: str, standing: Standing
) -> None:
    """Only the address was asked for; the list of all VMs is there, and costs no call."""
    looking = worker(vcsim("facts.json"), index_s=0.0)
    looking.vcenter.apply(**vm("other", power=power, nics=[{"mac": mac, "portgroup": "std-20", "ips": []}]))
    data = run(looking.ability, job(str(DISTRIBUTED)))
    found = {one.id: one for one in findings.establish(Evidence(DISTRIBUTED, read(artifact_of(data), data)))}
    assert found["vcenter.mac.on_two_vms"].standing is standing
    assert ("VMs app01 and other have one MAC" in found["vcenter.mac.on_two_vms"].statement) is (
        standing is Standing.PRESENT
    )


def test_two_looks_tell_what_a_port_counted(vcsim: StartHere, worker: MakeWorker) -> None:
    """A counter that runs since last year says nothing; what it grew by since the last check does."""
    looking = worker(vcsim("facts.json"))
    told = []
    first = {"packetsInDropped": 3, "packetsOutBroadcast": 10, "bytesOutToPnic": 100}
    for number, counts in enumerate((first, {"packetsInDropped": 12, "packetsOutBroadcast": 60_010})):
        looking.vcenter.apply(**port(stats={"bytesOutToPnic": 4100, "bytesInFromPnic": 900, **counts}))
        data = run(looking.ability, job(str(DISTRIBUTED)))
        seen = read(artifact_of(data), data)
        told += [replace(one, seen_at=one.seen_at + timedelta(seconds=30 * number)) for one in seen]
    found = {one.id: one for one in findings.establish(Evidence(DISTRIBUTED, tuple(told)))}
    assert "9 packets were dropped in 30 s" in found["vcenter.counted.port_drops_grow"].statement
    assert "2000 broadcasts a second were counted for 30 s" in found["vcenter.counted.port_flooded"].statement
    assert "sent 4000 bytes to the uplinks and got none" in found["vcenter.counted.nothing_from_uplink"].statement

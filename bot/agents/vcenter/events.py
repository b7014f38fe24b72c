"""What happened: moves and changes of the VMs over a week, faults of their hosts and switches over a day."""

import re
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from heapq import nlargest
from itertools import islice
from typing import Any
from xml.etree.ElementTree import Element

from pyVmomi import vim

from bot.agents.vcenter.groups import text
from bot.agents.vcenter.properties import KIND, part, parts
from bot.agents.vcenter.raised import moment
from bot.agents.vcenter.stub import Stub
from bot.model.vsphere import Happened

VM_TIME, HOST_TIME = timedelta(days=7), timedelta(days=1)
MOST_ASKED = 1000
"""What one page of a vCenter's events holds at most."""
MOST_READ = 10_000
MOST_KEPT = 200
SAYS_CHARS = 300

_VMNIC = re.compile(r"\bvmnic\d{1,3}\b")

OF_VM = (
    "VmMigratedEvent",
    "DrsVmMigratedEvent",
    "VmRelocatedEvent",
    "VmFailedMigrateEvent",
    "com.vmware.vc.vm.SrcVmMigratedEvent",
    "com.vmware.vc.vm.DstVmMigratedEvent",
    "VmMacAssignedEvent",
    "VmMacChangedEvent",
    "VmMacConflictEvent",
    "VmStaticMacConflictEvent",
    "VmReconfiguredEvent",
    "VmPoweredOnEvent",
    "VmPoweredOffEvent",
    "VmGuestRebootEvent",
    "VmGuestOSCrashedEvent",
    "VmResettingEvent",
    "VmConnectedEvent",
    "VmDisconnectedEvent",
    "VmPoweringOnWithCustomizedDVPortEvent",
    "com.vmware.vc.vcp.VmNetworkFailedEvent",
    "com.vmware.vc.HA.VmcpStorageFailureDetectedForVm",
)
_NET = "esx.problem.net."
OF_HOSTS = (
    *(
        f"{_NET}{name}"
        for name in (
            "vmnic.linkstate.down",
            "vmnic.linkstate.flapping",
            "vmnic.watchdog.reset",
            "connectivity.lost",
            "redundancy.lost",
            "redundancy.degraded",
            "dvport.connectivity.lost",
            "dvport.redundancy.lost",
            "dvport.redundancy.degraded",
            "uplink.mtu.failed",
            "teaming.policy.invalid.uplink",
            "proxyswitch.port.unavailable",
            "portset.port.full",
            "heap.belowthreshold",
            "vmknic.ip.duplicate",
            "lacp.peer.noresponse",
            "lacp.policy.incompatible",
            "lacp.uplink.blocked",
            "lacp.uplink.disconnected",
            "lacp.uplink.fail.duplex",
            "lacp.uplink.fail.speed",
            "lacp.uplink.inactive",
            "lacp.uplink.transition.down",
        )
    ),
    "esx.clear.net.vmnic.linkstate.up",
    "esx.clear.net.connectivity.restored",
    "esx.clear.net.redundancy.restored",
    "esx.clear.net.dvport.connectivity.restored",
    "esx.clear.net.dvport.redundancy.restored",
    "com.vmware.vc.dvs.LacpConfigInconsistentEvent",
    "com.vmware.vc.host.HostIpConflictEvent",
    "DuplicateIpDetectedEvent",
    "HostConnectionLostEvent",
    "HostDisconnectedEvent",
    "EnteredMaintenanceModeEvent",
    "com.vmware.vc.HA.DasHostIsolatedEvent",
    "com.vmware.vc.HA.HostNetworkFailedEvent",
    "com.vmware.vc.HA.HostPartitionedFromMasterEvent",
    "com.vmware.vc.HA.DasHostCompleteNetworkFailureEvent",
    "esx.problem.storage.apd.start",
    "esx.problem.storage.apd.timeout",
    "esx.clear.storage.apd.exit",
    "esx.problem.storage.connectivity.lost",
    "esx.problem.storage.redundancy.lost",
    "esx.problem.storage.redundancy.degraded",
    "esx.problem.scsi.device.state.permanentloss",
    "esx.problem.scsi.device.io.latency.high",
    "esx.problem.vmfs.heartbeat.timedout",
    "esx.problem.vmfs.heartbeat.recovered",
    "esx.problem.vmfs.nfs.server.disconnect",
    "AlarmStatusChangedEvent",
)
OF_SWITCH = (
    "DvsPortBlockedEvent",
    "DvsPortUnblockedEvent",
    "DvsPortLinkDownEvent",
    "DvsPortLinkUpEvent",
    "DvsPortReconfiguredEvent",
    "DVPortgroupReconfiguredEvent",
    "DvsReconfiguredEvent",
    "DvsHostWentOutOfSyncEvent",
    "DvsHealthStatusChangeEvent",
    "UplinkPortVlanUntrunkedEvent",
    "UplinkPortVlanTrunkedEvent",
    "UplinkPortMtuNotSupportEvent",
    "MtuMismatchEvent",
    "TeamingMisMatchEvent",
    "NetworkRollbackEvent",
    "OutOfSyncDvsHost",
)


def read(
    stub: Stub, manager: str, entity: Any, kinds: Iterable[str], since: datetime, *, deep: bool = False
) -> tuple[tuple[Happened, ...], bool]:
    """The newest events of one object since then (by the vCenter's clock), oldest first, and whether that is all.

    ``deep``: of everything below it as well.
    """
    spec = vim.event.EventFilterSpec(
        entity=vim.event.EventFilterSpec.ByEntity(entity=entity, recursion="all" if deep else "self"),
        time=vim.event.EventFilterSpec.ByTime(beginTime=since),
        eventTypeId=list(kinds),
        maxCount=MOST_ASKED,
    )
    answer = stub.stream(vim.event.EventManager(manager, stub), "QueryEvents", spec, tags=("returnval",))
    with closing(answer):  # a server that sends without end is left in the middle
        newest = nlargest(MOST_KEPT + 1, _events(answer), key=lambda one: (one.at, one.kind, one.says))
    return tuple(reversed(newest[:MOST_KEPT])), len(newest) <= MOST_KEPT


def _events(answer: Iterator[Element]) -> Iterator[Happened]:
    for element in islice(answer, MOST_READ):
        event = _event(element)
        if event is not None:
            yield event


def _event(event: Element) -> Happened | None:
    at = moment(part(event, "createdTime"))
    kind = text(event, "eventTypeId") or event.get(KIND, "").rpartition(":")[2]
    if at is None or not kind:
        return None
    says = " ".join((part(event, "fullFormattedMessage") or "").split())[:SAYS_CHARS]
    told = [value.text or "" for value in parts(event, "arguments/value")]
    device = next((found[0] for one in (*told, says) if (found := _VMNIC.search(one))), None)
    return Happened(
        at=at,
        kind=kind,
        says=says,
        vm=text(event, "vm/name"),
        vm_id=text(event, "vm/vm"),
        host=text(event, "host/name"),
        source=text(event, "sourceHost/name"),
        switch=text(event, "dvs/name"),
        device=device,
        other=text(event, "conflictedVm/name"),
        port=text(event, "portKey"),
        by=text(event, "userName"),
    )

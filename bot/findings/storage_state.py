"""Does the VM stand still because its storage does? Pauses of a VM look like loss on the wire."""

from bot.findings.surrounding import Hit, answer, hosts_named, lately, seats
from bot.findings.wording import clock_text
from bot.model.finding import Evidence, Finding

STALLED = "vcenter.storage.stalled"

_BEGINS = {
    "esx.problem.storage.apd.start": "lost all paths to a datastore",
    "esx.problem.storage.apd.timeout": "gave a datastore up after losing all paths",
    "esx.problem.storage.connectivity.lost": "lost the connection to a datastore",
    "esx.problem.scsi.device.state.permanentloss": "lost a storage device for good",
    "esx.problem.scsi.device.io.latency.high": "waits long for a storage device",
    "esx.problem.vmfs.heartbeat.timedout": "lost the heartbeat of a datastore",
    "esx.problem.vmfs.nfs.server.disconnect": "lost an NFS server",
    "com.vmware.vc.HA.VmcpStorageFailureDetectedForVm": "lost the storage of a VM",
}
_ENDS = {"esx.clear.storage.apd.exit", "esx.problem.vmfs.heartbeat.recovered"}
_INACCESSIBLE = "inaccessible"


def find(evidence: Evidence) -> tuple[Finding, ...]:
    """Whether the VM's files cannot be reached, or its host lost storage in the last hour and did not get it back."""
    hits: list[Hit] = [
        (f"The files of VM {seat.vm.name} are inaccessible, says vCenter.", seat.vm)
        for seat in seats(evidence)
        if seat.vm.connection == _INACCESSIBLE
    ]
    recent = [one for one in lately(evidence) if one[1].host in hosts_named(evidence)]
    back = max((at for at, event, _ in recent if event.kind in _ENDS), default=None)
    hits += [
        (f"Host {event.host} {_BEGINS[event.kind]} at {clock_text(at)}.", seen)
        for at, event, seen in recent
        if event.kind in _BEGINS and (back is None or at > back)
    ]
    clear = f"The host of {evidence.target} lost no storage in the last hour."
    return (answer(evidence, STALLED, hits, clear, "events"),)

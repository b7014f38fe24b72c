"""Does the VM stand still because its storage does? Pauses of a VM look like loss on the wire."""

from bot.findings.surrounding import Hit, answer, hosts_named, lately, seats
from bot.findings.wording import clock_text
from bot.model.finding import Evidence, Finding

STALLED = "vcenter.storage.stalled"
FEWER_PATHS = "vcenter.storage.redundancy_lost"

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
_ENDS = {
    "esx.clear.storage.apd.exit",
    "esx.clear.storage.connectivity.restored",
    "esx.problem.vmfs.heartbeat.recovered",
}
_FEWER = {
    "esx.problem.storage.redundancy.lost": "has one path left to a datastore",
    "esx.problem.storage.redundancy.degraded": "lost a path to a datastore",
}
"""Nothing stands still as long as one path is left."""
_PATHS_BACK = "esx.clear.storage.redundancy.restored"
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
    whole = max((at for at, event, _ in recent if event.kind == _PATHS_BACK), default=None)
    hits += [
        (f"Host {event.host} {_BEGINS[event.kind]} at {clock_text(at)}.", seen)
        for at, event, seen in recent
        if event.kind in _BEGINS and (back is None or at > back)
    ]
    fewer: list[Hit] = [
        (f"Host {event.host} {_FEWER[event.kind]} at {clock_text(at)}.", seen)
        for at, event, seen in recent
        if event.kind in _FEWER and (whole is None or at > whole)
    ]
    target = evidence.target
    return (
        answer(evidence, STALLED, hits, f"The host of {target} lost no storage in the last hour.", "events"),
        answer(evidence, FEWER_PATHS, fewer, f"The host of {target} lost no path to its storage in the last hour.",
               "events"),
    )  # fmt: skip

"""What was changed about the VM, its host, port group or switch in the last hour, and by whom. A trigger at most."""

from datetime import datetime

from bot.findings.readings import things
from bot.findings.surrounding import LATELY, Hit, answer, hosts_named, lately, of_target, seats
from bot.findings.wording import clock_text
from bot.model.finding import Evidence, Finding
from bot.model.observation import SurroundingsRead
from bot.model.vsphere import Task

CHANGED = "trigger.reconfigured"
TASKS = "trigger.task_ran"

_VM = {
    "VmReconfiguredEvent": "was reconfigured",
    "VmPoweredOnEvent": "was switched on",
    "VmPoweredOffEvent": "was switched off",
    "VmGuestRebootEvent": "was restarted by its guest",
    "VmResettingEvent": "was reset",
    "VmConnectedEvent": "came back to vCenter",
    "VmDisconnectedEvent": "was lost to vCenter",
    "VmMacChangedEvent": "got another MAC",
    "VmMacAssignedEvent": "got a MAC",
    "VmFailedMigrateEvent": "was to be moved and was not",
    "VmPoweringOnWithCustomizedDVPortEvent": "was switched on with a port set by hand",
}
_HOST = {
    "EnteredMaintenanceModeEvent": "went into maintenance",
    "NetworkRollbackEvent": "took back a change of its network",
}
_SWITCH = {
    "DVPortgroupReconfiguredEvent": "A port group was reconfigured",
    "DvsReconfiguredEvent": "The switch was reconfigured",
    "DvsPortReconfiguredEvent": "A port was reconfigured",
    "DvsPortBlockedEvent": "A port was blocked",
    "DvsPortLinkDownEvent": "A port lost its link",
    "DvsHostWentOutOfSyncEvent": "A host fell out of step",
    "OutOfSyncDvsHost": "A host fell out of step",
    "DvsPortUnblockedEvent": "A port is no longer blocked",
    "DvsPortLinkUpEvent": "A port got its link back",
    "DvsHealthStatusChangeEvent": "The health check found something else than before",
    "UplinkPortVlanUntrunkedEvent": "An uplink was found without some VLANs",
    "UplinkPortVlanTrunkedEvent": "An uplink was found with all VLANs again",
    "TeamingMisMatchEvent": "An uplink was found with another teaming",
}


def find(evidence: Evidence) -> tuple[Finding, ...]:
    """Every change of the last hour as events tell it, and every task, with its time and who made it."""
    switches = {seat.group[0].switch for seat in seats(evidence) if seat.group}
    ports = {seat.port[0].key for seat in seats(evidence) if seat.port}
    hits: list[Hit] = []
    for at, event, seen in lately(evidence):
        by = f" by {event.by}" if event.by else ""
        if event.kind in _VM and of_target(evidence, event, seen):
            hits.append((f"VM {event.vm} {_VM[event.kind]}{by} at {clock_text(at)}.", seen))
        elif event.kind in _HOST and event.host in hosts_named(evidence):
            hits.append((f"Host {event.host} {_HOST[event.kind]}{by} at {clock_text(at)}.", seen))
        elif event.kind in _SWITCH and event.switch in switches and (not event.port or event.port in ports):
            hits.append((f"{_SWITCH[event.kind]} on {event.switch}{by} at {clock_text(at)}.", seen))
    clear = f"Nobody changed the VM of {evidence.target} or its switch in the last hour."
    return (
        answer(evidence, CHANGED, hits, clear, "events"),
        answer(evidence, TASKS, _tasks(evidence),
               f"vCenter was told to do nothing with the VM of {evidence.target} in the last hour.", "tasks"),
    )  # fmt: skip


def _tasks(evidence: Evidence) -> list[Hit]:
    """A task is who asked and for what, also where it failed and so left no event of a change."""
    mine = {seat.vm.vm for seat in seats(evidence)}
    read = {one.artifact: one for one in evidence.of(SurroundingsRead)}
    hits: list[tuple[datetime, Hit]] = []
    for task, seen in things(evidence, Task):
        look = read.get(seen.artifact)
        at = task.at - look.clock.ahead if look and look.clock else task.at
        if f"{seen.vcenter}/{task.vm}" not in mine or at < seen.seen_at - LATELY:
            continue
        ended = {"error": f", and failed{f' ({task.error})' if task.error else ''}", "success": ""}
        state = ended.get(task.state or "", f", and is {task.state}" if task.state else "")
        who = f" for {task.by}" if task.by else ""
        hits.append((at, (f"{task.kind} was run on VM {task.on}{who} at {clock_text(at)}{state}.", seen)))
    return [hit for _, hit in sorted(hits, key=lambda one: one[0], reverse=True)]

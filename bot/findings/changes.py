"""What somebody changed about the VM, its port group or its switch in the last hour. A trigger at most."""

from bot.findings.surrounding import Hit, answer, lately, of_target, seats
from bot.findings.wording import clock_text
from bot.model.finding import Evidence, Finding

CHANGED = "trigger.reconfigured"

_VM = {
    "VmReconfiguredEvent": "was reconfigured",
    "VmPoweredOnEvent": "was switched on",
    "VmPoweredOffEvent": "was switched off",
    "VmGuestRebootEvent": "was restarted by its guest",
    "VmResettingEvent": "was reset",
    "VmConnectedEvent": "came back to vCenter",
    "VmDisconnectedEvent": "was lost to vCenter",
    "VmMacChangedEvent": "got another MAC",
    "VmPoweringOnWithCustomizedDVPortEvent": "was switched on with a port set by hand",
}
_SWITCH = {
    "DVPortgroupReconfiguredEvent": "A port group was reconfigured",
    "DvsReconfiguredEvent": "The switch was reconfigured",
    "DvsPortReconfiguredEvent": "A port was reconfigured",
    "DvsPortBlockedEvent": "A port was blocked",
    "DvsPortLinkDownEvent": "A port lost its link",
    "DvsHostWentOutOfSyncEvent": "A host fell out of step",
    "OutOfSyncDvsHost": "A host fell out of step",
    "UplinkPortVlanUntrunkedEvent": "An uplink was found without some VLANs",
    "TeamingMisMatchEvent": "An uplink was found with another teaming",
    "NetworkRollbackEvent": "A change of the network was taken back",
}


def find(evidence: Evidence) -> tuple[Finding, ...]:
    """Every change of the last hour, with its time and who made it."""
    switches = {seat.group[0].switch for seat in seats(evidence) if seat.group}
    ports = {seat.port[0].key for seat in seats(evidence) if seat.port}
    hits: list[Hit] = []
    for at, event, seen in lately(evidence):
        by = f" by {event.by}" if event.by else ""
        if event.kind in _VM and of_target(evidence, event, seen):
            hits.append((f"VM {event.vm} {_VM[event.kind]}{by} at {clock_text(at)}.", seen))
        elif event.kind in _SWITCH and event.switch in switches and (not event.port or event.port in ports):
            hits.append((f"{_SWITCH[event.kind]} on {event.switch}{by} at {clock_text(at)}.", seen))
    clear = f"Nobody changed the VM of {evidence.target} or its switch in the last hour."
    return (answer(evidence, CHANGED, hits, clear, "events"),)

"""What vCenter sees of the guest from outside: heartbeat, crash, drops at its door, an address that it found taken.

Source of the drops: Broadcom KB 312565 (dropped during the handoff between the virtual switch and the guest driver).
"""

from bot.findings.counted import RECEIVED, SAMPLE_S, Counted, floods, minutes, shares
from bot.findings.readings import things
from bot.findings.surrounding import Hit, answer, lately, of_target, seats, vms_named
from bot.findings.wording import clock_text
from bot.model.finding import Evidence, Finding
from bot.model.vsphere import Counter, VmState

HEARTBEAT = "vcenter.guest.heartbeat_lost"
CRASHED = "vcenter.guest.crashed"
DROPS = "vcenter.guest.drops_what_it_gets"
TAKEN = "vcenter.guest.found_its_address_taken"
FLOODS = "vcenter.guest.floods"
STARVED = "vcenter.cpu.vm_waits"
STOPPED = "vcenter.cpu.vm_costopped"

DROPPED_SHARE, READY_SHARE = 0.01, 0.10
_DROPPED, _READY, _COSTOP = "net.droppedRx.summation", "cpu.ready.summation", "cpu.costop.summation"
_BROADCAST = "net.broadcastTx.summation"
_SAMPLE_MS = 1000 * SAMPLE_S
_ENDS = ("VmPoweredOnEvent", "VmResettingEvent", "VmGuestRebootEvent")


def find(evidence: Evidence) -> tuple[Finding, ...]:
    """The guest's heartbeat and crashes, what was dropped between switch and guest, and whether it gets its CPU."""
    target, vms = evidence.target, {seat.vm.vm for seat in seats(evidence)}
    states = [one for one in things(evidence, VmState) if f"{one[1].vcenter}/{one[0].vm}" in vms]
    counted = [one for one in things(evidence, Counter) if one[0].on in vms_named(evidence)]
    lost: list[Hit] = [
        (f"The guest of VM {state.name} sends no heartbeat, says vCenter.", seen)
        for state, seen in states
        if state.heartbeat == "red"
    ]
    taken: list[Hit] = [
        (f"The guest of VM {state.name} itself found that somebody else has {target}.", seen)
        for state, seen in states
        if str(target) in state.duplicates
    ]
    return (
        answer(evidence, HEARTBEAT, lost, f"The guest of {target} sends heartbeats.", "vms",
               known=bool(states) and all(state.heartbeat not in (None, "gray") for state, _ in states)),
        answer(evidence, CRASHED, _crashes(evidence), f"The guest of {target} did not crash in the last hour.",
               "events"),
        answer(evidence, DROPS, _drops(counted),
               f"Hardly a packet was dropped between the virtual switch and the guest of {target}.", "counters",
               known=any(one.name == RECEIVED for one, _ in counted)),
        answer(evidence, FLOODS, _floods(counted), f"The VM of {target} does not flood its segment.", "counters",
               known=any(one.name == _BROADCAST for one, _ in counted)),
        # Linux does not tell (open-vm-tools #694), so that nothing is reported proves nothing.
        answer(evidence, TAKEN, taken, "", "vms", known=False),
        answer(evidence, STARVED, _waits(counted, _READY, "waited {share:.0f} % of the time for"),
               f"The VM of {target} gets the CPU that it asks for.", "counters",
               known=any(one.name == _READY for one, _ in counted)),
        answer(evidence, STOPPED,
               _waits(counted, _COSTOP, "was stopped {share:.0f} % of the time until its others got theirs, on"),
               f"No CPU of the VM of {target} is held back for its others.", "counters",
               known=any(one.name == _COSTOP for one, _ in counted)),
    )  # fmt: skip


def _crashes(evidence: Evidence) -> list[Hit]:
    mine = [one for one in lately(evidence) if of_target(evidence, one[1], one[2])]
    again = max((at for at, event, _ in mine if event.kind in _ENDS), default=None)
    return [
        (f"The guest of VM {event.vm} crashed at {clock_text(at)}, and was not started since.", seen)
        for at, event, seen in mine
        if event.kind == "VmGuestOSCrashedEvent" and (again is None or at > again)
    ]


def _drops(counted: Counted) -> list[Hit]:
    return [
        (
            f"{one.total} packets were dropped between the virtual switch and the guest of VM {one.on} in "
            f"{minutes(one)} minutes, {percent:.0f} % of what came.",
            seen,
        )
        for one, seen, percent in shares(counted, _DROPPED, DROPPED_SHARE)
    ]


def _floods(counted: Counted) -> list[Hit]:
    return [
        (f"VM {one.on} sent up to {each_s} broadcasts a second.", seen)
        for one, seen, each_s in floods(counted, _BROADCAST)
    ]


def _waits(counted: Counted, name: str, how: str) -> list[Hit]:
    waited = [(one, seen) for one, seen in counted if one.name == name and one.instance]
    return [
        (f"VM {one.on} {how.format(share=100 * share)} CPU {one.instance} of its host.", seen)
        for one, seen in waited
        if (share := one.total / (one.samples * _SAMPLE_MS)) > READY_SHARE
    ]

"""Do two VMs have one MAC, by vCenter's list or by what it logged?"""

from bot.findings.owning import carriers, target_vms, vm_name
from bot.findings.surrounding import Hit, Seat, answer, by_seat, happened, of_target, seats, states_of
from bot.findings.wording import clock_text, listing
from bot.model.finding import Evidence, Finding
from bot.model.observation import NicFound, VcenterAnswered, VmFound

ON_TWO = "vcenter.mac.on_two_vms"
LOGGED = "vcenter.mac.conflict_logged"
CHANGED = "vcenter.mac.changed"
TYPED = "vcenter.mac.set_by_hand"

_CONFLICTS = ("VmMacConflictEvent", "VmStaticMacConflictEvent")


def find(evidence: Evidence) -> tuple[Finding, ...]:
    """Whether a MAC of the target is that of two running VMs, and what was logged about its MACs in the last week."""
    mine = [one for one in happened(evidence) if of_target(evidence, one[1], one[2])]
    conflicts: list[Hit] = [
        (f"vCenter logged at {clock_text(at)} that VM {event.vm} and VM {event.other or 'another'} have one MAC.", seen)
        for at, event, seen in mine
        if event.kind in _CONFLICTS
    ]
    changed: list[Hit] = [
        (f"The MAC of a vNIC of VM {event.vm} was changed at {clock_text(at)}.", seen)
        for at, event, seen in mine
        if event.kind == "VmMacChangedEvent"
    ]
    target = evidence.target
    asked = {mac for answered in evidence.of(VcenterAnswered) for mac in answered.asked_macs}
    compared = all(any(state.twins is not None for state, _ in states_of(evidence, seat)) for seat in seats(evidence))
    known = compared or all(nic.mac in asked for nic in carriers(evidence, target_vms(evidence)))
    return (
        answer(evidence, ON_TWO, _twice(evidence), f"No MAC of {target} is that of two running VMs.", known=known),
        answer(evidence, LOGGED, conflicts, f"vCenter logged no MAC conflict of {target} in the last week.", "events"),
        answer(evidence, CHANGED, changed, f"No MAC of {target} was changed in the last week.", "events"),
        answer(evidence, TYPED, by_seat(evidence, lambda seat: _typed(evidence, seat)),
               f"vCenter gave {target} its MAC.", "vms"),
    )  # fmt: skip


def _typed(evidence: Evidence, seat: Seat) -> Hit | None:
    for state, seen in states_of(evidence, seat):
        if seat.nic.label in state.manual_macs:
            return f"Somebody typed in the MAC `{seat.nic.mac}` of {seat.nic.label} of VM {seat.vm.name}.", seen
    return None


def _twice(evidence: Evidence) -> list[Hit]:
    on = {vm.vm: vm.powered_on for vm in evidence.of(VmFound)}
    mine = {nic.mac for nic in carriers(evidence, target_vms(evidence))}
    found: list[Hit] = []
    for mac in sorted(mine):
        nics = [nic for nic in evidence.of(NicFound) if nic.mac == mac and on.get(nic.vm)]
        vms = sorted({nic.vm for nic in nics})
        if len(vms) > 1:
            says = f"VMs {listing(vm_name(evidence, vm) for vm in vms)} have one MAC, `{mac}`, and are on."
            found += [(says, nic) for nic in nics]
    return found or by_seat(evidence, lambda seat: _twin(evidence, seat))


def _twin(evidence: Evidence, seat: Seat) -> Hit | None:
    """From the vCenter's list of all VMs, also where nobody asked for the MAC."""
    for state, seen in states_of(evidence, seat):
        if names := sorted({one.name for one in state.twins or () if one.mac == seat.nic.mac}):
            return f"VMs {listing([seat.vm.name, *names])} have one MAC, `{seat.nic.mac}`, and are on.", seen
    return None

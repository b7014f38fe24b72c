"""What the VM's port group lets a guest do beside its own MAC: learn others, see everything. Facts, no faults."""

from collections.abc import Callable

from bot.findings.surrounding import Hit, Seat, answer, by_seat, seats, states_of
from bot.model.finding import Evidence, Finding
from bot.model.vsphere import Policy

LEARNS = "vcenter.group.learns_macs"
PROMISCUOUS = "vcenter.group.shows_everything"
OVERLAY = "vcenter.group.is_overlay"


def find(evidence: Evidence) -> tuple[Finding, ...]:
    """Whether the port group learns MACs as a physical switch does, and whether it lets a guest hear all frames."""
    target = evidence.target
    return (
        _policy(evidence, LEARNS, lambda policy: policy.learns, "learns the MACs behind a vNIC, as a physical switch",
                "learns no MACs"),
        _policy(evidence, PROMISCUOUS, lambda policy: policy.promiscuous, "lets a guest hear all of its frames",
                "shows a guest its own frames alone"),
        answer(evidence, OVERLAY, by_seat(evidence, lambda seat: _overlay(evidence, seat)),
               f"The port group of {target} is no overlay.",
               known=all(seat.group or seat.local for seat in seats(evidence))),
    )  # fmt: skip


def _overlay(evidence: Evidence, seat: Seat) -> Hit | None:
    for state, told in states_of(evidence, seat):
        if seat.nic.label in state.opaque:
            says = f"{seat.nic.label} of VM {seat.vm.name} is on a network of NSX, which may answer ARP itself."
            return says, told
    if seat.group is None or not seat.group[0].overlay:
        return None
    says = f"The port group {seat.group[0].name} of VM {seat.vm.name} is a segment of NSX, which may answer ARP itself."
    return says, seat.group[1]


def _policy(evidence: Evidence, id_: str, read: Callable[[Policy], bool | None], does: str, does_not: str) -> Finding:
    def hit(seat: Seat) -> Hit | None:
        group = seat.group or seat.local
        if group is None or not read(group[0].policy):
            return None
        return f"The port group {group[0].name} of VM {seat.vm.name} {does}.", group[1]

    groups = [seat.group or seat.local for seat in seats(evidence)]
    known = all(group and read(group[0].policy) is not None for group in groups)
    return answer(
        evidence, id_, by_seat(evidence, hit), f"The port group of {evidence.target} {does_not}.", known=known
    )

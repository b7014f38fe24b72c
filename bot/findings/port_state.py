"""The distributed port of the VM's vNIC: has it a link, which MAC is in use there, does the vNIC use it at all?"""

from bot.findings.surrounding import Hit, Seat, answer, by_seat, seats, states_of
from bot.model.finding import Evidence, Finding

LINK_DOWN = "vcenter.port_link_down"
MAC_DIFFERS = "vcenter.port.mac_differs"
CONFLICT = "vcenter.port.conflicts"
BYPASSED = "vcenter.port.bypassed"


def find(evidence: Evidence) -> tuple[Finding, ...]:
    """Whether the port is down under a plugged vNIC, carries another MAC, conflicts, or is bypassed (SR-IOV)."""
    target = evidence.target
    known = all(seat.port and seat.port[0].link_up is not None for seat in seats(evidence))
    with_mac = all(_mac_told(seat) for seat in seats(evidence))
    return (
        answer(evidence, LINK_DOWN, _every(evidence), f"The port of the vNIC that carries {target} has a link.",
               "ports", known=known),
        answer(evidence, MAC_DIFFERS, by_seat(evidence, _other_mac),
               f"The port of {target} uses the MAC of its vNIC.", known=with_mac),
        answer(evidence, CONFLICT, by_seat(evidence, _conflict), f"The port of {target} conflicts with no other.",
               "ports", known=known),
        answer(evidence, BYPASSED, by_seat(evidence, lambda seat: _bypassed(evidence, seat)),
               f"The vNIC of {target} is plugged into a virtual switch.", "vms"),
    )  # fmt: skip


def _every(evidence: Evidence) -> list[Hit]:
    """The ports without a link; none where some vNIC that may carry the target has one, as one leg of a bond."""
    down = by_seat(evidence, _link_down)
    return down if len(down) == len(seats(evidence)) else []


def _link_down(seat: Seat) -> Hit | None:
    if seat.port is None or seat.port[0].link_up is not False or not seat.nic.connected:
        return None
    says = f"{seat.nic.label} (`{seat.nic.mac}`) of VM {seat.vm.name} is plugged in, but port {seat.port[0].key} "
    return f"{says}of its distributed switch has no link.", seat.port[1]


def _mac_told(seat: Seat) -> bool:
    return bool((seat.port and seat.port[0].mac) or (seat.local and seat.local[0].macs))


def _other_mac(seat: Seat) -> Hit | None:
    if seat.local and seat.local[0].macs and seat.nic.connected and seat.nic.mac not in seat.local[0].macs:
        says = f"No port of {seat.local[0].name} on host {seat.vm.host} uses the MAC `{seat.nic.mac}` of "
        return f"{says}{seat.nic.label} of VM {seat.vm.name}, which is plugged in there.", seat.local[1]
    if seat.port is None or seat.port[0].mac in (None, seat.nic.mac):
        return None
    says = f"At the port of {seat.nic.label} of VM {seat.vm.name} the MAC `{seat.port[0].mac}` is in use, "
    return f"{says}and the vNIC has `{seat.nic.mac}`.", seat.port[1]


def _conflict(seat: Seat) -> Hit | None:
    if seat.port is None or not seat.port[0].conflict:
        return None
    return f"The port of {seat.nic.label} of VM {seat.vm.name} conflicts with another, says vCenter.", seat.port[1]


def _bypassed(evidence: Evidence, seat: Seat) -> Hit | None:
    for state, seen in states_of(evidence, seat):
        if seat.nic.label in state.passthrough:
            says = f"{seat.nic.label} of VM {seat.vm.name} goes past the virtual switch (SR-IOV)."
            return says, seen
    return None

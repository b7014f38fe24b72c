"""What the health check of the distributed switch found on the VM's host; off by default, and then it says nothing.

It tests each uplink against the physical switch, and not the path behind it. Source: Broadcom KB 318971.
"""

from bot.findings.surrounding import Hit, Seat, answer, by_seat, seats, switch_of
from bot.model.finding import Evidence, Finding
from bot.model.observation import SurroundingSeen
from bot.model.vsphere import Member, Switch

UNTRUNKED = "vcenter.health.vlan_untrunked"
MTU = "vcenter.health.mtu_mismatch"


def find(evidence: Evidence) -> tuple[Finding, ...]:
    """Whether the physical switch carries the VM's VLAN on every uplink of its host, and frames of the switch's MTU."""
    target = evidence.target
    members = [_member(evidence, seat) for seat in seats(evidence)]
    sits = seats(evidence)
    vlans = all(one and one[1].untrunked is not None and _vlan(seat) for one, seat in zip(members, sits, strict=True))
    mtus = all(one and one[1].mtu_mismatch is not None for one in members)
    return (
        answer(evidence, UNTRUNKED, by_seat(evidence, lambda seat: _untrunked(evidence, seat)),
               f"The physical switch carries the VLAN of {target} to its host, says the health check.",
               "switches", "health", known=vlans),
        answer(evidence, MTU, by_seat(evidence, lambda seat: _mtu(evidence, seat)),
               f"The physical switch takes frames as large as the virtual one of {target}, says the health check.",
               "switches", "health", known=mtus),
    )  # fmt: skip


def _member(evidence: Evidence, seat: Seat) -> tuple[Switch, Member, SurroundingSeen] | None:
    found = switch_of(evidence, seat)
    mine = (one for one in found[0].members if one.host == seat.vm.host) if found else ()
    return next(((found[0], one, found[1]) for one in mine if found), None)


def _vlan(seat: Seat) -> int | None:
    return seat.group[0].vlan if seat.group else None


def _untrunked(evidence: Evidence, seat: Seat) -> Hit | None:
    found, vlan = _member(evidence, seat), _vlan(seat)
    if found is None or vlan is None or vlan not in (found[1].untrunked or ()):
        return None
    says = f"On an uplink of host {seat.vm.host} the physical switch does not carry VLAN {vlan} of VM {seat.vm.name}, "
    return f"{says}says the health check of {found[0].name}.", found[2]


def _mtu(evidence: Evidence, seat: Seat) -> Hit | None:
    found = _member(evidence, seat)
    if found is None or not found[1].mtu_mismatch:
        return None
    says = f"The physical switch at host {seat.vm.host} takes no frames of {found[0].mtu or 'this'} bytes, "
    return f"{says}says the health check of {found[0].name}.", found[2]

"""How the VM's port group spreads over the uplinks, and whether that fits the switch and survives a move.

Sources: vSphere API HostNicTeamingPolicy; Broadcom KB 1004048 (IP hash needs a port channel); vSphere Networking
(beacon probing needs three uplinks); Broadcom KB 343401 (notify switches).
"""

from collections.abc import Callable

from bot.findings.surrounding import Hit, Seat, answer, by_seat, seats, switch_of
from bot.model.finding import Evidence, Finding
from bot.model.observation import Observation
from bot.model.vsphere import Teaming

SILENT = "vcenter.teaming.does_not_notify"
IP_HASH = "vcenter.teaming.by_ip_hash"
UNMATCHED = "vcenter.teaming.unlike_the_switch"
BEACON = "vcenter.teaming.beacon_with_few_uplinks"

BEACON_UPLINKS = 3
_MISMATCH = ("iphashmismatch", "noniphashmismatch", "iphashmisconfig")


def find(evidence: Evidence) -> tuple[Finding, ...]:
    """Whether moves are announced, whether traffic is spread by IP hash, and whether the switch does likewise."""
    target = evidence.target
    return (
        _setting(evidence, SILENT, _silent, f"The port group of {target} tells the switches of a move.",
                 lambda teaming: teaming.notifies is not None),
        _setting(evidence, IP_HASH, _ip_hash, f"The port group of {target} does not balance by IP hash.",
                 lambda teaming: teaming.policy is not None),
        answer(evidence, UNMATCHED, by_seat(evidence, lambda seat: _unmatched(evidence, seat)),
               f"The teaming of {target} and the physical switch agree, says the health check.", "switches", "health",
               known=all(_checked(evidence, seat) for seat in seats(evidence))),
        _setting(evidence, BEACON, _beacon, f"The port group of {target} does not probe with too few uplinks.",
                 lambda teaming: teaming.beacon is not None),
    )  # fmt: skip


def _setting(
    evidence: Evidence, id_: str, read: Callable[[Seat], Hit | None], clear: str, told: Callable[[Teaming], bool]
) -> Finding:
    known = all((found := _teaming(seat)) and told(found[0]) for seat in seats(evidence))
    return answer(evidence, id_, by_seat(evidence, read), clear, known=known)


def _teaming(seat: Seat) -> tuple[Teaming, str, Observation] | None:
    group = seat.group or seat.local
    return (group[0].teaming, group[0].name, group[1]) if group else None


def _silent(seat: Seat) -> Hit | None:
    found = _teaming(seat)
    if found is None or found[0].notifies is not False:
        return None
    return f"The port group {found[1]} of VM {seat.vm.name} does not tell the switches when a VM moves.", found[2]


def _ip_hash(seat: Seat) -> Hit | None:
    found = _teaming(seat)
    if found is None or found[0].policy != "loadbalance_ip":
        return None
    says = f"The port group {found[1]} of VM {seat.vm.name} balances by IP hash, which needs a port channel."
    return says, found[2]


def _member_teaming(evidence: Evidence, seat: Seat) -> str | None:
    found = switch_of(evidence, seat)
    told = [one.teaming for one in found[0].members if one.host == seat.vm.host] if found else []
    return next((one for one in told if one), None)


def _checked(evidence: Evidence, seat: Seat) -> bool:
    return _member_teaming(evidence, seat) not in (None, "unknown")


def _unmatched(evidence: Evidence, seat: Seat) -> Hit | None:
    found, status = switch_of(evidence, seat), _member_teaming(evidence, seat)
    if found is None or (status or "").lower() not in _MISMATCH:
        return None
    says = f"The health check of {found[0].name} says that the teaming of host {seat.vm.host} does not match the "
    return f"{says}physical switch ({status}).", found[1]


def _beacon(seat: Seat) -> Hit | None:
    found = _teaming(seat)
    if found is None or found[0].beacon is not True or not 0 < len(seat.uplinks) < BEACON_UPLINKS:
        return None
    says = f"The port group {found[1]} of VM {seat.vm.name} probes with beacons over {len(seat.uplinks)} uplinks; "
    return f"{says}when one beacon is lost, every frame is sent to all of them.", found[2]

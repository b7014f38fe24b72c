"""What the port of the VM's vNIC counted between two looks: packets dropped, broadcasts, bytes from the uplinks and to.

Facts to look at, no leads: which direction a drop is counted in, and how old vCenter's copy of the counters is, is not
settled by its documentation. Source: vSphere API DistributedVirtualSwitchPortStatistics.
"""

from collections import defaultdict
from datetime import timedelta

from bot.findings.counted import FLOOD_EACH_S
from bot.findings.surrounding import Hit, answer, seats
from bot.findings.timing import when
from bot.model.finding import Evidence, Finding
from bot.model.observation import SurroundingSeen
from bot.model.vsphere import Port

DROPS = "vcenter.counted.port_drops_grow"
DEAF = "vcenter.counted.nothing_from_uplink"
FLOODED = "vcenter.counted.port_flooded"

APART = timedelta(seconds=20)
"""vCenter's copy is renewed so often at most; two looks closer to each other may see one copy."""

_Pair = tuple[Port, Port, SurroundingSeen, int]


def find(evidence: Evidence) -> tuple[Finding, ...]:
    """Whether packets were dropped meanwhile, broadcasts in a flood, and whether bytes went out and none came back."""
    pairs = _pairs(evidence)
    drops: list[Hit] = [
        (f"At the port of {new.label} of the VM {more} packets were dropped in {seconds} s.", seen)
        for old, new, seen, seconds in pairs
        if (more := _more(old.dropped, new.dropped))
    ]
    deaf: list[Hit] = [
        (f"In {seconds} s the port of {new.label} sent {sent} bytes to the uplinks and got none from them.", seen)
        for old, new, seen, seconds in pairs
        if (sent := _more(old.to_uplink, new.to_uplink)) and _more(old.from_uplink, new.from_uplink) == 0
    ]
    flooded: list[Hit] = [
        (
            f"At the port of {new.label} of the VM {more // seconds} broadcasts a second were counted for {seconds} s.",
            seen,
        )
        for old, new, seen, seconds in pairs
        if (more := _more(old.broadcasts, new.broadcasts)) and more // seconds >= FLOOD_EACH_S
    ]
    counted = all(_more(old.broadcasts, new.broadcasts) is not None for old, new, *_ in pairs)
    both = all(_more(old.to_uplink, new.to_uplink) is not None for old, new, *_ in pairs)
    return (
        answer(evidence, DROPS, drops, f"No packet was dropped at the port of {evidence.target} between two looks.",
               "ports", known=bool(pairs)),
        answer(evidence, DEAF, deaf, f"Bytes come to {evidence.target} from the uplinks of its host.", "ports",
               known=bool(pairs) and both),
        answer(evidence, FLOODED, flooded, f"The port of {evidence.target} is not flooded with broadcasts.", "ports",
               known=bool(pairs) and counted),
    )  # fmt: skip


def _pairs(evidence: Evidence) -> list[_Pair]:
    """The first and the last word on each port of the target, where they are far enough apart."""
    vms = {seat.vm.vm for seat in seats(evidence)}
    told: dict[tuple[str, str, str, str], list[tuple[Port, SurroundingSeen]]] = defaultdict(list)
    for seen in sorted(evidence.of(SurroundingSeen), key=when):
        if isinstance(seen.thing, Port) and f"{seen.vcenter}/{seen.thing.vm}" in vms:
            told[seen.vcenter, seen.thing.vm, seen.thing.label, seen.thing.key].append((seen.thing, seen))
    found = []
    for (old, first), *_, (new, last) in (some for some in told.values() if len(some) > 1):
        apart = last.seen_at - first.seen_at
        if apart >= APART:
            found.append((old, new, last, round(apart.total_seconds())))
    return found


def _more(old: int | None, new: int | None) -> int | None:
    """How much was counted meanwhile; None where it is not told, or began anew, as after a move."""
    return new - old if old is not None and new is not None and new >= old else None

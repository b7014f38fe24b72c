"""Is the fabric well that the target's frames go over: its interconnects, their uplinks and ports, and its own faults?

Source: Cisco UCS Faults and Error Messages Reference; Cisco UCS Manager Network Management Guide (uplink port channels,
pinning: a vNIC stays on its fabric unless failover was switched on for it).
"""

from bot.findings.fabric_troubles import Harm, troubles
from bot.findings.fabrics import answer, fabrics, legs, of, ports_on_the_way, uplink_ports
from bot.findings.surrounding import Hit
from bot.findings.wording import finding, listing
from bot.model.finding import Evidence, Finding, Standing
from bot.model.observation import FabricSeen
from bot.model.ucs import Interconnect

KNOWN = "fabric.path.known"
FAULT = "fabric.path.fault"
DOWN = "fabric.path.interconnect_down"
NO_UPLINK = "fabric.path.no_uplink"
DEGRADED = "fabric.path.uplinks_degraded"
ERRORS = "fabric.path.port_errors"
CLEAR = "fabric.path.all_clear"

_UPLINKS = ("fabricEthLanPcEp", "fabricEthLanEp")


def find(evidence: Evidence) -> tuple[Finding, ...]:
    """The way itself, what is wrong on it, and whether all of it was looked at and nothing is."""
    target, ways = evidence.target, list(fabrics(evidence))
    told = [one for way in ways for one in troubles(evidence, *way)]
    hits: dict[Harm, list[Hit]] = {harm: [(one.says, one.seen) for one in told if one.harm is harm] for harm in Harm}
    known = bool(ways) and all(leg.fabric for leg in legs(evidence))
    out = known and all(uplink_ports(evidence, *way) for way in ways)
    amiss = (
        answer(evidence, FAULT, hits[Harm.FAULT],
               f"UCS Manager has no critical or major fault of a fabric that {target} goes over.",
               "faultInst", "fabricEthLanPcEp", known=known),
        answer(evidence, DOWN, hits[Harm.INTERCONNECT],
               f"Each fabric interconnect that {target} goes over is operable.",
               "networkElement", known=known and all(_told(evidence, *way) for way in ways)),
        answer(evidence, NO_UPLINK, hits[Harm.NO_UPLINK],
               f"Each fabric that {target} goes over has an uplink that is up.", *_UPLINKS, known=out),
        answer(evidence, DEGRADED, hits[Harm.FEWER],
               f"Every uplink of each fabric that {target} goes over is up.",
               "fabricEthLanPc", *_UPLINKS, "faultInst", known=out),
        answer(evidence, ERRORS, hits[Harm.DAMAGE],
               f"No port of the fabric on the way of {target} counted damaged frames in the last interval.",
               "etherPIo", "etherErrStats", known=known and all(_counted(evidence, *way) for way in ways)),
    )  # fmt: skip
    return (_known(evidence), *amiss, _clear(evidence, amiss))


def _known(evidence: Evidence) -> Finding:
    hits: list[Hit] = []
    for leg in legs(evidence):
        where = f"of service profile {leg.profile}" if leg.profile else "of a service profile that is not told"
        over = f"over fabric {leg.fabric}" if leg.fabric else "over a fabric that is not told"
        fails = f", and over {leg.fabrics[1]} when that fails" if len(leg.fabrics) > 1 else ""
        says = f"The uplink {leg.device} of host {leg.host} is a vNIC {where} on {leg.server}, {over}{fails}."
        hits += [(says, seen) for seen in leg.seen]
    return answer(evidence, KNOWN, hits, f"No uplink of the host of {evidence.target} is a vNIC of UCS.", known=False)


def _told(evidence: Evidence, domain: str, fabric: str) -> bool:
    return any((seen.domain, one.fabric) == (domain, fabric) for one, seen in of(evidence, Interconnect))


def _counted(evidence: Evidence, domain: str, fabric: str) -> bool:
    every = ports_on_the_way(evidence, domain, fabric)
    return bool(every) and all(port.errors.errors_in is not None for port, _, _ in every)


def _clear(evidence: Evidence, amiss: tuple[Finding, ...]) -> Finding:
    """As little as it says: a manager that shows nothing refutes only what it would have shown."""
    seen: list[FabricSeen] = [one for leg in legs(evidence) for one in leg.seen]
    if wrong := next((one for one in amiss if one.standing is Standing.PRESENT), None):
        return finding(CLEAR, Standing.ABSENT, wrong.statement, seen)
    if unknown := next((one for one in amiss if one.standing is Standing.UNKNOWN), None):
        return finding(CLEAR, Standing.UNKNOWN, unknown.statement)
    over = listing(f"{fabric} of {domain}" for domain, fabric in sorted(fabrics(evidence)))
    says = (
        f"UCS Manager shows nothing wrong on the way of {evidence.target} over fabric {over}: no severe fault, no "
        "interconnect or uplink down, no damaged frames."
    )
    return finding(CLEAR, Standing.PRESENT, says, seen)

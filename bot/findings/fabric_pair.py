"""Of the two fabrics that the target's host uses, is one bad and the other well?

Then whatever happens to go over the bad one suffers and the rest does not, which looks like every odd machine: a rival
of all that goes by odd and even. Over which of the two the target's own frames go the host's virtual switch chooses,
and UCS Manager does not know.
"""

from bot.findings.fabric_troubles import Harm, devices, troubles
from bot.findings.fabrics import answer, fabrics
from bot.findings.surrounding import Hit
from bot.findings.wording import listing
from bot.model.finding import Evidence, Finding
from bot.model.ucs import FABRICS

ONE_BAD = "fabric.pair.one_bad"

_KINDS = ("networkElement", "fabricEthLanPcEp", "fabricEthLanEp", "etherPIo", "etherErrStats", "faultInst")


def find(evidence: Evidence) -> tuple[Finding, ...]:
    """Whether one alone loses frames; a fabric with fewer uplinks than it should have loses none."""
    used = fabrics(evidence)
    domains = sorted({domain for domain, _ in used})
    pairs = [domain for domain in domains if all((domain, one) in used for one in FABRICS)]
    hits: list[Hit] = []
    for domain in pairs:
        found = {one: [it for it in troubles(evidence, domain, one) if it.harm is not Harm.FEWER] for one in FABRICS}
        bad = [one for one in FABRICS if found[one]]
        if len(bad) == 1:
            good = FABRICS[1 - FABRICS.index(bad[0])]
            what = listing(dict.fromkeys(it.short for it in found[bad[0]]))
            ways = (f"{devices(evidence, domain, one)} over {one}" for one in (bad[0], good))
            trouble = f"Of the two fabrics of {domain} only {bad[0]} is in trouble ({what})."
            says = f"{trouble} Of the host go {listing(ways)}."
            hits += [(says, it.seen) for it in found[bad[0]]]
    clear = f"Of the two fabrics that the host of {evidence.target} uses none alone is in trouble."
    return (answer(evidence, ONE_BAD, hits, clear, *_KINDS, known=bool(pairs)),)

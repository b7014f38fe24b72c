"""Findings weighed against causes: who has to act, how sure that is, and what would make it surer.

The rules, in this order:

* Trees before weights: a cause is considered only when everything it requires was found.
* A cause that a finding excludes is out, whatever speaks for it.
* Findings of one family (``arp.``, ``icmp.``, ``reported.scope.`` ...) are correlated: they count once, at their
  strongest.
* Only PRESENT findings weigh. UNKNOWN and ABSENT move nothing, so a broken instrument never accuses.
* Proven: one finding decides by itself, and every cause on both other sides is excluded by something that was found.
  So taking findings away can never prove another side.
* What people report can make a cause likely, never proven, and not by symptoms alone: something must have been
  measured.
* What vCenter shows around a VM, what tables on the way hold and what a fabric tells (``vcenter.<family>.<name>``,
  ``tables.`` and ``fabric.`` likewise) is a lead. It weighs only beside a symptom that was seen: an uplink that is down
  somewhere accuses nobody while nothing is lost. Where it was not read, nothing that it might have shown is considered.
* A repair that was really made on one side and changed nothing speaks against every cause of that side.
* Likely: one side leads clearly, but another is not excluded. Otherwise nobody is accused.
"""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address

from bot.judge.asking import next_test
from bot.judge.bench import CAP, Bench, Weighed, ruled_out, weigh
from bot.judge.named import (
    HEALTHY_IF_ABSENT,
    HEALTHY_IF_PRESENT,
    NAMED,
    NEVER_HEALTHY,
    ONE_SEEMS_TWO,
    REPORTED,
    REPORTED_BY_DESIGN,
    REPORTED_UNRESOLVED,
    SEVERAL_MACS,
    SEVERAL_MACS_BY_DESIGN,
    TRIGGERS,
)
from bot.judge.telling import evidence, missing
from bot.model.cause import Cause, Side
from bot.model.finding import Finding, Standing
from bot.model.verdict import Answer, Grade, RuledOut, Verdict

__all__ = ["CAP", "DECISIVE", "LEAD", "NAMED", "REPORTED", "judge"]

DECISIVE = 3.5  # a finding that is a fault by itself
STRONG = 3.0  # odds of about 20 to 1: less than that accuses nobody
LEAD = 2.0  # odds of about 7 to 1 between the sides: less than that is comparable


def judge(
    target: IPv4Address | None,
    findings: Sequence[Finding],
    gaps: Sequence[str],
    causes: Sequence[Cause],
    catalogue: str,
) -> Verdict:
    """The verdict on one target, whatever the order of findings and causes; None: an incident without an address."""
    bench = weigh(findings, causes)
    out = ruled_out(bench, causes)
    leader = _leader(bench)
    others = [one for one in bench.possible if leader is None or one.cause.side is not leader.cause.side]
    proven = leader is not None and _proven(bench, leader.cause, out)
    rivals = () if proven else tuple(one.cause for one in others if one.score > 0)
    settling = None if proven else next_test(target, bench, leader, rivals)
    if leader is not None:
        answer, grade = Answer(leader.cause.side.value), Grade.PROVEN if proven else Grade.LIKELY
        # What a cause requires first names the machines.
        met = [id_ for anyof in leader.cause.required()[:2] for id_ in anyof if bench.present(id_)]
        claim = " ".join([*dict.fromkeys(bench.says(id_) for id_ in met), leader.cause.claim])
    elif healthy_by := _healthy_by(bench):
        answer, grade, settling = Answer.HEALTHY, Grade.NO_FAULT, None
        claim = " ".join(["No fault seen.", *(bench.says(id_) for id_ in healthy_by)])
    else:
        answer, claim = Answer.INCONCLUSIVE, None
        grade = Grade.UNDECIDED if rivals else Grade.NOT_ENOUGH_EVIDENCE
    healthy = answer is Answer.HEALTHY
    named = (leader.cause, *rivals) if leader else rivals
    return Verdict(
        target=target,
        verdict=answer,
        grade=grade,
        cause=leader.cause.id if leader else None,
        claim=claim,
        evidence=evidence(bench, leader.cause if leader else None, rivals, causes, healthy=healthy),
        # Three sides out means that the evidence contradicts itself: then none of it clears anybody.
        ruled_out=() if healthy or len(out) == len(Side) else out,
        rivals=tuple(rival.id for rival in rivals),
        missing=missing(bench, gaps, named, proven=proven, healthy=healthy),
        trigger=None if healthy else next((bench.says(id_) for id_ in TRIGGERS if bench.present(id_)), None),
        next_test=settling,
        catalogue=catalogue,
    )


def _leader(bench: Bench) -> Weighed | None:
    """The cause that may be named: strong, complete, and clear of everything that is possible on other sides."""
    complete = [one for one in bench.possible if not one.open_ and _measured(bench, one.cause)]
    if not complete or complete[0].score < STRONG or bench.present(REPORTED_UNRESOLVED):
        return None
    leader = complete[0]
    rivals = [one for one in bench.possible if one.cause.side is not leader.cause.side]
    return leader if all(leader.score - rival.score >= LEAD for rival in rivals) else None


def _measured(bench: Bench, cause: Cause) -> bool:
    """Whether more than symptoms speak for the cause."""
    return any(bench.present(id_) and bench.found[id_].measured for id_ in cause.expects)


def _proven(bench: Bench, cause: Cause, out: Iterable[RuledOut]) -> bool:
    decisive = any(
        bench.present(id_) and weight >= DECISIVE and not id_.startswith(REPORTED)
        for id_, weight in cause.expects.items()
    )
    return decisive and {one.side for one in out} >= set(Side) - {cause.side}


def _healthy_by(bench: Bench) -> tuple[str, ...]:
    """The findings that say that nothing is wrong; none where something may be."""
    if any(one.score > 0 for one in bench.possible) or any(bench.present(id_) for id_ in NEVER_HEALTHY):
        return ()
    explained = not bench.present(SEVERAL_MACS) or any(bench.present(id_) for id_ in SEVERAL_MACS_BY_DESIGN)
    two_answers, loss = HEALTHY_IF_ABSENT
    if (
        explained
        and all(bench.present(id_) for id_ in HEALTHY_IF_PRESENT)
        and (bench.standing(two_answers) is Standing.ABSENT or bench.present(ONE_SEEMS_TWO))
        and bench.standing(loss) is Standing.ABSENT
    ):
        return (HEALTHY_IF_PRESENT[0], loss)
    return (REPORTED_BY_DESIGN,) if bench.present(REPORTED_BY_DESIGN) else ()

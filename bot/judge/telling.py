"""What a verdict shows: the evidence by what it does, and what was not looked at."""

from collections.abc import Sequence

from bot.judge.bench import CAP, Bench, by_chance
from bot.judge.named import (
    HEALTHY_IF_ABSENT,
    HEALTHY_IF_PRESENT,
    INSTRUMENTS,
    REPORTED_BY_DESIGN,
    TARGET_SILENT,
    TARGET_VM_KNOWN,
)
from bot.model.cause import Cause
from bot.model.finding import Finding, Standing
from bot.model.verdict import EvidenceItem, Weighs


def evidence(
    bench: Bench, leader: Cause | None, rivals: Sequence[Cause], causes: Sequence[Cause], *, healthy: bool
) -> tuple[EvidenceItem, ...]:
    """Every finding that was told, with what it does to the verdict: what decided comes first."""
    supports: set[str] = set()
    contradicts: set[str] = set()
    if leader is not None:
        supports = {*(id_ for anyof in leader.required() for id_ in anyof), *leader.expects}
        supports |= {id_ for cause in causes if cause.side is not leader.side for id_ in cause.excluded_by}
        contradicts = {id_ for cause in rivals for id_ in cause.expects}

    def weighs(finding: Finding) -> Weighs:
        if healthy:
            looked_for = (*HEALTHY_IF_PRESENT, *HEALTHY_IF_ABSENT, REPORTED_BY_DESIGN)
            return Weighs.FOR if finding.id in looked_for else Weighs.NEITHER
        if finding.standing is Standing.ABSENT:
            return Weighs.NEITHER
        return Weighs.FOR if finding.id in supports else Weighs.AGAINST if finding.id in contradicts else Weighs.NEITHER

    items = [
        EvidenceItem(finding.id, finding.standing, finding.statement, weighs(finding), finding.witnesses)
        for finding in bench.found.values()
        if finding.standing is not Standing.UNKNOWN
    ]
    order = (Weighs.FOR, Weighs.AGAINST, Weighs.NEITHER)

    def strength(item: EvidenceItem) -> float:
        if leader is None:
            return 0.0
        return (
            CAP + 1
            if any(item.finding in anyof for anyof in leader.required())
            else leader.expects.get(item.finding, 0.0)
        )

    return tuple(
        sorted(
            items,
            key=lambda item: (
                order.index(item.weighs),
                item.standing is Standing.ABSENT,
                -strength(item),
                item.finding,
            ),
        )
    )


def missing(
    bench: Bench, gaps: Sequence[str], named: Sequence[Cause], *, proven: bool, healthy: bool
) -> tuple[str, ...]:
    """What was not looked at: the gaps, and where the verdict is not proven what could not be told."""
    told = list(gaps)
    if not proven:
        told += [bench.says(id_) for id_ in INSTRUMENTS if bench.standing(id_) is Standing.ABSENT]
        mattered = [anyof[0] for cause in named for anyof in cause.required() if not by_chance(anyof[0])]
        mattered += [TARGET_VM_KNOWN] if healthy else [TARGET_SILENT, *HEALTHY_IF_ABSENT, TARGET_VM_KNOWN]
        told += [bench.says(id_) for id_ in mattered if bench.standing(id_) is Standing.UNKNOWN]
    once: dict[str, str] = {}
    for sentence in filter(None, told):
        once.setdefault(sentence.rstrip("."), sentence)
    return tuple(once.values())

"""What people reported: each report as a finding with its reporter, and what several of them say together."""

from collections.abc import Sequence

from bot.findings.reported import contradictions, joints, vocabulary
from bot.findings.wording import finding, listing
from bot.model.finding import Evidence, Finding, Standing
from bot.model.observation import ReportedFact

KINDS = frozenset(kind for word in vocabulary.ALL for kind in word.kinds)
"""The kinds of report that establish something."""


def find(evidence: Evidence) -> tuple[Finding, ...]:
    """What was reported beside what the agents saw."""
    return read(evidence.of(ReportedFact))


def read(facts: Sequence[ReportedFact]) -> tuple[Finding, ...]:
    """Every word of the vocabulary and every joint. What nobody reported is UNKNOWN, never ABSENT.

    So is what one person reported and another contradicted: the truth of it is not found by counting heads.
    """
    disputed = contradictions.disputed(facts)
    told = {
        word.id: [fact for fact in facts if word.means(fact)] if word.id not in disputed else []
        for word in vocabulary.ALL
    }
    said = {id_ for id_, reports in told.items() if reports}
    for joint in joints.ALL:
        parts = (id_ for id_ in (*joint.all_of, *joint.any_of) if id_ in said)
        holds = joint.holds(said) and disputed.isdisjoint(joint.none_of)
        told[joint.id] = list(dict.fromkeys(fact for id_ in parts for fact in told[id_])) if holds else []
    return tuple(
        _disputed(row.id, row.says) if row.id in disputed else _finding(row.id, row.says, told[row.id])
        for row in (*vocabulary.ALL, *joints.ALL)
    )


def _disputed(id_: str, says: str) -> Finding:
    return finding(id_, Standing.UNKNOWN, f"Reported and contradicted by somebody else: {says}")


def _finding(id_: str, says: str, reports: Sequence[ReportedFact]) -> Finding:
    if not reports:
        return finding(id_, Standing.UNKNOWN, f"Not reported by anybody: {says}")
    by = listing(sorted({fact.reporter for fact in reports}))
    measured = any(fact.measured for fact in reports)
    return finding(id_, Standing.PRESENT, f"{says.removesuffix('.')} ({by}).", reports, measured=measured)

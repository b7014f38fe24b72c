"""The three sides of an inquiry: which is suspect, which is ruled out, which is open, and by what evidence.

A side is ruled out only where every machine that is in trouble rules it out: one that leaves it open keeps it open.
Ruling out needs evidence, not votes: it is the verdicts' own exclusions that count here, and nothing that people say
apart from them.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from bot.incidents.wording import listing
from bot.inquiries.asked import bad, called, judged
from bot.model.cause import Side
from bot.model.finding import Standing, Witness
from bot.model.incident import Incident
from bot.model.summary import Ground, How, SideState
from bot.model.verdict import EvidenceItem, Grade, Verdict, Weighs

_GRADES = (Grade.PROVEN, Grade.LIKELY)


def sides(incidents: Sequence[Incident]) -> tuple[SideState, ...]:
    """How guest, network and hypervisor stand, by the newest verdict on every machine."""
    told = [(one, one.verdict) for one in judged(incidents) if one.verdict]
    return tuple(_side(side, told) for side in Side)


def leading(incidents: Sequence[Incident]) -> Incident | None:
    """The question whose cause most machines share, the surest of them first; None: nobody is accused."""
    accused = [one for one in judged(incidents) if one.verdict and one.verdict.cause and bad(one.verdict)]
    if not accused:
        return None
    share = Counter(one.verdict.cause for one in accused if one.verdict)

    def rank(one: Incident) -> tuple[int, int]:
        assert one.verdict is not None, "only judged ones are ranked"
        return share[one.verdict.cause], -_GRADES.index(one.verdict.grade) if one.verdict.grade in _GRADES else -9

    return max(reversed(accused), key=rank)


def _side(side: Side, told: Sequence[tuple[Incident, Verdict]]) -> SideState:
    troubled = [(one, verdict) for one, verdict in told if bad(verdict)]
    accusing = [(one, verdict) for one, verdict in troubled if verdict.verdict == side.value]
    if accusing:
        machines = tuple(called(one) for one, _ in accusing)
        return SideState(side, How.SUSPECT, machines, tuple(_accusation(one, it) for one, it in accusing))
    excluding = [(one, verdict) for one, verdict in troubled if _excludes(verdict, side)]
    if troubled and len(excluding) == len(troubled):
        machines = tuple(called(one) for one, _ in excluding)
        return SideState(side, How.RULED_OUT, machines, _once(_exclusion(one, it, side) for one, it in excluding))
    left = [one for one, verdict in troubled if not _excludes(verdict, side)]
    return SideState(side, How.OPEN, tuple(map(called, left)), tuple(_why_open(told, troubled, excluding, left)))


def _excludes(verdict: Verdict, side: Side) -> bool:
    return any(out.side is side for out in verdict.ruled_out)


def _accusation(incident: Incident, verdict: Verdict) -> Ground:
    """The strongest that speaks for it: what the verdict itself puts first."""
    best = next((item for item in verdict.evidence if item.weighs is Weighs.FOR), None)
    says = f"{called(incident)}: {verdict.claim or verdict.cause} ({_grade(verdict)})"
    return Ground(says, incident.id, _witness(best))


def _exclusion(incident: Incident, verdict: Verdict, side: Side) -> Ground:
    out = next(out for out in verdict.ruled_out if out.side is side)
    by = next((item for item in verdict.evidence if item.finding in out.by and item.standing is Standing.PRESENT), None)
    return Ground(f"{called(incident)}: {' '.join(out.because)}", incident.id, _witness(by))


def _why_open(
    told: Sequence[tuple[Incident, Verdict]],
    troubled: Sequence[tuple[Incident, Verdict]],
    excluding: Sequence[tuple[Incident, Verdict]],
    left: Sequence[Incident],
) -> list[Ground]:
    if not told:
        return [Ground("No machine was judged yet.")]
    if not troubled:
        return [Ground("Nothing was found wrong with any machine that was checked.")]
    undecided = f"Neither shown nor excluded for {listing(map(called, left))}."
    out = f" Excluded for {listing(called(one) for one, _ in excluding)}." if excluding else ""
    return [Ground(undecided + out, left[0].id)]


def _once(grounds: Iterable[Ground]) -> tuple[Ground, ...]:
    """The same sentence on several machines stands once."""
    first: dict[str, Ground] = {}
    for ground in grounds:
        first.setdefault(ground.says.partition(": ")[2], ground)
    return tuple(first.values())


def _witness(item: EvidenceItem | None) -> Witness | None:
    return item.witnesses[0] if item and item.witnesses else None


def _grade(verdict: Verdict) -> str:
    return verdict.grade.replace("_", " ")

"""Causes before the findings: which are excluded and by what, which are possible and how much speaks for each."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.judge.named import BY_CHANCE, LEADS, REPORTED_COUNTERED, SYMPTOMS
from bot.model.cause import Cause, Side
from bot.model.finding import Finding, Standing
from bot.model.verdict import RuledOut

CAP = 4.0
COUNTERED = 1.5  # what a repair without effect takes from every cause of its side


@dataclass(frozen=True, slots=True)
class Weighed:
    """A cause that is still possible. ``open_`` means that something it requires could not be told."""

    cause: Cause
    score: float
    open_: bool


@dataclass(frozen=True, slots=True)
class Bench:
    """What was found, by id, and how the causes stand before it."""

    found: Mapping[str, Finding]
    excluded: Mapping[str, str]
    possible: tuple[Weighed, ...]

    def present(self, id_: str) -> bool:
        """Whether the finding is PRESENT."""
        return self.standing(id_) is Standing.PRESENT

    def standing(self, id_: str) -> Standing:
        """The finding's standing; one that was never established is UNKNOWN."""
        return self.found[id_].standing if id_ in self.found else Standing.UNKNOWN

    def says(self, id_: str) -> str:
        """The finding's statement, or nothing."""
        return self.found[id_].statement if id_ in self.found else ""


def weigh(findings: Sequence[Finding], causes: Sequence[Cause]) -> Bench:
    """How the causes stand before these findings, whatever the order of either."""
    found = {finding.id: finding for finding in findings}
    bench = Bench(found, {}, ())
    excluded: dict[str, str] = {}
    possible = []
    for cause in causes:
        against = [id_ for id_ in sorted(cause.excluded_by) if bench.present(id_)]
        standings = {_best(bench, anyof) for anyof in cause.required()}
        if against:
            excluded[cause.id] = min(against, key=_names_names)
        elif Standing.ABSENT not in standings and not _unreported(bench, cause):
            possible.append(Weighed(cause, _score(bench, cause), Standing.UNKNOWN in standings))
    possible.sort(key=lambda one: (-one.score, one.cause.id))
    return Bench(found, excluded, tuple(possible))


def _unreported(bench: Bench, cause: Cause) -> bool:
    """Whether the cause rests on reports, leads or what is overheard, and there is none."""
    return any(all(by_chance(id_) and not bench.present(id_) for id_ in anyof) for anyof in cause.required())


def _is_lead(id_: str) -> bool:
    return id_.startswith(LEADS) and id_.count(".") > 1


def by_chance(id_: str) -> bool:
    """Whether nobody sets out to measure this: see ``BY_CHANCE``, and the leads of a vCenter."""
    return id_.startswith(BY_CHANCE) or _is_lead(id_)


def _best(bench: Bench, anyof: Sequence[str]) -> Standing:
    """Of findings of which one is enough: PRESENT if one is; else what was looked at counts, and no missing report."""
    if any(bench.present(id_) for id_ in anyof):
        return Standing.PRESENT
    looked_at = {bench.standing(id_) for id_ in anyof if not by_chance(id_)}
    return Standing.ABSENT if looked_at == {Standing.ABSENT} else Standing.UNKNOWN


def _score(bench: Bench, cause: Cause) -> float:
    families: dict[str, float] = defaultdict(float)
    ailing = any(bench.present(id_) for id_ in SYMPTOMS)
    for id_, weight in cause.expects.items():
        if bench.present(id_) and (ailing or not _is_lead(id_)):
            family = id_.rpartition(".")[0]
            families[family] = max(families[family], min(weight, CAP))
    score = sum(families.values())
    return max(score - COUNTERED, 0.0) if score and bench.present(REPORTED_COUNTERED[cause.side]) else score


def ruled_out(bench: Bench, causes: Sequence[Cause]) -> tuple[RuledOut, ...]:
    """The sides of which every cause is excluded, with the reasons."""
    sides = []
    for side in Side:
        of_side = sorted((cause for cause in causes if cause.side is side), key=lambda cause: cause.id)
        if of_side and all(cause.id in bench.excluded for cause in of_side):
            deciding = sorted({bench.excluded[cause.id] for cause in of_side}, key=_names_names)
            because = (
                cause.excluded_by[id_] for id_ in deciding for cause in of_side if bench.excluded[cause.id] == id_
            )
            sides.append(RuledOut(side, tuple(dict.fromkeys(because)), tuple(deciding)))
    return tuple(sides)


def _names_names(id_: str) -> tuple[bool, str]:
    """Sorts what vCenter says first: an owner or a state says more to a reader than a silence."""
    return not id_.startswith(("owner.", "vcenter.")), id_

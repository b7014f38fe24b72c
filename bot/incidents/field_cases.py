"""Incidents that are known by report alone, judged in one go: no packets, no vCenter, no address.

The file is a JSON list of cases; of each, ``id`` is kept, and of each item of its ``evidence`` only kind, value,
domain and stage (and a reporter, where one is named) are looked at.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bot import causes, judge
from bot.errors import BundleError
from bot.findings import reported
from bot.model import codec
from bot.model.job import Artifact, Media, Probe, Vantage, digest_of
from bot.model.observation import ReportedFact
from bot.model.verdict import Verdict
from bot.probes import report


@dataclass(frozen=True, slots=True)
class FieldCase:
    """One incident by its reports."""

    id: str
    facts: tuple[ReportedFact, ...]


def read(data: bytes) -> tuple[FieldCase, ...]:
    """The cases in the file, in its order.

    Raises:
        BundleError: the bytes are not a list of cases.
    """
    try:
        rows = codec.loads(data)
    except ValueError as error:
        raise BundleError(f"The field cases are not JSON: {error}.") from error
    if not isinstance(rows, list):
        raise BundleError("The field cases must be a list of objects with id and evidence.")
    when = datetime.fromtimestamp(0, UTC)  # they tell no time, and no two of them are compared
    artifact = Artifact(
        "file", Probe.REPORT, Vantage("field case", "", ""), Media.REPORT, digest_of(data), len(data), when, when, None
    )
    return tuple(_case(artifact, row, number) for number, row in enumerate(rows, 1))


def verdict(case: FieldCase) -> Verdict:
    """The verdict on one case with today's catalogue."""
    unheard = sorted({fact.kind for fact in case.facts} - reported.KINDS)
    gaps = (f"Reported, but nothing follows from it here: {', '.join(unheard)}.",) if unheard else ()
    told = judge.judge(None, reported.read(case.facts), gaps, causes.ALL, causes.CATALOGUE)
    return replace(told, case=case.id)


def _case(artifact: Artifact, row: object, number: int) -> FieldCase:
    if not isinstance(row, Mapping) or not isinstance(row.get("id"), str):
        raise BundleError(f"Field case {number} is not an object with an id and evidence.")
    facts = report.facts(artifact, row.get("evidence"), f"{codec.quotable(row['id'])}: report")
    return FieldCase(row["id"], tuple(replace(fact, locator=f"{row['id']} {fact.locator}") for fact in facts))

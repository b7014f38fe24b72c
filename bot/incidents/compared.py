"""What changed between two verdicts on one machine: before and after a repair, or from one look to the next."""

from collections.abc import Iterator

from bot.model.finding import Standing
from bot.model.incident import Incident
from bot.model.verdict import EvidenceItem, Verdict, Weighs

_LISTED = 4


def changes(before: Incident, now: Verdict) -> tuple[str, ...]:
    """In sentences, the verdict first; empty where there was none before."""
    was, closed = before.verdict, before.closed
    if was is None or closed is None:
        return ()
    at = f"{closed.at:%H:%M} UTC"
    if (was.verdict, was.grade, was.cause) == (now.verdict, now.grade, now.cause):
        head = f"As at {at} (`{before.id}`): {_named(now)}."
    else:
        head = f"At {at} (`{before.id}`) it was {_named(was)}; now it is {_named(now)}."
    found = (*_differ("No longer seen", was, now), *_differ("New", now, was))
    return (head, *(found or ("The evidence is the same.",)))


def _named(verdict: Verdict) -> str:
    cause = f" ({verdict.cause})" if verdict.cause else ""
    return f"{verdict.verdict.upper()} {verdict.grade.replace('_', ' ')}{cause}"


def _differ(word: str, one: Verdict, other: Verdict) -> Iterator[str]:
    """What weighs in one and was not established in the other."""
    there = {item.finding for item in other.evidence if item.standing is Standing.PRESENT}
    only = [item for item in one.evidence if _weighs(item) and item.finding not in there]
    for item in only[:_LISTED]:
        yield f"{word}: {item.says}"
    if len(only) > _LISTED:
        yield f"{word}: {len(only) - _LISTED} more, in the case."


def _weighs(item: EvidenceItem) -> bool:
    return item.standing is Standing.PRESENT and item.weighs is Weighs.FOR

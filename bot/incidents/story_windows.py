"""When each capture really listened."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from bot.model.finding import Evidence
from bot.model.observation import Listened


@dataclass(frozen=True, slots=True)
class Span:
    """From one moment to another."""

    begin: datetime
    end: datetime


def spans(evidence: Evidence) -> dict[str, Span]:
    """By artifact, in the order of their beginnings.

    Of a file that somebody recorded nobody says when it was begun and ended: then its first and last frame do.
    """
    return evidence.once(_read_spans)


def _read_spans(evidence: Evidence) -> dict[str, Span]:
    seen: defaultdict[str, list[datetime]] = defaultdict(list)
    for other in evidence.observations:
        if not isinstance(other, Listened):
            seen[other.artifact].append(other.seen_at)
    found = {}
    for one in evidence.of(Listened):
        at = seen[one.artifact]
        told = one.started_at < one.seen_at or not at
        found[one.artifact] = Span(one.started_at, one.seen_at) if told else Span(min(at), max(at))
    return dict(sorted(found.items(), key=lambda item: (item[1].begin, item[0])))

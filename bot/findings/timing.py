"""Observations in order of time, and where they are densest."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TypeVar

from bot.model.observation import Observation

Seen = TypeVar("Seen", bound=Observation)


def when(one: Observation) -> tuple[datetime, str, str]:
    """By what observations are put in order: the time, and the place where two have the same."""
    return one.seen_at, one.artifact, one.locator


def densest(seen: Iterable[Seen], within: timedelta) -> list[Seen]:
    """The most observations that one artifact holds within so much time."""
    by_artifact: dict[str, list[Seen]] = defaultdict(list)
    for one in sorted(seen, key=when):
        by_artifact[one.artifact].append(one)
    most: list[Seen] = []
    for mine in by_artifact.values():
        begin = best_begin = best_end = 0
        for end, one in enumerate(mine, 1):
            while one.seen_at - mine[begin].seen_at >= within:
                begin += 1
            if end - begin > best_end - best_begin:
                best_begin, best_end = begin, end
        if best_end - best_begin > len(most):
            most = mine[best_begin:best_end]
    return most

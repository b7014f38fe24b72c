"""What there is to beat: naive Bayes over the kinds of evidence and their values, which knows nothing of networks."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from math import exp, log

SIDES = ("guest", "network", "hypervisor")
SURE = 0.8  # below this probability the cautious baseline decides nothing

Features = frozenset[str]


def features(evidence: Iterable[dict[str, str]]) -> Features:
    """The kinds, and each kind with its value."""
    return frozenset(
        feature
        for row in evidence
        for feature in (row["kind"], f"{row['kind']}={row['value']}" if row.get("value") else row["kind"])
    )


def posterior(seen: Features, learnt: Sequence[tuple[Features, str]]) -> dict[str, float]:
    """How likely each side is, with a uniform prior and one case of each kind added to every count."""
    cases = Counter(side for _, side in learnt)
    having: dict[str, Counter[str]] = defaultdict(Counter)
    for known, side in learnt:
        having[side].update(known)
    scores = {side: sum(log((having[side][f] + 1) / (cases[side] + 2)) for f in seen) for side in SIDES}
    top = max(scores.values())
    odds = {side: exp(score - top) for side, score in scores.items()}
    return {side: odd / sum(odds.values()) for side, odd in odds.items()}


def strongest(evidence: Sequence[dict[str, str]], learnt: Sequence[tuple[Features, str]]) -> dict[str, str]:
    """The one item that makes a side most likely when it stands alone."""
    return max(evidence, key=lambda row: max(posterior(features([row]), learnt).values()))

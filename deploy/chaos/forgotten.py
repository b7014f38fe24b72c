"""What a failover may take away for good: the last writes, where the only bot that knew them was lost with them."""

from collections.abc import Iterator

from deploy.chaos.evidence import Evidence
from deploy.chaos.plan import Kind

_TOLD_AGAIN_S = 6.0
"""So long after it is met again a bot may need until it has said everything again."""
_GONE = (Kind.BOT_KILLED, Kind.BOT_TOLD_TO_END, Kind.BOT_PAUSED)


def incidents(seen: Evidence) -> frozenset[str]:
    """Those of which something happened that the new primary has not heard, while a bot was lost."""
    times = tuple(_times(seen))
    known = {run.incident for run in seen.runs if any(begins <= run.at <= ends for begins, ends in times)}
    shown = {one.mark[0] for one in seen.chronicle.shown if one.mark and any(b <= one.at <= e for b, e in times)}
    return frozenset(known | shown)


def _times(seen: Evidence) -> Iterator[tuple[float, float]]:
    """From when to when what was written is lost, if a bot was lost before it could say it again."""
    for one in seen.chronicle.done:
        if one.happening.kind is Kind.FAILED_OVER:
            led_at = float(one.what)
            around = seen.chronicle.during(one.at, led_at + _TOLD_AGAIN_S)
            if any(other.happening.kind in _GONE for other in around):
                yield one.at, led_at

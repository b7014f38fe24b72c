"""How a line of the story is worded: moments, spans, counts and the frames that it rests on.

MACs and times stand in backticks, so that a chat does not turn ``:de:`` into a flag.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from statistics import median_low

from bot.incidents.grounds import where
from bot.incidents.wording import listing
from bot.model.addresses import Mac
from bot.model.finding import Witness
from bot.model.observation import Observation

FEW = 4
"""So many MACs are named one by one."""


def clock(at: datetime) -> str:
    """A moment of the capture's day, to the millisecond."""
    return f"`{at:%H:%M:%S}.{at.microsecond // 1000:03}`"


def during(seen: Sequence[Observation]) -> str:
    """From the first of these to the last: ``from A to B``, or ``at A``."""
    first, last = clock(seen[0].seen_at), clock(seen[-1].seen_at)
    return f"at {first}" if first == last else f"from {first} to {last}"


def times(count: int) -> str:
    """How often: ``once``, ``57 times``."""
    return "once" if count == 1 else f"{count} times"


def counted(count: int, noun: str) -> str:
    """``1 frame``, ``2 frames``."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def cite(seen: Iterable[Observation], at: str | None = None) -> str:
    """Where to look it up, in parentheses: ``(frames 14, 15 and 8 more at dc1-a)``; ``at`` was named already."""
    witnesses = [Witness(one.artifact, one.locator, one.vantage.agent) for one in seen]
    return f"({where(witnesses).removesuffix(f' at {at}')})"


def named(macs: Iterable[Mac]) -> str:
    """The MACs, each in backticks; of more than four the first, and how many more."""
    every = sorted(macs)
    shown = every if len(every) <= FEW else every[: FEW - 1]
    more = [f"{len(every) - len(shown)} more"] if len(every) > len(shown) else []
    return listing([*(f"`{mac}`" for mac in shown), *more])


def delays(spans: Sequence[timedelta]) -> str:
    """The usual delay and how far they spread: ``0.21 ms (0.08 to 1.3 ms)``."""
    low, middle, high = map(_in_ms, (min(spans), median_low(spans), max(spans)))
    return f"{middle} ms" if low == high else f"{middle} ms ({low} to {high} ms)"


def _in_ms(span: timedelta) -> str:
    """To two digits, as far as they are behind the point."""
    ms = span / timedelta(milliseconds=1)
    return f"{ms:.0f}" if ms >= 10 else f"{ms:.1f}" if ms >= 1 else f"{ms:.2f}"


def some(lines: Sequence[str], most: int, nouns: str) -> Iterator[str]:
    """The first of these lines; where there are more than ``most``, the last line counts the rest by its ``nouns``."""
    if len(lines) <= most:
        yield from lines
        return
    yield from lines[: most - 1]
    yield f"… {len(lines) - most + 1} more ({nouns})."

"""How findings are worded: the sentence with its witnesses, and lists as a reader lists them."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.model.addresses import Mac
from bot.model.finding import Finding, Standing, Witness
from bot.model.observation import Observation

WITNESSES_SHOWN = 12
SHOWN = 8


def finding(
    id_: str, standing: Standing, statement: str, seen: Iterable[Observation] = (), *, measured: bool = True
) -> Finding:
    """The finding with the observations as its witnesses, each place once, at most a dozen."""
    witnesses: dict[Witness, None] = {}
    for one in seen:
        if len(witnesses) == WITNESSES_SHOWN:
            break  # a storm has a hundred thousand
        witnesses[Witness(one.artifact, one.locator, one.vantage.agent)] = None
    return Finding(id_, standing, statement, tuple(witnesses), measured)


def listing(words: Iterable[str]) -> str:
    """The words as a reader lists them: ``a, b and c``."""
    *most, last = list(words) or ["nobody"]
    return f"{', '.join(most)} and {last}" if most else last


def few(things: Sequence[object]) -> str:
    """The first of them, and how many more there are: ``1, 2, 3 and 12 more``."""
    more = len(things) - SHOWN
    return ", ".join(map(str, things[:SHOWN])) + (f" and {more} more" if more > 0 else "")


def number(count: int) -> str:
    """The count as a word where that reads better."""
    return {2: "two", 3: "three", 4: "four"}.get(count, str(count))


def macs_text(macs: Iterable[Mac]) -> str:
    """The MACs in order, each in backticks, as a reader lists them."""
    return listing(f"`{mac}`" for mac in sorted(macs))


def clock_text(at: datetime) -> str:
    """A moment as it stands in a sentence."""
    return f"`{at:%Y-%m-%d %H:%M:%S}` UTC"

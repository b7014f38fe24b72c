"""Names as a sentence lists them, and times as it names them."""

from collections.abc import Iterable
from datetime import datetime

_SHOWN = 8


def listing(words: Iterable[str], joint: str = "and") -> str:
    """The words as a reader lists them, each once: ``a, b and c``; of very many the first, and how many more."""
    every = list(dict.fromkeys(words))
    if len(every) > _SHOWN:
        return f"{', '.join(every[:_SHOWN])} {joint} {len(every) - _SHOWN} more"
    *most, last = every
    return f"{', '.join(most)} {joint} {last}" if most else last


def moment(at: datetime) -> str:
    """A time in UTC to the second, which says so."""
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"

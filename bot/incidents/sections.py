"""Whatever else a snapshot holds (hosts and uplinks, alarms, events), item by item as lines, whatever it is called.

The worker's snapshot grows by optional sections; what a look-up was told must not wait for words of its own here.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any

from bot.incidents.wording import moment
from bot.model.owners import Section

_LINES = 40
_NAMED = frozenset({"name", "says"})  # what speaks for itself needs no title before it


def sections(noun: Any, known: Iterable[str], title: str = "") -> Iterator[Section]:
    """A section for each field of the noun that is not ``known`` and holds something; one noun in it is unfolded."""
    for field in fields(noun):
        value, whole = getattr(noun, field.name), f"{title} {_words(field.name)}".strip()
        if field.name in known:
            continue
        if _noun(value):
            yield from (_section(f"{title} {_words(part.name)}".strip(), getattr(value, part.name))
                        for part in fields(value) if _spoken(getattr(value, part.name)))  # fmt: skip
        elif _spoken(value):
            yield _section(whole, value)


def section(title: str, lines: Sequence[str], *, shown: bool = False) -> Section:
    """The section with these lines; of very many the first, and how many more."""
    more = (f"… and {len(lines) - _LINES} more",) if len(lines) > _LINES else ()
    return Section(title, (*lines[:_LINES], *more), shown)


def _section(title: str, value: Any) -> Section:
    return section(title, list(filter(None, map(_spoken, value))) if isinstance(value, tuple) else [_spoken(value)])


def _spoken(value: Any) -> str:
    """The value in one line; what is not known (None) and what is empty is left out."""
    if value is None:
        return ""
    if _noun(value):
        told = ((field.name, _nested(getattr(value, field.name))) for field in fields(value))
        return ", ".join(text if name in _NAMED else f"{_words(name)} {text}" for name, text in told if text)
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(filter(None, map(_nested, value)))
    return str(value)


def _nested(value: Any) -> str:
    text = _spoken(value)
    return f"({text})" if text and _noun(value) else text


def _noun(value: Any) -> bool:
    return is_dataclass(value) and not isinstance(value, type)


def _words(name: str) -> str:
    return name.replace("_", " ")

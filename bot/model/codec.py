"""Nouns to JSON and back: the only serializer, and the only reader of JSON that others wrote.

A union member carries its class name under ``is``; times are ISO 8601 in UTC; addresses are text. Unknown fields
are refused, so that a newer sender is noticed and not half understood.
"""

import json
from datetime import UTC, datetime
from functools import cache
from ipaddress import IPv4Address, IPv4Network
from typing import Any, TypeVar

from cattrs import Converter
from cattrs.errors import BaseValidationError, StructureHandlerNotFoundError
from cattrs.preconf.json import make_converter
from cattrs.strategies import configure_tagged_union

from bot.model.addresses import Mac, parse_mac
from bot.model.incident import AnyEvent
from bot.model.inquiry import AnyDeed

T = TypeVar("T")

_QUOTED = 300


def _time(value: Any, _kind: Any) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError("a time without zone")
    return moment.astimezone(UTC)


@cache
def _converter() -> Converter:
    converter = make_converter(forbid_extra_keys=True)
    for kind in (IPv4Address, IPv4Network):
        converter.register_unstructure_hook(kind, str)
        converter.register_structure_hook(kind, lambda value, to: to(value))
    converter.register_unstructure_hook(datetime, lambda moment: moment.astimezone(UTC).isoformat())
    converter.register_structure_hook(datetime, _time)
    converter.register_structure_hook(Mac, lambda value, _: parse_mac(value))
    for union in (AnyEvent, AnyDeed):
        configure_tagged_union(union, converter, tag_name="is")
    return converter


def loads(text: bytes | str) -> Any:
    """The value in this JSON, which may be anybody's.

    Raises:
        ValueError: it is none, is nested deeper than anything of ours, or holds what JSON has no word for (NaN) or
            nobody could write down again (half of a surrogate pair).
    """
    try:
        value = json.loads(text, parse_constant=_no_number)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if (b"\\ud" if isinstance(text, bytes) else "\\ud") in text.lower():  # type: ignore[operator]
        json.dumps(value, ensure_ascii=False).encode()
    return value


def quotable(foreign: str) -> str:
    """Words that somebody else may have chosen, as they can stand in a sentence of ours: short, on one line."""
    shown = "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in foreign[:_QUOTED])
    return shown if len(foreign) <= _QUOTED else f"{shown}…"


def _no_number(word: str) -> Any:
    raise ValueError(f"{word} is no number")


def encode(noun: object, kind: Any = None) -> Any:
    """The noun as what ``json.dumps`` takes; ``kind`` is needed only for a union such as ``AnyEvent``."""
    return _converter().unstructure(noun, kind)


def decode(kind: type[T], value: Any) -> T:
    """The noun that ``encode`` made ``value`` from.

    Raises:
        ValueError: the value is not such a noun; the text names the first thing that is wrong.
    """
    try:
        return _converter().structure(value, kind)
    except (
        BaseValidationError,
        StructureHandlerNotFoundError,
        AttributeError,
        LookupError,
        OverflowError,
        RecursionError,
        TypeError,
        ValueError,
    ) as error:
        named = getattr(kind, "__name__", "noun that this version knows")  # a union of all events would be a page
        raise ValueError(f"not a {named}: {quotable(_first(error))}") from error


def _first(error: BaseException) -> str:
    while isinstance(error, BaseExceptionGroup) and error.exceptions:
        error = error.exceptions[0]
    return f"{type(error).__name__}: {error}"

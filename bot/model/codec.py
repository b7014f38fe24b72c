"""Nouns to JSON and back: the only serializer.

A union member carries its class name under ``is``; times are ISO 8601 in UTC; addresses are text. Unknown fields
are refused, so that a newer sender is noticed and not half understood.
"""

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
        TypeError,
        ValueError,
    ) as error:
        raise ValueError(f"not a {getattr(kind, '__name__', kind)}: {_first(error)}") from error


def _first(error: BaseException) -> str:
    while isinstance(error, BaseExceptionGroup) and error.exceptions:
        error = error.exceptions[0]
    return f"{type(error).__name__}: {error}"

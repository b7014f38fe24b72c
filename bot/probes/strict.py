"""JSON into nouns and back, for bytes that may come from anybody: nothing unknown, nothing converted.

bot.model.codec reads what we signed ourselves and turns a 5 into "5".
"""

import json
from dataclasses import is_dataclass
from datetime import UTC, datetime
from functools import cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, ip_address
from typing import Any, TypeVar, get_origin

from cattrs import Converter, transform_error
from cattrs.cols import homogenous_tuple_structure_factory
from cattrs.errors import BaseValidationError
from cattrs.gen import make_dict_structure_fn, mapping_structure_factory
from cattrs.preconf.json import make_converter

from bot.errors import BundleError
from bot.model import codec
from bot.model.addresses import Mac, parse_mac
from bot.model.network import Extent, Role, Table

T = TypeVar("T")


def dump(noun: object) -> bytes:
    """The noun as JSON in UTF-8."""
    return json.dumps(_converter().unstructure(noun), ensure_ascii=False, separators=(",", ":")).encode()


def parse(data: bytes, kind: type[T], what: str) -> T:
    """The noun in these bytes; ``what`` is what they should be ("vCenter snapshot").

    Raises:
        BundleError: they are none; the text names the first thing that is wrong.
    """
    try:
        value = codec.loads(data)
    except ValueError as error:
        raise BundleError(f"This is no {what}: it is not JSON ({error}).") from error
    try:
        return _converter().structure(value, kind)
    except (BaseValidationError, ValueError) as error:
        raise BundleError(f"This is no {what}: {codec.quotable(transform_error(error)[0])}.") from error


def _exactly(kind: type[Any]) -> Any:
    def check(value: Any, _: Any) -> Any:
        if type(value) is not kind:
            raise ValueError(f"expected {kind.__name__}, found {type(value).__name__}")
        if isinstance(value, str):
            value.encode()  # half a surrogate pair is valid JSON and would fail wherever it is printed
        return value

    return check


def _text(value: Any) -> str:
    return str(_exactly(str)(value, str))


def _time(value: Any, _: Any) -> datetime:
    moment = datetime.fromisoformat(_text(value))
    if moment.tzinfo is None:
        raise ValueError("a time without zone")
    return moment.astimezone(UTC)


def _is_tuple(kind: Any) -> bool:
    origin: Any = get_origin(kind)
    return origin is tuple


def _is_dict(kind: Any) -> bool:
    origin: Any = get_origin(kind)
    return origin is dict


def _first(kind: type[Any], structure: Any) -> Any:
    exactly = _exactly(kind)
    return lambda value, to: structure(exactly(value, to), to)


@cache
def _converter() -> Converter:
    converter = make_converter(forbid_extra_keys=True)
    converter.register_structure_hook_factory(
        is_dataclass, lambda noun: _first(dict, make_dict_structure_fn(noun, converter, _cattrs_forbid_extra_keys=True))
    )
    converter.register_structure_hook_factory(
        _is_tuple,
        lambda kind: _first(list, homogenous_tuple_structure_factory(kind, converter)),
    )
    converter.register_structure_hook_factory(
        _is_dict, lambda kind: _first(dict, mapping_structure_factory(kind, converter))
    )
    for kind in (str, int, bool):
        converter.register_structure_hook(kind, _exactly(kind))
    for words in (Extent, Role, Table):  # by name: a StrEnum is a str, whose hook would be found first
        converter.register_structure_hook(words, lambda value, to: to(_text(value)))
    converter.register_structure_hook(Mac, lambda value, _: parse_mac(_text(value)))
    converter.register_structure_hook(datetime, _time)
    for told in (IPv4Address, IPv4Network):
        converter.register_structure_hook(told, lambda value, to: to(_text(value)))
    converter.register_structure_hook(IPv4Address | IPv6Address, lambda value, _: ip_address(_text(value)))
    converter.register_unstructure_hook(datetime, lambda moment: moment.astimezone(UTC).isoformat())
    for address in (IPv4Address, IPv4Network, IPv6Address):
        converter.register_unstructure_hook(address, str)
    return converter

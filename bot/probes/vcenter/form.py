"""A snapshot as bytes and back; strict, for the bytes may come from anybody."""

import json
from dataclasses import is_dataclass
from datetime import UTC, datetime
from functools import cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any, get_origin

from cattrs import Converter, transform_error
from cattrs.cols import homogenous_tuple_structure_factory
from cattrs.errors import BaseValidationError
from cattrs.gen import make_dict_structure_fn
from cattrs.preconf.json import make_converter

from bot.errors import BundleError
from bot.model.addresses import Mac, parse_mac
from bot.model.job import Artifact, Job, Media, Probe, Vantage, digest_of
from bot.probes.vcenter.snapshot import Address, Snapshot


def dump(snapshot: Snapshot) -> bytes:
    """The snapshot as the bytes of an artifact."""
    return json.dumps(_converter().unstructure(snapshot), ensure_ascii=False, separators=(",", ":")).encode()


def deliver(job: Job, vantage: Vantage, snapshot: Snapshot, stopped_at: datetime) -> tuple[Artifact, bytes]:
    """The snapshot as the artifact that answers the job; looking began at the snapshot's ``read_at``."""
    data = dump(snapshot)
    artifact = Artifact(
        job=job.id,
        probe=Probe.VCENTER,
        vantage=vantage,
        media=Media.VCENTER,
        digest=digest_of(data),
        size_bytes=len(data),
        started_at=snapshot.read_at,
        stopped_at=stopped_at,
        dropped=None,
    )
    return artifact, data


def parse(data: bytes) -> Snapshot:
    """The snapshot in these bytes.

    Raises:
        BundleError: they hold no such snapshot; the text names the first thing that is wrong.
    """
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BundleError(f"This is no vCenter snapshot: it is not JSON ({error}).") from error
    try:
        return _converter().structure(value, Snapshot)
    except (BaseValidationError, ValueError) as error:
        raise BundleError(f"This is no vCenter snapshot: {transform_error(error)[0]}.") from error


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


def _first(kind: type[Any], structure: Any) -> Any:
    exactly = _exactly(kind)
    return lambda value, to: structure(exactly(value, to), to)


@cache
def _converter() -> Converter:
    # bot.model.codec reads what we signed ourselves and turns a 5 into "5"; this file may come from anybody.
    converter = make_converter(forbid_extra_keys=True)
    converter.register_structure_hook_factory(
        is_dataclass, lambda noun: _first(dict, make_dict_structure_fn(noun, converter, _cattrs_forbid_extra_keys=True))
    )
    converter.register_structure_hook_factory(
        _is_tuple,
        lambda kind: _first(list, homogenous_tuple_structure_factory(kind, converter)),
    )
    for kind in (str, int, bool):
        converter.register_structure_hook(kind, _exactly(kind))
    converter.register_structure_hook(Mac, lambda value, _: parse_mac(_text(value)))
    converter.register_structure_hook(datetime, _time)
    converter.register_structure_hook(IPv4Address, lambda value, _: IPv4Address(_text(value)))
    converter.register_structure_hook(Address, lambda value, _: ip_address(_text(value)))
    converter.register_unstructure_hook(datetime, lambda moment: moment.astimezone(UTC).isoformat())
    for address in (IPv4Address, IPv6Address):
        converter.register_unstructure_hook(address, str)
    return converter

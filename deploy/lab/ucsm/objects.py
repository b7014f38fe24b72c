"""Managed objects as JSON, each checked against Cisco's own description of its class (ucsmsdk's metadata).

``validate_property_value`` of the SDK is content with the first restriction that it looks at: a text that is short
enough is not compared with its pattern (ucsmsdk 0.9.27, ucscoremeta.py). Here every one counts.
"""

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from ucsmsdk import ucscoreutils, ucsgenutils

Objects = Mapping[str, list[dict[str, str]]]
"""Class id ("vnicEther") -> objects, each by the names that its XML attributes have ("switchId")."""

_NUMBERS = {"byte", "sbyte", "short", "ushort", "int", "uint", "long", "ulong"}


class ObjectWrongError(ValueError):
    """An object that no UCS Manager could have: the text names it and what is wrong."""


def load(text: str) -> Objects:
    """Checked objects of a JSON text."""
    return checked(json.loads(text))


def checked(objects: Objects) -> Objects:
    """The same objects.

    Raises:
        ObjectWrongError: a class or a property does not exist, or a value or name is not one that it may have.
    """
    names = set[str]()
    for class_id, members in objects.items():
        meta = _meta(class_id)
        for one in members:
            _check(class_id, meta, one)
            if one["dn"] in names:
                raise ObjectWrongError(f"{one['dn']} is there twice.")
            names.add(one["dn"])
    return objects


@cache
def _meta(class_id: str) -> Any:
    name = ucsgenutils.word_u(class_id)
    if class_id != ucsgenutils.word_l(name) or name not in ucscoreutils.MO_CLASS_ID:
        raise ObjectWrongError(f"{class_id} is no class of UCS Manager.")
    return ucscoreutils.load_class(name)


def _check(class_id: str, meta: Any, one: Mapping[str, str]) -> None:
    where = f"{class_id} {one.get('dn')!r}"
    for name, value in one.items():
        if name not in meta.prop_map:
            raise ObjectWrongError(f"{where}: {name} is no property of this class.")
        if not isinstance(value, str) or not _admitted(meta.prop_meta[meta.prop_map[name]], value):
            raise ObjectWrongError(f"{where}: {name} cannot be {value!r}.")
    if not re.fullmatch(_naming(meta, one), one.get("dn", "").rpartition("/")[2]):
        raise ObjectWrongError(f"{where}: its name is not {meta.mo_meta.rn} of what it says.")


def _admitted(prop: Any, value: str) -> bool:
    limits = prop._MoPropertyMeta__restriction
    if limits.max_length and not (limits.min_length or 0) <= len(value) <= limits.max_length:
        return False
    if value in (limits.value_set or ()):
        return True
    if limits.pattern:
        return re.fullmatch(limits.pattern, value) is not None
    if limits.range_val:
        return value.isdigit() and any(_within(value, told) for told in limits.range_val)
    if limits.value_set:
        return False
    return prop.field_type not in _NUMBERS or value.removeprefix("-").isdigit()


def _within(value: str, told: str) -> bool:
    least, _, most = told.partition("-")
    return int(least) <= int(value) <= int(most)


def _naming(meta: Any, one: Mapping[str, str]) -> str:
    """The pattern of the last part of its name: ``blade-[slot_id]`` with what the object says of itself."""
    parts: Iterable[str] = re.split(r"(\[\w+\])", meta.mo_meta.rn)
    xml = {name: key for key, name in meta.prop_map.items()}
    return "".join(
        re.escape(one[xml[part[1:-1]]])
        if part.startswith("[") and xml[part[1:-1]] in one
        else ".+"
        if part.startswith("[")
        else re.escape(part)
        for part in parts
    )

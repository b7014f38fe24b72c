"""The table of machines as a file: CSV with a line for each, or a JSON list of objects.

``machine`` (or ``vm``, ``name``) and ``affected`` (yes, no, or nothing where nobody knows) have to be there; every
other column is an attribute. An empty field is unknown, ``none`` is known to be nothing, and ``;`` parts several
values, as of the software that a machine runs. Upper and lower case are the same.
"""

import csv
import io
import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from bot.errors import BundleError
from bot.split.attributes import named
from bot.split.machines import Attribute, Table, Values

LARGEST_BYTES, MOST_MACHINES, MOST_ATTRIBUTES = 16 << 20, 20_000, 100
NONE = "none"

_NAMES, _AFFECTED = ("machine", "vm", "name"), "affected"
_YES, _NO = frozenset({"yes", "y", "true", "1", "x", "affected"}), frozenset({"no", "n", "false", "0", "unaffected"})
_UNKNOWN, _NOTHING = frozenset({"", "?", "unknown", "n/a"}), frozenset({NONE, "-"})

Columns = dict[str, Sequence[str]]


def read(data: bytes) -> Table:
    """The table in a file.

    Raises:
        BundleError: it is no such table; the sentence says what is wrong with it.
    """
    if len(data) > LARGEST_BYTES:
        raise BundleError(f"The table has {len(data)} bytes; at most {LARGEST_BYTES} are read.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BundleError(f"The table is not text in UTF-8: {error}.") from error
    columns = _json(text) if text.lstrip()[:1] in ("[", "{") else _csv(text)
    key = next((name for name in _NAMES if name in columns), None)
    if key is None or _AFFECTED not in columns:
        raise BundleError(
            "The table needs a column machine and a column affected (yes, no, or empty where nobody knows), parted by "
            "commas, such as machine,affected,cluster,agent."
        )
    names = _machines(columns.pop(key))
    affected = tuple(_affected(name, cell) for name, cell in zip(names, columns.pop(_AFFECTED), strict=True))
    attributes = tuple(_attribute(column, cells) for column, cells in columns.items())
    _once(one.name for one in attributes)
    return Table(names, affected, attributes)


def _csv(text: str) -> Columns:
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows = []
    try:
        head = [_tidy(column) for column in next(lines, [])]
        for line in lines:
            if any(field.strip() for field in line):
                if len(line) > len(head):
                    raise BundleError(
                        f"Line {lines.line_num} of the table has {len(line)} fields; its first line names {len(head)}."
                    )
                rows.append([*line, *[""] * (len(head) - len(line))])
    except csv.Error as error:
        raise BundleError(f"Line {lines.line_num} of the table is not CSV: {error}.") from error
    return _columns(head, rows)


def _json(text: str) -> Columns:
    try:
        objects = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BundleError(f"The table is not JSON: {error}.") from error
    if not isinstance(objects, list):
        raise BundleError("The table must be a list of objects with machine and affected.")
    for number, row in enumerate(objects, 1):
        if not isinstance(row, dict):
            raise BundleError(f"Machine {number} of the table is not an object with machine and affected.")
    rows = [
        {_tidy(column): _cell(value, number) for column, value in row.items()} for number, row in enumerate(objects, 1)
    ]
    for row, given in zip(rows, objects, strict=True):
        if len(row) < len(given):
            _once(_tidy(column) for column in given)
    head = list(dict.fromkeys(column for row in rows for column in row))
    _limit(head, rows)
    return _columns(head, [[row.get(column, "") for column in head] for row in rows])


def _cell(value: Any, number: int) -> str:
    values = value if isinstance(value, list) else [value]
    for one in values:
        if not (one is None or isinstance(one, str | bool | int)):
            raise BundleError(
                f"Machine {number} of the table has {one!r:.40} for an attribute; it must be text or a list of text."
            )
    return ";".join("?" if one is None else str(one) for one in values or [NONE])


def _columns(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Columns:
    _limit(head, rows)
    cells = list(zip(*rows, strict=True)) or [() for _ in head]
    for column, under in zip(head, cells, strict=True):
        if not column and any(cell.strip() for cell in under):
            raise BundleError("The table has a column without a name.")
    _once(column for column in head if column)
    return {column: under for column, under in zip(head, cells, strict=True) if column}


def _tidy(column: str) -> str:
    return " ".join(column.replace("_", " ").casefold().split())


def _limit(head: Sequence[str], rows: Sequence[object]) -> None:
    if len(rows) > MOST_MACHINES or len(head) > MOST_ATTRIBUTES + 2:
        raise BundleError(f"At most {MOST_MACHINES} machines with {MOST_ATTRIBUTES} attributes are compared.")


def _once(columns: Any) -> None:
    for column, count in Counter(columns).items():
        if count > 1:
            raise BundleError(f"The table has the column {column} {count} times; one is right.")


def _machines(cells: Sequence[str]) -> tuple[str, ...]:
    names = tuple(cell.strip() for cell in cells)
    seen: set[str] = set()
    for number, name in enumerate(names, 1):
        if not name or name == "?":
            raise BundleError(f"Machine {number} of the table has no name.")
        if name.casefold() in seen:
            raise BundleError(f"The table names {name} twice; each machine stands in one line.")
        seen.add(name.casefold())
    return names


def _affected(name: str, cell: str) -> bool | None:
    said = cell.strip().casefold()
    if said not in _YES | _NO | _UNKNOWN:
        raise BundleError(
            f"Whether {name} is affected is {said!r:.40}; it must be yes, no, or empty where nobody knows."
        )
    return None if said in _UNKNOWN else said in _YES


def _attribute(column: str, cells: Sequence[str]) -> Attribute:
    try:
        name, sides = named(column)
    except ValueError as error:
        raise BundleError(f"The column {error}.") from error
    parsed = {cell: _values(cell) for cell in set(cells)}
    written = {value for values in parsed.values() for value in values or ()}
    spelling: dict[str, str] = {}  # one of several, and the same whatever the order of the lines
    for value in sorted(written, reverse=True):
        spelling[value.casefold()] = value
    if len(spelling) < len(written):
        parsed = {
            cell: None if values is None else frozenset(spelling[value.casefold()] for value in values)
            for cell, values in parsed.items()
        }
    return Attribute(name, sides, tuple(parsed[cell] for cell in cells))


def _values(cell: str) -> Values | None:
    """The values of a field; one that is unknown among several leaves open what else there is, so all of it."""
    values = [value for value in map(str.strip, cell.split(";")) if value]
    folded = {value.casefold() for value in values}
    if not folded or not folded.isdisjoint(_UNKNOWN):
        return None
    if not folded.isdisjoint(_NOTHING):
        values = [value for value in values if value.casefold() not in _NOTHING] or [NONE]
    return frozenset(values)

"""The machines that are compared, with what is known of each, in columns."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import ip_address

from bot.model.addresses import parse_mac
from bot.model.cause import Side
from bot.split.attributes import ADDRESSES, MACS

NAME_PARITY, ADDRESS_PARITY, MAC_PARITY = (f"number at the end of the {what}" for what in ("name", "address", "MAC"))
PARITIES = (NAME_PARITY, ADDRESS_PARITY, MAC_PARITY)
"""Attributes that are read off a number, "odd" or "even"; they are signs and blame nobody."""

Values = frozenset[str]
_LAST_DIGIT = re.compile(r"(\d)\D*$")


@dataclass(frozen=True, slots=True)
class Attribute:
    """One column: the values that each machine has, in the order of the machines; None: not known.

    ``sides`` is whose it is; none: nobody's, so that it accuses nobody.
    """

    name: str
    sides: frozenset[Side]
    values: tuple[Values | None, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """The machines by name, whether each is affected (None: nobody said), and their attributes."""

    machines: tuple[str, ...]
    affected: tuple[bool | None, ...]
    attributes: tuple[Attribute, ...]

    def attribute(self, *names: str) -> Attribute | None:
        """The first attribute that has one of these names."""
        return next((one for one in self.attributes if one.name in names), None)

    def told(self) -> "Table":
        """The machines of which it is known whether they are affected, and the attributes of any of them."""
        kept = [index for index, affected in enumerate(self.affected) if affected is not None]
        attributes = (
            Attribute(one.name, one.sides, tuple(one.values[index] for index in kept)) for one in self.attributes
        )
        return Table(
            tuple(self.machines[index] for index in kept),
            tuple(self.affected[index] for index in kept),
            tuple(one for one in attributes if any(values is not None for values in one.values)),
        )


def parities(table: Table) -> Iterator[Attribute]:
    """Odd or even, by what machines are numbered: hashes over two ways, and habits of naming, go by it."""
    yield Attribute(NAME_PARITY, frozenset(), tuple(_parity(frozenset({name}), _in_name) for name in table.machines))
    for parity, names, last in ((ADDRESS_PARITY, ADDRESSES, _in_address), (MAC_PARITY, MACS, _in_mac)):
        if column := table.attribute(*names):
            yield Attribute(parity, frozenset(), tuple(_parity(values, last) for values in column.values))


def _parity(values: Values | None, last: Callable[[str], int]) -> Values | None:
    try:
        return frozenset("odd" if last(value) % 2 else "even" for value in values or ()) or None
    except ValueError:
        return None


def _in_name(name: str) -> int:
    try:
        return _in_address(name)
    except ValueError:
        found = _LAST_DIGIT.search(name.partition(".")[0])
    if found is None:
        raise ValueError("no number")
    return int(found[1])


def _in_address(address: str) -> int:
    return int(ip_address(address))


def _in_mac(mac: str) -> int:
    return int(parse_mac(mac)[-1], 16)

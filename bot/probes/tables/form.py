"""What one device answered, as bytes and back: every value as it came, with its column, its instance and its moment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import IPv4Address, IPv4Network
from typing import Literal

from bot.errors import BundleError
from bot.model.addresses import Mac
from bot.model.network import Device, Extent, Table
from bot.probes import strict
from bot.probes.tables.columns import COLUMNS

FORMAT: Literal["ruleout.network/1"] = "ruleout.network/1"

MOST_VALUES = 200_000
"""So many values one artifact may hold: five columns of 40,000 rows; a worker stops long before."""
MOST_BYTES = 16 << 20

Values = Mapping[str, Mapping[str, str]]
"""Column name -> instance ("2.10.0.0.5") -> value: a number ("3"), octets ("0x0250..") or dotted ("10.0.0.1")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was read together, and when it was asked for. ``up_ticks`` is the device's sysUpTime in the last answer.

    ``vlan`` is the VLAN whose own community was used (Cisco's ``community@vlan``); None: the device's plain one.
    """

    at: datetime
    up_ticks: int | None = None
    vlan: int | None = None
    columns: dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """At ``at`` so much of a table had been read; ``why`` as in TableRead."""

    at: datetime
    table: Table
    extent: Extent
    why: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """All that one device answered to one job. ``networks`` are those it serves, as its operator wrote them down."""

    device: Device
    networks: tuple[IPv4Network, ...] = ()
    ip: IPv4Address | None = None
    macs: tuple[Mac, ...] = ()
    told: tuple[Told, ...] = ()
    readings: tuple[Reading, ...] = ()
    format: Literal["ruleout.network/1"] = field(default=FORMAT)


def dump(answers: Answers) -> bytes:
    """The answers as the bytes of an artifact."""
    return strict.dump(answers)


def parse(data: bytes) -> Answers:
    """The answers in these bytes.

    Raises:
        BundleError: they hold no such answers; the text names the first thing that is wrong.
    """
    if len(data) > MOST_BYTES:
        raise BundleError(f"These are no device's tables: {len(data)} bytes; {MOST_BYTES} are the most.")
    answers = strict.parse(data, Answers, "device's tables")
    named = [name for reading in answers.readings for name in reading.columns]
    if unknown := next((name for name in named if name not in COLUMNS), None):
        raise BundleError(f"This is no device's tables: {unknown[:40]!r} is no column that is read.")
    values = sum(len(cells) for reading in answers.readings for cells in reading.columns.values())
    if values > MOST_VALUES:
        raise BundleError(f"This is no device's tables: {values} values; {MOST_VALUES} are the most.")
    return answers

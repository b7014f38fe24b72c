"""Reads what one device answered over SNMP: how much of each table, and every row as it stood."""

from collections import defaultdict
from dataclasses import replace
from typing import Any

from bot.model.job import Artifact
from bot.model.network import Extent, Table
from bot.model.observation import Observation, RowSeen, TableRead
from bot.probes.tables.columns import COLUMNS, COUNTERS, NAME, UP_TIME, Column, columns, of_entry
from bot.probes.tables.form import MOST_VALUES, Answers, Reading, Told, dump, parse
from bot.probes.tables.names import Names
from bot.probes.tables.rows import Around, rows

__all__ = [
    "COLUMNS",
    "COUNTERS",
    "MOST_VALUES",
    "NAME",
    "UP_TIME",
    "Answers",
    "Column",
    "Reading",
    "Told",
    "columns",
    "dump",
    "of_entry",
    "parse",
    "read",
]

_MOST_NAMED = 3
"""So many rows that could not be understood are named; the others are counted."""


def read(artifact: Artifact, data: bytes) -> tuple[Observation, ...]:
    """How much of each table was read, then every row, reading by reading in their order.

    The locator of a row is its instance as snmpwalk prints it: "ipNetToMedia 2.10.0.0.5". A row that is not what the
    MIB says is left out, and its table is no longer wholly read: ``TableRead.why`` names it.

    Raises:
        BundleError: the bytes hold no device's answers; the text names the first thing that is wrong.
    """
    answers = parse(data)
    told = {(one.table, one.extent) for one in answers.told}
    names = Names(answers.readings)
    whole = (Table.VLANS, Extent.WHOLE) in told
    around = Around(names, names.carried() if whole else None)
    found = [(reading, one) for reading in answers.readings for one in rows(reading, around)]
    wrong: dict[Table, dict[str, str]] = defaultdict(dict)
    for _, one in found:
        if one.wrong:
            wrong[one.table][one.locator] = one.wrong
    common: dict[str, Any] = {"vantage": artifact.vantage, "artifact": artifact.digest}
    heads = (_with_wrong(one, wrong.get(one.table, {}), answers.device.name) for one in answers.told)
    return (
        *(
            TableRead(
                **common,
                seen_at=one.at,
                locator=one.table.value,
                device=answers.device,
                table=one.table,
                extent=one.extent,
                asked_ip=answers.ip,
                asked_macs=answers.macs,
                why=one.why,
            )
            for one in heads
        ),
        *(
            RowSeen(**common, seen_at=reading.at, locator=one.locator, device=answers.device, row=one.row)
            for reading, one in found
            if one.row is not None
        ),
    )


def _with_wrong(told: Told, wrong: dict[str, str], name: str) -> Told:
    if not wrong or told.extent is Extent.NONE:
        return told
    named = [f"{locator} {reason}" for locator, reason in list(wrong.items())[:_MOST_NAMED]]
    more = [f"so are {len(wrong) - _MOST_NAMED} more"] if len(wrong) > _MOST_NAMED else []
    says = f"What {name} tells otherwise than the MIB says was left out: {'; '.join((*named, *more))}."
    return replace(told, extent=Extent.PART, why=f"{told.why} {says}" if told.why else says)

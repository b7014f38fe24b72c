"""Reads the output of a device's command line, as somebody pasted it: the word of a device, told by a person.

Only this room knows ntc-templates and TextFSM.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from bot.model.job import Artifact
from bot.model.network import Device, Role
from bot.model.observation import Observation, RowSeen, TableRead
from bot.probes.pasted.cleaning import lines_of
from bot.probes.pasted.known import PLATFORMS
from bot.probes.pasted.paste import MOST_BYTES, Paste, parse, write
from bot.probes.pasted.reading import Reading, Told, take

__all__ = ["MOST_BYTES", "PLATFORMS", "Paste", "Reading", "Told", "parse", "parts", "read", "take", "write"]

UNNAMED = "pasted"
"""What a device is called where neither the reporter nor a prompt says it."""


def read(artifact: Artifact, data: bytes) -> tuple[Observation, ...]:
    """Every table in the paste and its rows, in its order. Locators are "line 12", of the text as it was pasted.

    Raises:
        BundleError: the bytes are no paste, or no table is in it.
    """
    paste = parse(data)
    found: list[Observation] = []
    for table in take(paste).tables:
        name = paste.device or table.device or UNNAMED
        device = Device(name=name, role=paste.role or Role.OTHER, reporter=paste.reporter)
        place: dict[str, Any] = {
            "seen_at": artifact.stopped_at,
            "vantage": artifact.vantage,
            "artifact": artifact.digest,
            "device": device,
        }
        found.append(
            TableRead(
                **place,
                locator=f"line {table.line}",
                table=table.table,
                extent=table.extent,
                asked_ip=table.asked_ip,
                asked_macs=table.asked_macs,
                why=table.why,
            )
        )
        found += [RowSeen(**place, locator=f"line {line}", row=row) for line, row in table.rows]
    return tuple(found)


def parts(paste: Paste) -> tuple[tuple[tuple[Paste, Told], ...], tuple[str, ...]]:
    """The paste as one for each table in it, each with what it tells, and sentences on what else was in it.

    A name that was given is not put on several devices, where their prompts say who they are.

    Raises:
        BundleError: no table is in it.
    """
    reading = take(paste)
    return tuple(_parts(paste, reading)), reading.notes


def _parts(paste: Paste, reading: Reading) -> Iterator[tuple[Paste, Told]]:
    lines = lines_of(paste.text)
    several = len({told.device for told in reading.tables if told.device}) > 1
    for told in reading.tables:
        name = told.device if several and told.device else paste.device or told.device or UNNAMED
        text = paste.text
        if len(reading.tables) > 1:
            end = [f"{told.device or 'device'}#"] if told.last is not None else []  # a prompt says that it is whole
            before = [""] * (told.began - 1)  # so that a line keeps its number
            text = "\n".join((*before, *lines[told.began - 1 : told.last], *end))
        yield replace(paste, text=text, device=name), told

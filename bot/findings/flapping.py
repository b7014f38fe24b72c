"""The target's MACs that a device had on two ports by turns.

Not a finding: what several of them, and the path view, read.
"""

from dataclasses import dataclass

from bot.findings.cabling import Cable, at
from bot.findings.tabled import called, devices, expected, readings, same_port
from bot.model.addresses import Mac
from bot.model.finding import Evidence
from bot.model.network import Device, FdbEntry, Table
from bot.model.observation import RowSeen

_THERE = 2  # stays on a port make one way there; one more is the way back


@dataclass(frozen=True, slots=True)
class Flap:
    """A MAC that a device had on two ports by turns, and the rows that show it."""

    device: Device
    mac: Mac
    ports: tuple[str, ...]
    cables: tuple[Cable | None, ...]
    rows: tuple[RowSeen, ...]


def flaps(evidence: Evidence) -> list[Flap]:
    """The target's MACs that go to and fro between ports: there and back at least, which no move does."""
    return evidence.once(_read_flaps)


def turned(evidence: Evidence) -> bool:
    """Whether a device had a MAC of the target on another port than before, once: it may go back, or have moved."""
    known = expected(evidence)
    return any(
        len(_turns(evidence, device, mac)) == _THERE
        for device in devices(evidence)
        for mac in (known.macs if known else ())
    )


def _read_flaps(evidence: Evidence) -> list[Flap]:
    known = expected(evidence)
    return [
        flap
        for device in devices(evidence)
        for mac in (known.macs if known else ())
        if (flap := _flap(evidence, device, mac)) is not None
    ]


def _turns(evidence: Evidence, device: Device, mac: Mac) -> list[tuple[FdbEntry, RowSeen]]:
    """The first row of each stay of the MAC on a port, by time."""
    rows = [
        (row, seen)
        for one in readings(evidence, device, Table.FDB)
        for row, seen in one.of(FdbEntry)
        if row.mac == mac and row.port is not None
    ]
    turns = [rows[0]] if rows else []
    for row, seen in rows[1:]:
        if not same_port(row.port, turns[-1][0].port):
            turns.append((row, seen))
    return turns


def _flap(evidence: Evidence, device: Device, mac: Mac) -> Flap | None:
    turns = _turns(evidence, device, mac)
    ports = tuple(dict.fromkeys(str(row.port) for row, _ in turns))
    if len(turns) <= _THERE or len(ports) < 2:
        return None
    aliases = called(evidence, device)
    behind = tuple(at(evidence, aliases, port) for port in ports)
    return Flap(device, mac, ports, behind, tuple(seen for _, seen in turns))

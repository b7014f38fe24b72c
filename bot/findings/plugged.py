"""Ports with a cable in them whose other end is known, and what was read of each: state, VLANs, damaged frames.

Not a finding: what several of them read.
"""

from dataclasses import dataclass

from bot.findings.cabling import Cable, cables
from bot.findings.tabled import Reading, called, devices, readings, same_port
from bot.model.finding import Evidence
from bot.model.network import Device, PortState, Table
from bot.model.observation import RowSeen

ENOUGH = 3
"""From so many new errors within one check on; a good port counts none in a week."""

States = tuple[tuple[PortState, RowSeen], ...]


@dataclass(frozen=True, slots=True)
class Plug:
    """A port towards a host or another device, with every look at it, by time; there is at least one."""

    device: Device
    cable: Cable
    states: States

    @property
    def newest(self) -> tuple[PortState, RowSeen]:
        """The last look."""
        return self.states[-1]

    @property
    def vlans(self) -> tuple[int, ...] | None:
        """The VLANs that it carries, by the last look that told."""
        return next((one.vlans for one, _ in reversed(self.states) if one.vlans is not None), None)

    @property
    def new_errors(self) -> int | None:
        """How many more frames it received damaged at the last look than at the first; None: not counted twice."""
        counted = [one.counts.errors_in for one, _ in self.states if one.counts.errors_in is not None]
        return counted[-1] - counted[0] if len(counted) > 1 and counted[-1] >= counted[0] else None

    @property
    def errs(self) -> bool:
        """Whether it received damaged frames while it was watched, and not by chance."""
        return (self.new_errors or 0) >= ENOUGH

    def __str__(self) -> str:
        if self.cable.host is None:
            return f"Port {self.cable.port} of {self.device.name}, towards {self.cable.other},"
        return (
            f"Port {self.cable.port} of {self.device.name} (host {self.cable.host}, {self.cable.uplink or 'an uplink'})"
        )


def plugs(evidence: Evidence) -> list[Plug]:
    """Every port of a device that was read and of which somebody told what is plugged in."""
    return evidence.once(_read_plugs)


def _read_plugs(evidence: Evidence) -> list[Plug]:
    found = []
    for device in devices(evidence):
        aliases = called(evidence, device)
        looks = readings(evidence, device, Table.PORTS)
        for cable in cables(evidence):
            if cable.device in aliases and (states := looked_at(looks, cable.port)):
                found.append(Plug(device, cable, states))
    return found


def looked_at(looks: list[Reading], port: str) -> States:
    """Every look at the port."""
    return tuple((row, seen) for look in looks for row, seen in look.of(PortState) if same_port(row.port, port))

"""What a vCenter dates around the target: the moves of its VM and the alarms raised on it, on the worker's clock."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.findings.readings import things
from bot.findings.residence import moves
from bot.findings.surrounding import seats
from bot.model.finding import Evidence
from bot.model.observation import Observation, SurroundingsRead
from bot.model.vsphere import Alarm

_RAISED = ("red", "yellow")


class Kind(StrEnum):
    """What happened."""

    MOVE = "move"
    ALARM = "alarm"


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that vCenter dates. ``says`` holds names that people typed.

    ``at`` is on the worker's clock, and a little different with every look; ``dated`` is what vCenter wrote.
    """

    at: datetime
    kind: Kind
    says: str
    seen: Observation
    dated: datetime


def moments(evidence: Evidence) -> tuple[Moment, ...]:
    """Every move of the target's VM and every raised alarm on its VM, host or switch, by time."""
    ahead = {one.artifact: one.clock.ahead for one in evidence.of(SurroundingsRead) if one.clock}
    around = {name for seat in seats(evidence) for name in (seat.vm.name, seat.vm.host)}
    around |= {seat.group[0].switch for seat in seats(evidence) if seat.group}
    found = [
        Moment(
            one.at,
            Kind.MOVE,
            f"VM {one.event.vm} moved {one.event.source or '?'} → {one.event.host}",
            one.seen,
            one.event.at,
        )
        for one in moves(evidence)
    ]
    found += [
        Moment(
            alarm.at - ahead.get(seen.artifact, timedelta()),
            Kind.ALARM,
            f"Alarm “{alarm.name}” on {alarm.on}",
            seen,
            alarm.at,
        )
        for alarm, seen in things(evidence, Alarm)
        if alarm.on in around and alarm.status in _RAISED
    ]
    return tuple(sorted(found, key=lambda one: (one.at, one.says)))

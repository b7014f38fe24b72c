"""Alarms that are triggered on VMs, hosts and switches. Their names are objects of their own: read once and kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from pyVmomi import vim

from bot.agents.vcenter.asking import Asking
from bot.agents.vcenter.groups import line
from bot.agents.vcenter.properties import Properties, collect, flag, of, part
from bot.model.vsphere import Alarm

MOST_ALARMS = 100


@dataclass(frozen=True, slots=True)
class Raised:
    """A triggered alarm by the ids of the alarm and of what it is raised on."""

    alarm: str
    on: str
    status: str
    at: datetime
    acknowledged: bool | None


def moment(told: str | None) -> datetime | None:
    """The moment in a text as vCenter writes it; None where there is none."""
    try:
        at = datetime.fromisoformat(told) if told else None
        return at.astimezone(UTC) if at and at.tzinfo else None
    except (ValueError, OverflowError):
        return None


def raised(entity: Properties) -> tuple[Raised, ...]:
    """What is raised on this object itself; a host's list also holds its VMs', a folder's everybody's."""
    found = []
    for state in entity.all("triggeredAlarmState"):
        at, alarm = moment(part(state, "time")), part(state, "alarm")
        if part(state, "entity") == entity.id and at and alarm:
            status = part(state, "overallStatus") or "unknown"
            found.append(Raised(alarm, entity.id, status, at, flag(state, "acknowledged")))
    return tuple(found[:MOST_ALARMS])


def around(asking: Asking, every: Sequence[Raised], entities: Mapping[str, str]) -> tuple[Alarm, ...]:
    """The alarms by name, newest first; one without a known name goes by its id. ``entities`` are names by id."""
    known = asking.memory.alarms
    new = sorted({one.alarm for one in every} - set(known))[:MOST_ALARMS]
    if new:
        known |= asking.ask("alarms", "The names of alarms", lambda: _names(asking, new)) or {}
    found = [
        Alarm(
            name=known.get(one.alarm, one.alarm),
            on=entities.get(one.on, one.on),
            status=one.status,
            at=one.at,
            acknowledged=one.acknowledged,
        )
        for one in every
    ]
    return tuple(sorted(found, key=lambda one: one.at, reverse=True)[:MOST_ALARMS])


def _names(asking: Asking, ids: Sequence[str]) -> dict[str, str]:
    spec = of([vim.alarm.Alarm(each, asking.stub) for each in ids], {vim.alarm.Alarm: ("info.name",)})
    found = collect(asking.stub, asking.session, spec, asking.page, lambda one: (one.id, one.text("info.name")))
    return {id_: name for id_, told in found if (name := line(told))}

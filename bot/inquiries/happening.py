"""What instruments saw happen around the machine of one question, for the timeline of its channel."""

from datetime import datetime

from bot.incidents.moments import Kind as Seen
from bot.incidents.moments import moments
from bot.model.finding import Evidence
from bot.model.incident import Flipped, Incident
from bot.model.inquiry import Happened, Kind

_KIND = {Seen.MOVE: Kind.MOVE, Seen.ALARM: Kind.ALARM}


def happenings(incident: Incident, evidence: Evidence, now: datetime) -> tuple[Happened, ...]:
    """The moves and alarms that vCenter dates, and what changed while the machine was watched.

    The key of each is the same whichever question brings it. vCenter's times are put right by its clock as each answer
    measured it, so seconds are as far as they agree.
    """
    dated = moments(evidence)
    known = {(one.seen.vantage.agent, f"{one.says}.") for one in dated}  # a watch tells these as changes too
    seen = [
        Happened(
            at=now,
            key=f"{one.seen.vantage.agent} {one.dated:%Y-%m-%dT%H:%M:%S} {one.says}",
            kind=_KIND[one.kind],
            when=one.at,
            source=f"vCenter {one.seen.vantage.agent}",
            says=one.says,
            incident=incident.id,
        )
        for one in dated
    ]
    changed = [
        Happened(
            at=now, key=one.key, kind=Kind.FLIP, when=one.when, source=one.vantage, says=one.says, incident=incident.id
        )
        for one in incident.timeline
        if isinstance(one, Flipped) and (one.vantage, one.says) not in known
    ]
    return (*seen, *changed)

"""What instruments saw happen around the machine of one question, for the timeline of its channel."""

from datetime import datetime

from bot.incidents.moments import Kind as Seen
from bot.incidents.moments import moments
from bot.model.finding import Evidence
from bot.model.incident import Incident
from bot.model.inquiry import Happened, Kind

_KIND = {Seen.MOVE: Kind.MOVE, Seen.ALARM: Kind.ALARM}


def happenings(incident: Incident, evidence: Evidence, now: datetime) -> tuple[Happened, ...]:
    """The moves and alarms that vCenter dates; the key of each is the same whichever question brings it.

    vCenter's times are put right by its clock as each answer measured it, so seconds are as far as they agree.
    """
    return tuple(
        Happened(
            at=now,
            key=f"{one.seen.vantage.agent} {one.at:%Y-%m-%dT%H:%M:%S} {one.says}",
            kind=_KIND[one.kind],
            when=one.at,
            source=f"vCenter {one.seen.vantage.agent}",
            says=one.says,
            incident=incident.id,
        )
        for one in moments(evidence)
    )

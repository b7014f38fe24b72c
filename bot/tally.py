"""What an incident's events add to the figures. The event has been written into the timeline already."""

from bot.incidents import dropping, folds, noted, pasting
from bot.meters import ANSWERED, ENDED, FIRST_EVIDENCE, TAKEN_OVER, VERDICTS
from bot.model.incident import AnyEvent, Closed, Delivered, Incident, Judged, Reported, Requested, TakenOver
from bot.ports import Meter

_NO_AGENT = (dropping.QUEUE, pasting.QUEUE, noted.QUEUE)


def tally(meter: Meter, incident: Incident, event: AnyEvent) -> None:
    """Count what has happened to the incident."""
    if not incident.timeline or not isinstance(incident.timeline[0], Requested):
        return  # it ended so long ago that its question is forgotten
    command, asked_at = incident.request.command, incident.request.asked_at
    if isinstance(event, Reported):
        if _first(incident, event):
            meter.observe(FIRST_EVIDENCE, (event.at - asked_at).total_seconds(), command)
    elif isinstance(event, Judged):
        meter.add(VERDICTS, event.verdict.verdict, event.verdict.grade)
    elif isinstance(event, Closed):
        meter.add(ENDED, command, event.outcome)
    elif isinstance(event, Delivered):
        meter.observe(ANSWERED, (event.at - asked_at).total_seconds(), command)
    elif isinstance(event, TakenOver):
        meter.add(TAKEN_OVER, command)


def _first(incident: Incident, event: Reported) -> bool:
    """Whether it is the first that an agent brought: what people pasted was there before anything was asked."""
    brought = {job.id for job in folds.jobs(incident) if job.queue.startswith(_NO_AGENT)}
    found = (one for one in incident.timeline if isinstance(one, Reported) and one.job not in brought)
    return next(found, None) is event

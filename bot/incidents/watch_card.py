"""The card of a watch while it runs: who watches and when they were last heard, what changed, how much time is left."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.incidents import folds
from bot.incidents.watching import ends_at
from bot.model.incident import Expired, Failed, Flipped, Incident, Lost, Reported, Started
from bot.model.job import Job, Probe

_FLIPS = 6


def places(incident: Incident) -> dict[str, list[Job]]:
    """The jobs of each queue, oldest first."""
    found: dict[str, list[Job]] = {}
    for job in folds.jobs(incident):
        if job.probe in (Probe.WATCH, Probe.VCENTER):
            found.setdefault(job.queue, []).append(job)
    return found


def heard_at(incident: Incident, asked: Sequence[Job]) -> datetime | None:
    """When anybody last said something about these jobs."""
    names = {job.id for job in asked}
    told = [e.at for e in incident.timeline if isinstance(e, Started | Reported) and e.job in names]
    return max(told) if told else None


def who(incident: Incident, asked: Sequence[Job]) -> str | None:
    """The agent that spoke last."""
    names = {job.id for job in asked}
    told = [e.agent for e in incident.timeline if isinstance(e, Started | Reported | Failed) and e.job in names]
    return told[-1] if told else None


def trouble(incident: Incident, asked: Sequence[Job]) -> str | None:
    """Why the newest of these jobs of which there is any word brought nothing; None: it runs, or brought something."""
    for job in reversed(asked):
        told = [e for e in incident.timeline if isinstance(e, Started | Reported | Failed | Lost | Expired)]
        words = [event for event in told if event.job == job.id]
        if not words:
            continue  # it was asked for just now
        last = words[-1]
        if isinstance(last, Failed):
            return last.reason
        brought = any(isinstance(event, Reported) for event in words)
        return "nobody is there" if isinstance(last, Lost | Expired) and not brought else None
    return None


def said(incident: Incident, asked: Sequence[Job], now: datetime | None) -> str:
    """How it is with this vantage, in words."""
    if why := trouble(incident, asked):
        return why
    at = heard_at(incident, asked)
    if at is None:
        return "waiting"
    age = f", heard {max(0.0, (now - at).total_seconds()):.0f} s ago" if now else ""
    return f"watching{age}"


def changes(incident: Incident) -> tuple[str, ...]:
    """The newest changes, the latest first."""
    told = [f"`{one.when:%H:%M:%S}` {one.says}" for one in incident.timeline if isinstance(one, Flipped)]
    return tuple(reversed(told[-_FLIPS:]))


def left(incident: Incident, now: datetime | None) -> str:
    """How much time is left, in words."""
    until = ends_at(incident)
    if until is None or now is None:
        return ""
    left_s = max(0.0, (until - now).total_seconds())
    return f"{left_s:.0f} s left" if left_s < 120 else f"{left_s / 60:.0f} min left"


def flipped(incident: Incident) -> int:
    """How many changes were seen."""
    return sum(isinstance(event, Flipped) for event in incident.timeline)


def states(incident: Incident, now: datetime | None) -> Iterator[tuple[str, str, str, bool]]:
    """Of each place its queue, who speaks there, what is said of it, and whether it is in trouble."""
    for queue, asked in places(incident).items():
        yield queue, who(incident, asked) or "", said(incident, asked, now), trouble(incident, asked) is not None

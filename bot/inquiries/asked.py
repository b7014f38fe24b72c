"""The questions of an inquiry: which belong to it, and which of them is the newest word on its machine."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.model.incident import Incident, Outcome
from bot.model.inquiry import Inquiry
from bot.model.verdict import Answer, Verdict

BEFORE = timedelta(minutes=30)
"""So long before an inquiry was opened a question may have been asked that belongs to it: first one asks."""
MOST = 200
"""So many questions of one window are looked at, the newest."""


def windows(inquiry: Inquiry) -> tuple[tuple[datetime, datetime | None], ...]:
    """From when to when questions belong to it."""
    first, *more = inquiry.windows
    return ((first[0] - BEFORE, first[1]), *more)


def judged(incidents: Iterable[Incident]) -> tuple[Incident, ...]:
    """Of every machine the newest question that ended with a verdict, in the order of asking."""
    newest: dict[str, Incident] = {}
    for incident in sorted(incidents, key=lambda one: (one.request.asked_at, one.id)):
        if answered(incident) and (verdict := incident.verdict):
            newest.pop(machine(incident, verdict), None)
            newest[machine(incident, verdict)] = incident
    return tuple(newest.values())


def answered(incident: Incident) -> bool:
    """Whether it ended with its answer."""
    return incident.closed is not None and incident.closed.outcome is Outcome.ANSWERED


def machine(incident: Incident, verdict: Verdict) -> str:
    """The machine in question, as an address where one is known."""
    return str(verdict.target or incident.request.target)


def called(incident: Incident) -> str:
    """The machine as people speak of it: "app05 (10.0.0.5)", or the address alone."""
    asked, address = str(incident.request.target), incident.address
    return asked if address is None or asked == str(address) else f"{asked} ({address})"


def bad(verdict: Verdict) -> bool:
    """Whether something is wrong with the machine."""
    return verdict.verdict is not Answer.HEALTHY

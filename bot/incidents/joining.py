"""Whoever asks what is being asked already is given the same answer: nobody's packets are sent twice."""

from datetime import datetime, timedelta

from bot.model.incident import Incident, Joined, Published
from bot.model.request import CHECK, LOOK_UP, TRACE, Place, Request

JOINABLE = (CHECK, TRACE, LOOK_UP)
FRESH = timedelta(seconds=15)
"""What was asked longer ago may have begun before whatever somebody has just changed."""
ALSO = "also"


def same(running: Incident, request: Request) -> bool:
    """Whether the running question is this one, and young enough."""
    other = running.request
    return (
        request.command == other.command
        and request.command in JOINABLE
        and (request.deep, request.tables) == (other.deep, other.tables)
        and running.is_about(request.target)
        and request.asked_at - other.asked_at <= FRESH
    )


def places(incident: Incident) -> tuple[Place, ...]:
    """Where else than at its card the answer is awaited, each once."""
    told = [event.place for event in incident.timeline if isinstance(event, Joined)]
    return tuple(dict.fromkeys(place for place in told if place != incident.request.place))


def unanswered(incident: Incident) -> tuple[Place, ...]:
    """Those of the places where it does not stand yet."""
    stands = {(event.channel, event.part) for event in incident.timeline if isinstance(event, Published)}
    return tuple(place for place in places(incident) if (place.channel, copy_part(place)) not in stands)


def copy_part(place: Place) -> str:
    """What the copy of a card is called among the places where it was published."""
    return f"{ALSO} {place.thread or ''}"


def sentence(incident: Incident, place: Place, now: datetime) -> str:
    """What the second asker is told."""
    since_s = max(0.0, (now - incident.request.asked_at).total_seconds())
    asked = f"That was asked {since_s:.0f} s ago already and is on its way (`{incident.id}`), so it is not sent twice"
    return f"{asked}; " + (
        "its card here is yours too." if place == incident.request.place else "its answer comes here too."
    )

"""A person's own requests that have not ended, each as a line with the place of its card."""

from collections.abc import Iterable

from bot.incidents.card import card
from bot.model.incident import Incident, Published
from bot.model.request import Person
from bot.model.roster import Standing

MOST = 15


def running(incidents: Iterable[Incident], person: Person) -> tuple[tuple[Standing, ...], int]:
    """The newest of them, newest first, and how many more there are."""
    own = {one.id: one for one in incidents if one.closed is None and one.request.person == person}
    newest = sorted(own.values(), key=lambda one: one.request.asked_at, reverse=True)
    return tuple(map(_standing, newest[:MOST])), max(0, len(newest) - MOST)


def _standing(incident: Incident) -> Standing:
    request = incident.request
    posted = [one.message for one in incident.timeline if isinstance(one, Published) and one.part == "card"]
    says = f"{card(incident, ()).headline}, asked at {request.asked_at:%H:%M:%S} UTC"
    return Standing(says, request.place.channel, posted[-1] if posted else None)

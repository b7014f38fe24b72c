"""A person's own requests that have not ended, each as a line with the place of its card."""

from collections.abc import Iterable
from datetime import datetime

from bot.incidents.card import card
from bot.model.incident import Incident, Joined, Published
from bot.model.request import Person, Place
from bot.model.roster import Standing

MOST = 15


def running(incidents: Iterable[Incident], person: Person) -> tuple[tuple[Standing, ...], int]:
    """The newest of them, newest first, and how many more there are; who asked the same meanwhile has it too."""
    own = {one.id: (one, asked) for one in incidents if one.closed is None and (asked := _asked(one, person))}
    newest = sorted(own.values(), key=lambda pair: pair[1][0], reverse=True)
    return tuple(_standing(one, *asked) for one, asked in newest[:MOST]), max(0, len(newest) - MOST)


def _asked(incident: Incident, person: Person) -> tuple[datetime, Place] | None:
    """When and where this person asked for it last; None: they did not."""
    request = incident.request
    found = [(request.asked_at, request.place)] if request.person == person else []
    found += [(one.at, one.place) for one in incident.timeline if isinstance(one, Joined) and one.by == person]
    return found[-1] if found else None


def _standing(incident: Incident, at: datetime, place: Place) -> Standing:
    posted = [one.message for one in incident.timeline if isinstance(one, Published) and one.part == "card"]
    # Whoever joined from elsewhere may not be in the channel of the card, and is answered in their own.
    here = posted[-1] if posted and place.channel == incident.request.place.channel else None
    return Standing(f"{card(incident, ()).headline}, asked at {at:%H:%M:%S} UTC", place.channel, here)

"""The messages of an incident beside its card, each with a name, and which of them stand in the chat.

What its end owes its people is its card's last state, the details, what a capture shows, pictures and files in the
card's thread, and a copy of the card wherever else it is awaited. Each is a part; that it stands is a Published event.
Timelines from before there were such events hold none of the thread's parts; their ends are long delivered, and nobody
looks for parts of those. What ended more than ``LATE`` ago owes nothing more: its evidence is not kept any longer.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.incidents.joining import ALSO
from bot.model.incident import APPROVAL, CARD, Flipped, Incident, Published

LATE = timedelta(days=1)
STORY = "story"
"""What a capture shows, as messages in the card's thread."""
_DETAILS, _FILE, _FLIPS = "details", "file", "flips"
_THREAD = (_DETAILS, STORY, _FILE, _FLIPS)


def details(number: int) -> str:
    """The name of one of the messages that hold everything that an answer rests on."""
    return f"{_DETAILS} {number}"


def file(filename: str) -> str:
    """The name of a file or picture, also of the sentence that stands in its place where it cannot be had."""
    return f"{_FILE} {filename}"


def numbered(part: str, number: int) -> str:
    """The name of one of the messages of a part that may take several, counted from 0."""
    return f"{part} {number}" if number else part


def messages(incident: Incident, part: str, channel: str) -> tuple[str, ...]:
    """Where that part was published in that channel, oldest first; the newest counts."""
    told = (event for event in incident.timeline if isinstance(event, Published))
    return tuple(event.message for event in told if (event.part, event.channel) == (part, channel))


def stands(incident: Incident, part: str) -> bool:
    """Whether that part stands where the card does."""
    return bool(messages(incident, part, incident.request.place.channel))


def marked(name: str, part: str) -> tuple[str, str] | None:
    """Of a message's mark: the incident and the part as they are published; None: it is no part of an incident.

    The mark of a copy names the channel in the incident's place, and the incident in the part.
    """
    first, _, rest = part.partition(" ")
    if first == ALSO:
        incident, _, thread = rest.partition(" ")
        return incident, f"{ALSO} {thread}"
    return (name, part) if part in (CARD, APPROVAL) or first in _THREAD else None


def late(incident: Incident, now: datetime) -> bool:
    """Whether it ended so long ago that it owes nothing more."""
    return incident.closed is not None and now - incident.closed.at > LATE


def flips(event: Flipped) -> str:
    """The name of the message that tells a change in a watch, with all that was found in the same moment."""
    return f"{_FLIPS} {event.at.isoformat()}"


def untold(incident: Incident) -> Iterator[tuple[Flipped, ...]]:
    """What changed in a watch and was never published, each time all that was found in one moment.

    Nothing from before the newest that was published; where none was, the newest alone: an older bot wrote none down.
    """
    found: dict[str, list[Flipped]] = {}
    for event in incident.timeline:
        if isinstance(event, Flipped):
            found.setdefault(flips(event), []).append(event)
    told = [number for number, part in enumerate(found) if stands(incident, part)]
    every = [tuple(together) for together in found.values()]
    yield from every[told[-1] + 1 :] if told else every[-1:]

"""Links to the captures of a case, as ``bot.ports.Links``."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.downloads import tickets
from bot.downloads.tickets import Ticket
from bot.model.download import KeptCapture, Link
from bot.model.request import Person, Place
from bot.ports import Clock

LIVES = timedelta(minutes=10)
PATH = "/capture/"


class Shelf(Protocol):
    """Where the captures lie."""

    def captures(self, case: str) -> tuple[KeptCapture, ...]:
        """The captures of a case whose bytes are still there."""
        ...


class SignedLinks:
    """bot.ports.Links. ``address`` is the beginning of every link, as people's browsers reach the download server."""

    def __init__(self, shelf: Shelf, keys: Sequence[bytes], address: str, clock: Clock) -> None:
        self._shelf, self._keys, self._clock = shelf, tuple(keys), clock
        self._address = address.rstrip("/")

    def offer(self, incident: str, person: Person, place: Place) -> tuple[Link, ...]:
        """A fresh link to each capture of the case."""
        expires_at = self._clock.now() + LIVES
        return tuple(self._link(incident, kept, (person, place), expires_at) for kept in self._shelf.captures(incident))

    def _link(self, case: str, kept: KeptCapture, asker: tuple[Person, Place], expires_at: datetime) -> Link:
        ticket = Ticket(case, kept.digest, *asker, expires_at, self._clock.new_id("dl"))
        url = f"{self._address}{PATH}{tickets.sign(self._keys, ticket)}"
        return Link(kept.filename, url, kept.digest, kept.size_bytes, expires_at)

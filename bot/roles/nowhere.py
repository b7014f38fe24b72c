"""Ports that lead nowhere: what a terminal has, and a bot whose operator configured no such part."""

from collections.abc import Mapping

from bot.model.audit import Entry
from bot.model.download import Link
from bot.model.people import Channel, Member
from bot.model.request import Person, Place


class Nowhere:
    """bot.ports.Archive, Directory, Audit and Links of nobody."""

    def save(self, case: str, files: Mapping[str, bytes]) -> None:
        """Keep nothing."""

    def case(self, name: str) -> None:
        """Nothing is kept."""

    def member(self, person: Person) -> Member | None:
        """Nobody says."""
        return None

    def channel(self, channel: str) -> Channel | None:
        """Nobody says."""
        return None

    def record(self, entry: Entry) -> None:
        """Whoever runs a terminal has the machine's own log of it."""

    def of_channel(self, channel: str, most: int) -> tuple[Entry, ...]:
        """Nothing was recorded."""
        return ()

    def offer(self, incident: str, person: Person, place: Place) -> tuple[Link, ...]:
        """No address is configured."""
        return ()

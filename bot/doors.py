"""The doors with a count at each: who was let in, who was sent away, and whose fault that was."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from bot.coordinator import Coordinator
from bot.errors import InstrumentError, RequestError
from bot.meters import OPEN, REQUESTS, Reading
from bot.model.dropped import DroppedFile
from bot.model.incident import Incident
from bot.model.pasted import PastedTable
from bot.model.request import CAPTURE, IN_WORDS, JUDGE, Person, Place

_AGAIN, _OTHER = "again", "other"
"""What stands for the command where a refusal comes before it is known, and for a word that is none."""


class CountedDoors(Coordinator):
    """The coordinator, and its ``meter`` told of everybody who asks."""

    def readings(self) -> Iterator[Reading]:
        """How many questions of each command this bot has in hand."""
        commands = [seat.running.incident.request.command for seat in self.desk.open_seats()]
        for command in {*IN_WORDS, CAPTURE, JUDGE, *commands}:
            yield Reading(OPEN, commands.count(command), (command,))

    def ask(
        self,
        command: str,
        text: str,
        person: Person,
        place: Place,
        tables: tuple[PastedTable, ...] = (),
        *,
        name: str | None = None,
    ) -> Incident:
        """As the coordinator does."""
        with self._door(command if command in IN_WORDS else _OTHER):
            return super().ask(command, text, person, place, tables, name=name)

    def again(self, incident: str, person: Person, place: Place) -> Incident:
        """As the coordinator does."""
        with self._door(_AGAIN):
            return super().again(incident, person, place)

    def judge(
        self, files: Sequence[DroppedFile], text: str, person: Person, place: Place, *, name: str | None = None
    ) -> Incident:
        """As the coordinator does."""
        with self._door(JUDGE):
            return super().judge(files, text, person, place, name=name)

    def capture(self, text: str, person: Person, place: Place, *, name: str | None = None) -> Incident:
        """As the coordinator does."""
        with self._door(CAPTURE):
            return super().capture(text, person, place, name=name)

    def start(self, fields: Mapping[str, str], person: Person, place: Place) -> Incident:
        """As the coordinator does."""
        with self._door(CAPTURE):
            return super().start(fields, person, place)

    @contextmanager
    def _door(self, command: str) -> Iterator[None]:
        try:
            yield
        except RequestError:
            self._meter.add(REQUESTS, command, "refused")
            raise
        except InstrumentError:
            self._meter.add(REQUESTS, command, "unavailable")
            raise
        except Exception:
            self._meter.add(REQUESTS, command, "broke")
            raise

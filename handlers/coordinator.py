"""What a handler asks of the coordinator: to take a question and come back in milliseconds."""

from collections.abc import Sequence
from typing import Protocol

from bot.model.dropped import DroppedFile
from bot.model.incident import Incident
from bot.model.request import Person, Place


class Coordinator(Protocol):
    """The doors of bot.coordinator.

    Each raises RequestError or InstrumentError with the sentence that is the reply to the person.
    """

    def ask(self, command: str, text: str, person: Person, place: Place) -> Incident:
        """Accept what was typed after the command; the answer comes through the chat."""
        ...

    def again(self, incident: str, person: Person, place: Place) -> Incident:
        """Ask the same question once more."""
        ...

    def capture(self, incident: str, person: Person, place: Place) -> Incident:
        """Capture where the incident's target lives; card and files go to the place's thread."""
        ...

    def judge(self, files: Sequence[DroppedFile], text: str, person: Person, place: Place) -> Incident:
        """Judge the capture among shared files about whatever ``text`` names."""
        ...

    def dropped(self, files: Sequence[DroppedFile], person: Person, place: Place) -> None:
        """Offer to judge what was just shared, if it looks like a capture."""
        ...

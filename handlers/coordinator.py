"""What a handler asks of the coordinator: to take a question and come back in milliseconds."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from bot.model.dropped import DroppedFile
from bot.model.form import CaptureForm, NoteForm, Preview, TableForm
from bot.model.incident import Incident
from bot.model.request import Person, Place
from bot.model.roster import Home, Listing


class Inquirer(Protocol):
    """The doors of bot.inquirer, to what a channel works on together. What they show comes through the chat."""

    def open(self, text: str, person: Person, place: Place) -> None:
        """Begin: what is wrong, and which machines are and are not affected."""
        ...

    def close(self, text: str, person: Person, place: Place) -> None:
        """End it, with a last word."""
        ...

    def reopen(self, text: str, person: Person, place: Place) -> None:
        """Go on with the channel's newest one."""
        ...

    def summary(self, person: Person, place: Place, *, share: bool) -> None:
        """Show the whole summary to one person, or post it for all."""
        ...

    def timeline(self, person: Person, place: Place) -> None:
        """Show what happened to one person."""
        ...


class Noter(Protocol):
    """The doors of bot.noter, to what people write down. What was noted comes through the chat."""

    def form(self, text: str, person: Person, place: Place) -> NoteForm:
        """The form for a note, with this text in it."""
        ...

    def note_words(self, text: str, person: Person, place: Place, message: str | None = None) -> None:
        """Take a note in words, or take one back."""
        ...

    def note(
        self,
        fields: Mapping[str, str],
        person: Person,
        place: Place,
        message: str | None = None,
        author: Person | None = None,
    ) -> None:
        """Take a filled form; raises FormError with a sentence for each field that is wrong."""
        ...

    def withdraw(self, note: str, person: Person, place: Place) -> None:
        """Take a note back."""
        ...


class Exporter(Protocol):
    """The door of bot.exporter."""

    def export(self, text: str, person: Person, place: Place) -> str:
        """Make one file of all there is of the channel's incident, and share it; what is said at once."""
        ...


class Receptionist(Protocol):
    """The doors of bot.receptionist, for one person alone."""

    def agents(self, person: Person, place: Place) -> Listing:
        """Everybody who looks, and who is silent."""
        ...

    def usage(self, person: Person, place: Place) -> str:
        """What there is to type, as far as this person may do it here, a line each."""
        ...

    def home(self, person: Person) -> Home:
        """What runs for the person, what they may do, and who looks."""
        ...


class Coordinator(Protocol):
    """The doors of bot.coordinator.

    Each raises RequestError or InstrumentError with the sentence that is the reply to the person.
    """

    @property
    def inquirer(self) -> Inquirer | None:
        """The doors to what the channel works on together; None where there is no channel."""
        ...

    @property
    def exporter(self) -> Exporter | None:
        """The door to the whole of it as a file; None where there is no channel."""
        ...

    @property
    def noter(self) -> Noter | None:
        """The doors to what people write down; None where there is no channel."""
        ...

    @property
    def receptionist(self) -> Receptionist:
        """The doors to who is in, what runs, and what somebody may do."""
        ...

    def posted(self, name: str, part: str, channel: str, message: str) -> None:
        """Slack says that this part of an incident or inquiry of ours stands in this message."""
        ...

    def ask(self, command: str, text: str, person: Person, place: Place, *, name: str | None = None) -> Incident:
        """Accept what was typed after the command; the answer comes through the chat.

        ``name`` is what its incident shall be called, where Slack may tell the same asking twice.
        """
        ...

    def again(self, incident: str, person: Person, place: Place) -> Incident:
        """Ask the same question once more."""
        ...

    def capture(self, text: str, person: Person, place: Place, *, name: str | None = None) -> Incident:
        """Accept a capture in words; card, story and files go to the place, or to its thread. ``name`` as above."""
        ...

    def form(self, incident: str | None, person: Person, place: Place) -> CaptureForm:
        """The form of a capture, about the incident's target where one is given."""
        ...

    def preview(self, fields: Mapping[str, str], person: Person, place: Place) -> Preview:
        """What the filled form would do; raises FormError with a sentence for each field that is wrong."""
        ...

    def start(self, fields: Mapping[str, str], person: Person, place: Place) -> Incident:
        """Accept a capture whose preview was seen."""
        ...

    def approve(self, incident: str, person: Person, place: Place) -> None:
        """Agree to somebody else's capture."""
        ...

    def decline(self, incident: str, person: Person, place: Place) -> None:
        """Refuse somebody's capture."""
        ...

    def stop(self, incident: str, person: Person, place: Place) -> None:
        """End what runs; of a capture, what it has so far is handed over."""
        ...

    def stop_named(self, command: str, text: str, person: Person, place: Place) -> str:
        """Stop the capture of this id or, without one, the only one in the channel; its id."""
        ...

    def judge(
        self, files: Sequence[DroppedFile], text: str, person: Person, place: Place, *, name: str | None = None
    ) -> Incident:
        """Judge the capture among shared files about whatever ``text`` names. ``name`` as above."""
        ...

    def dropped(self, files: Sequence[DroppedFile], person: Person, place: Place) -> None:
        """Offer to judge what was just shared, if it looks like a capture."""
        ...

    def paste_words(self, text: str, files: Sequence[DroppedFile], person: Person, place: Place) -> str:
        """Take tables in words, or in the file beside them; what was read of them. It may take as long as the file."""
        ...

    def paste(
        self,
        fields: Mapping[str, str],
        files: Sequence[DroppedFile],
        person: Person,
        place: Place,
        incident: str | None = None,
    ) -> str:
        """Take the tables of a filled form; raises FormError with a sentence for each field that is wrong."""
        ...

    def table_form(self, incident: str | None, person: Person, place: Place) -> TableForm:
        """The form for tables, about the incident's target or that of the thread."""
        ...

    def audit_of(self, person: Person, place: Place) -> tuple[str, ...]:
        """The newest deeds of this channel, oldest first, one line each."""
        ...

    def download(self, incident: str, person: Person, place: Place) -> None:
        """Show this person alone the links to what was captured."""
        ...

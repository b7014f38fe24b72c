"""The people: who they are, what is shown to them, and the files that they share and fetch."""

from collections.abc import Sequence
from typing import Protocol

from bot.model.download import Link
from bot.model.dropped import DroppedFile
from bot.model.incident import Incident, Progressed
from bot.model.inquiry import Noted, Withdrawn
from bot.model.people import Channel, Member
from bot.model.request import Person, Place
from bot.model.summary import Line, Summary


class Directory(Protocol):
    """What the chat knows of people and places, at most a minute old. Nothing here raises."""

    def member(self, person: Person) -> Member | None:
        """The person, or None: the chat does not say, so nothing more than a look is allowed."""
        ...

    def channel(self, channel: str) -> Channel | None:
        """The channel, or None: the chat does not say, so nothing more than a look is allowed."""
        ...


class Links(Protocol):
    """How a capture leaves the bot for one person."""

    def offer(self, incident: str, person: Person, place: Place) -> tuple[Link, ...]:
        """Fresh links to the captures of a closed incident; empty where their bytes are deleted. Nothing here raises.

        Each is for this person, who asked there, works once and expires.
        """
        ...


class Drops(Protocol):
    """The files that people shared in the chat."""

    def fetch(self, file: DroppedFile, most_bytes: int) -> bytes:
        """The file's bytes; takes seconds.

        Raises:
            InstrumentError: they cannot be had, or are more than that; the text says why.
        """
        ...


class Chat(Protocol):
    """The only way to the people. Calls return at once; delivery, coalescing and rate limits are the port's part."""

    def show(self, incident: Incident, facts: tuple[str, ...], progress: tuple[Progressed, ...] = ()) -> None:
        """Bring the incident's card up to date; ``facts`` are the statements established so far.

        ``progress`` is the last word on each running capture, with the moment when it came. Posts the card the first
        time, then edits it. While a second person is waited for, its thread has a message to approve or decline. A
        closed incident is delivered at once and is final.
        """
        ...

    def also(self, incident: Incident, place: Place) -> None:
        """Post the card of a question that has ended where somebody else awaits its answer, once."""
        ...

    def found(self, incident: str, part: str, channel: str, message: str, stands: str | None) -> None:
        """Slack says that this message shows that part of the incident; ``stands`` is where it was known to be shown.

        It is taken for it where none is known; one too many is taken back.
        """
        ...

    def tell(self, incident: Incident, lines: Sequence[str], part: str) -> None:
        """Say what a capture shows, line by line, in the incident's thread; by its name ``part`` it stands once."""
        ...

    def whisper(self, person: Person, place: Place, sentence: str) -> None:
        """Say something to one person only, where they asked."""
        ...

    def attach(self, incident: Incident, filename: str, data: bytes, comment: str, alt: str | None = None) -> None:
        """Upload a file into the incident's thread; ``alt`` says what a picture shows to who cannot see it.

        No two files of an incident have the same name. Where that fails, a sentence there says so, and everything else
        stands.
        """
        ...

    def complete(self, incident: Incident) -> None:
        """Take it that nothing more follows the end: it is delivered when all that was given stands, or never can."""
        ...

    def offer(self, person: Person, place: Place, file: DroppedFile) -> None:
        """Offer one person to judge the file that they shared there."""
        ...

    def hand(self, person: Person, place: Place, links: tuple[Link, ...]) -> None:
        """Show links to one person only, where they asked."""
        ...


class Boards(Protocol):
    """The way to the people for what a channel works on together; calls return at once, as the Chat's do."""

    def whisper(self, person: Person, place: Place, sentence: str) -> None:
        """Say something to one person only, where they asked."""
        ...

    def board(self, summary: Summary, channel: str, message: str | None) -> None:
        """Bring the channel's summary up to date in ``message``; None: post it there, and pin it.

        Where it was posted is told by the port.
        """
        ...

    def found(self, incident: str, part: str, channel: str, message: str, stands: str | None) -> None:
        """As of the Chat, for the message of a channel's summary."""
        ...

    def brief(self, person: Person | None, place: Place, summary: Summary) -> None:
        """Show the whole summary to one person there, or post it for all (None)."""
        ...

    def list_lines(self, person: Person, place: Place, lines: Sequence[Line], before: int) -> None:
        """Show these lines of a timeline to one person; ``before`` are older and stand not among them."""
        ...

    def post_note(self, place: Place, note: Noted, lines: Sequence[str]) -> None:
        """Say for all there that something was noted, with what is to be said of it; a button takes it back."""
        ...

    def post_withdrawal(self, place: Place, withdrawn: Withdrawn) -> None:
        """Say for all there that a note was taken back."""
        ...

    def share(self, place: Place, filename: str, data: bytes, comment: str) -> None:
        """Upload a file for all there; if that fails, a sentence there says so."""
        ...

"""Notes: what people write down of an incident, and take back. Each door returns in milliseconds."""

from collections.abc import Callable, Mapping

from bot import log
from bot.clerk import Clerk
from bot.errors import RequestError
from bot.incidents import noted
from bot.incidents.policy import TERMINAL, Capability
from bot.inquirer import Inquirer
from bot.inquiries import noting
from bot.inquiries.noting import Source
from bot.model.audit import Deed
from bot.model.form import Choice, NoteForm
from bot.model.incident import Incident
from bot.model.inquiry import Inquiry, Noted, Withdrawn
from bot.model.request import Person, Place
from bot.ports import Boards, Clock, Inquiries

_log = log.get(__name__)

_NONE_OPEN = (
    'No incident is open in this channel, so there is nothing to note it for; open one: `/incident open "odd VMs lose '
    'packets"`.'
)


class Noter:
    """The doors. ``in_thread`` gives the question that a thread is about, ``once`` as in the carrier."""

    def __init__(
        self,
        *,
        inquirer: Inquirer,
        inquiries: Inquiries,
        boards: Boards,
        clerk: Clerk,
        clock: Clock,
        once: Callable[[str], bool],
        in_thread: Callable[[Place], Incident | None],
    ) -> None:
        self._inquirer, self._inquiries, self._boards = inquirer, inquiries, boards
        self._clerk, self._clock, self._once, self._in_thread = clerk, clock, once, in_thread

    def form(self, text: str, person: Person, place: Place) -> NoteForm:
        """The form for a note; ``text`` stands in it already, and the machine that the thread is about.

        Raises:
            RequestError: no incident is open here.
        """
        self._clerk.may(Capability.CHECK, person, place, said="the form of a note")
        self._open_one(place.channel)
        fields = {"text": text[: noting.LONGEST], **({"about": about} if (about := self._about(place)) else {})}
        domains = tuple(Choice(name, name) for name in noting.DOMAINS)
        return NoteForm(fields, noting.choices(), noting.STAGES, domains)

    def note_words(self, text: str, person: Person, place: Place, message: str | None = None) -> None:
        """Take the words after ``/note``, or after "note" in the mention with the timestamp ``message``.

        Raises:
            RequestError: they say nothing that can be noted, or no incident is open here.
        """
        first, _, rest = text.strip().partition(" ")
        if first.lower() == "withdraw":
            self.withdraw(rest, person, place)
            return
        fields = noting.words(text)
        if fields.get("kind") and "about" not in fields and (about := self._about(place)):
            fields["about"] = about
        elif fields.get("about", "").lower() == "all":
            del fields["about"]
        self.note(fields, person, place, message)

    def note(
        self,
        fields: Mapping[str, str],
        person: Person,
        place: Place,
        message: str | None = None,
        author: Person | None = None,
    ) -> None:
        """Take a filled form; ``message`` is the timestamp of the message it was taken from, ``author`` who wrote that.

        Raises:
            FormError: a field is wrong; the sentence of each.
        """
        rule = self._clerk.may(Capability.CHECK, person, place, said="note")
        inquiry = self._open_one(place.channel)
        draft = noting.read(fields)
        said = noting.said(draft.report) if draft.report else draft.text
        new = noting.note(draft, self._clock.new_id("note"), self._clock.now(), person, Source(message, author))
        self._clerk.note(Deed.REQUESTED, person=person, place=place, said=f"note {said}"[:500], read_as=new.note,
                         rule=rule)  # fmt: skip
        self._inquiries.append(inquiry.id, new)
        _log.info("noted", inquiry=inquiry.id, note=new.note, evidence=new.report is not None)
        self._boards.post_note(place, new, (*self._read(new), *noting.beside(inquiry.notes, new)))
        self._inquirer.refresh(place.channel)

    def withdraw(self, note: str, person: Person, place: Place) -> None:
        """Take a note back; it stays in the timeline and weighs nothing any more.

        Raises:
            RequestError: there is none with this id, it was taken back already, or it belongs to somebody else.
        """
        rule = self._clerk.may(Capability.CHECK, person, place, said=f"note withdraw {note}"[:200])
        name = note.strip().strip("`")
        inquiry, found = self._find(name, place.channel)
        if found not in inquiry.notes:
            raise RequestError(f"{found.note} was withdrawn already; it weighs nothing.")
        if person not in (found.by, found.author, inquiry.opened.by):
            raise RequestError(
                "Only whoever noted or wrote it, or whoever opened the incident, can withdraw it; you can note what "
                "contradicts it."
            )
        if self._once(f"withdrawing:{found.note}"):
            raise RequestError(f"{found.note} was withdrawn in this moment by somebody else.")
        self._clerk.note(Deed.REQUESTED, person=person, place=place, said=f"note withdraw {found.note}", rule=rule)
        deed = Withdrawn(at=self._clock.now(), note=found.note, by=person)
        self._inquiries.append(inquiry.id, deed)
        self._boards.post_withdrawal(place, deed)
        self._inquirer.refresh(place.channel)

    def _open_one(self, channel: str) -> Inquiry:
        if channel == TERMINAL:
            raise RequestError("Notes belong to a channel; in a terminal there is none.")
        found = self._inquirer.current(channel)
        if found is None:
            raise RequestError(_NONE_OPEN)
        return found

    def _find(self, name: str, channel: str) -> tuple[Inquiry, Noted]:
        """The note among those of the channel's inquiries, the newest first."""
        for known in reversed(self._inquiries.of_channel(channel)):
            inquiry = self._inquiries.read(known)
            for one in inquiry.timeline if inquiry else ():
                if isinstance(one, Noted) and one.note == name and inquiry:
                    return inquiry, one
        raise RequestError(
            f"No note of this channel is called {name[:40]}; its id stands behind it."
            if name
            else "Say which note, by the id that stands behind it: `/note withdraw ID`."
        )

    def _about(self, place: Place) -> str | None:
        """The machine that the thread is about."""
        found = self._in_thread(place)
        return str(found.address or found.request.target) if found else None

    @staticmethod
    def _read(new: Noted) -> tuple[str, ...]:
        tables = noted.tables(new)
        rows = sum(one.entries for one in tables)
        read = ", ".join(f"`{one.command}`" for one in tables)
        return (f"Its text holds {read} with {rows} entries, which is weighed too.",) if tables else ()

"""Pasted tables: the question of a thread or a card is asked once more with them."""

from collections.abc import Mapping, Sequence
from contextlib import suppress

from bot.clerk import machines
from bot.entrances.entrance import Entrance
from bot.errors import FormError, RequestError
from bot.incidents import pasting
from bot.incidents.policy import Capability
from bot.model.audit import Deed
from bot.model.dropped import DroppedFile
from bot.model.form import Choice, TableForm
from bot.model.incident import Incident, Published
from bot.model.network import Role
from bot.model.request import CHECK, Person, Place, Request, Target

_DEEDS_SEARCHED = 200


class Tables(Entrance):
    """What people read from their own devices."""

    def paste_words(self, text: str, files: Sequence[DroppedFile], person: Person, place: Place) -> str:
        """Take tables as they follow the word "table" in a mention, or lie in the file beside it; see ``paste``."""
        return self.paste(pasting.words(text), files, person, place)

    def paste(
        self,
        fields: Mapping[str, str],
        files: Sequence[DroppedFile],
        person: Person,
        place: Place,
        incident: str | None = None,
    ) -> str:
        """Ask the incident's question, or that of the thread, once more with these tables as further evidence.

        A sentence on what was read of them. It takes as long as Slack needs for the file, if there is one.

        Raises:
            FormError: a field is wrong; the sentence of each.
        """
        target = pasting.target(fields)
        before = self._about(incident, target, place)
        about = before.target if before else target
        if about is None:
            raise FormError({"target": f"I do not know which machine that is about. {pasting.USAGE}"})
        rule = self._clerk.may(Capability.CHECK, person, place, machines(about.address, None), said="paste a table")
        at = self._clock.now()
        found = pasting.read({**fields, "text": self._text(fields, files)}, person.user, at)
        tables = pasting.merged(before.tables if before else (), found.tables)
        command = before.command if before and before.command in pasting.COMMANDS else CHECK
        request = self._request(
            command, about, person, place, deep=bool(before and before.deep), file=before.file if before else None,
            tables=tables,
        )  # fmt: skip
        self._admission.open(request, said=f"table {pasting.named(found.tables)}", rule=rule)
        return pasting.told(found, about)

    def table_form(self, incident: str | None, person: Person, place: Place) -> TableForm:
        """The form for tables, about the incident's target or that of the thread."""
        before = self._about(incident, None, place)
        taken = machines(before.target.address if before else None, None)
        self._clerk.may(Capability.CHECK, person, place, taken, said="the form for tables")
        roles = tuple(Choice(role, role) for role in Role)
        platforms = tuple(Choice(name, says) for name, says in pasting.PLATFORMS.items())
        return TableForm({"target": str(before.target)} if before else {}, roles, platforms)

    def _about(self, incident: str | None, target: Target | None, place: Place) -> Request | None:
        """The request that tables are added to; None: there is none about this machine in this thread."""
        before = self.desk.recall(incident) if incident else self._in_thread(place)
        if before is None or not (target is None or before.is_about(target)):
            return None
        return before.request

    def _in_thread(self, place: Place) -> Incident | None:
        """The newest question in the thread, or the one whose card the thread hangs on."""
        for entry in reversed(self._clerk.audit.of_channel(place.channel, _DEEDS_SEARCHED)) if place.thread else ():
            asked = entry.deed is Deed.REQUESTED and entry.place is not None and entry.incident
            if not asked or entry.place is None or entry.place.thread not in (None, place.thread):
                continue
            with suppress(RequestError):  # it is too old to be known
                found = self.desk.recall(asked)
                cards = [one.message for one in found.timeline if isinstance(one, Published)]
                if entry.place.thread or place.thread in cards:
                    return found
        return None

    def _text(self, fields: Mapping[str, str], files: Sequence[DroppedFile]) -> str:
        """What was pasted; where nothing was, what lies in the one file beside it."""
        text = fields.get("text", "")
        if text.strip() or not files:
            return text
        if len(files) > 1:
            raise FormError({"text": f"There are {len(files)} files; share the one with the tables by itself."})
        assert self._drops is not None, "only a chat has shared files"
        return self._drops.fetch(files[0], pasting.MOST_BYTES).decode("utf-8", errors="replace")

"""Questions: asked, asked again, about a shared file, watched over time, or of many machines beside each other."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from bot.clerk import machines
from bot.entrances.entrance import Entrance
from bot.errors import RequestError
from bot.incidents import asking, dropping, reaching, watching
from bot.incidents.policy import Capability
from bot.model.addresses import ipv4_of
from bot.model.dropped import DroppedFile
from bot.model.incident import Incident
from bot.model.pasted import PastedTable
from bot.model.reach import ReachWish
from bot.model.request import CAPTURE, CHECK, IN_WORDS, JUDGE, LOOK_UP, REACH, TRACE, WATCH, Person, Place, Request

_RIGHT = {
    CHECK: Capability.CHECK,
    JUDGE: Capability.CHECK,
    LOOK_UP: Capability.LOOK_UP,
    CAPTURE: Capability.CAPTURE,
    WATCH: Capability.CHECK,
    REACH: Capability.CHECK,
    TRACE: Capability.CHECK,  # it reads tables, and asks on the wire who answers now
}


class Questions(Entrance):
    """What is asked of machines."""

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
        """Accept a question, with tables that were read at the door; the answer comes through the chat.

        ``name`` is what its incident shall be called, where the same asking may come twice: the second begins nothing.
        """
        if command not in IN_WORDS:
            self._clerk.may(Capability.LOOK_UP, person, place, said=text)
            raise RequestError(f"I do not know how to {command[:20]}. {asking.usage()}")
        if begun := self._begun(name):
            return begun
        if command == WATCH:
            return self._watch(text, person, place, name)
        if command == REACH:
            return self._reach(text, person, place, name)
        question = asking.parse(text, command)
        rule = self._clerk.may(_RIGHT[command], person, place, machines(question.target.address, None), said=text)
        request = self._request(command, question.target, person, place, name, deep=question.deep, tables=tables)
        return self._admission.take(request, said=text, rule=rule)

    def again(self, incident: str, person: Person, place: Place) -> Incident:
        """Ask the same question once more, with today's evidence; it takes the same right as the first time.

        Pasted tables stay where the question is about a shared file. Else they are of yesterday: an entry that has
        been cleared since would still be called wrong.
        """
        before = self.desk.recall(incident).request
        taken = machines(before.target.address, before.capture)
        said = f"again {incident}"
        rule = self._clerk.may(_RIGHT[before.command], person, place, taken, said=said)
        if before.reach:
            return self._admission.open(self._reach_request(before.reach, person, place, None), said=said, rule=rule)
        request = self._request(
            before.command, before.target, person, place, deep=before.deep, capture=before.capture, file=before.file,
            watch=before.watch, before=incident, tables=before.tables if before.command == JUDGE else (),
        )  # fmt: skip
        return self._admission.take(request, said=said, rule=rule)

    def _watch(self, text: str, person: Person, place: Place, name: str | None) -> Incident:
        target, wish = watching.parse(text)
        rule = self._clerk.may(Capability.CHECK, person, place, machines(target.address, None), said=text)
        if same := [one for one in self._here(WATCH, place.channel) if one.is_about(target)]:
            raise RequestError(
                f"{same[0].request.target} is being watched here already, by `{same[0].id}`; stop that one first, or "
                "wait for its end."
            )
        request = self._request(WATCH, target, person, place, name, watch=wish)
        return self._admission.open(request, said=text, rule=rule)

    def _reach(self, text: str, person: Person, place: Place, name: str | None) -> Incident:
        """Compare these machines; what the channel's open incident says of them counts where no packet speaks."""
        wish = reaching.parse(text)
        addresses = [address for one in wish.machines if (address := ipv4_of(one))]
        rule = self._clerk.may(Capability.CHECK, person, place, addresses, said=text)
        return self._admission.open(self._reach_request(wish, person, place, name), said=text, rule=rule)

    def _reach_request(self, wish: ReachWish, person: Person, place: Place, name: str | None) -> Request:
        said = self.inquirer.current(place.channel) if self.inquirer else None
        affected, unaffected = (said.opened.affected, said.opened.unaffected) if said else ((), ())
        wish = replace(wish, affected=affected, unaffected=unaffected)
        return self._request(REACH, reaching.target_of(wish), person, place, name, reach=wish)

    def judge(
        self, files: Sequence[DroppedFile], text: str, person: Person, place: Place, *, name: str | None = None
    ) -> Incident:
        """Judge the capture among these shared files about whatever ``text`` names; ``name`` as of ``ask``."""
        if begun := self._begun(name):
            return begun
        file, target = dropping.choose(files), asking.parse(text, CHECK).target
        rule = self._clerk.may(Capability.CHECK, person, place, machines(target.address, None), said=text)
        request = self._request(JUDGE, target, person, place, name, file=file)
        return self._admission.open(request, said=f"{file.name} {text}", rule=rule)

    def dropped(self, files: Sequence[DroppedFile], person: Person, place: Place) -> None:
        """Offer to judge what was shared, if it looks like a capture; whoever may not ask is left alone."""
        found = [file for file in files if file.looks_like_capture]
        if not found:
            return
        with suppress(RequestError):
            self._clerk.may(Capability.CHECK, person, place, said="share a capture")
            for file in found:
                self._chat.offer(person, place, file)

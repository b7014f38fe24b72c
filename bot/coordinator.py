"""The doors: what a person asks is read, authorised, written down and set going. Each returns in milliseconds."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import replace
from ipaddress import IPv4Address

from bot import log
from bot.clerk import Clerk, machines, machines_of
from bot.desk import Ground, Seat, is_place
from bot.engine import Engine
from bot.errors import FormError, InstrumentError, RequestError
from bot.exporter import Exporter
from bot.incidents import asking, audited, dropping, folds, parts, pasting, planning, reaching, watching, wishing
from bot.incidents.crowding import USUAL, Bounds
from bot.incidents.policy import Capability, Policy
from bot.incidents.wishing import Wanted
from bot.inquirer import Inquirer
from bot.model.addresses import ipv4_of
from bot.model.audit import Deed
from bot.model.capture import CaptureWish
from bot.model.dropped import DroppedFile
from bot.model.form import CaptureForm, Choice, Preview, TableForm
from bot.model.incident import Approved, Declined, Incident, Outcome, Published, StopAsked
from bot.model.inquiry import BOARD
from bot.model.network import Role
from bot.model.pasted import PastedTable
from bot.model.reach import ReachWish
from bot.model.request import (
    CAPTURE,
    CHECK,
    IN_WORDS,
    JUDGE,
    LOOK_UP,
    REACH,
    TRACE,
    WATCH,
    Person,
    Place,
    Request,
    Target,
)
from bot.model.watch import WatchWish
from bot.noter import Noter
from bot.ports import (
    NO_METER,
    Archive,
    Audit,
    Boards,
    Chat,
    Clock,
    Directory,
    Drops,
    Inquiries,
    Journal,
    Kept,
    Links,
    Meter,
    Queue,
)
from bot.receptionist import Receptionist

_log = log.get(__name__)

_RIGHT = {
    CHECK: Capability.CHECK,
    JUDGE: Capability.CHECK,
    LOOK_UP: Capability.LOOK_UP,
    CAPTURE: Capability.CAPTURE,
    WATCH: Capability.CHECK,
    REACH: Capability.CHECK,
    TRACE: Capability.CHECK,  # it reads tables, and asks on the wire who answers now
}
_DEEDS_SHOWN = 20
_DEEDS_SEARCHED = 200
_SOME_MACHINE = IPv4Address(0)  # stands in a preview for an address that vCenter has yet to say


class Coordinator(Engine):
    """Everything between the doors and the agents.

    Each door raises RequestError or InstrumentError with the sentence that is the reply. ``most_bytes``: what can
    travel of one capture.
    """

    def __init__(
        self,
        *,
        queue: Queue,
        journal: Journal,
        chat: Chat,
        archive: Archive,
        clock: Clock,
        rules: Policy,
        vcenters: tuple[str, ...],
        networks: tuple[str, ...] = (),
        directory: Directory,
        audit: Audit,
        links: Links,
        once: Callable[[str], bool],
        apart: Callable[[Callable[[], None]], None],
        most_bytes: int,
        drops: Drops | None = None,
        inquiries: Inquiries | None = None,
        boards: Boards | None = None,
        kept: Kept | None = None,
        meter: Meter = NO_METER,
        bounds: Bounds = USUAL,
    ) -> None:
        clerk = Clerk(rules, directory, audit, clock, meter)
        ground = Ground(queue, journal, chat, archive, clerk, clock, vcenters, networks, kept, meter, bounds)
        inquirer, self.noter, self.exporter = None, None, None
        if inquiries and boards:  # a terminal is no channel
            inquirer = Inquirer(
                inquiries=inquiries, journal=journal, boards=boards, clerk=clerk, clock=clock, running=self._running,
                once=once, apart=apart,
            )  # fmt: skip
            self.noter = Noter(
                inquirer=inquirer, inquiries=inquiries, boards=boards, clerk=clerk, clock=clock, once=once,
                in_thread=self._in_thread,
            )  # fmt: skip
            self.exporter = Exporter(inquirer, archive, audit, links, chat, boards, clerk, clock, apart)
        super().__init__(ground, once=once, apart=apart, drops=drops, inquirer=inquirer)
        self._links, self._most_bytes = links, most_bytes
        self.receptionist = Receptionist(
            journal, clerk, clock, vcenters, networks, self._remembered, self._call_roll, self._rolled
        )  # fmt: skip

    def posted(self, name: str, part: str, channel: str, message: str) -> None:
        """Take what Slack says of a message of ours: whoever posted it may have died before it was written down."""
        if part == BOARD:
            if self.inquirer:
                self.inquirer.posted(name, channel, message)
            return
        if (known_as := parts.marked(name, part)) is None:
            return
        name, part = known_as
        word = Published(at=self._clock.now(), channel=channel, message=message, part=part)
        if seat := self._seat(name):
            with self._at(seat):
                self._place(seat.running, word)
        elif (known := self.written(name)) and not any(is_place(one, word) for one in known.timeline):
            self._queue.tell(name, word)  # another bot has it, or had

    def pinned(self, inquiry: str, message: str) -> None:
        """The channel's summary stands in this message from now on."""
        if self.inquirer:
            self.inquirer.pinned(inquiry, message)

    # ---- questions ---------------------------------------------------------------------------------------------

    def ask(
        self, command: str, text: str, person: Person, place: Place, tables: tuple[PastedTable, ...] = ()
    ) -> Incident:
        """Accept a question, with tables that were read at the door; the answer comes through the chat."""
        if command not in IN_WORDS:
            self._clerk.may(Capability.LOOK_UP, person, place, said=text)
            raise RequestError(f"I do not know how to {command[:20]}. {asking.usage()}")
        if command == WATCH:
            return self._watch(text, person, place)
        if command == REACH:
            return self._reach(text, person, place)
        question = asking.parse(text, command)
        rule = self._clerk.may(_RIGHT[command], person, place, machines(question.target.address, None), said=text)
        request = self._request(command, question.target, person, place, deep=question.deep, tables=tables)
        return self._join(request, said=text, rule=rule) or self._open(request, said=text, rule=rule)

    def again(self, incident: str, person: Person, place: Place) -> Incident:
        """Ask the same question once more, with today's evidence; it takes the same right as the first time.

        Pasted tables stay where the question is about a shared file. Else they are of yesterday: an entry that has
        been cleared since would still be called wrong.
        """
        before = self._recall(incident).request
        taken = machines(before.target.address, before.capture)
        said = f"again {incident}"
        rule = self._clerk.may(_RIGHT[before.command], person, place, taken, said=said)
        if before.reach:
            return self._open(self._reach_request(before.reach, person, place), said=said, rule=rule)
        request = self._request(
            before.command, before.target, person, place, deep=before.deep, capture=before.capture, file=before.file,
            watch=before.watch, before=incident, tables=before.tables if before.command == JUDGE else (),
        )  # fmt: skip
        return self._join(request, said=said, rule=rule) or self._open(request, said=said, rule=rule)

    def _watch(self, text: str, person: Person, place: Place) -> Incident:
        target, wish = watching.parse(text)
        rule = self._clerk.may(Capability.CHECK, person, place, machines(target.address, None), said=text)
        if same := [one for one in self._here(WATCH, place.channel) if one.is_about(target)]:
            raise RequestError(
                f"{same[0].request.target} is being watched here already, by `{same[0].id}`; stop that one first, or "
                "wait for its end."
            )
        return self._open(self._request(WATCH, target, person, place, watch=wish), said=text, rule=rule)

    def _reach(self, text: str, person: Person, place: Place) -> Incident:
        """Compare these machines; what the channel's open incident says of them counts where no packet speaks."""
        wish = reaching.parse(text)
        addresses = [address for one in wish.machines if (address := ipv4_of(one))]
        rule = self._clerk.may(Capability.CHECK, person, place, addresses, said=text)
        return self._open(self._reach_request(wish, person, place), said=text, rule=rule)

    def _reach_request(self, wish: ReachWish, person: Person, place: Place) -> Request:
        said = self.inquirer.current(place.channel) if self.inquirer else None
        affected, unaffected = (said.opened.affected, said.opened.unaffected) if said else ((), ())
        wish = replace(wish, affected=affected, unaffected=unaffected)
        return self._request(REACH, reaching.target_of(wish), person, place, reach=wish)

    def judge(self, files: Sequence[DroppedFile], text: str, person: Person, place: Place) -> Incident:
        """Judge the capture among these shared files about whatever ``text`` names."""
        file, target = dropping.choose(files), asking.parse(text, CHECK).target
        rule = self._clerk.may(Capability.CHECK, person, place, machines(target.address, None), said=text)
        request = self._request(JUDGE, target, person, place, file=file)
        return self._open(request, said=f"{file.name} {text}", rule=rule)

    def dropped(self, files: Sequence[DroppedFile], person: Person, place: Place) -> None:
        """Offer to judge what was shared, if it looks like a capture; whoever may not ask is left alone."""
        found = [file for file in files if file.looks_like_capture]
        if not found:
            return
        with suppress(RequestError):
            self._clerk.may(Capability.CHECK, person, place, said="share a capture")
            for file in found:
                self._chat.offer(person, place, file)

    # ---- pasted tables -----------------------------------------------------------------------------------------

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
        self._open(request, said=f"table {pasting.named(found.tables)}", rule=rule)
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
        before = self._recall(incident) if incident else self._in_thread(place)
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
                found = self._recall(asked)
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

    # ---- captures ----------------------------------------------------------------------------------------------

    def capture(self, text: str, person: Person, place: Place) -> Incident:
        """Accept a capture in words; its card comes through the chat."""
        wanted = wishing.parse(text)
        return self._capture(wanted, text, person, place)

    def form(self, incident: str | None, person: Person, place: Place) -> CaptureForm:
        """The form of a capture, about the incident's target where one is given."""
        about = self._recall(incident) if incident else None
        target = (about.address or about.request.target) if about else None
        address = target if isinstance(target, IPv4Address) else target.address if target else None
        self._clerk.may(Capability.CAPTURE, person, place, machines(address, None), said="the form of a capture")
        there = planning.capturing(self._known().agents)
        near = sorted(there, key=lambda one: (not (address and one.prefix and address in one.prefix), one.agent))
        choices = tuple(Choice(one.agent, f"segment {one.segment}, {one.prefix or 'no prefix'}") for one in near)
        fields = {"for": f"{wishing.USUAL_S:g}", **({"target": str(target)} if target else {})}
        return CaptureForm(fields, choices)

    def preview(self, fields: Mapping[str, str], person: Person, place: Place) -> Preview:
        """What the filled form would capture, where, and who has to agree.

        Raises:
            FormError: a field is wrong; the sentence of each.
        """
        wanted = wishing.read(fields)
        target, wish = wanted.target, wanted.wish
        taken = machines(target.address, wish)
        self._clerk.may(Capability.CAPTURE, person, place, taken, said=str(wanted))
        if target.address is None:
            where = ", ".join(wish.at) if wish.at else f"every segment that {target} turns out to be on"
            filtered = str(wish.filter(_SOME_MACHINE)).replace(str(_SOME_MACHINE), f"<address of {target}>")
            depends = f"That depends on the address that vCenter knows of {target}."
            second: str | None = self._clerk.needs_second(taken) or depends
        else:
            try:
                plan = planning.plan_capture("preview", target.address, wish, known=self._known(), first=0)
            except RequestError as error:
                raise FormError({"at" if wish.at else "target": str(error)}) from error
            where = ", ".join(job.queue.partition(".")[2] for job in plan.jobs)
            filtered = str(wish.filter(target.address))
            second = self._clerk.needs_second(taken)
        return Preview(
            target=str(target),
            where=where,
            filter=filtered,
            duration_s=wish.duration_s,
            most_bytes=self._most_bytes,
            second=second,
            words=str(wanted),
            at=self._clock.now(),
        )

    def start(self, fields: Mapping[str, str], person: Person, place: Place) -> Incident:
        """Accept a capture that was seen in its preview."""
        wanted = wishing.read(fields)
        return self._capture(wanted, f"form: {wanted}", person, place)

    def _capture(self, wanted: Wanted, said: str, person: Person, place: Place) -> Incident:
        taken = machines(wanted.target.address, wanted.wish)
        rule = self._clerk.may(Capability.CAPTURE, person, place, taken, said=said)
        request = self._request(CAPTURE, wanted.target, person, place, capture=wanted.wish)
        return self._open(request, said=said, rule=rule)

    def _request(
        self,
        command: str,
        target: Target,
        person: Person,
        place: Place,
        *,
        deep: bool = False,
        capture: CaptureWish | None = None,
        file: DroppedFile | None = None,
        tables: tuple[PastedTable, ...] = (),
        watch: WatchWish | None = None,
        reach: ReachWish | None = None,
        before: str | None = None,
    ) -> Request:
        name, now = self._clock.new_id("inc"), self._clock.now()
        return Request(name, command, target, deep, person, place, now, capture, file, tables, watch, reach, before)

    # ---- the second person -------------------------------------------------------------------------------------

    def approve(self, incident: str, person: Person, place: Place) -> None:
        """Agree to somebody else's capture: once, in time, with a right to this machine and this channel as of now."""
        seat = self._waiting(incident)
        asked = self._still_awaited(seat)
        if person == asked.request.person:
            raise RequestError("You asked for this capture yourself, so somebody else has to approve it.")
        rule = self._may_decide(asked, person)  # before the lock: whoever knows the people may take a moment
        lost = self._lost_right(asked)
        with seat.lock:
            self._still_awaited(seat)
            self._clerk.record(Deed.APPROVED, incident=incident, person=person, place=place, rule=rule)
            self._decide(incident)
            if lost:
                self._end(seat.running, Outcome.REFUSED, f"Whoever asked may not capture any more: {lost}")
            else:
                self._happen(seat.running, Approved(at=self._clock.now(), by=person))

    def decline(self, incident: str, person: Person, place: Place) -> None:
        """Refuse somebody's capture, for good; whoever may approve may do so, and who asked may take it back."""
        seat = self._waiting(incident)
        asked = self._still_awaited(seat)
        own = person == asked.request.person
        rule = "their own request" if own else self._may_decide(asked, person)
        with seat.lock:
            self._still_awaited(seat)
            self._decide(incident)
            self._clerk.note(Deed.DECLINED, incident=incident, person=person, place=place, rule=rule)
            self._happen(seat.running, Declined(at=self._clock.now(), by=person))

    def _decide(self, incident: str) -> None:
        """Take the one decision that there is on this capture.

        Raises:
            RequestError: another bot has taken it, and goes on with it.
        """
        if self._decided(incident):
            self._give(incident)
            raise RequestError(_DECIDED)

    def _waiting(self, incident: str) -> Seat:
        """The seat of a capture that waits; one that another bot left behind is taken over."""
        seat = self._seat(incident)
        if seat is None:
            found = self._recall(incident)
            if folds.awaits(found) is None:
                raise RequestError(_DECIDED)
            seat = self._seize(found)
        return seat

    def _seize(self, waiting: Incident) -> Seat:
        """Take over what only waits, whichever bot has it."""
        self._queue.hold([waiting.id], seize=True)
        return self._take_seat(waiting)

    def _may_decide(self, asked: Incident, person: Person) -> str:
        return self._clerk.may(
            Capability.APPROVE,
            person,
            asked.request.place,
            machines_of(asked),
            incident=asked.id,
            said="approve or decline",
        )

    def _lost_right(self, asked: Incident) -> str | None:
        """Why the asker may not capture any more; an approval agrees to a request, it does not replace its right."""
        request = asked.request
        try:
            self._clerk.may(Capability.CAPTURE, request.person, request.place, machines_of(asked), incident=asked.id)
        except RequestError as refusal:
            return str(refusal)
        return None

    def _still_awaited(self, seat: Seat) -> Incident:
        incident = seat.running.incident
        waits = folds.awaits(incident)
        if waits is None:
            raise RequestError(_DECIDED)
        if waits.until <= self._clock.now():
            raise RequestError(
                f"The time to approve it was over at {waits.until:%H:%M} UTC; it has to be asked for anew."
            )
        return incident

    # ---- ends --------------------------------------------------------------------------------------------------

    def stop(self, incident: str, person: Person, place: Place) -> None:
        """End what runs; of a capture, what it has so far is handed over.

        Whoever may check here may stop it: that harms nobody, and a capture that nobody present can end does.

        Raises:
            RequestError: it is over already.
        """
        seat = self._seat(incident)
        found = seat.running.incident if seat else self._recall(incident)
        rule = self._clerk.may(Capability.CHECK, person, place, machines_of(found), said=f"stop {incident}")
        if seat is None and folds.awaits(found):
            seat = self._seize(found)
        with seat.lock if seat else nullcontext():
            incident_now = seat.running.incident if seat else found
            if incident_now.closed or (seat and seat.running.handed):
                raise RequestError("That was over before it could be stopped.")
            if folds.stopped(incident_now):
                raise RequestError("That is being stopped already; what it brought is on its way.")
            if folds.awaits(incident_now) and self._decided(incident, else_decide=True):
                self._give(incident)
                raise RequestError(_DECIDED)
            self._clerk.note(Deed.STOPPED, incident=incident, person=person, place=place, rule=rule)
            word = StopAsked(at=self._clock.now(), by=person)
            if seat:
                self._halt(seat.running, word)
            else:  # another bot has it, or had
                self._queue.tell(incident, word)

    def stop_named(self, command: str, text: str, person: Person, place: Place) -> str:
        """Stop the capture or watch of this id or, without one, the only one that runs in the channel; its id."""
        wanted = text.strip().strip("`")
        here = self._here(command, place.channel)
        ids = [incident.id for incident in here]
        if wanted and len(wanted.split()) > 1:
            raise RequestError(
                f"Say one {command}'s id, for example `/{command} stop inc-k3v9`, or none if only one runs."
            )
        if not wanted and not ids:
            raise RequestError(f"No {command} runs in this channel, so there is nothing to stop.")
        if not wanted and len(ids) > 1:
            told = ", ".join(f"`{one.id}` ({one.request.target})" for one in here)
            raise RequestError(f"{len(ids)} of them run here: {told}. Say which: `/{command} stop {ids[0]}`.")
        name = wanted or ids[0]
        if name not in ids and self._journal.read(name) is None:
            raise RequestError(f"No {command} is called {name[:40]}; its id stands at the foot of its card.")
        self.stop(name, person, place)
        return name

    def _here(self, command: str, channel: str) -> list[Incident]:
        """What of this kind runs in the channel, in whichever bot's hand."""
        running = [seat.running.incident for seat in self._open_seats()]
        try:
            others = [name for name in self._journal.unfinished(channel) if self._seat(name) is None]
            running += [one for name in others if (one := self._journal.read(name)) and one.closed is None]
        except InstrumentError as error:
            _log.warning("others_not_known", reason=str(error))
        return [one for one in running if (one.request.command, one.request.place.channel) == (command, channel)]

    def audit_of(self, person: Person, place: Place) -> tuple[str, ...]:
        """The newest deeds of this channel, oldest first, one line each; for whoever may check here."""
        self._clerk.may(Capability.CHECK, person, place, said="the audit of the channel")
        return tuple(audited.told(entry) for entry in self._clerk.audit.of_channel(place.channel, _DEEDS_SHOWN))

    def download(self, incident: str, person: Person, place: Place) -> None:
        """Whisper links to what was captured to this person; they are theirs alone and end soon."""
        found = self._recall(incident)
        taken = machines_of(found)
        rule = self._clerk.may(Capability.DOWNLOAD, person, place, taken, incident=incident)
        links = self._links.offer(incident, person, place)
        if not links:
            raise RequestError(
                "There is nothing to download: its files were deleted when their time was over, or the operator of "
                "ruleout has configured no address for downloads."
            )
        for link in links:
            self._clerk.record(
                Deed.LINKED, incident=incident, person=person, place=place, rule=rule, read_as=link.filename,
                size_bytes=link.size_bytes, digest=link.digest,
            )  # fmt: skip
        self._chat.hand(person, place, links)


_DECIDED = "That was decided already, or it is over; its card says how."

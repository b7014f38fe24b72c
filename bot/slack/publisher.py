"""The only writer to Slack: one thread that brings cards up to date, at Slack's pace, and never loses a last state."""

import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from slack_sdk import WebClient

from bot import log
from bot.incidents import folds, parts
from bot.incidents.card import card
from bot.incidents.joining import ALSO, copy_part
from bot.model.download import Link
from bot.model.dropped import DroppedFile
from bot.model.incident import APPROVAL, CARD, AwaitsApproval, Incident, Progressed, Published, TakenOver
from bot.model.inquiry import BOARD, Noted, Withdrawn
from bot.model.request import Person, Place
from bot.model.summary import Line, Summary
from bot.slack.blocks import approval_message, card_message, offer_message
from bot.slack.boards import board_message, brief_message, lines_message
from bot.slack.delivery import GONE, Delivery, RateLimitedError, RefusedError, UnansweredError
from bot.slack.details import details, links_text, story_messages
from bot.slack.errands import (
    Approval,
    Board,
    Complete,
    Copy,
    File,
    Mended,
    Post,
    Reply,
    Retraction,
    Shared,
    Standing,
    State,
    Whisper,
)
from bot.slack.mrkdwn import fitted, fitted_lines
from bot.slack.notes import note_message, withdrawal_message
from bot.slack.outbox import Outbox, Pace, Parcel
from bot.slack.pieces import Message

_log = log.get(__name__)

_REMEMBERED = 2000  # cards whose place we keep in memory; an ended one is not shown again
_TRIES = 3  # of what loses its worth when it comes late: a whisper, a file
_UNINVITED = frozenset({"not_in_channel", "channel_not_found"})
_SENTENCE = 2000
_AT_ONCE = timedelta(seconds=2)  # so long after its end who first hears of it then is not who ended it


class Publisher:
    """bot.ports.Chat on Slack.

    ``published`` is called in the publisher's thread after a card was first posted, with the incident's id, the
    channel and the message's timestamp id, and with the part after those when it was another one than the card;
    ``delivered``, with the incident's id, when its last state and every other part that it owes stand, or never can.
    ``ours`` says whether this bot has the incident in hand: what another one carries is not touched, however long ours
    waited; ``written`` gives an incident as the journal has it. ``key`` signs buttons, ``now`` tells how old a word
    is.

    A question older than ``since`` (this process's start), or one that was taken over, may have been posted by a
    process that died before it could say so: each part is looked for first, by its mark. A file has none: it is looked
    for by its title, which names the incident. Where Slack does not let us look, a message that is there twice is taken
    back once Slack tells of it (``found``); of a file it tells nothing, so it may stand there twice rather than not at
    all, if the bot died between Slack's answer and writing that down.
    """

    def __init__(
        self,
        client: WebClient,
        *,
        key: bytes,
        published: Callable[..., None],
        delivered: Callable[[str], None],
        pinned: Callable[[str, str], None] = lambda *_: None,
        ours: Callable[[str], bool] = lambda _: True,
        written: Callable[[str], Incident | None] = lambda _: None,
        since: datetime,
        now: Callable[[], datetime],
        pace: Pace | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._slack = Delivery(client)
        self._key, self._published, self._delivered = key, published, delivered
        self._since, self._now, self._clock = since, now, clock
        self._pinned, self._ours, self._written = pinned, ours, written
        self._boards: dict[str, str] = {}  # inquiry -> the message that holds its summary
        self._outbox = Outbox(pace or Pace())
        self._places: dict[str, Standing] = {}
        self._changed = threading.Condition()  # guards the outbox, the places and the fields below
        self._closing = False
        self._numbered = 0
        self._thread = threading.Thread(target=self._run, name="slack-publisher", daemon=True)

    def start(self) -> None:
        """Begin to send; what was shown before waits until then."""
        self._thread.start()

    @property
    def waiting(self) -> int:
        """How many messages wait for Slack or for its pace."""
        with self._changed:
            return len(self._outbox)

    def close(self, timeout_s: float) -> bool:
        """Send what must not be lost, then stop; False when that took longer than ``timeout_s``."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        if self._thread.is_alive():
            self._thread.join(timeout_s)
        left = len(self._outbox)
        if left:
            _log.error("unsent_at_exit", parcels=left)
        return not self._thread.is_alive() and not left

    # ---- bot.ports.Chat ----------------------------------------------------------------------------------------

    def show(self, incident: Incident, facts: tuple[str, ...], progress: tuple[Progressed, ...] = ()) -> None:
        """Bring the incident's card up to date; the newest state wins, and a last one is last."""
        with self._changed:
            place = self._place(incident)
            if place.over or place.gone:
                return
            place.over = final = incident.closed is not None
            news, place.told = bool(facts) and not place.told, place.told or bool(facts)
            state = State(incident, facts, progress)
            self._put(Parcel(f"card {incident.id}", place.channel, state, urgent=final, news=news, lasting=final))
            self._show_approval(incident, place)

    def found(self, incident: str, part: str, channel: str, message: str, stands: str | None) -> None:
        """Take it for that part's message, if none is known; take it back, if another one is."""
        with self._changed:
            place = self._places.get(incident)
            known = self._boards.get(incident) if part == BOARD else place and place.of(part, channel)
            if place and known is None and stands is None:
                place.put(part, channel, message)
            elif (known or stands or message) != message:
                self._retract(channel, message)

    def also(self, incident: Incident, place: Place) -> None:
        """Post the card where somebody else awaits it."""
        part = copy_part(place)
        copy = Copy(incident, place, card_message(card(incident, ()), self._key), part)
        with self._changed:
            self._owe(self._place(incident), Parcel(copy.key, place.channel, copy, lasting=True))

    def tell(self, incident: Incident, lines: Sequence[str], part: str) -> None:
        """Say what a capture shows in the incident's thread, in as few messages as hold it."""
        with self._changed:
            place = self._place(incident)
            for number, message in enumerate(story_messages(incident, lines)):
                self._put_reply(place, Reply(incident, message, parts.numbered(part, number)))

    def whisper(self, person: Person, place: Place, sentence: str) -> None:
        """Say something to one person only, where they asked."""
        self._whisper(person, place, Message(fitted_lines(sentence, _SENTENCE)))

    def offer(self, person: Person, place: Place, file: DroppedFile) -> None:
        """Offer one person to judge the file that they shared there."""
        self._whisper(person, place, offer_message(file, place.thread, self._key))

    def attach(self, incident: Incident, filename: str, data: bytes, comment: str, alt: str | None = None) -> None:
        """Upload a file into the incident's thread; if that fails, a sentence there says so."""
        with self._changed:
            place, file = self._place(incident), File(incident, filename, data, comment, alt)
            if not place.gone and place.of(file.part, place.channel) is None:
                self._owe(place, Parcel(f"{file.part} {incident.id}", place.channel, file, lasting=True))

    def complete(self, incident: Incident) -> None:
        """Say in the publisher's own thread that it is delivered, when what was given before stands."""
        with self._changed:
            self._put(Parcel(f"complete {incident.id}", "complete", Complete(incident), urgent=True, lasting=True))

    def hand(self, person: Person, place: Place, links: tuple[Link, ...]) -> None:
        """Show links to one person only, where they asked."""
        self._whisper(person, place, Message(links_text(links)))

    # ---- bot.ports.Boards --------------------------------------------------------------------------------------

    def board(self, summary: Summary, channel: str, message: str | None) -> None:
        """Bring the channel's summary up to date; the newest one wins."""
        with self._changed:
            over = summary.ended is not None
            self._put(Parcel(f"board {summary.id}", channel, Board(summary, message), lasting=over, urgent=over))

    def brief(self, person: Person | None, place: Place, summary: Summary) -> None:
        """Show the whole summary to one person, or post it."""
        if person:
            self._whisper(person, place, brief_message(summary))
            return
        with self._changed:
            post = Post(place, brief_message(summary), f"summary {summary.at.isoformat()}", summary.at)
            self._put(Parcel(self._number(), place.channel, post, lasting=True))

    def list_lines(self, person: Person, place: Place, lines: Sequence[Line], before: int) -> None:
        """Show lines of a timeline to one person."""
        self._whisper(person, place, lines_message(lines, before))

    def post_note(self, place: Place, note: Noted, lines: Sequence[str]) -> None:
        """Say for all there that something was noted."""
        self._post(Post(place, note_message(note, lines, self._key), f"noted {note.note}", note.at))

    def post_withdrawal(self, place: Place, withdrawn: Withdrawn) -> None:
        """Say for all there that a note was taken back."""
        self._post(Post(place, withdrawal_message(withdrawn), f"withdrawn {withdrawn.note}", withdrawn.at))

    def share(self, place: Place, filename: str, data: bytes, comment: str) -> None:
        """Upload a file for all there; if that fails, a sentence there says so."""
        with self._changed:
            self._put(Parcel(self._number(), place.channel, Shared(place, filename, data, comment), lasting=True))

    def _retract(self, channel: str, message: str) -> None:
        _log.warning("message_taken_back", channel=channel, message=message)
        with self._changed:
            self._put(Parcel(f"retract {message}", channel, Retraction(message), urgent=True, lasting=True))

    def _posted(self, channel: str, ts: str, before: str | None) -> str:
        """A message that was just posted; ``before`` was found meanwhile, posted by a bot that died."""
        if before not in (None, ts):
            self._retract(channel, before)
        return ts

    def _post(self, post: Post) -> None:
        with self._changed:
            self._put(Parcel(self._number(), post.place.channel, post, lasting=True))

    # ---- the thread --------------------------------------------------------------------------------------------

    def _run(self) -> None:
        while (parcel := self._next()) is not None:
            with log.about(**_about(parcel.errand)):
                self._try(parcel)

    def _try(self, parcel: Parcel) -> None:
        try:
            self._send(parcel)
        except RateLimitedError as limited:
            _log.info("rate_limited", channel=parcel.channel, after_s=limited.after_s)
            with self._changed:
                self._outbox.rate_limited(parcel, self._clock(), limited.after_s)
        except UnansweredError as unanswered:
            _log.warning("slack_unanswered", key=parcel.key, reason=str(unanswered))
            self._unanswered(parcel, reached=unanswered.reached)
        except RefusedError as refused:
            self._refused(parcel, refused.error)
        except Exception:  # noqa: BLE001  one message that we cannot build must not silence all others
            _log.exception("message_broke", key=parcel.key)
            if isinstance(parcel.errand, State) and parcel.lasting:
                self._stands(parcel.errand.incident)
            elif isinstance(parcel.errand, Copy | Reply | File):
                self._stood(parcel, parcel.errand.incident)

    def _next(self) -> Parcel | None:
        """The next parcel, waited for; None when there is nothing left to do."""
        with self._changed:
            while True:
                if self._closing:
                    self._outbox.keep_lasting()
                found = self._outbox.take(self._clock())
                if isinstance(found, Parcel):
                    return found
                if found is None and self._closing:
                    return None
                self._changed.wait(found)

    def _send(self, parcel: Parcel) -> None:
        errand = parcel.errand
        if isinstance(errand, State):
            self._send_card(parcel, errand)
        elif isinstance(errand, Copy):
            self._send_copy(parcel, errand)
        elif isinstance(errand, Reply):
            self._send_reply(parcel, errand)
        elif isinstance(errand, File):
            self._send_file(parcel, errand)
        elif isinstance(errand, Approval):
            self._send_approval(parcel, errand)
        elif isinstance(errand, Board):
            self._send_board(parcel, errand)
        elif isinstance(errand, Complete):
            self._completed(parcel, errand.incident)
        else:
            self._send_alone(parcel, errand)
            self._sent(parcel)

    def _send_alone(self, parcel: Parcel, errand: object) -> None:
        """What belongs to no card."""
        if isinstance(errand, Mended):
            self._slack.update(parcel.channel, errand.ts, card_message(card(errand.incident, ()), self._key))
        elif isinstance(errand, Post):
            mark = {"id": parcel.channel, "part": errand.part}
            if not (parcel.attempts and self._slack.find(parcel.channel, errand.place.thread, errand.since, mark)):
                self._slack.post(parcel.channel, errand.place.thread, errand.message, mark)
        elif isinstance(errand, Retraction):
            self._slack.delete(parcel.channel, errand.message)
        elif isinstance(errand, Shared):
            comment = fitted(errand.comment, _SENTENCE)
            self._slack.upload(parcel.channel, errand.place.thread, errand.filename, errand.data, comment)
        elif isinstance(errand, Whisper):
            self._slack.whisper(errand.place.channel, errand.place.thread, errand.person.user, errand.message)

    def _send_card(self, parcel: Parcel, state: State) -> None:
        incident, place = state.incident, self._place(state.incident)
        if place.gone or not self._still_ours(parcel, incident):
            return
        shown = card(incident, state.facts, None if incident.closed else self._now(), state.progress)
        message, mark = card_message(shown, self._key), {"id": incident.id, "part": CARD}
        if place.ts is None and (parcel.attempts or place.inherited):
            place.ts = self._slack.find(place.channel, place.thread, incident.request.asked_at, mark)
        if place.ts is None:
            ts = self._slack.post(place.channel, place.thread, message, mark)
            place.ts = self._posted(place.channel, ts, place.ts)
        else:
            self._slack.update(place.channel, place.ts, message)
        if not self._ours(incident.id):  # we slept on the way, and another bot has shown more meanwhile
            self._mend(incident.id, place.channel, place.ts)
        if not place.announced:  # before anything else: a bot that dies untold leaves a card that nobody finds
            place.announced = True
            self._published(incident.id, place.channel, place.ts)
        self._sent(parcel)
        if parcel.lasting:
            with self._changed:
                self._outbox.forget(parcel.key)
                for number, detail in enumerate(() if parts.late(incident, self._now()) else details(shown)):
                    self._put_reply(place, Reply(incident, detail, parts.details(number)))
        with self._changed:
            self._show_approval(incident, place)
        if parcel.lasting:
            self._stands(incident)

    def _still_ours(self, parcel: Parcel, incident: Incident) -> bool:
        """Whether this bot may write the card; where another one has it by now, that one shows what is to be shown."""
        if self._ours(incident.id):
            return True
        _log.info("card_of_another_bot", incident=incident.id)
        with self._changed:
            self._outbox.forget(parcel.key)
            self._places.pop(incident.id, None)
        return False

    def _mend(self, name: str, channel: str, ts: str, part: str = CARD) -> None:
        """Put right what we did to the card of another bot's incident: show its end again, or take our own one away.

        Any other part is taken away if it stands already.
        """
        if (incident := self._written(name)) is None:
            return
        places = parts.messages(incident, part, channel)
        stays = ts in places or (part != CARD and not places)
        _log.warning("card_of_another_bot_touched", incident=name, part=part, stays=stays)
        if not stays:
            self._retract(channel, ts)
        elif part == CARD and incident.closed:  # else whoever has it writes the next state over ours
            with self._changed:
                self._put(Parcel(self._number(), channel, Mended(incident, ts), urgent=True, lasting=True))

    def _send_copy(self, parcel: Parcel, copy: Copy) -> None:
        mark = {"id": parcel.channel, "part": f"{ALSO} {copy.incident.id} {copy.place.thread or ''}"}
        if self._still_ours(parcel, copy.incident):
            self._send_part(parcel, copy, copy.place.thread, mark)

    def _send_part(self, parcel: Parcel, errand: Copy | Reply, thread: str | None, mark: dict[str, str]) -> None:
        """A message that stands once and is not changed, unless it stands already."""
        incident, place = errand.incident, self._place(errand.incident)
        ts = place.of(errand.part, parcel.channel)
        if ts is None and (parcel.attempts or place.inherited):
            ts = self._slack.find(parcel.channel, thread, incident.request.asked_at, mark)
        if ts is None:
            ts = self._slack.post(parcel.channel, thread, errand.message, mark)
            ts = self._posted(parcel.channel, ts, place.of(errand.part, parcel.channel))
            if not self._ours(incident.id):  # we slept on the way
                self._mend(incident.id, parcel.channel, ts, errand.part)
        self._write_down(parcel, incident, errand.part, ts)

    def _write_down(self, parcel: Parcel, incident: Incident, part: str, message: str) -> None:
        """Tell where that part stands, at once: what is told by nobody is posted again by the next bot."""
        with self._changed:
            self._place(incident).put(part, parcel.channel, message)
        self._published(incident.id, parcel.channel, message, part)
        self._sent(parcel)
        self._stood(parcel, incident)

    def _stood(self, parcel: Parcel, incident: Incident) -> None:
        """That part stands, or never can."""
        with self._changed:
            self._place(incident).owed.discard(parcel.key)
        self._settle(incident)

    def _stands(self, incident: Incident) -> None:
        """The card's last state stands, or never can."""
        with self._changed:
            self._place(incident).shown = True
        self._settle(incident)

    def _completed(self, parcel: Parcel, incident: Incident) -> None:
        with self._changed:
            self._place(incident).complete = True
        self._sent(parcel)
        self._settle(incident)

    def _settle(self, incident: Incident) -> None:
        """Say once that everything of it stands that ever will."""
        with self._changed:
            place = self._place(incident)
            seen = place.delivered and not place.said
            place.said |= seen
        if seen:
            self._delivered(incident.id)

    def _send_approval(self, parcel: Parcel, approval: Approval) -> None:
        incident, place = approval.incident, self._place(approval.incident)
        if place.gone:
            return
        message = approval_message(card(incident, ()), self._key)
        mark, asked_at = {"id": incident.id, "part": APPROVAL}, incident.request.asked_at
        if place.approval_ts is None and (parcel.attempts or place.inherited):
            place.approval_ts = self._slack.find(place.channel, place.root, asked_at, mark)
        if place.approval_ts is None:
            ts = self._slack.post(place.channel, place.root, message, mark)
            place.approval_ts = self._posted(place.channel, ts, place.approval_ts)
            self._published(incident.id, place.channel, place.approval_ts, APPROVAL)
        else:
            self._slack.update(place.channel, place.approval_ts, message)
        self._sent(parcel, last=folds.awaits(incident) is None)

    def _send_reply(self, parcel: Parcel, reply: Reply) -> None:
        incident, mark = reply.incident, {"id": reply.incident.id, "part": reply.part}
        if reply.direct:
            looked = parcel.attempts and self._slack.find(parcel.channel, None, incident.request.asked_at, mark)
            if not looked:
                self._slack.post(parcel.channel, None, reply.message, mark)
            self._sent(parcel)
        elif (thread := self._thread_of(parcel, incident)) is not None:
            self._send_part(parcel, reply, thread, mark)

    def _thread_of(self, parcel: Parcel, incident: Incident) -> str | None:
        """The thread of a card of ours; None: there is none for this parcel, or not yet, and it was seen to."""
        if not self._still_ours(parcel, incident):
            return None
        place = self._place(incident)
        if place.gone:
            _log.warning("part_without_card", incident=incident.id, key=parcel.key)
            self._stood(parcel, incident)
        elif place.root is None:  # its thread begins with the card, which is still on its way
            with self._changed:
                self._outbox.postpone(parcel, self._clock())
        else:
            return place.root
        return None

    def _send_board(self, parcel: Parcel, board: Board) -> None:
        inquiry, mark = board.summary.id, {"id": board.summary.id, "part": BOARD}
        ts = self._boards.get(inquiry) or board.message or None
        if ts is None and board.message is None and (parcel.attempts or board.summary.opened.at < self._since):
            ts = self._slack.find(parcel.channel, None, board.summary.opened.at, mark)
        message = board_message(board.summary, self._key)
        if ts is None:
            ts = self._slack.post(parcel.channel, None, message, mark)
            self._boards[inquiry] = ts
            self._pinned(inquiry, ts)
            self._pin(parcel.channel, ts)
        else:
            self._boards[inquiry] = ts
            self._slack.update(parcel.channel, ts, message)
        with self._changed:
            self._outbox.sent(parcel, self._clock())

    def _pin(self, channel: str, ts: str) -> None:
        """Pinned it is found again; where Slack does not let us the summary stands in the channel all the same."""
        try:
            self._slack.pin(channel, ts)
        except (RefusedError, RateLimitedError, UnansweredError) as error:
            _log.warning("not_pinned", channel=channel, reason=str(error))

    def _send_file(self, parcel: Parcel, file: File) -> None:
        if (thread := self._thread_of(parcel, file.incident)) is None:
            return
        place, asked_at = self._place(file.incident), file.incident.request.asked_at
        known = place.of(file.part, parcel.channel)
        if known is None and (parcel.attempts or place.inherited):
            known = self._slack.find_file(parcel.channel, thread, asked_at, file.title)
        if known is None:
            comment = fitted(file.comment, _SENTENCE)
            known = self._slack.upload(
                parcel.channel, thread, file.filename, file.data, comment, alt=file.alt, title=file.title
            )
        self._write_down(parcel, file.incident, file.part, known)

    def _sent(self, parcel: Parcel, *, last: bool = True) -> None:
        """``last`` False: a newer one of this key may be waiting already, and must not be forgotten with this one."""
        with self._changed:
            self._outbox.sent(parcel, self._clock())
            if last and not isinstance(parcel.errand, State):
                self._outbox.forget(parcel.key)

    def _unanswered(self, parcel: Parcel, *, reached: bool) -> None:
        perishable = isinstance(parcel.errand, Whisper | File | Shared)
        with self._changed:
            if perishable and parcel.attempts + 1 >= _TRIES:
                self._give_up(parcel, "Slack did not answer")
            elif reached:
                self._outbox.broken(parcel, self._clock())
            else:
                self._outbox.unreachable(parcel, self._clock())

    def _refused(self, parcel: Parcel, error: str) -> None:
        errand = parcel.errand
        with self._changed:
            if isinstance(errand, Board) and error == "message_not_found" and errand.message != "":
                # Somebody deleted it: it is posted anew, once.
                self._boards.pop(errand.summary.id, None)
                self._outbox.forget(parcel.key)
                self._put(Parcel(parcel.key, parcel.channel, Board(errand.summary, ""), lasting=parcel.lasting))
                return
            if isinstance(errand, Board) and error in _UNINVITED:
                by = errand.summary.opened.by.user
                told = Post(Place(by), Message(_invite(parcel.channel)), f"uninvited {errand.summary.id}", self._now())
                self._put(Parcel(f"uninvited {errand.summary.id}", by, told, lasting=True))
            if not isinstance(errand, State):
                self._give_up(parcel, error)
        if isinstance(errand, Copy) or (isinstance(errand, Reply) and not errand.direct):
            self._stood(parcel, errand.incident)
        if not isinstance(errand, State):
            return
        with self._changed:
            place = self._place(errand.incident)
            if error == "edit_window_closed":  # the workspace forbids late edits: the verdict becomes a reply
                if parcel.lasting:
                    place.thread, place.ts, place.inherited = place.root, None, False  # the card is not looked for
                    self._put(Parcel(parcel.key, parcel.channel, errand, urgent=True, lasting=True))
                return
            place.gone = True
            place.owed = {key for key in place.owed if key.startswith(ALSO)}  # nothing else can stand without it
            self._outbox.forget(parcel.key)
            (_log.warning if error in GONE else _log.error)("card_gone", incident=errand.incident.id, error=error)
            if place.ts is None and error in _UNINVITED:
                self._say_uninvited(errand.incident)
        self._stands(errand.incident)  # it never can: nobody waits for it any longer

    def _give_up(self, parcel: Parcel, reason: str) -> None:
        errand = parcel.errand
        _log.warning("not_delivered", key=parcel.key, kind=type(errand).__name__, reason=reason)
        if isinstance(errand, File):
            place = self._place(errand.incident)
            sentence = f"The file `{errand.filename}` could not be uploaded ({reason}); it is kept with the case."
            place.owed.discard(parcel.key)
            self._put_reply(place, Reply(errand.incident, Message(fitted(sentence, _SENTENCE)), errand.part))
        if isinstance(errand, Shared):
            sentence = f"The file `{errand.filename}` could not be uploaded ({reason}); ask for it again."
            post = Post(errand.place, Message(fitted(sentence, _SENTENCE)), parcel.key, self._now())
            self._put(Parcel(self._number(), parcel.channel, post, lasting=True))

    def _say_uninvited(self, incident: Incident) -> None:
        """A slash command works in channels where the bot is not; then only the asker can be told, directly."""
        reply = Reply(incident, Message(_invite(incident.request.place.channel)), "uninvited", direct=True)
        self._put(Parcel(self._number(), incident.request.person.user, reply, lasting=True))

    def _whisper(self, person: Person, place: Place, message: Message) -> None:
        with self._changed:
            self._put(Parcel(self._number(), place.channel, Whisper(person, place, message), lasting=True))

    # ---- under the lock ----------------------------------------------------------------------------------------

    def _show_approval(self, incident: Incident, place: Standing) -> None:
        """The message to a second person, once asked for and once more when that is over.

        Its thread begins with the card: before that it would only take up the channel's pace, and the card with it.
        """
        if place.ts is None or not any(isinstance(event, AwaitsApproval) for event in incident.timeline):
            return
        state = "asked" if folds.awaits(incident) else "decided"
        if place.approval != state:
            place.approval = state
            parcel = Parcel(f"approval {incident.id}", place.channel, Approval(incident), urgent=True, lasting=True)
            self._put(parcel)

    def _put_reply(self, place: Standing, reply: Reply) -> None:
        """Into the card's thread, if it does not stand there yet."""
        if not place.gone and place.of(reply.part, place.channel) is None:
            key = f"{reply.part} {reply.incident.id}"
            self._owe(place, Parcel(key, place.channel, reply, behind=True, lasting=True))

    def _owe(self, place: Standing, parcel: Parcel) -> None:
        """What has to stand, or never can, before the end is delivered."""
        place.owed.add(parcel.key)
        self._put(parcel)

    def _put(self, parcel: Parcel) -> None:
        self._outbox.put(parcel)
        self._changed.notify()

    def _number(self) -> str:
        self._numbered += 1
        return f"once {self._numbered}"

    def _place(self, incident: Incident) -> Standing:
        with self._changed:
            place = self._places.get(incident.id)
            if place is None:
                asked = incident.request.place
                place = Standing(asked.channel, asked.thread, inherited=self._inherited(incident))
                for event in incident.timeline:
                    if isinstance(event, Published):
                        place.put(event.part, event.channel, event.message)
                place.announced = place.ts is not None
                if len(self._places) >= _REMEMBERED:
                    self._places = {
                        name: it for name, it in self._places.items() if it.owed or not (it.over or it.gone)
                    }
                self._places[incident.id] = place
            return place

    def _inherited(self, incident: Incident) -> bool:
        """Whether a process before us may have posted parts of it; ``incident`` is how we first heard of it."""
        taken_over = any(isinstance(event, TakenOver) for event in incident.timeline)
        posted = any(isinstance(event, Published) for event in incident.timeline)
        ended = incident.closed
        ended_elsewhere = ended is not None and (posted or self._now() - ended.at > _AT_ONCE)
        return taken_over or ended_elsewhere or incident.request.asked_at < self._since


def _invite(channel: str) -> str:
    return f"I cannot post in <#{channel}>. Type `/invite @ruleout` there, then ask again."


def _about(errand: object) -> dict[str, str]:
    """Whose it is, for every line that is logged on the way."""
    if isinstance(errand, State | Approval | Reply | File | Complete):
        return {"incident": errand.incident.id}
    return {"inquiry": errand.summary.id} if isinstance(errand, Board) else {}

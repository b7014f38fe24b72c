"""The only writer to Slack: what is to be shown and said becomes parcels, and whoever's errand it is sends each."""

import time
from collections.abc import Callable, Sequence
from datetime import datetime

from slack_sdk import WebClient

from bot import log
from bot.incidents import parts
from bot.incidents.card import card
from bot.incidents.joining import copy_part
from bot.model.download import Link
from bot.model.dropped import DroppedFile
from bot.model.incident import Incident, Progressed
from bot.model.inquiry import BOARD, Noted, Withdrawn
from bot.model.request import Person, Place
from bot.model.summary import Line, Summary
from bot.slack.blocks import card_message, offer_message
from bot.slack.boards import brief_message, lines_message
from bot.slack.cards import Cards
from bot.slack.delivery import Delivery
from bot.slack.details import links_text, story_messages
from bot.slack.errands import (
    Approval,
    Board,
    Complete,
    Copy,
    File,
    Post,
    Reply,
    Retraction,
    Shared,
    State,
    Touched,
    Whisper,
)
from bot.slack.mrkdwn import fitted_lines
from bot.slack.notes import note_message, withdrawal_message
from bot.slack.office import SENTENCE, Office
from bot.slack.outbox import Pace, Parcel
from bot.slack.pieces import Message
from bot.slack.places import Places
from bot.slack.sending import Sending
from bot.slack.singles import Singles
from bot.slack.summaries import Summaries
from bot.slack.threads import Threads

_log = log.get(__name__)


class Publisher:
    """bot.ports.Chat on Slack.

    ``published`` is called in the publisher's thread after a card was first posted, with the incident's id, the
    channel and the message's timestamp id, and with the part after those when it was another one than the card;
    ``delivered``, with the incident's id, when its last state and every other part that it owes stand, or never can.
    ``ours`` says whether this bot has the incident in hand: what another one carries is not touched, however long ours
    waited; ``written`` gives an incident as the journal has it. ``key`` signs buttons, ``now`` tells how old a word
    is; ``slack`` makes the calls (None: on ``client``).

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
        slack: Delivery | None = None,
    ) -> None:
        self._key, self._line = key, Sending(pace, clock)
        self._places = Places(self._line.changed, delivered=delivered, since=since, now=now)
        self._office = Office(slack or Delivery(client), self._line, self._places, key, published, ours, written, now)
        self._threads, self._singles = Threads(self._office), Singles(self._office)
        self._cards, self._summaries = Cards(self._office, self._threads), Summaries(self._office, pinned, since)

    def start(self) -> None:
        """Begin to send; what was shown before waits until then."""
        self._line.start(self)

    @property
    def waiting(self) -> int:
        """How many messages wait for Slack or for its pace."""
        return self._line.waiting

    def close(self, timeout_s: float) -> bool:
        """Send what must not be lost, then stop; False when that took longer than ``timeout_s``."""
        return self._line.close(timeout_s)

    # ---- bot.ports.Chat ----------------------------------------------------------------------------------------

    def show(self, incident: Incident, facts: tuple[str, ...], progress: tuple[Progressed, ...] = ()) -> None:
        """Bring the incident's card up to date; the newest state wins, and a last one is last."""
        with self._line.changed:
            self._cards.show(State(incident, facts, progress))

    def found(self, incident: str, part: str, channel: str, message: str, stands: str | None) -> None:
        """Take it for that part's message, if none is known; take it back, if another one is."""
        with self._line.changed:
            place = self._places.known(incident)
            known = self._summaries.known(incident) if part == BOARD else place and place.of(part, channel)
            if place and known is None and stands is None:
                place.put(part, channel, message)
            elif (known or stands or message) != message:
                self._office.retract(channel, message)

    def also(self, incident: Incident, place: Place) -> None:
        """Post the card where somebody else awaits it."""
        copy = Copy(incident, place, card_message(card(incident, ()), self._key), copy_part(place))
        with self._line.changed:
            self._threads.copy(self._places.of(incident), copy)

    def tell(self, incident: Incident, lines: Sequence[str], part: str) -> None:
        """Say what a capture shows in the incident's thread, in as few messages as hold it."""
        with self._line.changed:
            place = self._places.of(incident)
            for number, message in enumerate(story_messages(incident, lines)):
                self._threads.reply(place, Reply(incident, message, parts.numbered(part, number)))

    def whisper(self, person: Person, place: Place, sentence: str) -> None:
        """Say something to one person only, where they asked."""
        self._singles.whisper(person, place, Message(fitted_lines(sentence, SENTENCE)))

    def offer(self, person: Person, place: Place, file: DroppedFile) -> None:
        """Offer one person to judge the file that they shared there."""
        self._singles.whisper(person, place, offer_message(file, place.thread, self._key))

    def attach(self, incident: Incident, filename: str, data: bytes, comment: str, alt: str | None = None) -> None:
        """Upload a file into the incident's thread; if that fails, a sentence there says so."""
        with self._line.changed:
            self._threads.file(self._places.of(incident), File(incident, filename, data, comment, alt))

    def complete(self, incident: Incident) -> None:
        """Say in the publisher's own thread that it is delivered, when what was given before stands."""
        with self._line.changed:
            complete = Complete(incident)
            self._line.put(Parcel(f"complete {incident.id}", "complete", complete, urgent=True, lasting=True))

    def hand(self, person: Person, place: Place, links: tuple[Link, ...]) -> None:
        """Show links to one person only, where they asked."""
        self._singles.whisper(person, place, Message(links_text(links)))

    # ---- bot.ports.Boards --------------------------------------------------------------------------------------

    def board(self, summary: Summary, channel: str, message: str | None) -> None:
        """Bring the channel's summary up to date; the newest one wins."""
        with self._line.changed:
            over = summary.ended is not None
            self._line.put(Parcel(f"board {summary.id}", channel, Board(summary, message), lasting=over, urgent=over))

    def brief(self, person: Person | None, place: Place, summary: Summary) -> None:
        """Show the whole summary to one person, or post it."""
        if person:
            self._singles.whisper(person, place, brief_message(summary))
        else:
            self._singles.post(Post(place, brief_message(summary), f"summary {summary.at.isoformat()}", summary.at))

    def list_lines(self, person: Person, place: Place, lines: Sequence[Line], before: int) -> None:
        """Show lines of a timeline to one person."""
        self._singles.whisper(person, place, lines_message(lines, before))

    def post_note(self, place: Place, note: Noted, lines: Sequence[str]) -> None:
        """Say for all there that something was noted."""
        self._singles.post(Post(place, note_message(note, lines, self._key), f"noted {note.note}", note.at))

    def post_withdrawal(self, place: Place, withdrawn: Withdrawn) -> None:
        """Say for all there that a note was taken back."""
        message = withdrawal_message(withdrawn)
        self._singles.post(Post(place, message, f"withdrawn {withdrawn.note}", withdrawn.at))

    def share(self, place: Place, filename: str, data: bytes, comment: str) -> None:
        """Upload a file for all there; if that fails, a sentence there says so."""
        self._singles.share(Shared(place, filename, data, comment))

    # ---- bot.slack.sending.Carrier -----------------------------------------------------------------------------

    def send(self, parcel: Parcel) -> None:
        """Whoever's errand it is sends it."""
        match parcel.errand:
            case State() | Approval() | Touched() | Complete() as errand:
                self._cards.send(parcel, errand)
            case Copy() | Reply() | File() as errand:
                self._threads.send(parcel, errand)
            case Board() as errand:
                self._summaries.send(parcel, errand)
            case Post() | Shared() | Whisper() | Retraction() as errand:
                self._singles.send(parcel, errand)

    def refused(self, parcel: Parcel, error: str) -> None:
        """Slack answered no, and will answer the same again."""
        errand = parcel.errand
        if isinstance(errand, State):
            self._cards.refused(parcel, errand, error)
            return
        with self._line.changed:
            if isinstance(errand, Board) and self._summaries.refused(parcel, errand, error):
                return
            self.gave_up(parcel, error)
        if isinstance(errand, Copy | Reply | File):
            self._threads.refused(parcel, errand)

    def gave_up(self, parcel: Parcel, reason: str) -> None:
        """In place of a file a sentence says so. The lock is held."""
        errand = parcel.errand
        _log.warning("not_delivered", key=parcel.key, kind=type(errand).__name__, reason=reason)
        if isinstance(errand, Copy | Reply | File):
            self._threads.gave_up(parcel, errand, reason)
        elif isinstance(errand, Shared):
            self._singles.gave_up(parcel, errand, reason)

    def broke(self, parcel: Parcel) -> None:
        """What we could not build keeps no incident open."""
        if isinstance(parcel.errand, State):
            self._cards.broke(parcel, parcel.errand)
        elif isinstance(parcel.errand, Copy | Reply | File):
            self._threads.broke(parcel, parcel.errand)

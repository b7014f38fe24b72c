"""The cards of incidents, and the message beside one that asks a second person: posted once, then kept up to date."""

from bot import log
from bot.incidents import folds, parts
from bot.incidents.card import card
from bot.incidents.joining import ALSO
from bot.model.incident import APPROVAL, CARD, AwaitsApproval, Incident
from bot.slack.blocks import approval_message, card_message
from bot.slack.delivery import GONE
from bot.slack.details import details
from bot.slack.errands import Approval, Complete, Reply, State, Touched
from bot.slack.office import UNINVITED, Office, invite
from bot.slack.outbox import Parcel
from bot.slack.pieces import Message
from bot.slack.places import Standing
from bot.slack.threads import Threads

_log = log.get(__name__)


class Cards:
    """Sends states of cards; with the last one the thread gets the details that it rests on."""

    def __init__(self, office: Office, threads: Threads) -> None:
        self._office, self._line, self._places, self._threads = office, office.line, office.places, threads

    def show(self, state: State) -> None:
        """The newest state wins, and a last one is last. The lock is held."""
        incident, place = state.incident, self._places.of(state.incident)
        if place.over or place.gone:
            return
        place.over = final = incident.closed is not None
        news, place.told = bool(state.facts) and not place.told, place.told or bool(state.facts)
        parcel = Parcel(f"card {incident.id}", place.channel, state, urgent=final, news=news, lasting=final)
        self._line.put(parcel)
        self._show_approval(incident, place)

    def _show_approval(self, incident: Incident, place: Standing) -> None:
        """The message to a second person, once asked for and once more when that is over. The lock is held.

        Its thread begins with the card: before that it would only take up the channel's pace, and the card with it.
        """
        if place.ts is None or not any(isinstance(event, AwaitsApproval) for event in incident.timeline):
            return
        state = "asked" if folds.awaits(incident) else "decided"
        if place.approval != state:
            place.approval = state
            parcel = Parcel(f"approval {incident.id}", place.channel, Approval(incident), urgent=True, lasting=True)
            self._line.put(parcel)

    # ---- the thread --------------------------------------------------------------------------------------------

    def send(self, parcel: Parcel, errand: State | Approval | Touched | Complete) -> None:
        """Post or edit it."""
        if isinstance(errand, State):
            self._send_card(parcel, errand)
        elif isinstance(errand, Approval):
            self._send_approval(parcel, errand)
        elif isinstance(errand, Touched):
            self._office.mend(parcel, errand)
        else:
            self._line.sent(parcel)
            self._places.completed(errand.incident)

    def broke(self, parcel: Parcel, errand: State) -> None:
        """A last state that can never stand keeps nothing open."""
        if parcel.lasting:
            self._places.shown(errand.incident)

    def refused(self, parcel: Parcel, state: State, error: str) -> None:
        """Where late edits are forbidden the verdict becomes a reply; any other card is gone."""
        with self._line.changed:
            place = self._places.of(state.incident)
            if error == "edit_window_closed":
                if parcel.lasting:
                    place.thread, place.ts, place.inherited = place.root, None, False  # the card is not looked for
                    self._line.put(Parcel(parcel.key, parcel.channel, state, urgent=True, lasting=True))
                return
            place.gone = True
            place.owed = {key for key in place.owed if key.startswith(ALSO)}  # nothing else can stand without it
            self._line.forget(parcel.key)
            (_log.warning if error in GONE else _log.error)("card_gone", incident=state.incident.id, error=error)
            if place.ts is None and error in UNINVITED:
                self._say_uninvited(state.incident)
        self._places.shown(state.incident)  # it never can: nobody waits for it any longer

    def _send_card(self, parcel: Parcel, state: State) -> None:
        office, incident, place = self._office, state.incident, self._places.of(state.incident)
        if not self._may_write(parcel, incident, place):
            return
        shown = card(incident, state.facts, None if incident.closed else office.now(), state.progress)
        message, mark = card_message(shown, office.key), {"id": incident.id, "part": CARD}
        if place.ts is None and (parcel.attempts or place.inherited):
            place.ts = office.slack.find(place.channel, place.thread, incident.request.asked_at, mark)
        if place.ts is None:
            ts = office.slack.post(place.channel, place.thread, message, mark)
            place.ts = office.posted(place.channel, ts, place.ts)
        else:
            office.slack.update(place.channel, place.ts, message)
        if not office.ours(incident.id):  # we slept on the way, and another bot has shown more meanwhile
            office.touched(incident.id, CARD, place.channel, place.ts)
        if not place.announced:  # before anything else: a bot that dies untold leaves a card that nobody finds
            place.announced = True
            office.published(incident.id, place.channel, place.ts)
        self._line.sent(parcel)
        if parcel.lasting:
            with self._line.changed:
                self._line.forget(parcel.key)
                for number, detail in enumerate(() if parts.late(incident, office.now()) else details(shown)):
                    self._threads.reply(place, Reply(incident, detail, parts.details(number)))
        with self._line.changed:
            self._show_approval(incident, place)
        if parcel.lasting:
            self._places.shown(incident)

    def _may_write(self, parcel: Parcel, incident: Incident, place: Standing) -> bool:
        if place.gone:
            return False
        ours = self._office.still_ours(parcel, incident)
        if not ours and parcel.attempts and place.ts:  # Slack may have taken what it did not answer
            self._office.touched(incident.id, CARD, place.channel, place.ts)
        return ours

    def _send_approval(self, parcel: Parcel, approval: Approval) -> None:
        office, incident, place = self._office, approval.incident, self._places.of(approval.incident)
        if place.gone:
            return
        message = approval_message(card(incident, ()), office.key)
        mark, asked_at = {"id": incident.id, "part": APPROVAL}, incident.request.asked_at
        if place.approval_ts is None and (parcel.attempts or place.inherited):
            place.approval_ts = office.slack.find(place.channel, place.root, asked_at, mark)
        if place.approval_ts is None:
            ts = office.slack.post(place.channel, place.root, message, mark)
            place.approval_ts = office.posted(place.channel, ts, place.approval_ts)
            office.published(incident.id, place.channel, place.approval_ts, APPROVAL)
        else:
            office.slack.update(place.channel, place.approval_ts, message)
        self._line.sent(parcel, last=folds.awaits(incident) is None)

    def _say_uninvited(self, incident: Incident) -> None:
        """A slash command works in channels where the bot is not; then only the asker can be told, directly."""
        reply = Reply(incident, Message(invite(incident.request.place.channel)), "uninvited", direct=True)
        self._line.put(Parcel(self._line.number(), incident.request.person.user, reply, lasting=True))

"""What belongs to an incident beside its card: replies and files in its thread, copies of it elsewhere, each once."""

from bot import log
from bot.incidents.joining import ALSO
from bot.model.incident import Incident
from bot.slack.errands import Copy, File, Reply
from bot.slack.mrkdwn import fitted
from bot.slack.office import SENTENCE, Office
from bot.slack.outbox import Parcel
from bot.slack.pieces import Message
from bot.slack.places import Standing

_log = log.get(__name__)


class Threads:
    """Sends the parts of incidents. Each is written down at once: what nobody has told of is posted again."""

    def __init__(self, office: Office) -> None:
        self._office, self._line, self._places = office, office.line, office.places

    # ---- under the lock ----------------------------------------------------------------------------------------

    def reply(self, place: Standing, reply: Reply) -> None:
        """Into the card's thread, if it does not stand there yet."""
        if not place.gone and place.of(reply.part, place.channel) is None:
            key = f"{reply.part} {reply.incident.id}"
            self._owe(place, Parcel(key, place.channel, reply, behind=True, lasting=True))

    def file(self, place: Standing, file: File) -> None:
        """Into the card's thread, if it does not stand there yet."""
        if not place.gone and place.of(file.part, place.channel) is None:
            self._owe(place, Parcel(f"{file.part} {file.incident.id}", place.channel, file, lasting=True))

    def copy(self, place: Standing, copy: Copy) -> None:
        """Of the card, where somebody else awaits it."""
        self._owe(place, Parcel(copy.key, copy.place.channel, copy, lasting=True))

    def _owe(self, place: Standing, parcel: Parcel) -> None:
        """What has to stand, or never can, before the end is delivered."""
        place.owed.add(parcel.key)
        self._line.put(parcel)

    # ---- the thread --------------------------------------------------------------------------------------------

    def send(self, parcel: Parcel, errand: Copy | Reply | File) -> None:
        """Post or upload it, unless it stands already."""
        if isinstance(errand, Copy):
            self._send_copy(parcel, errand)
        elif isinstance(errand, Reply):
            self._send_reply(parcel, errand)
        else:
            self._send_file(parcel, errand)

    def broke(self, parcel: Parcel, errand: Copy | Reply | File) -> None:
        """It never can stand."""
        self._places.stood(errand.incident, parcel.key)

    def refused(self, parcel: Parcel, errand: Copy | Reply | File) -> None:
        """It never can stand; in place of a file a sentence does."""
        if isinstance(errand, Copy) or (isinstance(errand, Reply) and not errand.direct):
            self._places.stood(errand.incident, parcel.key)

    def gave_up(self, parcel: Parcel, errand: Copy | Reply | File, reason: str) -> None:
        """A sentence stands in a file's place. The lock is held."""
        if isinstance(errand, File):
            place = self._places.of(errand.incident)
            sentence = f"The file `{errand.filename}` could not be uploaded ({reason}); it is kept with the case."
            place.owed.discard(parcel.key)
            self.reply(place, Reply(errand.incident, Message(fitted(sentence, SENTENCE)), errand.part))

    def _send_copy(self, parcel: Parcel, copy: Copy) -> None:
        mark = {"id": parcel.channel, "part": f"{ALSO} {copy.incident.id} {copy.place.thread or ''}"}
        if self._office.still_ours(parcel, copy.incident):
            self._send_part(parcel, copy, copy.place.thread, mark)

    def _send_reply(self, parcel: Parcel, reply: Reply) -> None:
        incident, slack, mark = reply.incident, self._office.slack, {"id": reply.incident.id, "part": reply.part}
        if reply.direct:
            looked = parcel.attempts and slack.find(parcel.channel, None, incident.request.asked_at, mark)
            if not looked:
                slack.post(parcel.channel, None, reply.message, mark)
            self._line.sent(parcel)
        elif (thread := self._thread_of(parcel, incident)) is not None:
            self._send_part(parcel, reply, thread, mark)

    def _send_part(self, parcel: Parcel, errand: Copy | Reply, thread: str | None, mark: dict[str, str]) -> None:
        """A message that stands once and is not changed, unless it stands already."""
        incident, place, slack = errand.incident, self._places.of(errand.incident), self._office.slack
        ts = place.of(errand.part, parcel.channel)
        if ts is None and (parcel.attempts or place.inherited):
            ts = slack.find(parcel.channel, thread, incident.request.asked_at, mark)
        if ts is None:
            ts = slack.post(parcel.channel, thread, errand.message, mark)
            ts = self._office.posted(parcel.channel, ts, place.of(errand.part, parcel.channel))
            if not self._office.ours(incident.id):  # we slept on the way
                self._office.touched(incident.id, errand.part, parcel.channel, ts)
        self._write_down(parcel, incident, errand.part, ts)

    def _send_file(self, parcel: Parcel, file: File) -> None:
        if (thread := self._thread_of(parcel, file.incident)) is None:
            return
        place, asked_at, slack = self._places.of(file.incident), file.incident.request.asked_at, self._office.slack
        known = place.of(file.part, parcel.channel)
        if known is None and (parcel.attempts or place.inherited):
            known = slack.find_file(parcel.channel, thread, asked_at, file.title)
        if known is None:
            comment = fitted(file.comment, SENTENCE)
            known = slack.upload(
                parcel.channel, thread, file.filename, file.data, comment, alt=file.alt, title=file.title
            )
        self._write_down(parcel, file.incident, file.part, known)

    def _thread_of(self, parcel: Parcel, incident: Incident) -> str | None:
        """The thread of a card of ours; None: there is none for this parcel, or not yet, and it was seen to."""
        if not self._office.still_ours(parcel, incident):
            return None
        place = self._places.of(incident)
        if place.gone:
            _log.warning("part_without_card", incident=incident.id, key=parcel.key)
            self._places.stood(incident, parcel.key)
        elif place.root is None:  # its thread begins with the card, which is still on its way
            self._line.postpone(parcel)
        return None if place.gone else place.root

    def _write_down(self, parcel: Parcel, incident: Incident, part: str, message: str) -> None:
        with self._line.changed:
            self._places.of(incident).put(part, parcel.channel, message)
        self._office.published(incident.id, parcel.channel, message, part)
        self._line.sent(parcel)
        self._places.stood(incident, parcel.key)

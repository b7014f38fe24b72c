"""What belongs to no card: messages and files of their own, whispers, and messages that are taken back."""

from bot.model.request import Person, Place
from bot.slack.errands import Post, Retraction, Shared, Whisper
from bot.slack.mrkdwn import fitted
from bot.slack.office import SENTENCE, Office
from bot.slack.outbox import Parcel
from bot.slack.pieces import Message


class Singles:
    """Sends each of them once."""

    def __init__(self, office: Office) -> None:
        self._office, self._line = office, office.line

    def whisper(self, person: Person, place: Place, message: Message) -> None:
        """Let it be shown to one person only."""
        self._put(place, Whisper(person, place, message))

    def post(self, post: Post) -> None:
        """Let it be posted for all there."""
        self._put(post.place, post)

    def share(self, shared: Shared) -> None:
        """Let it be uploaded for all there."""
        self._put(shared.place, shared)

    def _put(self, place: Place, errand: Whisper | Post | Shared) -> None:
        with self._line.changed:
            self._line.put(Parcel(self._line.number(), place.channel, errand, lasting=True))

    def send(self, parcel: Parcel, errand: Whisper | Post | Shared | Retraction) -> None:
        """Make the call; a post whose answer was lost is looked for first."""
        slack = self._office.slack
        if isinstance(errand, Post):
            mark = {"id": parcel.channel, "part": errand.part}
            if not (parcel.attempts and slack.find(parcel.channel, errand.place.thread, errand.since, mark)):
                slack.post(parcel.channel, errand.place.thread, errand.message, mark)
        elif isinstance(errand, Retraction):
            slack.delete(parcel.channel, errand.message)
        elif isinstance(errand, Shared):
            comment = fitted(errand.comment, SENTENCE)
            slack.upload(parcel.channel, errand.place.thread, errand.filename, errand.data, comment)
        else:
            slack.whisper(errand.place.channel, errand.place.thread, errand.person.user, errand.message)
        self._line.sent(parcel)

    def gave_up(self, parcel: Parcel, errand: Shared, reason: str) -> None:
        """A sentence stands in its place."""
        sentence = f"The file `{errand.filename}` could not be uploaded ({reason}); ask for it again."
        self.post(Post(errand.place, Message(fitted(sentence, SENTENCE)), parcel.key, self._office.now()))

"""Records: what was done in a channel, and what was captured, for one person alone."""

from bot.clerk import machines_of
from bot.entrances.entrance import Entrance
from bot.errors import RequestError
from bot.incidents import audited
from bot.incidents.policy import Capability
from bot.model.audit import Deed
from bot.model.request import Person, Place

_DEEDS_SHOWN = 20


class Records(Entrance):
    """What is kept of deeds and captures."""

    def audit_of(self, person: Person, place: Place) -> tuple[str, ...]:
        """The newest deeds of this channel, oldest first, one line each; for whoever may check here."""
        self._clerk.may(Capability.CHECK, person, place, said="the audit of the channel")
        return tuple(audited.told(entry) for entry in self._clerk.audit.of_channel(place.channel, _DEEDS_SHOWN))

    def download(self, incident: str, person: Person, place: Place) -> None:
        """Whisper links to what was captured to this person; they are theirs alone and end soon."""
        found = self.desk.recall(incident)
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

"""Where a link is handed in: every check between an address and the bytes, and the note in the audit trail."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot import log
from bot.downloads import tickets
from bot.downloads.links import Shelf
from bot.downloads.tickets import Ticket
from bot.errors import InstrumentError, RequestError
from bot.model.audit import Deed, Entry
from bot.model.download import KeptCapture
from bot.ports import Audit, Clock

_log = log.get(__name__)


class Store(Shelf, Protocol):
    """Where the captures lie, with their bytes."""

    def read(self, case: str, kept: KeptCapture) -> bytes:
        """The bytes of one of the captures, which were found to have its digest.

        Raises:
            InstrumentError: they are gone, or are not what was recorded.
        """
        ...


@dataclass(frozen=True, slots=True)
class Counter:
    """The checks. ``used`` says whether a name was met before, by any bot process, and remembers it."""

    store: Store
    keys: Sequence[bytes]
    used: Callable[[str], bool]
    audit: Audit
    clock: Clock

    def look(self, text: str) -> tuple[Ticket, KeptCapture]:
        """What a link is good for; nothing is used up.

        Raises:
            RequestError: for nothing, and the text says why.
        """
        ticket = tickets.read(self.keys, text)
        if ticket is None:
            raise RequestError("That is no link of ours. Press Download on the card in Slack for a fresh one.")
        if ticket.expires_at <= self.clock.now():
            raise RequestError("That link's time is over. Press Download on the card in Slack for a fresh one.")
        kept = next((one for one in self.store.captures(ticket.case) if one.digest == ticket.digest), None)
        if kept is None:
            raise RequestError("That capture is deleted: its time was over.")
        return ticket, kept

    def take(self, text: str) -> tuple[KeptCapture, bytes]:
        """The bytes, once.

        Raises:
            RequestError: the link is good for nothing.
            InstrumentError: the bytes, the queue server or the audit trail are not to be had; the link stays good
                unless it had been used up already.
        """
        ticket, kept = self.look(text)
        data = self.store.read(ticket.case, kept)
        if self.used(f"download:{ticket.nonce}"):
            raise RequestError("That link was used already. Press Download on the card in Slack for a fresh one.")
        self.audit.record(
            Entry(
                at=self.clock.now(),
                deed=Deed.DOWNLOADED,
                incident=ticket.case,
                person=ticket.person,
                place=ticket.place,
                size_bytes=len(data),
                digest=ticket.digest,
            )
        )
        _log.info("downloaded", incident=ticket.case, user=ticket.person.user, digest=ticket.digest)
        return kept, data

    def say(self, error: RequestError | InstrumentError) -> str:
        """The sentence for the page; what failed on our side is for the operator's log."""
        if isinstance(error, InstrumentError):
            _log.error("download_failed", reason=str(error))
            return "The capture cannot be handed out now; the operator of ruleout finds the reason in its log."
        return str(error)

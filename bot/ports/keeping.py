"""What is remembered: deliveries, timelines, evidence, what a channel works on, cases and deeds."""

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.model.audit import Entry
from bot.model.incident import AnyEvent, Incident
from bot.model.inquiry import AnyDeed, Inquiry


class Claim(StrEnum):
    """Whose a delivery is: ours from now on, taken by a bot that is still at it, or done."""

    OURS = "ours"
    TAKEN = "taken"
    DONE = "done"


class Once(Protocol):
    """What happened before, at any bot. Each may raise InstrumentError: nobody can say."""

    def seen(self, name: str) -> bool:
        """Whether this name was met before; from now on it was."""
        ...

    def claim(self, name: str) -> Claim:
        """Take this name on, unless somebody has who lives."""
        ...

    def done(self, name: str) -> None:
        """What was taken on has had its effect."""
        ...


class Journal(Protocol):
    """Where timelines outlive the process. Append-only; an event is never changed."""

    def append(self, incident: str, event: AnyEvent, position: int | None = None) -> None:
        """Write one event at the end of the incident's timeline.

        ``position`` is how many events the writer knows before this one. Written twice at its position it stands once.

        Raises:
            OvertakenError: somebody else has written there, or further on.
            ForgottenError: fewer events than that are known here, and nothing was written.
        """
        ...

    def behind(self, lengths: Mapping[str, int]) -> frozenset[str]:
        """Those of the incidents of whose timelines fewer events are known here than given."""
        ...

    def read(self, incident: str) -> Incident | None:
        """The incident as written so far, or None when there is no such incident."""
        ...

    def unfinished(self, channel: str | None = None) -> tuple[str, ...]:
        """Ids of the incidents whose end nobody has seen yet (no Delivered event), oldest first.

        ``channel``: those alone that were asked there.
        """
        ...

    def crowd(self, channel: str) -> tuple[int, int]:
        """How many unfinished incidents were asked in the channel, and how many there are in all; in one reading."""
        ...


class Kept(Protocol):
    """Where evidence outlives the process, until the end of its incident has been seen.

    Every method raises InstrumentError with a clear sentence when the server cannot be reached.
    """

    def put(self, incident: str, blobs: Mapping[str, bytes]) -> None:
        """Keep these bytes by digest."""
        ...

    def only(self, incident: str, digests: Collection[str]) -> None:
        """Forget what is kept of the incident under any other digest: a later report has replaced it."""
        ...

    def all(self, incident: str) -> dict[str, bytes]:
        """Everything that was kept of the incident, by digest."""
        ...

    def drop(self, incident: str) -> None:
        """Its people have seen the end, and its case holds it."""
        ...


class Inquiries(Protocol):
    """Where the channels' own timelines outlive the process, and which question was asked where. Append-only.

    Every method raises InstrumentError with a clear sentence when the server cannot be reached.
    """

    def append(self, inquiry: str, event: AnyDeed) -> None:
        """Write one event at the end; an Opened begins it, and makes it the newest of its channel."""
        ...

    def read(self, inquiry: str) -> Inquiry | None:
        """The inquiry as written so far, or None when there is no such inquiry."""
        ...

    def of_channel(self, channel: str) -> tuple[str, ...]:
        """The ids of the channel's inquiries, oldest first."""
        ...

    def unended(self) -> tuple[str, ...]:
        """The ids of the inquiries that are open, in whatever channel, oldest first."""
        ...

    def asked(self, channel: str, since: datetime, until: datetime | None, most: int) -> tuple[str, ...]:
        """The ids of the newest ``most`` questions that were asked in the channel in that time, oldest first."""
        ...


class Archive(Protocol):
    """Where closed incidents lie as cases, for as long as the operator keeps them."""

    def save(self, case: str, files: Mapping[str, bytes]) -> None:
        """Keep the files of one case; the case appears whole or not at all.

        Raises:
            InstrumentError: the disk does not take it.
        """
        ...

    def case(self, name: str) -> Mapping[str, bytes] | None:
        """The files of one case as they are now; None: there is none, or its time was over.

        Raises:
            BundleError: it cannot be read.
        """
        ...


class Audit(Protocol):
    """Where every deed is written down for good, in order; nothing in it is ever changed."""

    def record(self, entry: Entry) -> None:
        """Write the deed down before it has an effect.

        Raises:
            InstrumentError: it cannot be written; what must not happen unseen does not happen.
        """
        ...

    def of_channel(self, channel: str, most: int) -> tuple[Entry, ...]:
        """The newest ``most`` deeds that were asked for in the channel, oldest first."""
        ...

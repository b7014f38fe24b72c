"""What is kept of every request for the day when somebody asks who looked at what."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.model.request import Person, Place


class Deed(StrEnum):
    """What was done, by a person or by an agent on a person's behalf."""

    REQUESTED = "requested"
    REFUSED = "refused"
    APPROVAL_ASKED = "approval_asked"
    APPROVED = "approved"
    DECLINED = "declined"
    STARTED = "started"
    STOPPED = "stopped"
    CAPTURED = "captured"
    UPLOADED = "uploaded"
    LINKED = "linked"  # a way to the bytes was handed out, and may never be gone
    DOWNLOADED = "downloaded"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One deed. ``person`` None: nobody pressed or typed anything, as when an agent starts or a file's time is over.

    ``said`` is what the person typed, ``read_as`` what it was understood as, ``rule`` what allowed or refused it. Of a
    capture: ``agent``, ``size_bytes``, ``dropped`` and ``digest`` ("sha256:<hex>").
    """

    at: datetime
    deed: Deed
    incident: str | None = None
    person: Person | None = None
    place: Place | None = None
    said: str | None = None
    read_as: str | None = None
    rule: str | None = None
    agent: str | None = None
    size_bytes: int | None = None
    dropped: int | None = None
    digest: str | None = None

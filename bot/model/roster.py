"""What one person is told of the house: who looks for them, what they wait for, and what they may do."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Listing:
    """A sentence and the lines below it; what stands in backticks is shown as code."""

    head: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """One running request: what it does, where it was asked, and its card's timestamp id; None: not posted yet."""

    says: str
    channel: str
    card: str | None


@dataclass(frozen=True, slots=True)
class Home:
    """What one person sees of the house, as of ``at``.

    ``running`` are their own requests, the newest first, ``more`` how many stand not among them. ``rights`` are
    sentences, in which ``#C0123ABCD`` is a channel. ``agents`` is None for whoever may not look anything up.
    """

    at: datetime
    running: tuple[Standing, ...]
    more: int
    rights: tuple[str, ...]
    agents: Listing | None

"""What a person asked, and where the answer goes."""

from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Address

from bot.model.addresses import Mac
from bot.model.capture import CaptureWish
from bot.model.dropped import DroppedFile
from bot.model.pasted import PastedTable
from bot.model.reach import ReachWish
from bot.model.watch import WatchWish

CHECK, CAPTURE, LOOK_UP, JUDGE, TRACE = "arpcheck", "capture", "vcenter", "judge", "arptable"
WATCH, REACH = "watch", "reach"
"""The commands: judge a machine, capture its packets, ask every vCenter who it is, judge a shared capture, lay what
every table on the way holds for it side by side, look at it without a pause for a while, compare many machines."""
INCIDENT = "incident"
NOTE = "note"
"""What the channel works on together has a door of its own too."""
AGENTS = "agents"
"""Who looks, and how they are, asks nothing of any machine."""
IN_WORDS = (CHECK, LOOK_UP, TRACE, WATCH, REACH)
"""What can be asked in words; a capture has a door of its own, with another right."""
STOPPABLE = (CAPTURE, WATCH)
"""What lasts so long that people end it early."""


@dataclass(frozen=True, slots=True)
class Target:
    """What the request is about: an address, or a VM name or MAC that a vCenter has to resolve first.

    Exactly one of the three is given by the person. ``address`` is filled in once it is resolved.
    """

    address: IPv4Address | None = None
    name: str | None = None
    mac: Mac | None = None

    def names(self, vm: str) -> bool:
        """Whether this is a VM's name; whole and without case, as vCenter is asked."""
        return self.name is not None and self.name.casefold() == vm.casefold()

    def __str__(self) -> str:
        return str(self.address or self.name or self.mac)


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks, keyed by (team, user) and never by name; a terminal user has team ``terminal``."""

    team: str
    user: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where the question was asked. ``thread`` is the timestamp of the thread's parent, or None."""

    channel: str
    thread: str | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """One question, as accepted. ``command`` is the word that was typed, without its slash.

    ``capture`` says how to capture, ``watch`` how to watch, ``reach`` which
    machines to compare and ``file`` what to judge; None for every other command.
    ``tables`` are those that people pasted, one of each device and command. ``before`` is the question that this one
    asks again.
    """

    id: str
    command: str
    target: Target
    deep: bool
    person: Person
    place: Place
    asked_at: datetime
    capture: CaptureWish | None = None
    file: DroppedFile | None = None
    tables: tuple[PastedTable, ...] = ()
    watch: WatchWish | None = None
    reach: ReachWish | None = None
    before: str | None = None

"""What every table on the way holds for one address, side by side with the answer that is live: the path view.

It accuses nobody. It says which entries differ from the live answer, and which to clear, in which order.
"""

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address

from bot.model.addresses import Mac
from bot.model.finding import Witness


class Mark(StrEnum):
    """How an entry compares with the MAC and the place that are expected."""

    RIGHT = "right"
    WRONG = "wrong"  # another MAC than the live one, or a port that does not lead to it
    OLD = "old"  # a MAC or port that was right before a move
    MISSING = "missing"  # no entry, though the whole table was read
    UNKNOWN = "unknown"  # nothing to compare it with, or it was not read


class Place(StrEnum):
    """What kind of word a hop is."""

    ARP = "arp"  # a router's or peer's ARP entry
    FDB = "fdb"  # a switch's MAC table entry
    VCENTER = "vcenter"  # the vNIC as configured
    WIRE = "wire"  # who answers now


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One word on the way. ``mac`` is what it holds or who answers, None: nothing; ``at`` is its port or interface.

    ``pinned``: the entry is static, so it neither ages nor learns. ``says`` is the sentence behind the mark; MACs and
    times stand in backticks. ``source`` is whose word it is: "SNMP", "pasted by U0ANA", "vCenter dc1", "agent prod-1".
    """

    device: str
    role: str
    place: Place
    mac: Mac | None
    at: str | None
    age_s: float | None
    pinned: bool
    mark: Mark
    says: str
    source: str
    witness: Witness | None = None


@dataclass(frozen=True, slots=True)
class Clear:
    """An entry to clear: on which device, and the sentence that says which one and what replaces it."""

    device: str
    says: str


@dataclass(frozen=True, slots=True)
class Path:
    """The way from the core to the guest.

    ``expected`` are the MACs that the target should have everywhere, and ``because`` the sentence that says how that is
    known; both are empty where nobody knows. ``clear`` is in the order in which it should be done. ``claim`` is the
    one sentence on the whole. ``missing`` says what was not looked at.
    """

    target: IPv4Address
    expected: tuple[Mac, ...]
    because: str
    hops: tuple[Hop, ...]
    clear: tuple[Clear, ...]
    claim: str
    missing: tuple[str, ...]

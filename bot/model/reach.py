"""Who answers whom: machines by the places that asked for them, and what separates those that lose packets."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from ipaddress import IPv4Address


@dataclass(frozen=True, slots=True)
class ReachWish:
    """The machines, each an address or a VM's name, and of which of them people say that they are affected or not.

    ``place``: instead of naming them, the cluster or host whose running VMs are meant.
    """

    machines: tuple[str, ...]
    affected: tuple[str, ...] = ()
    unaffected: tuple[str, ...] = ()
    place: str | None = None


class Touch(StrEnum):
    """How a machine answers one place."""

    ALL = "answers"
    SOME = "loses"
    NONE = "silent"
    UNKNOWN = "not known"


@dataclass(frozen=True, slots=True)
class Cell:
    """One machine as one place sees it; ``why`` says what is not known. ``macs`` claim the address there."""

    place: str
    touch: Touch
    sent: int
    answered: int
    macs: tuple[str, ...] = ()
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Reached:
    """One machine: where it is, how every place sees it, and whether it is affected (None: nobody can say).

    ``said`` is True where people say so and no packet shows it.
    """

    machine: str
    address: IPv4Address | None
    host: str | None
    cluster: str | None
    vlan: str | None
    cells: tuple[Cell, ...]
    affected: bool | None
    said: bool = False


@dataclass(frozen=True, slots=True)
class Reach:
    """The whole matrix at one moment.

    ``says`` is what separates the affected machines from the others, ``look_at`` what would tell more, ``groups`` how
    many of each group are affected, ``missing`` what was not looked at; sentences all.
    """

    at: datetime
    places: tuple[str, ...]
    machines: tuple[Reached, ...]
    claim: str
    says: tuple[str, ...]
    look_at: tuple[str, ...]
    groups: tuple[str, ...]
    missing: tuple[str, ...]

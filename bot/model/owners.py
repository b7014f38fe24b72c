"""What vCenter knows of whoever has an address, a MAC or a name: the answer of a look-up, which accuses nobody."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Owner:
    """A VM, or an ESXi host with an interface of its own.

    ``asked_for`` is False for a machine that was met only because it shares an address or MAC with one that was.
    ``facts`` are sentences on the whole of it, ``interfaces`` a line on each. ``guest_runs``: there is a guest whose
    own word can be asked for.
    """

    name: str
    vcenter: str
    asked_for: bool
    facts: tuple[str, ...]
    interfaces: tuple[str, ...]
    guest_runs: bool


@dataclass(frozen=True, slots=True)
class Conflict:
    """An address or MAC that several running machines have; ``certain``: in one network, as far as vCenter tells."""

    says: str
    certain: bool


@dataclass(frozen=True, slots=True)
class Section:
    """One more thing that a snapshot holds, a line an item: hosts, alarms, events.

    ``shown`` is what belongs beside the owner; the rest can wait for whoever looks closer.
    """

    title: str
    lines: tuple[str, ...]
    shown: bool = False


@dataclass(frozen=True, slots=True)
class Owners:
    """The answer, in sentences that name addresses and machines; MACs and times stand in backticks.

    ``conflicts`` come with what was asked for first. ``established`` are statements of findings that rest on vCenter
    alone. ``missing`` says what was not seen and ``read_at`` is when the oldest part of it was read, by the clock of
    whoever read it.
    """

    claim: str
    conflicts: tuple[Conflict, ...]
    owners: tuple[Owner, ...]
    established: tuple[str, ...]
    sections: tuple[Section, ...]
    missing: tuple[str, ...]
    read_at: datetime

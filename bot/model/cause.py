"""A textbook entry: what can be wrong, what we would see if it were, what rules it out, what would settle it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Side(StrEnum):
    """Who has to act."""

    GUEST = "guest"
    NETWORK = "network"
    HYPERVISOR = "hypervisor"


class Separates(StrEnum):
    """What a measurement tells apart: this cause from all others, or the three sides from each other."""

    CAUSE = "cause"
    SIDES = "sides"


@dataclass(frozen=True, slots=True)
class Settle:
    """The measurement that decides for or against a cause, and who can take it."""

    do: str
    who: str
    separates: Separates = Separates.CAUSE


@dataclass(frozen=True, slots=True)
class Cause:
    """One thing that can be wrong.

    ``id`` is ``<side>.<name>`` and a public contract. ``claim`` is a sentence a person can act on; names in braces
    are not used: the findings carry the addresses. ``expects`` gives the log-odds (at most 4) that a PRESENT finding
    lends to this cause; ``requires`` are findings without which the cause is not considered at all; of several in a
    tuple of their own one is enough.
    ``excluded_by`` maps the id of a finding to the reason why, when PRESENT, this cause cannot be.
    ``source`` names the RFC, KB or kernel file that the entry rests on.
    """

    id: str
    side: Side
    claim: str
    expects: Mapping[str, float]
    settle: Settle
    source: str
    requires: tuple[str | tuple[str, ...], ...] = ()
    excluded_by: Mapping[str, str] = field(default_factory=dict)

    def required(self) -> tuple[tuple[str, ...], ...]:
        """What it requires, each as the findings of which one is enough."""
        return tuple((one,) if isinstance(one, str) else one for one in self.requires)

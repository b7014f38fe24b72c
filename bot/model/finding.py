"""What observations establish: the vocabulary between evidence and judgement."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address
from typing import TypeVar

from bot.model.observation import Observation

T = TypeVar("T", bound=Observation)


class Standing(StrEnum):
    """Seen, looked for and not seen, or could not tell. Only the last two are kinds of nothing, and they differ."""

    PRESENT = "present"
    ABSENT = "absent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Witness:
    """Where a reader can check a finding: artifact digest, place in it, and the vantage that saw it."""

    artifact: str
    locator: str
    vantage: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One established (or refuted, or undecidable) statement. ``id`` is a public contract.

    ``statement`` is a full sentence with the concrete addresses and names in it. MACs and times stand in
    backticks, so that a chat does not turn ``:de:`` into a flag.
    """

    id: str
    standing: Standing
    statement: str
    witnesses: tuple[Witness, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything observed about one target, and what was not looked at.

    ``observations`` are in no promised order: a finding must not depend on it. ``gaps`` are sentences
    ("no agent stands on segment dc1-b").
    """

    target: IPv4Address
    observations: tuple[Observation, ...]
    gaps: tuple[str, ...] = ()

    def of(self, kind: type[T]) -> Iterator[T]:
        """The observations of one kind, by time."""
        found = [observation for observation in self.observations if isinstance(observation, kind)]
        yield from sorted(found, key=lambda observation: (observation.seen_at, observation.locator))

"""What observations establish: the vocabulary between evidence and judgement."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Address
from typing import Any, TypeVar, cast

from bot.model.observation import Observation

T = TypeVar("T", bound=Observation)
R = TypeVar("R")


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
    backticks, so that a chat does not turn ``:de:`` into a flag. ``measured`` is False for a mere symptom: what was
    plain when the ticket was opened.
    """

    id: str
    standing: Standing
    statement: str
    witnesses: tuple[Witness, ...] = ()
    measured: bool = True


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything observed about one target, and what was not looked at.

    ``observations`` are in no promised order: a finding must not depend on it. ``gaps`` are sentences
    ("no agent stands on segment dc1-b").
    """

    target: IPv4Address
    observations: tuple[Observation, ...]
    gaps: tuple[str, ...] = ()
    _known: dict[object, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def of(self, kind: type[T]) -> tuple[T, ...]:
        """The observations of one kind, by time."""
        if kind not in self._known:
            found = [observation for observation in self.observations if isinstance(observation, kind)]
            found.sort(key=lambda observation: (observation.seen_at, observation.locator))
            self._known[kind] = tuple(found)
        return cast(tuple[T, ...], self._known[kind])

    def once(self, read: Callable[["Evidence"], R]) -> R:
        """What ``read`` makes of this evidence, worked out the first time only: many findings ask the same."""
        if read not in self._known:
            self._known[read] = read(self)
        return cast(R, self._known[read])

"""What a fault of the lab is."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from bot.model.cause import Side
from bot.model.verdict import Answer, Grade
from deploy.lab.state import FaultState
from deploy.lab.topology import Vm


class Tap(StrEnum):
    """Where a second vantage listens while the fault is recorded: what a mirror port shows."""

    HOST = "host"  # the uplink of the VM's own host
    UNFED = "unfed"  # a port that no traffic is mirrored to


UNFED_PORT = "unfed"
"""The interface in the switch that such a tap listens on."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault as data, and how to stage it.

    ``side`` is who is at fault, None where nothing is; ``acceptable`` are the answers that honest evidence allows
    when no vCenter can be asked. ``cause`` is the catalogue entry that is true, ``grade`` how far a check with a
    vCenter carries: where it decides nothing, the measurement that tells this fault from its twins is not taken yet.
    ``origin`` says where the wrong state begins, ``residual`` where it still sits once the origin is cured.
    ``settled_by`` is what somebody would report (kind and value) who took that measurement; None where the vocabulary
    has no word for it. ``tap`` is where a second vantage listens at the same time; None: nowhere.
    ``tabled`` is how far a check carries that can also read the tables of routers and switches, and the cause that it
    then finds; None: no further. ``uplinks``: how many the hosts need.
    ``apply(fabric, vm, rng, **options)`` takes every choice from ``rng``; it raises ValueError when the VM cannot have
    this fault.
    """

    id: str
    side: Side | None
    acceptable: tuple[Side, ...]
    cause: str | None
    grade: Grade
    origin: str | None
    residual: str | None
    symptom: str
    apply: Callable[..., None]
    settled_by: tuple[str, str | None] | None = None
    tap: Tap | None = None
    tabled: tuple[Grade, str] | None = None
    uplinks: int = 1

    @property
    def answer(self) -> Answer:
        """What an honest check says."""
        return self._at(self.grade)

    def _at(self, grade: Grade) -> Answer:
        if grade in (Grade.UNDECIDED, Grade.NOT_ENOUGH_EVIDENCE):
            return Answer.INCONCLUSIVE
        return Answer(self.side.value) if self.side else Answer.HEALTHY

    def staged_on(self, vm: Vm) -> FaultState:
        """The record of this fault on that VM."""
        return {
            "fault": self.id,
            "vm": vm.name,
            "address": str(vm.address),
            "side": self.side,
            "answer": self.answer,
            "acceptable": list(self.acceptable),
            "cause": self.cause,
            "grade": self.grade,
            "origin": self.origin,
            "residual": self.residual,
            "symptom": self.symptom,
            "settled_by": list(self.settled_by) if self.settled_by else None,
            "tap": self.tap,
            "tabled": {"answer": self._at(self.tabled[0]), "grade": self.tabled[0], "cause": self.tabled[1]}
            if self.tabled
            else None,
        }

"""Asking for what a look-up can do without: within its calls, and with a sentence where nothing comes back."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from bot.agents.vcenter.reasons import FAILURES, clause
from bot.agents.vcenter.session import Session
from bot.agents.vcenter.stub import Stub
from bot.model.vsphere import Family, Gap
from bot.ports import Clock

T = TypeVar("T")

MOST_CALLS = 17
"""What one look-up may ask, whatever the size of the inventory."""


class Memory:
    """What stays the same for as long as a vCenter runs: the names of alarms, the ids of counters."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.alarms: dict[str, str] = {}
        self.counters: dict[str, int] = {}


@dataclass
class Asking:
    """Where to ask, how often still, and the sentences about what was not told. ``page`` as in VcenterSettings."""

    stub: Stub
    session: Session
    page: int
    memory: Memory
    calls: int
    gaps: list[Gap] = field(default_factory=list)

    def missing(self, family: Family, says: str) -> None:
        """Part of a family is not known."""
        self.gaps.append(Gap(family, says))

    def ask(self, family: Family, what: str, read: Callable[[], T], calls: int = 1) -> T | None:
        """What ``read`` brings; None, and a sentence, where it fails or the calls that it needs are not left.

        A session that is over is no reason to begin anew: the next look-up will, and the owners are known already.
        """
        if self.calls < calls:
            self.missing(family, f"{what} was not asked for: a look-up makes at most {MOST_CALLS} calls.")
            return None
        before = self.stub.calls
        try:
            return read()
        except FAILURES as error:
            if self.stub.aborted:
                raise
            self.missing(family, f"{what} could not be read, because {clause(error)}.")
            return None
        finally:
            self.calls -= self.stub.calls - before

"""What this agent has reported lately: a server that fails over may have forgotten it, and nobody can look again."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from bot.queue.artifacts import Evidence
from bot.queue.letters import Order, Said

KEPT_S = 60.0
"""The last writes before an outage are what is lost, and an outage lasts as long as it takes to choose a primary."""

MOST_BYTES = 8 << 20
"""What all of it together may hold in memory; what is more is told without its evidence."""

TRIED_S = 15.0
"""So long after the server was met again a bot may need to say that it still waits."""


@dataclass(frozen=True, slots=True)
class Told:
    """A final word on a job. ``evidence`` None: it was too large to be kept."""

    order: Order
    event: Said
    evidence: Evidence | None
    at: float

    @property
    def size_bytes(self) -> int:
        """What it holds in memory."""
        return sum(len(data) for _, data in self.evidence or ())


class Retold:
    """The final words of the last minute, the newest first to keep their bytes. Safe from several threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._told: dict[str, Told] = {}
        self._due: dict[str, None] = {}
        self._due_until = 0.0

    def keep(self, order: Order, event: Said, evidence: Evidence) -> None:
        """This was reported now."""
        now = self._clock()
        with self._lock:
            told = [one for one in self._told.values() if now - one.at < KEPT_S]
            kept, held_bytes = dict[str, Told](), 0
            for one in (Told(order, event, evidence, now), *reversed(told)):
                held_bytes += one.size_bytes
                fits = held_bytes <= MOST_BYTES
                kept[one.order.job.id] = one if fits else Told(one.order, one.event, None, one.at)
            self._told = dict(reversed(kept.items()))

    def knows(self, job: str) -> bool:
        """Whether the job was ended here lately."""
        with self._lock:
            return job in self._told

    def again(self) -> None:
        """Everything that is kept may have been forgotten, and is due."""
        now = self._clock()
        with self._lock:
            self._due = {job: None for job, one in self._told.items() if now - one.at < KEPT_S}
            self._due_until = now + TRIED_S

    def due(self) -> tuple[Told, ...]:
        """What is to be said again, as soon as somebody waits for it."""
        with self._lock:
            if self._due and self._clock() > self._due_until:
                self._due.clear()
            return tuple(self._told[job] for job in self._due if job in self._told)

    def said(self, one: Told) -> None:
        """It was."""
        with self._lock:
            self._due.pop(one.order.job.id, None)

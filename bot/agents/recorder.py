"""The recording itself: blocks from the ring to the spool until the time is up, somebody stops it or something is full.

Nothing here is done for each frame, so what a slow agent loses is decided by the kernel's ring and counted there.
"""

import time
from collections.abc import Callable, Iterable
from datetime import datetime

from bot.agents.blocks import count
from bot.agents.bounds import CaptureBounds
from bot.agents.ring import Ring
from bot.agents.spool import Spool, SpoolError
from bot.errors import InstrumentError
from bot.ports import Clock

_LOOK_UP_S = 0.05  # how long it may go on after it was stopped
_COUNT_S = 1.0


class Recorder:
    """One capture while it grows. The counts may be read by other threads."""

    def __init__(self, ring: Ring, spool: Spool, bounds: CaptureBounds, clock: Clock, listen_s: float) -> None:
        self.started_at = clock.now()
        self.stopped_at: datetime | None = None  # when it began to hear nothing; None: it still hears
        self.frames = 0
        self.dropped = 0
        self.full = False  # what came after the last frame was not recorded, whatever the time
        self._ring, self._spool, self._bounds, self._clock = ring, spool, bounds, clock
        self._ends_s = time.monotonic() + listen_s
        self._counted_s = time.monotonic()

    @property
    def left_s(self) -> float:
        """How long it still goes on."""
        return max(0.0, self._ends_s - time.monotonic())

    @property
    def size_bytes(self) -> int:
        """How much was kept so far, at most: a file for other programs is a little smaller."""
        return self._spool.size_bytes

    def run(self, stop_reason: Callable[[], str | None]) -> str | None:
        """Record to the end; why it ended before its time, as a sentence, or None."""
        try:
            return self._record(stop_reason)
        except SpoolError as error:
            self.full = True
            return str(error)
        finally:
            self.dropped = self._ring.dropped()

    def _record(self, stop_reason: Callable[[], str | None]) -> str | None:
        ended: str | None = None
        try:
            while (left_s := self.left_s) and not (ended := stop_reason()):
                if full := self._keep(self._ring.blocks(min(left_s, _LOOK_UP_S))):
                    return full
        except SpoolError:
            raise
        except InstrumentError as trouble:  # the interface is gone; what it brought before is in the ring
            ended = str(trouble)
        self.stopped_at = self._clock.now()
        return self._keep(self._ring.end()) or ended

    def _keep(self, blocks: Iterable[memoryview]) -> str | None:
        for block in blocks:
            self._spool.append(block)
            self.frames += count(block)
            if full := self._full():
                return full
        return self._full()

    def _full(self) -> str | None:
        why = self._overflow()
        self.full = why is not None
        return why

    def _overflow(self) -> str | None:
        bounds = self._bounds
        if self.frames >= bounds.frames:
            return f"It was full with {bounds.frames} frames, the most that this agent records."
        if self.size_bytes >= bounds.size_bytes:
            return f"It was full with {bounds.size_bytes / 1e6:g} MB, the most that this agent records."
        if time.monotonic() - self._counted_s > _COUNT_S:
            self._counted_s = time.monotonic()
            self.dropped = self._ring.dropped()
            if self._spool.free_bytes() < bounds.spare_bytes:
                return f"Less than {bounds.spare_bytes >> 20} MiB were left on the disk of the agent's spool directory."
        return None

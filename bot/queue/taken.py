"""What this agent process has taken itself: the server's marks against replay can be deleted, these cannot."""

import time
from collections.abc import Callable, Hashable

from bot.queue import keys


class Taken:
    """Job ids with the entry that each came with, until a minute past the job's end. Used by one thread.

    Only orders that a bot sealed come in here, and each is forgotten in time, so what is held stays as small as what
    was asked in the last minutes. It ends with the process: a restarted agent has the server's marks alone.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._entries: dict[str, tuple[Hashable, float]] = {}

    def copied(self, job: str, entry: Hashable, left_s: float) -> bool:
        """Whether the job came with another entry before; else this one is remembered for as long as the job can run.

        The same entry once more is a legal delivery: it was handed back, or its connection was cut.
        """
        now_s = self._clock()
        for over in [name for name, (_, until_s) in self._entries.items() if until_s < now_s]:
            del self._entries[over]
        kept_s = min(max(left_s, 0.0) + keys.PAST_END_S, keys.LONGEST_S)
        first, _ = self._entries.setdefault(job, (entry, now_s + kept_s))
        return first != entry

    def same(self, job: str, entry: Hashable) -> bool:
        """Whether it was with this entry that the job came first."""
        return job in self._entries and self._entries[job][0] == entry

"""How often a device may be asked, over all jobs of this process."""

import threading
import time


class Pace:
    """Gives out moments that lie ``1/requests_per_s`` apart; of idle time at most ``BURST`` are made up for."""

    BURST = 4

    def __init__(self, requests_per_s: float) -> None:
        self._step_s = 1 / requests_per_s
        self._next = 0.0
        self._lock = threading.Lock()

    def turn_in_s(self) -> float:
        """Take the next moment; how many seconds until it is there."""
        with self._lock:
            now = time.monotonic()
            self._next = max(self._next + self._step_s, now - (self.BURST - 1) * self._step_s)
            return max(0.0, self._next - now)

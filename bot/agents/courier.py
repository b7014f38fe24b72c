"""What is sent while a capture runs: every second how far it is, and now and then all that was captured so far.

In a thread of its own, because a slow or absent queue server must not keep the recording from its ring.
"""

import threading
import time
from collections.abc import Callable

from bot.agents.spool import Reader

PROGRESS_S = 1.0
GROWTH = 1.5
"""So much longer than at the last one has a capture to run before it is sent again."""

TOTAL = 3
"""So many times the largest capture travels at most in advance, evenly over the time."""


class Courier:
    """Calls ``progress`` every second and ``send`` at growing intervals, until the block ends; a context manager.

    ``send`` returns how many bytes it sent. An agent that is killed leaves what it saw in the first two thirds of its
    time at least, and the sum of all sendings stays within ``TOTAL`` times ``most_bytes``. The reader is the courier's
    own and closed after its last way.
    """

    def __init__(
        self,
        reader: Reader,
        progress: Callable[[], None],
        send: Callable[[Reader], int],
        *,
        listen_s: float,
        most_bytes: int,
    ) -> None:
        self._reader, self._progress, self._send = reader, progress, send
        self._bytes_per_s = TOTAL * most_bytes / listen_s
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        # Not waited for: it may hang on a server that is away, and what it says after the final report is dropped.
        self._over.set()

    def _run(self) -> None:
        began_s = time.monotonic()
        due_s = PROGRESS_S
        with self._reader:
            while not self._over.wait(PROGRESS_S):
                self._progress()
                if time.monotonic() - began_s >= due_s:
                    sent_bytes = self._send(self._reader)
                    now_s = time.monotonic() - began_s
                    due_s = now_s + max(now_s * (GROWTH - 1), sent_bytes / self._bytes_per_s)

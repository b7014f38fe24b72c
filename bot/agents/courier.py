"""What is sent while a capture runs: every second how far it is, and now and then all that was captured so far.

In a thread of its own, because a slow or absent queue server must not keep the recording from its ring.
"""

import threading
import time
from collections.abc import Callable

from bot import log
from bot.agents.spool import Reader

PROGRESS_S = 1.0
GROWTH = 1.5
"""So much longer than at the last one has a capture to run before it is sent again."""

TOTAL = 3
"""So many times the largest capture travels at most in advance, evenly over the time."""


def pause_s(ran_s: float, sent_bytes: int, *, listen_s: float, most_bytes: int) -> float:
    """How long not to send again, once so many bytes were sent after so many seconds.

    Either the capture has to have grown by ``GROWTH``, or what was sent has to be made up for: all together then stays
    near ``TOTAL`` times the largest capture, and a small one that is cut off has lost the last third at most.
    """
    return max(ran_s * (GROWTH - 1), sent_bytes * listen_s / (TOTAL * most_bytes))


class Courier:
    """Calls ``progress`` every second and ``send`` at growing intervals, until the block ends; a context manager.

    ``send`` returns how many bytes it sent; ``pause`` says for how long it is not called again, after so many seconds
    and bytes. The reader is the courier's own and closed after its last way.
    """

    def __init__(
        self,
        reader: Reader,
        progress: Callable[[], None],
        send: Callable[[Reader], int],
        pause: Callable[[float, int], float],
    ) -> None:
        self._reader, self._progress, self._send, self._pause = reader, progress, send, pause
        self._over = threading.Event()
        self._thread = threading.Thread(target=log.carried(self._run), name="courier", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        # Not waited for: it may hang on a server that is away, and what it says after the final report is dropped.
        self._over.set()

    def _run(self) -> None:
        began_s, due_s = time.monotonic(), PROGRESS_S
        with self._reader:
            while not self._over.wait(PROGRESS_S):
                self._progress()
                if time.monotonic() - began_s >= due_s:
                    sent_bytes = self._send(self._reader)
                    ran_s = time.monotonic() - began_s
                    due_s = ran_s + self._pause(ran_s, sent_bytes)

"""The machine's clock, its randomness and its threads: the only place that reads and starts them."""

import secrets
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

from bot import log
from bot.model import naming


class SystemClock:
    """bot.ports.Clock on this machine."""

    def now(self) -> datetime:
        """This moment in UTC."""
        return datetime.now(UTC)  # noqa: TID251  everybody else is handed a Clock

    def new_id(self, prefix: str) -> str:
        """A random one."""
        return f"{prefix}-{''.join(secrets.choice(naming.ALPHABET) for _ in range(naming.LETTERS))}"


_AT_ONCE = threading.BoundedSemaphore(8)  # each may hold a capture of tens of megabytes


_APART = "apart"


def apart(work: Callable[[], None]) -> None:
    """Run something that takes its time in a thread of its own; of many such things eight at once."""

    def in_turn() -> None:
        with _AT_ONCE:
            work()

    threading.Thread(target=log.carried(in_turn), name=_APART, daemon=True).start()


def finish(within_s: float) -> bool:
    """Wait for what runs apart, which would end with the process otherwise; whether all of it is over in time."""
    until = time.monotonic() + within_s
    running = [thread for thread in threading.enumerate() if thread.name == _APART]
    for thread in running:
        thread.join(max(0.0, until - time.monotonic()))
    return not any(thread.is_alive() for thread in running)

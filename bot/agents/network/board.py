"""What the devices of one job tell each other: a router's ARP table says which MAC to ask the switches for."""

import threading
import time
from collections.abc import Callable, Iterable

from bot.model.addresses import Mac, can_own

MOST_MACS = 16
"""So many MACs are asked for: two claimants, a standby and a bond are a handful."""


class Board:
    """One for each job; safe from several threads."""

    def __init__(self, devices: int, macs: Iterable[Mac]) -> None:
        self._waiting = devices
        self._macs = list(dict.fromkeys(macs))
        self._changed = threading.Condition()

    def tell(self, macs: Iterable[Mac]) -> None:
        """What one device's ARP table holds for the target; each device tells once, also that it knows nothing."""
        with self._changed:
            self._macs += [mac for mac in macs if can_own(mac) and mac not in self._macs]
            self._waiting -= 1
            self._changed.notify_all()

    def macs(self, within_s: float, stopped: Callable[[], bool]) -> tuple[Mac, ...]:
        """All that is known once every device has told, or the time is over."""
        until = time.monotonic() + within_s
        with self._changed:
            while self._waiting > 0 and (left_s := until - time.monotonic()) > 0 and not stopped():
                self._changed.wait(min(left_s, 0.1))
            return tuple(self._macs[:MOST_MACS])

"""When each delivery came in over the socket, so that the time to its acknowledgement counts from there.

Between the two lie the SDK's queue and its pool of threads: in a burst that is where a delivery waits.
"""

import json
import re
import threading
from collections import OrderedDict
from time import monotonic

from bot.meters import ACKNOWLEDGED, SOCKETS
from bot.ports import Meter

_ENVELOPE = re.compile(r'"envelope_id"\s*:\s*"([^"]{1,64})"')  # what a person typed has its quotes escaped
_MOST = 1000
KINDS = frozenset({"slash_commands", "events_api", "interactive", "options", "http"})


class Arrivals:
    """The moments of deliveries that are not acknowledged yet. Safe from several threads."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self._lock = threading.Lock()
        self._at: OrderedDict[str, float] = OrderedDict()

    def came(self, message: str) -> None:
        """A message of Slack's came in."""
        if found := _ENVELOPE.search(message):
            with self._lock:
                self._at[found[1]] = monotonic()
                while len(self._at) > _MOST:
                    self._at.popitem(last=False)
        elif _type(message) == "hello":
            self._meter.add(SOCKETS)

    def acknowledged(self, envelope: str, kind: str, begun_at: float) -> None:
        """It is acknowledged now; ``begun_at`` counts where nobody saw it come."""
        with self._lock:
            came_at = self._at.pop(envelope, begun_at)
        self.took(monotonic() - came_at, kind)

    def given_up(self, envelope: str) -> None:
        """Nobody will acknowledge it."""
        with self._lock:
            self._at.pop(envelope, None)

    @property
    def waiting(self) -> int:
        """How many came and are not acknowledged yet."""
        with self._lock:
            return len(self._at)

    def took(self, seconds: float, kind: str) -> None:
        """So long did an acknowledgement take."""
        self._meter.observe(ACKNOWLEDGED, seconds, kind if kind in KINDS else "other")


def _type(message: str) -> object:
    """The type of a message that is no delivery; None: it is none of Slack's."""
    try:
        return json.loads(message).get("type")
    except (ValueError, AttributeError):
        return None

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
        self._over: OrderedDict[str, None] = OrderedDict()  # acknowledged before its coming was told

    def came(self, message: str) -> None:
        """A message of Slack's came in."""
        if found := _ENVELOPE.search(message):
            with self._lock:
                # The SDK queues a message before it tells of it, so a quick listener may have answered it by now.
                if found[1] in self._over:
                    del self._over[found[1]]
                    return
                self._at[found[1]] = monotonic()
                while len(self._at) > _MOST:
                    self._at.popitem(last=False)
        elif _type(message) == "hello":
            self._meter.add(SOCKETS)

    def acknowledged(self, envelope: str, kind: str, begun_at: float) -> None:
        """It is acknowledged now; ``begun_at`` counts where nobody saw it come."""
        came_at = self.given_up(envelope)
        self.took(monotonic() - (begun_at if came_at is None else came_at), kind)

    def given_up(self, envelope: str) -> float | None:
        """Nobody will acknowledge it any more; when it came, if that was seen."""
        with self._lock:
            came_at = self._at.pop(envelope, None)
            if came_at is None:
                self._over[envelope] = None
                while len(self._over) > _MOST:
                    self._over.popitem(last=False)
        return came_at

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

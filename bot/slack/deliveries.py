"""Slack's deliveries, each dealt with once, and acknowledged only when it has been.

Whatever comes a second time is acknowledged if the first has had its effect, and not because somebody has met it: that
bot may have died of it. Bolt acknowledges an event before its listener runs (slack_bolt 1.30,
listener/thread_runner.py), and Slack delivers an event again only as long as nobody acknowledged it; so the
acknowledgement of an event waits for its effect. All other listeners acknowledge by themselves.
"""

import threading
from time import monotonic

from bot import log
from bot.errors import InstrumentError
from bot.ports import Claim, Once

_log = log.get(__name__)

PATIENCE_S = 2.5
"""What comes later counts as not acknowledged (Slack waits 3 s); then Slack delivers it again, and asks once more."""
_LOOK_AGAIN_S = 0.1


class Deliveries:
    """What this process is at. Safe from several threads."""

    def __init__(self, once: Once, *, patience_s: float = PATIENCE_S) -> None:
        self._once, self._patience_s = once, patience_s
        self._changed = threading.Condition()
        self._open: set[str] = set()

    def take(self, name: str) -> Claim:
        """Begin with it; what somebody is at already is waited for, since they may die of it.

        Raises:
            InstrumentError: nobody can say whether it was met before. It is begun with all the same.
        """
        until = monotonic() + self._patience_s
        claim = Claim.OURS
        try:
            while (claim := self._once.claim(name)) is Claim.TAKEN and monotonic() < until:
                with self._changed:
                    self._changed.wait(_LOOK_AGAIN_S)
        finally:
            if claim is Claim.OURS:
                with self._changed:
                    self._open.add(name)
        return claim

    def dealt_with(self, name: str) -> None:
        """It has had its effect, or whoever asked was told why not."""
        with self._changed:
            if name not in self._open:
                return
        try:
            self._once.done(name)
        except InstrumentError as error:  # Slack may deliver it once more: then it has the same effect again
            _log.warning("delivery_not_marked", delivery=name, reason=str(error))
        with self._changed:
            self._open.discard(name)
            self._changed.notify_all()

    def settled(self, name: str) -> bool:
        """Whether this process is done with it, or becomes so while Slack still waits."""
        with self._changed:
            return self._changed.wait_for(lambda: name not in self._open, self._patience_s)

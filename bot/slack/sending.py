"""The thread that speaks to Slack: parcel after parcel at Slack's pace, and once more where it did not answer."""

import threading
import time
from collections.abc import Callable
from typing import Protocol

from bot import log
from bot.slack.delivery import RateLimitedError, RefusedError, UnansweredError
from bot.slack.errands import File, Shared, State, Whisper, about
from bot.slack.outbox import Outbox, Pace, Parcel

_log = log.get(__name__)

_TRIES = 3  # of what loses its worth when it comes late: a whisper, a file


class Carrier(Protocol):
    """Who does what parcels ask for."""

    def send(self, parcel: Parcel) -> None:
        """Make the calls; what has gone is told to ``Sending.sent``."""
        ...

    def refused(self, parcel: Parcel, error: str) -> None:
        """Slack answered no, and will answer the same again."""
        ...

    def gave_up(self, parcel: Parcel, reason: str) -> None:
        """It is not tried again. The lock is held."""
        ...

    def broke(self, parcel: Parcel) -> None:
        """We could not build it."""
        ...


class Sending:
    """What waits for Slack, and the one thread that sends it.

    ``changed`` guards what waits; whoever keeps more that belongs to it keeps that under the same lock. ``put``,
    ``forget`` and ``number`` are called with the lock held.
    """

    def __init__(self, pace: Pace | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self.changed = threading.Condition()
        self._outbox, self._clock = Outbox(pace or Pace()), clock
        self._closing = False
        self._numbered = 0
        self._thread: threading.Thread | None = None

    def start(self, carrier: Carrier) -> None:
        """Begin to send; what was put before waits until then."""
        self._thread = threading.Thread(target=self._run, args=(carrier,), name="slack-publisher", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """How many messages wait for Slack or for its pace."""
        with self.changed:
            return len(self._outbox)

    def close(self, timeout_s: float) -> bool:
        """Send what must not be lost, then stop; False when that took longer than ``timeout_s``."""
        with self.changed:
            self._closing = True
            self.changed.notify()
        alive = self._thread is not None and self._thread.is_alive()
        if self._thread and alive:
            self._thread.join(timeout_s)
            alive = self._thread.is_alive()
        left = len(self._outbox)
        if left:
            _log.error("unsent_at_exit", parcels=left)
        return not alive and not left

    def put(self, parcel: Parcel) -> None:
        """Let it wait; see ``Outbox.put`` for what it replaces."""
        self._outbox.put(parcel)
        self.changed.notify()

    def number(self) -> str:
        """A key that no other parcel has."""
        self._numbered += 1
        return f"once {self._numbered}"

    def forget(self, key: str) -> None:
        """Nothing will be sent under this key again."""
        self._outbox.forget(key)

    def sent(self, parcel: Parcel, *, last: bool = True) -> None:
        """Slack took it.

        ``last`` False: a newer one of this key may be waiting already, and must not be forgotten with this one.
        """
        with self.changed:
            self._outbox.sent(parcel, self._clock())
            if last and not isinstance(parcel.errand, State):
                self._outbox.forget(parcel.key)

    def postpone(self, parcel: Parcel) -> None:
        """It cannot go before another one has."""
        with self.changed:
            self._outbox.postpone(parcel, self._clock())

    def _run(self, carrier: Carrier) -> None:
        while (parcel := self._next()) is not None:
            with log.about(**about(parcel.errand)):
                self._try(carrier, parcel)

    def _next(self) -> Parcel | None:
        """The next parcel, waited for; None when there is nothing left to do."""
        with self.changed:
            while True:
                if self._closing:
                    self._outbox.keep_lasting()
                found = self._outbox.take(self._clock())
                if isinstance(found, Parcel):
                    return found
                if found is None and self._closing:
                    return None
                self.changed.wait(found)

    def _try(self, carrier: Carrier, parcel: Parcel) -> None:
        try:
            carrier.send(parcel)
        except RateLimitedError as limited:
            _log.info("rate_limited", channel=parcel.channel, after_s=limited.after_s)
            with self.changed:
                self._outbox.rate_limited(parcel, self._clock(), limited.after_s)
        except UnansweredError as unanswered:
            _log.warning("slack_unanswered", key=parcel.key, reason=str(unanswered))
            self._unanswered(carrier, parcel, reached=unanswered.reached)
        except RefusedError as refused:
            carrier.refused(parcel, refused.error)
        except Exception:  # noqa: BLE001  one message that we cannot build must not silence all others
            _log.exception("message_broke", key=parcel.key)
            carrier.broke(parcel)

    def _unanswered(self, carrier: Carrier, parcel: Parcel, *, reached: bool) -> None:
        perishable = isinstance(parcel.errand, Whisper | File | Shared)
        with self.changed:
            if perishable and parcel.attempts + 1 >= _TRIES:
                carrier.gave_up(parcel, "Slack did not answer")
            elif reached:
                self._outbox.broken(parcel, self._clock())
            else:
                self._outbox.unreachable(parcel, self._clock())

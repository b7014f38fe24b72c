"""Answers of Slack kept for a minute: each question is asked once at a time, and not while Slack says to wait."""

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late
from threading import Lock
from typing import Any

from slack_sdk.errors import SlackApiError, SlackClientError

from bot import log

_log = log.get(__name__)

Answer = Mapping[str, Any]

_KEPT_S = 60.0  # as old as what a right rests on may be
_AGAIN_S = 5.0  # after a failure: soon enough for the next try of a person, too late to storm Slack
_PATIENCE_S = 0.8  # an acknowledgement is due in 3 s, and takes up to two of these waits
_MOST = 5000


class Remembered:
    """What questions were answered with, by key. Safe from several threads; nothing here raises.

    Whoever asks what somebody else is asking already waits for the same answer. A question that takes longer than the
    patience has no answer yet; it goes on, and the next who asks may find it.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, *, patience_s: float = _PATIENCE_S) -> None:
        self._clock, self._patience_s = clock, patience_s
        self._threads = ThreadPoolExecutor(8, thread_name_prefix="slack-directory")
        self._lock = Lock()  # guards the fields below
        self._asked: OrderedDict[str, tuple[float, Future[Answer | None]]] = OrderedDict()
        self._quiet_until: dict[str, float] = {}  # by method

    def ask(self, method: str, about: str, load: Callable[[], Answer]) -> "Future[Answer | None]":
        """The answer to be, from memory or from ``load``, which is run in a thread of our own."""
        key, now = f"{method} {about}", self._clock()
        with self._lock:
            if (known := self._asked.get(key)) and now < known[0]:
                return known[1]
            if now < self._quiet_until.get(method, now):
                return _nothing()
            future = self._threads.submit(self._load, method, key, load)
            # The answer is as old as its question; one under way is shared, however long it takes.
            self._asked[key] = (now + _KEPT_S, future)
            self._asked.move_to_end(key)
            while len(self._asked) > _MOST:
                self._asked.popitem(last=False)
        return future

    def waited(self, future: "Future[Answer | None]") -> Answer | None:
        """The answer, or None: there is none, or none in time."""
        try:
            return future.result(self._patience_s)
        except Late:
            _log.warning("directory_slow", after_s=self._patience_s)
            return None

    def close(self) -> None:
        """Ask nothing more."""
        self._threads.shutdown(cancel_futures=True)

    def _load(self, method: str, key: str, load: Callable[[], Answer]) -> Answer | None:
        try:
            return load()
        except SlackApiError as error:
            reason, wait_s = str(error.response.get("error")), _AGAIN_S
            if error.response.status_code == 429:
                wait_s = _seconds(error.response.headers)
                with self._lock:
                    self._quiet_until[method] = self._clock() + wait_s
            self._forget(key, wait_s)
        except (SlackClientError, OSError, ValueError) as error:
            reason = log.redact(str(error))
            self._forget(key, _AGAIN_S)
        _log.warning("directory_unanswered", method=method, reason=reason)
        return None

    def _forget(self, key: str, after_s: float) -> None:
        with self._lock:
            if key in self._asked:
                self._asked[key] = (self._clock() + after_s, self._asked[key][1])


def _nothing() -> "Future[Answer | None]":
    future: Future[Answer | None] = Future()
    future.set_result(None)
    return future


def _seconds(headers: Mapping[str, Any]) -> float:
    """Retry-After; Slack's own minute where it cannot be read."""
    given = {name.lower(): value for name, value in headers.items()}.get("retry-after", "")
    text = given[0] if isinstance(given, list) else str(given)
    return float(text) if text.isascii() and text.isdigit() else _KEPT_S

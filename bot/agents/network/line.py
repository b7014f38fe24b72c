"""What stays of a device from job to job: its turn, its pace, whether it is silent, what this incident knows of it."""

import socket
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bot.agents.deadline import Deadline
from bot.agents.network import reasons
from bot.agents.network.channel import Terms
from bot.agents.network.pace import Pace
from bot.agents.network.reasons import StoppedError
from bot.agents.network.session import Session
from bot.agents.network.settings import DeviceSettings
from bot.agents.network.surroundings import Surroundings

SILENT_S = 30.0
"""So long after it was silent a device gets one short chance instead of its timeouts."""
_BRISK_S = 0.3
_RESOLVED_S = 60.0
_MOST_INCIDENTS = 8
_GLANCE_S = 0.1


class Line:
    """One for each device and process; safe from several threads."""

    def __init__(self, settings: DeviceSettings) -> None:
        self.settings = settings
        self._pace = Pace(settings.requests_per_s)
        self._turn = threading.Lock()
        self._silent_until = 0.0
        self.answered: bool | None = None  # when it was asked last; None: it was not asked yet
        self._resolved: tuple[str, float] | None = None
        self._known: OrderedDict[str, Surroundings] = OrderedDict()

    @contextmanager
    def turn(self, deadline: Deadline, stopped: Callable[[], bool]) -> Iterator[None]:
        """Nobody else of this process asks the device meanwhile.

        Raises:
            TimeoutError: others asked until the deadline was over.
        """
        while not self._turn.acquire(timeout=min(_GLANCE_S, deadline.left_s())):
            if stopped():
                raise StoppedError(reasons.STOPPED)
        try:
            yield
        finally:
            self._turn.release()

    def session(self, deadline: Deadline, stopped: Callable[[], bool], vlan: int | None = None) -> Session:
        """A conversation with it."""
        brisk = self.silent
        timeout_s = self.settings.timeout_s
        terms = Terms(
            timeout_s=min(timeout_s, _BRISK_S) if brisk else timeout_s,
            pace=self._pace,
            deadline=deadline,
            stopped=stopped,
        )
        retries = 0 if brisk else self.settings.retries
        return Session(self.settings, self._address(), terms, retries=retries, vlan=vlan)

    @property
    def silent(self) -> bool:
        """Whether it was silent a moment ago."""
        return time.monotonic() < self._silent_until

    def heard(self, anything: bool) -> None:
        """Whether it answered."""
        self.answered = anything
        self._silent_until = 0.0 if anything else time.monotonic() + SILENT_S

    def known(self, incident: str) -> Surroundings | None:
        """What an earlier job of this incident has read."""
        return self._known.get(incident)

    def remember(self, incident: str, surroundings: Surroundings) -> None:
        """Keep it for the incident's next job; of the last few incidents."""
        self._known[incident] = surroundings
        while len(self._known) > _MOST_INCIDENTS:
            self._known.popitem(last=False)

    def _address(self) -> str:
        if self._resolved is None or time.monotonic() > self._resolved[1]:
            try:
                found = socket.getaddrinfo(self.settings.host, self.settings.port, type=socket.SOCK_DGRAM)
            except OSError as error:
                raise reasons.unsent(self.settings, error) from error
            self._resolved = str(found[0][4][0]), time.monotonic() + _RESOLVED_S
        return self._resolved[0]

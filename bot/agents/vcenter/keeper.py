"""The thread that keeps the session: a call every few minutes, so that the vCenter does not end it as idle."""

import threading

from bot.agents.deadline import Deadline
from bot.agents.vcenter.session import Sessions
from bot.agents.vcenter.settings import VcenterSettings


class Keeper:
    """Keeps the session of one vCenter, also while the updates are lost and nobody asks anything."""

    def __init__(self, settings: VcenterSettings, sessions: Sessions) -> None:
        self._settings = settings
        self._sessions = sessions
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"keep-{settings.vcenter}", daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """No further call; one that is on its way is not waited for."""
        self._stopping.set()

    def _run(self) -> None:
        while not self._stopping.wait(self._settings.keep_alive_s):
            self._sessions.keep_alive(Deadline.after(self._settings.call_timeout_s))

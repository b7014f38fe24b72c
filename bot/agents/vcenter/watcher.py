"""The thread that keeps the inventory up to date: load, wait for changes, and begin again when it lost track.

Look-ups never wait for it. While it has nothing good enough to offer, they read the vCenter themselves.
"""

import ssl
import threading
import time
from contextlib import suppress
from dataclasses import replace

from pyVmomi import vim, vmodl

from bot import log
from bot.agents.deadline import Deadline
from bot.agents.vcenter.index import Inventory
from bot.agents.vcenter.inventory import DEVICES, KEYED
from bot.agents.vcenter.reasons import FAILURES
from bot.agents.vcenter.session import Sessions
from bot.agents.vcenter.settings import VcenterSettings
from bot.agents.vcenter.stub import Stub
from bot.agents.vcenter.updates import Subscription, subscribed
from bot.errors import InstrumentError

_LOG = log.get(__name__)
_PAUSES_S = (0.25, 1.0, 4.0, 16.0, 60.0)
_NUDGE_S = 0.5


class Watcher:
    """Keeps one vCenter's inventory. ``inventory`` may be called from any thread; ``start`` and ``stop`` once each."""

    def __init__(self, settings: VcenterSettings, tls: ssl.SSLContext, sessions: Sessions) -> None:
        self._settings = settings
        # The first answer of a large vCenter takes its time, and so does every one that there is no news.
        self._patient = replace(settings, call_timeout_s=settings.wait_s + settings.patience_s)
        self._tls = tls
        self._sessions = sessions
        self._thread = threading.Thread(target=self._run, name=f"watch-{settings.vcenter}", daemon=True)
        self._stopping = threading.Event()
        self._kept: Inventory | None = None
        self._following: Subscription | None = None
        self._devices = KEYED
        self._failures = 0
        self._trouble: str | None = None

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def inventory(self) -> Inventory | None:
        """The inventory, or None where it may be out of date: none loaded yet, or the vCenter was not heard since."""
        kept = self._kept
        oldest_s = self._settings.index_s if self._following is None else self._settings.wait_s + self._settings.late_s
        return kept if kept and kept.age_s <= oldest_s else None

    @property
    def age_s(self) -> float | None:
        """How old the inventory is, good enough or not; None: none was loaded yet."""
        return self._kept.age_s if self._kept else None

    @property
    def trouble(self) -> str | None:
        """Why there is no inventory that is good enough, as a sentence, or None."""
        if self.inventory() is not None:
            return None
        why = f": {self._trouble.rstrip('.')}" if self._trouble else "; it is being loaded"
        return f"The inventory of vCenter {self._settings.vcenter} is not up to date{why}."

    def stop(self, deadline: Deadline) -> None:
        """End the wait and what the vCenter holds for it; by the deadline it is over, or cut off."""
        self._stopping.set()
        following = None
        while self._thread.is_alive() and not deadline.over:
            following = self._following or following
            if following is not None:
                self._cancel(following, deadline)
            self._thread.join(_NUDGE_S)
        if self._thread.is_alive() and following is not None:
            following.stub.abort()

    def _cancel(self, following: Subscription, deadline: Deadline) -> None:
        # Once may be too early: the wait that it is to end may be on its way.
        session = following.session
        stub = Stub(self._settings, self._tls, session.version, deadline, session.cookie)
        with suppress(*FAILURES):
            vmodl.query.PropertyCollector(following.collector, stub).CancelWaitForUpdates()
        stub.DropConnections()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._follow()
            except (InstrumentError, *FAILURES) as error:
                self._lost(str(error) if isinstance(error, InstrumentError) else type(error).__name__)
            except Exception:  # noqa: BLE001  A bug must not end the updates for good: look-ups read for themselves.
                _LOG.exception("vcenter_watch_bug", vcenter=self._settings.vcenter)
                self._lost("a fault of our own")

    def _lost(self, reason: str) -> None:
        if self._stopping.is_set():
            return
        self._trouble = reason
        pause_s = _PAUSES_S[min(self._failures, len(_PAUSES_S) - 1)]
        self._failures += 1
        _LOG.warning("vcenter_watch_lost", vcenter=self._settings.vcenter, error=reason, again_in_s=pause_s)
        self._stopping.wait(pause_s)

    def _follow(self) -> None:
        """Load and follow on the present session, until it is another one, or we are told to stop."""
        session = self._sessions.current(Deadline.after(self._settings.timeout_s), asked=False)
        stub = Stub(self._patient, self._tls, session.version, self._deadline(), session.cookie)
        try:
            with subscribed(stub, session, self._settings.page, self._devices) as subscription:
                self._following = subscription
                try:
                    self._keep(subscription)
                finally:
                    self._following = None
        except vmodl.query.InvalidProperty:
            if self._devices != KEYED:
                raise
            self._devices = (DEVICES,)
        except vim.fault.NotAuthenticated:
            self._sessions.expired(session)
            raise
        finally:
            stub.DropConnections()
        if not self._sessions.holds(session):  # somebody gave it up who had lost its own objects in it
            self._sessions.leave(session, Deadline.after(self._settings.call_timeout_s))

    def _keep(self, subscription: Subscription) -> None:
        inventory, began_at, loaded = Inventory(0.0), time.monotonic(), False
        asked_at: float | None = began_at
        while not self._stopping.is_set() and self._sessions.holds(subscription.session):
            subscription.stub.deadline = self._deadline()
            answer = subscription.wait(self._settings.wait_s)
            # Of an answer in several pages everything is as old as the first: what changed since then comes later.
            true_at = asked_at or subscription.stub.answered_at
            again = subscription.again(answer)
            inventory = inventory.changed(answer.delta, true_at).changed(again, true_at)
            asked_at = true_at if answer.more else None
            if answer.more:
                continue
            self._kept, self._trouble = inventory, None
            if loaded:
                self._failures = 0  # not before: a server that loses us while we wait would be asked for all at once
            else:
                loaded = True
                _LOG.info(
                    "vcenter_loaded",
                    vcenter=self._settings.vcenter,
                    vms=len(inventory.vms),
                    hosts=len(inventory.hosts),
                    took_s=round(time.monotonic() - began_at, 2),
                )

    def _deadline(self) -> Deadline:
        return Deadline.after(self._settings.wait_s + self._settings.patience_s)

"""The one session that a worker keeps at its vCenter: logged in by one thread for all, and never with force.

An account that is tried again and again with a wrong password gets locked, for everybody who uses it. So after two
refusals in a row no third login leaves this process.
"""

import ssl
import threading
from dataclasses import dataclass

from pyVmomi import vim

from bot import log
from bot.agents.deadline import Deadline
from bot.agents.vcenter.reasons import FAILURES, session_is_gone
from bot.agents.vcenter.settings import VcenterSettings
from bot.agents.vcenter.stub import Stub
from bot.agents.vcenter.versions import newest_common_version
from bot.errors import InstrumentError

_LOG = log.get(__name__)
REFUSALS = 2


@dataclass(frozen=True, slots=True)
class Session:
    """A login that works, and the ids of the vCenter's objects that are needed again.

    ``collector`` is the session's own PropertyCollector, for look-ups. ``collectors`` is the default one: everybody in
    the session shares it, so it makes others and is never read with. ``guests`` is what guest operations are reached
    by, ``events``, ``counters`` and ``tasks`` are its event, performance and task managers; None: it has none.
    ``key`` names the session where rights are asked about, ``authorization`` is whom they are asked of.
    """

    cookie: str
    version: str
    api_version: str
    login: str
    root: str
    views: str
    search: str
    collectors: str
    collector: str
    guests: str | None = None
    events: str | None = None
    counters: str | None = None
    tasks: str | None = None
    key: str | None = None
    authorization: str | None = None


class Sessions:
    """Opens the session, hands it out, and opens another one when it has expired. Safe from several threads."""

    def __init__(self, settings: VcenterSettings, tls: ssl.SSLContext) -> None:
        self._settings = settings
        self._tls = tls
        self._lock = threading.Lock()
        self._session: Session | None = None
        self._refusals = 0
        self._over = False

    def current(self, deadline: Deadline, *, asked: bool = True) -> Session:
        """The session; logs in first if there is none. While one thread logs in, the others wait for it.

        ``asked``: somebody wants to know something now. What goes on by itself does not log in after a refusal: the
        last attempt is left to a person's question.

        Raises:
            InstrumentError: the password was refused too often, or ``close`` was called.
            vim.fault.InvalidLogin: it was refused now.
            TimeoutError: another thread's login took all the time that this one had.
        """
        if not self._lock.acquire(timeout=deadline.left_s()):
            raise TimeoutError("waited for another look-up's login")
        try:
            if self._session is None:
                if self._refusals and not asked:
                    raise InstrumentError(f"vCenter {self._settings.vcenter} refused the user {self._settings.user}.")
                self._session = self._log_in(deadline)
            return self._session
        finally:
            self._lock.release()

    def holds(self, session: Session) -> bool:
        """Whether this is still the session."""
        return self._session is session

    def keep_alive(self, deadline: Deadline) -> None:
        """Let the vCenter know that the session is in use, if there is one; forget it where the vCenter has.

        A vCenter ends a session after 30 minutes without a call, and asking whether one is active needs a privilege
        that Read-only lacks.
        """
        session = self._session
        if session is None:
            return
        stub = Stub(self._settings, self._tls, session.version, deadline, session.cookie)
        try:
            vim.ServiceInstance("ServiceInstance", stub).CurrentTime()
        except FAILURES as error:
            if session_is_gone(error):
                self.expired(session)
            _LOG.warning("vcenter_keep_alive_failed", vcenter=self._settings.vcenter, error=type(error).__name__)
        finally:
            stub.DropConnections()

    def expired(self, session: Session) -> None:
        """Forget a session that the vCenter no longer knows, unless another thread has replaced it already."""
        with self._lock:
            if self._session is session:
                self._session = None
                _LOG.info("vcenter_session_expired", vcenter=self._settings.vcenter)

    def close(self, deadline: Deadline) -> None:
        """Log out for good, so that no idle session is left behind, nor one that a look-up cut short opens anew."""
        self._over = True
        if not self._lock.acquire(timeout=deadline.left_s()):
            _LOG.warning("vcenter_logout_failed", vcenter=self._settings.vcenter, error="a login is on its way")
            return
        try:
            session, self._session = self._session, None
        finally:
            self._lock.release()
        if session is not None:
            self.leave(session, deadline)

    def leave(self, session: Session, deadline: Deadline) -> None:
        """Log out of a session that is used no more."""
        stub = Stub(self._settings, self._tls, session.version, deadline, session.cookie)
        try:
            vim.SessionManager(session.login, stub).Logout()
        except FAILURES as error:
            _LOG.warning("vcenter_logout_failed", vcenter=self._settings.vcenter, error=type(error).__name__)
        finally:
            stub.DropConnections()

    def _log_in(self, deadline: Deadline) -> Session:
        if self._over:
            raise InstrumentError("The worker is being stopped.")
        if self._refusals >= REFUSALS:
            raise InstrumentError(
                f"vCenter {self._settings.vcenter} refused the user {self._settings.user} {REFUSALS} times, and no "
                "further login is tried, so as not to lock the account: correct the password and restart the worker."
            )
        version = newest_common_version(self._settings, self._tls, deadline)
        stub = Stub(self._settings, self._tls, version, deadline)
        try:
            content = vim.ServiceInstance("ServiceInstance", stub).RetrieveContent()
            login, views, search = content.sessionManager, content.viewManager, content.searchIndex
            if content.about.apiType != "VirtualCenter" or login is None or views is None or search is None:
                raise InstrumentError(f"{self._settings.host} is {content.about.name}, no vCenter.")
            try:
                entered = login.Login(self._settings.user, self._settings.password, None)
            except vim.fault.InvalidLogin:
                self._refusals += 1
                _LOG.error("vcenter_login_refused", vcenter=self._settings.vcenter, refusals=self._refusals)
                raise
            self._refusals = 0
            collector = content.propertyCollector.CreatePropertyCollector()
        finally:
            stub.DropConnections()
        _LOG.info("vcenter_logged_in", vcenter=self._settings.vcenter, api=content.about.apiVersion, speaking=version)
        return Session(
            cookie=stub.cookie,
            version=version,
            api_version=content.about.apiVersion,
            login=login._moId,
            root=content.rootFolder._moId,
            views=views._moId,
            search=search._moId,
            collectors=content.propertyCollector._moId,
            collector=collector._moId,
            guests=content.guestOperationsManager._moId if content.guestOperationsManager else None,
            events=content.eventManager._moId if content.eventManager else None,
            counters=content.perfManager._moId if content.perfManager else None,
            tasks=content.taskManager._moId if content.taskManager else None,
            key=entered.key if entered else None,
            authorization=content.authorizationManager._moId if content.authorizationManager else None,
        )

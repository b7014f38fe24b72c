"""A login at a UCS Manager for one job, and what it reads, class by class.

An account that is tried again and again with a wrong password gets locked, for everybody who uses it. So after two
refusals in a row no third login leaves this process.
"""

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from xml.etree.ElementTree import Element

from ucsmsdk import ucsmethodfactory

from bot import log
from bot.agents.deadline import Deadline
from bot.agents.network import ucs_reasons as reasons
from bot.agents.network.ucs_channel import Channel
from bot.agents.network.ucs_reasons import FAILURES, ManagerError
from bot.agents.network.ucs_settings import UcsSettings
from bot.errors import RequestError

_log = log.get(__name__)
REFUSALS = 2
LOGOUT_S = 2.0
"""So long a logout may take beyond the deadline: sessions that stay open count against the user's limit of 32."""
_AUTHENTICATION_FAILED, _EXPIRED = "551", "552"
_AT_ONCE_S = 0.25


class Manager:
    """What stays of one UCS Manager from job to job: whose turn it is, and whether it refuses us. Thread-safe.

    Raises:
        RequestError: its CA file holds no certificate.
    """

    def __init__(self, settings: UcsSettings) -> None:
        self.settings = settings
        try:
            self.tls = ssl.create_default_context(cafile=settings.ca_file)
        except ssl.SSLError as error:
            raise RequestError(f"ca_file of {settings.name} holds no certificate: {settings.ca_file}.") from error
        self.refusals = 0
        self._turn = threading.Lock()

    @contextmanager
    def session(self, deadline: Deadline, stopped: Callable[[], bool]) -> Iterator["Session"]:
        """One login, ended by a logout; nobody else of this process asks this manager meanwhile.

        Raises:
            TimeoutError: others asked until the deadline was over, or nobody waits any more.
        """
        while not self._turn.acquire(timeout=min(_AT_ONCE_S, deadline.left_s())):
            if stopped():
                raise TimeoutError("the reading was stopped")
        try:
            session = Session(self, Channel(self.settings, self.tls, deadline, stopped))
            try:
                yield session
            finally:
                session.leave()
        finally:
            self._turn.release()


class Session:
    """A login that is made when it is needed, and once more when the manager has ended it."""

    def __init__(self, manager: Manager, channel: Channel) -> None:
        self._manager, self._channel = manager, channel
        self._settings = manager.settings
        self._cookie: str | None = None

    def objects(self, kind: str) -> list[Element]:
        """All objects of the class.

        Raises:
            LoginError: we are not let in.
            ManagerError: this class could not be read; the text says why.
        """
        for _ in range(2):
            if self._cookie is None:
                self._log_in()
            request = ucsmethodfactory.config_resolve_class(cookie=self._cookie, class_id=kind, in_filter=None)
            root = self._ask(request, kind)
            if root.get("errorCode") == _EXPIRED:
                _log.info("ucs_session_expired", domain=self._settings.name)
                self._cookie = None
                continue
            if code := root.get("errorCode"):
                raise ManagerError(reasons.no(self._settings, kind, code, root.get("errorDescr", "")))
            return [one for configs in root.iter("outConfigs") for one in configs if one.tag == kind]
        raise ManagerError(reasons.no(self._settings, kind, _EXPIRED, "the session ended twice"))

    def leave(self) -> None:
        """Log out, whatever happened before."""
        cookie, self._cookie = self._cookie, None
        if cookie is not None:
            self._channel.close()  # it may hold half an answer
            channel = Channel(self._settings, self._manager.tls, Deadline.after(LOGOUT_S), lambda: False)
            try:
                channel.post(ucsmethodfactory.aaa_logout(in_cookie=cookie, in_delay_secs=301))  # above 300: not sent
            except FAILURES as error:
                _log.warning("ucs_logout_failed", domain=self._settings.name, error=type(error).__name__)
            finally:
                channel.close()
        self._channel.close()

    def _log_in(self) -> None:
        if self._manager.refusals >= REFUSALS:
            raise reasons.locked(self._settings, REFUSALS)
        root = self._ask(ucsmethodfactory.aaa_login(self._settings.user, self._settings.password), None)
        code, cookie = root.get("errorCode"), root.get("outCookie")
        if code == _AUTHENTICATION_FAILED:
            self._manager.refusals += 1
            _log.error("ucs_login_refused", domain=self._settings.name, refusals=self._manager.refusals)
            raise reasons.refused(self._settings)
        if code or not cookie:
            told = root.get("errorDescr", "it gave no session")
            raise reasons.LoginError(reasons.no(self._settings, None, code or "none", told))
        self._manager.refusals = 0
        self._cookie = cookie
        _log.info("ucs_logged_in", domain=self._settings.name, version=root.get("outVersion"))

    def _ask(self, request: Element, what: str | None) -> Element:
        try:
            root = self._channel.post(request)
        except FAILURES as error:
            kind = reasons.LoginError if what is None else ManagerError
            raise kind(reasons.failed(self._settings, error, what)) from error
        if root.tag not in (request.tag, "error"):
            raise ManagerError(f"{reasons.place(self._settings)} answers something else than was asked.")
        return root

"""One connection to a vCenter: verified TLS, and never waited for longer than its deadline."""

import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from typing import Any

from pyVmomi import SoapAdapter

from bot.agents.deadline import Deadline
from bot.agents.vcenter.answers import Asked, Timed, all_of, unpacked
from bot.agents.vcenter.settings import VcenterSettings
from bot.agents.vcenter.words import refusal
from bot.meters import VCENTER_CALLS

_AT_ONCE_S = 0.01
"""An answer that need not be waited for longer may have been made at any time since it was asked for."""


class Connection(SoapAdapter.SoapStubAdapter):  # type: ignore[misc]  # pyVmomi has no types
    """One connection. It belongs to one thread; only ``abort`` may come from another.

    ``answered_at``: the last answer was made no earlier, on the monotonic clock.
    """

    def __init__(
        self, settings: VcenterSettings, tls: ssl.SSLContext, version: str, deadline: Deadline, cookie: str = ""
    ) -> None:
        super().__init__(
            host=settings.host,
            port=settings.port,
            version=version,
            sslContext=tls,
            poolSize=1,
            customHeaders={"User-Agent": "ruleout"},
        )
        self.cookie = cookie
        self.deadline = deadline
        self._call_timeout_s = settings.call_timeout_s
        self._meter, self._vcenter = settings.meter, settings.vcenter
        self._current: Any = None
        self.aborted = False
        self.answered_at = 0.0

    def GetConnection(self) -> Any:  # noqa: N802  pyVmomi's name
        """A connection that gives up when a call's time is over."""
        if self.aborted:
            raise TimeoutError("this look-up was cut off")
        timeout_s = min(self._call_timeout_s, self.deadline.left_s())
        self.schemeArgs["timeout"] = timeout_s
        connection = self._current = super().GetConnection()
        connection.timeout = (
            timeout_s  # for the one that the server closed after its last answer: it opens itself again
        )
        if connection.sock is not None:
            connection.sock.settimeout(timeout_s)
        return connection

    def send(self, mo: Any, info: Any, args: Any) -> Asked:
        """Send a call. Whether it may be sent is not asked here."""
        request = self.SerializeRequest(mo, info, args)
        connection = self.GetConnection()
        headers = {
            "Cookie": self.cookie,
            "SOAPAction": self.versionId,
            "Content-Type": "text/xml; charset=UTF-8",
            "User-Agent": "ruleout",
            "Accept-Encoding": "gzip",
        }
        try:
            connection.request("POST", self.path, request, headers)
        except BaseException as error:
            connection.close()
            self._count(info.wsdlName, _outcome(error))
            raise
        return Asked(connection, info.result, time.monotonic(), info.wsdlName)

    @contextmanager
    def arriving(self, asked: Asked) -> Iterator[Any]:
        """The body of the answer to read from; after it the connection is free for the next call.

        Raises:
            vmodl.MethodFault: the vCenter refused.
            HTTPException: it answered with another HTTP status, or with a fault that pyVmomi does not know.
        """
        connection = self._current = asked.connection
        try:
            connection.sock.settimeout(min(self._call_timeout_s, self.deadline.left_s()))  # from now, not from asking
            began_at = time.monotonic()
            response = connection.getresponse()
            arrived_at = time.monotonic()
            self.answered_at = arrived_at if arrived_at - began_at > _AT_ONCE_S else asked.at
            if response.status not in (200, 500):
                raise HTTPException(f"HTTP {response.status} {response.reason}")
            self.cookie = response.getheader("Set-Cookie") or self.cookie
            body = Timed(unpacked(response), self.deadline)
            fault = refusal(self, all_of(body), asked.result) if response.status == 500 else None
            if fault is None:
                yield body
            response.read()
        except BaseException as error:
            connection.close()  # half an answer may still be on it
            self._count(asked.method, _outcome(error))
            raise
        self.ReturnConnection(connection)
        self._count(asked.method, "answered" if fault is None else "refused")
        if fault is not None:
            raise fault

    @contextmanager
    def within(self, deadline: Deadline) -> Iterator[None]:
        """A nearer deadline for a part of the look-up that the rest can do without."""
        whole, self.deadline = self.deadline, deadline
        try:
            yield
        finally:
            self.deadline = whole

    def _count(self, method: str, result: str) -> None:
        self._meter.add(VCENTER_CALLS, self._vcenter, method, result)

    def abort(self) -> None:
        """Cut the connection, so that whoever waits on it stops waiting."""
        self.aborted = True
        sock = getattr(self._current, "sock", None)
        if sock is not None:
            try:
                socket.socket.shutdown(sock, socket.SHUT_RDWR)
            except OSError:
                return  # it is closed already


def _outcome(error: BaseException) -> str:
    """Nobody answered, or we did not hear the answer out."""
    return "unanswered" if isinstance(error, (OSError, HTTPException)) else "cut_off"

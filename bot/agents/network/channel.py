"""One question to a device and its answer, over gufo's sockets: the only module that knows gufo.

It drives these sockets itself instead of gufo's sessions, because a session's timeout begins anew with every stray
datagram, and because it makes one exception of all errors of SNMPv3, though the device's report says which it is.
"""

import os
import re
import select
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from gufo.snmp import (
    Aes128Key,
    Aes192Key,
    Aes256Key,
    Sha1Key,
    Sha224Key,
    Sha256Key,
    Sha384Key,
    Sha512Key,
    SnmpAuthError,
)
from gufo.snmp import SnmpError as GufoError
from gufo.snmp import User as GufoUser
from gufo.snmp._fast import GetIter, SnmpV2cClientSocket, SnmpV3ClientSocket

from bot.agents.deadline import Deadline
from bot.agents.network import reasons
from bot.agents.network.pace import Pace
from bot.agents.network.reasons import GarbledError, SilentError, StoppedError
from bot.agents.network.settings import DeviceSettings

T = TypeVar("T")
Value = str | bytes | int | float | None
_Socket = SnmpV2cClientSocket | SnmpV3ClientSocket

_GLANCE_S = 0.1
_USM_STATS = re.compile(rb"\x2b\x06\x01\x06\x03\x0f\x01\x01(.)\x00", re.DOTALL)
_AUTH = {"sha1": Sha1Key, "sha224": Sha224Key, "sha256": Sha256Key, "sha384": Sha384Key, "sha512": Sha512Key}
_PRIV = {"aes128": Aes128Key, "aes192": Aes192Key, "aes256": Aes256Key}


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How long an answer is waited for, and who says when no more is asked."""

    timeout_s: float
    pace: Pace
    deadline: Deadline
    stopped: Callable[[], bool]


class Cursor:
    """Where in a column a walk is, and how many rows it asks for at once."""

    def __init__(self, oid: str, repetitions: int) -> None:
        self.at = GetIter(oid, repetitions)


class Channel:
    """The way to one device; ``vlan``: with the community of that VLAN. For one thread.

    Every question raises SilentError, GarbledError, RefusedError, StoppedError, or TimeoutError when the deadline is
    over. What SNMP calls an error in an answer is not seen here: gufo-snmp 0.13.0 drops the error status.
    """

    def __init__(self, settings: DeviceSettings, address: str, terms: Terms, vlan: int | None = None) -> None:
        self._settings, self._terms, self._vlan = settings, terms, vlan
        self._where = f"[{address}]:{settings.port}" if ":" in address else f"{address}:{settings.port}"
        self._socket: _Socket | None = None
        self._peek: socket.socket | None = None
        self._report: int | None = None

    def close(self) -> None:
        """Close what was opened; the next question opens anew, which with SNMPv3 asks for the engine's time again."""
        if self._peek is not None:
            self._peek.close()
        self._socket = self._peek = None

    def get(self, oids: Sequence[str]) -> dict[str, Value]:
        """GET: the values of those that exist; nothing at all where the device answers with an error."""
        opened = self._opened()
        return self._exchange(opened, lambda: opened.send_get_many(list(oids)), opened.recv_get_many)

    def bulk(self, cursor: Cursor) -> list[tuple[str, Value] | None] | None:
        """GETBULK: the next rows, None among them where another table begins; None: no row, or an error."""
        opened = self._opened()
        try:
            return self._exchange(
                opened, lambda: opened.send_get_bulk(cursor.at), lambda: opened.recv_get_bulk(cursor.at)
            )
        except StopAsyncIteration:
            return None

    def _exchange(self, opened: _Socket, send: Callable[[], None], receive: Callable[[], T]) -> T:
        """One datagram there, and what comes back for it within the timeout."""
        self._rest(self._terms.pace.turn_in_s())
        with _as_ours(self._settings):
            send()
        ends_at = time.monotonic() + self._terms.timeout_s
        poll = select.poll()
        poll.register(opened.get_fd(), select.POLLIN)
        while (left_s := ends_at - time.monotonic()) > 0:
            self._go_on()
            if not poll.poll(min(left_s, self._terms.deadline.left_s(), _GLANCE_S) * 1000):
                continue
            self._look()
            try:
                with _as_ours(self._settings):
                    return receive()
            except BlockingIOError:  # an answer to an earlier question
                continue
            except SnmpAuthError as error:
                raise reasons.refused(self._settings, self._report) from error
        raise reasons.silent(self._settings)

    def _opened(self) -> _Socket:
        if self._socket is None:
            self._socket = self._open_plain() if self._settings.user is None else self._open_user()
        return self._socket

    def _open_plain(self) -> _Socket:
        community = self._settings.community if self._vlan is None else f"{self._settings.community}@{self._vlan}"
        with _as_ours(self._settings):
            return SnmpV2cClientSocket(self._where, community, 0, 0, 0, 0)

    def _open_user(self) -> _Socket:
        with _as_ours(self._settings):
            opened = SnmpV3ClientSocket(self._where, b"", "", 0, b"", 0, b"", 0, 0, 0, 0)
        self._peek = socket.socket(fileno=os.dup(opened.get_fd()))
        self._exchange(opened, opened.send_refresh, opened.recv_refresh)
        opened.set_keys(*_keys(self._settings))
        try:
            self._exchange(opened, opened.send_refresh, opened.recv_refresh)
        except SilentError as error:
            raise reasons.user_unheard(self._settings) from error
        return opened

    def _look(self) -> None:
        """Which report of SNMPv3 the next datagram is; it travels in the clear."""
        if self._peek is None:
            return
        try:
            found = _USM_STATS.search(self._peek.recv(4096, socket.MSG_PEEK | socket.MSG_DONTWAIT))
        except OSError:
            return
        self._report = found[1][0] if found else None

    def _rest(self, wait_s: float) -> None:
        until = time.monotonic() + wait_s
        while (left_s := until - time.monotonic()) > 0:
            self._go_on()
            time.sleep(min(left_s, self._terms.deadline.left_s(), _GLANCE_S))

    def _go_on(self) -> None:
        self._terms.deadline.left_s()
        if self._terms.stopped():
            raise StoppedError(reasons.STOPPED)


@contextmanager
def _as_ours(settings: DeviceSettings) -> Iterator[None]:
    """What gufo and the kernel raise, as the sentences that we have for it."""
    try:
        yield
    except (SnmpAuthError, BlockingIOError):
        raise
    except TimeoutError as error:  # gufo's word for ICMP port unreachable
        raise reasons.closed(settings) from error
    except OSError as error:
        raise reasons.unsent(settings, error) from error
    except GufoError as error:
        raise GarbledError(f"{reasons.place(settings)} sends answers that are no SNMP ({error}).") from error
    except BaseException as error:
        # gufo-snmp 0.13.0 panics over a length that leads beyond the datagram ("index out of bounds"), and what Rust's
        # panic becomes here is no Exception: it would pass every handler and end the thread.
        if type(error).__name__ != "PanicException":
            raise
        raise GarbledError(f"{reasons.place(settings)} sends answers that are no SNMP.") from None


def _keys(settings: DeviceSettings) -> tuple[str, int, bytes, int, bytes]:
    told = settings.user
    assert told is not None
    user = GufoUser(
        told.name,
        auth_key=_AUTH[told.auth](told.auth_password.encode()),
        priv_key=_PRIV[told.priv](told.priv_password.encode()) if told.priv else None,
    )
    return user.name, user.get_auth_alg(), user.get_auth_key(), user.get_priv_alg(), user.get_priv_key()

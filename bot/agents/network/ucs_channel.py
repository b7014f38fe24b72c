"""One HTTPS conversation with a UCS Manager in which nothing but reading can be said.

What is said is Cisco's (ucsmsdk: ``ucsmethodfactory``, ``ucsxmlcodec``), the way it travels is not. In ucsmsdk 0.9.27

* ``ucsdriver.TLSConnection`` connects with ``SSLContext(PROTOCOL_SSLv23)``, which verifies neither the certificate nor
  the name in it, and ``UcsDriver.post`` falls back to TLS 1.0 after any error of TLS;
* a redirect is followed, to wherever, with the request and its password;
* ``UcsSession`` has no timeout unless it is given one, its login asks three more things of which two do not get it,
  and one lock is held for all sessions of a process while an answer is waited for: one manager that hangs silences all;
* ``from_xml_str`` mends a broken document by replacing, in all of it, each value that holds ``<``, ``>`` or ``&``: work
  that grows with the square of its length.

So the connection is Python's own, with its checks, a timeout for every wait and a deadline for the whole.
"""

import http.client
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from ucsmsdk import ucsxmlcodec

from bot.agents.deadline import Deadline
from bot.agents.network.ucs_settings import UcsSettings

ALLOWED = frozenset({"aaaLogin", "aaaLogout", "configResolveClass"})
"""The only methods that leave. ``configConfMo`` and all others that change something are not among them."""

MOST_BYTES = 32 << 20
"""Of one answer: all ports' statistics of a full domain are 6 MB."""
_PATH = "/nuova"
_CHUNK = 1 << 16


class ForbiddenMethodError(Exception):
    """A bug of ours: something else than reading was about to be sent."""


class Channel:
    """One connection at a time, made anew after a failure. It belongs to one thread."""

    def __init__(
        self, settings: UcsSettings, tls: ssl.SSLContext, deadline: Deadline, stopped: Callable[[], bool]
    ) -> None:
        self._settings, self._tls, self._stopped = settings, tls, stopped
        self.deadline = deadline
        self._connection: http.client.HTTPSConnection | None = None

    def post(self, request: Any) -> Element:
        """The root of the answer to this request.

        Raises:
            ForbiddenMethodError: it does more than read; nothing was sent.
            OSError, HTTPException, ParseError: no answer, or none that can be read (``ucs_reasons.FAILURES``).
        """
        if request.tag not in ALLOWED:
            raise ForbiddenMethodError(request.tag)
        body = ucsxmlcodec.to_xml_str(request)
        try:
            answer = self._exchange(body)
        except BaseException:
            self.close()  # half an answer may still be on it
            raise
        if b"<!DOCTYPE" in answer or b"<!ENTITY" in answer:
            raise ParseError("a document with definitions of its own")
        root: Element = ucsxmlcodec.extract_root_elem(answer)
        return root

    def close(self) -> None:
        """Let go of the connection."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(OSError):
                connection.close()

    def _exchange(self, body: bytes) -> bytes:
        ends_at = time.monotonic() + min(self._settings.timeout_s, self.deadline.left_s())
        connection = self._connection
        if connection is None:
            connection = self._connection = http.client.HTTPSConnection(
                self._settings.host, self._settings.port, timeout=self._left_s(ends_at), context=self._tls
            )
            connection.connect()
        sock = connection.sock
        assert sock is not None
        sock.settimeout(self._left_s(ends_at))
        connection.request("POST", _PATH, body, {"Content-Type": "text/xml", "User-Agent": "ruleout"})
        response = connection.getresponse()
        if response.status != 200:  # a redirect is none either: it would lead our password elsewhere
            raise http.client.HTTPException(f"HTTP {response.status}")
        chunks, size = [], 0
        while True:
            sock.settimeout(self._left_s(ends_at))
            chunk = response.read1(_CHUNK)
            if not chunk:
                break
            size += len(chunk)
            if size > MOST_BYTES:
                raise http.client.HTTPException(f"more than {MOST_BYTES} bytes")
            chunks.append(chunk)
        if response.length:  # read1() ends early without a word where read() raises (CPython 3.11)
            raise http.client.IncompleteRead(b"", response.length)
        response.close()  # of the connection the next request may use, which read1() does not say either
        if response.will_close:
            self.close()
        return b"".join(chunks)

    def _left_s(self, ends_at: float) -> float:
        left_s = ends_at - time.monotonic()
        if left_s <= 0 or self._stopped():
            raise TimeoutError("the time for this answer is over")
        return left_s

"""An invitation: one line with which a machine fetches its own keys and password through the queue server, once.

The line carries where the server is, whose certificate to believe, and a secret of its own. What lies on the server is
sealed with that secret and means nothing without the line. No I/O.
"""

import base64
import hashlib
import hmac
import json
import secrets
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.errors import RequestError
from bot.queue import seal

_MARK = "ruleout1."
"""How every invitation begins; the digit is the version of its form."""
_MOST_BYTES = 65_536
_MAC_DIGITS = 64
_NONE = "That is no invitation; paste the whole line that `ruleout keys invite` printed, it begins with ruleout1."


@dataclass(frozen=True, slots=True)
class Invitation:
    """``server`` is the queue server's address without a user, ``password`` that of the user who only fetches.

    ``password`` None: the server has no users. ``ca`` are the certificates to believe as PEM; empty: the system's.
    """

    server: str
    expires_at: datetime
    secret: bytes = field(repr=False)
    password: str | None = field(default=None, repr=False)
    ca: str = ""

    @property
    def id(self) -> str:
        """Under which name it lies on the server: nothing about the secret follows from it."""
        return _derived(self.secret, "id")[:16].hex()


def fresh_secret() -> bytes:
    """A secret for one invitation."""
    return secrets.token_bytes(32)


def write(invitation: Invitation) -> str:
    """The invitation as one line of letters, digits, ``-``, ``_`` and a dot."""
    told = {
        "server": invitation.server,
        "expires_at": invitation.expires_at.isoformat(),
        "secret": invitation.secret.hex(),
        "password": invitation.password,
        "ca": invitation.ca,
    }
    return _MARK + base64.urlsafe_b64encode(zlib.compress(json.dumps(told).encode(), 9)).decode().rstrip("=")


def read(line: str) -> Invitation:
    """The invitation in the line.

    Raises:
        RequestError: it is none, or only a part of one.
    """
    text = line.strip()
    if not text.startswith(_MARK):
        raise RequestError(_NONE)
    try:
        packed = base64.urlsafe_b64decode(text.removeprefix(_MARK) + "==")
        unpacking = zlib.decompressobj()
        told = json.loads(unpacking.decompress(packed, _MOST_BYTES))
        found = Invitation(
            server=_text(told, "server"),
            expires_at=datetime.fromisoformat(_text(told, "expires_at")),
            secret=bytes.fromhex(_text(told, "secret")),
            password=None if told["password"] is None else _text(told, "password"),
            ca=_text(told, "ca"),
        )
        if not unpacking.eof or len(found.secret) != 32 or found.expires_at.tzinfo is None:
            raise ValueError("cut off")
    except (ValueError, KeyError, TypeError, zlib.error) as error:
        raise RequestError(_NONE) from error
    return found


def close(invitation: Invitation, settings: Mapping[str, str]) -> bytes:
    """The settings as they lie on the server: enciphered, and sealed.

    The key stream is SHAKE-256 over a key that this one message has to itself, and the seal is over what is enciphered
    (encrypt-then-MAC), so neither order nor nonce can be got wrong. Source: FIPS 202 section 6.2; RFC 7366.
    """
    body = json.dumps(dict(settings)).encode()
    hidden = _hidden(invitation, body)
    return seal.mac(_derived(invitation.secret, "seal"), invitation.id, hidden) + hidden


def open_(invitation: Invitation, lying: bytes) -> dict[str, str]:
    """The settings that ``close`` put there.

    Raises:
        ForgedError: whoever wrote it did not have the invitation's secret.
    """
    given, hidden = lying[:_MAC_DIGITS], lying[_MAC_DIGITS:]
    if not seal.fits((_derived(invitation.secret, "seal"),), given, invitation.id, hidden):
        raise seal.ForgedError("what lies on the server was not written for this invitation")
    told = json.loads(_hidden(invitation, hidden))
    return {str(name): str(value) for name, value in told.items()}


def _hidden(invitation: Invitation, body: bytes) -> bytes:
    stream = hashlib.shake_256(_derived(invitation.secret, "stream")).digest(len(body))
    return bytes(left ^ right for left, right in zip(body, stream, strict=True))


def _derived(secret: bytes, purpose: str) -> bytes:
    return hmac.digest(secret, b"ruleout invitation " + purpose.encode(), "sha256")


def _text(told: Any, name: str) -> str:
    value = told[name]
    if not isinstance(value, str):
        raise TypeError(name)
    return value

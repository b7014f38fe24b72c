"""What a link carries: which capture, for whom, until when, and a proof that this bot wrote it."""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.model import codec
from bot.model.request import Person, Place

_LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Ticket:
    """The right of a person, who asked for it in ``place``, to fetch one capture once.

    ``nonce`` tells two tickets for the same thing apart.
    """

    case: str
    digest: str
    person: Person
    place: Place
    expires_at: datetime
    nonce: str


def sign(keys: Sequence[bytes], ticket: Ticket) -> str:
    """The ticket as text that fits into an address; the first key signs."""
    said = _text(json.dumps(codec.encode(ticket), separators=(",", ":")).encode())
    return f"{said}.{_proof(keys[0], said)}"


def read(keys: Sequence[bytes], text: str) -> Ticket | None:
    """The ticket in this text, or None when nobody with one of the keys wrote it; whether it expired is not asked."""
    said, _, proof = text.partition(".")
    if len(text) > _LONGEST or not text.isascii():
        return None
    if not any(hmac.compare_digest(proof, _proof(key, said)) for key in keys):
        return None
    try:
        return codec.decode(Ticket, codec.loads(base64.urlsafe_b64decode(said + "=" * (-len(said) % 4))))
    except (ValueError, binascii.Error):  # of another version
        return None


def _proof(key: bytes, said: str) -> str:
    return _text(hmac.new(key, f"ruleout-download\0{said}".encode(), hashlib.sha256).digest())


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")

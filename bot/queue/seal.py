"""Seals: HMAC-SHA256 over a context and a body, with a key per queue that is derived from a master key.

An agent holds the keys of its own queues alone, so what it can forge ends at its own door. Two master keys may be
valid at once: the first seals, all open; that is how a key is changed without stopping anything. The nonce is the
job's id (the server remembers which entry used it), the expiry is the job's own.
"""

import hmac
from collections.abc import Mapping, Sequence

Fields = Mapping[bytes, bytes]
"""A stream entry as it travels."""

Keys = Sequence[bytes]
"""The keys of one queue: the first seals, all open."""


class ForgedError(ValueError):
    """The seal is missing, or was made with another key, for another queue or over another body."""


def queue_key(master: bytes, queue: str) -> bytes:
    """The key of one queue: 32 bytes, from which neither the master key nor another queue's key can be found."""
    return hmac.digest(master, b"ruleout queue " + queue.encode(), "sha256")


def queue_keys(masters: Sequence[bytes], queue: str) -> Keys:
    """The keys of one queue, one for each master key, in their order.

    Raises:
        ValueError: no master key, or one too short to be secret.
    """
    if not masters or any(len(master) < 16 for master in masters):
        raise ValueError("a queue needs one or two master keys of at least 16 bytes")
    return tuple(queue_key(master, queue) for master in masters)


def mac(key: bytes, context: str, body: bytes = b"") -> bytes:
    """The seal as hexadecimal digits. The context's length goes first, so that it cannot run into the body."""
    said = context.encode()
    return hmac.new(key, len(said).to_bytes(4, "big") + said + body, "sha256").hexdigest().encode()


def fits(keys: Keys, given: bytes, context: str, body: bytes = b"") -> bool:
    """Whether one of the keys made this seal."""
    return any(hmac.compare_digest(mac(key, context, body), given) for key in keys)


def seal(keys: Keys, context: str, body: bytes) -> dict[bytes, bytes]:
    """The body with the seal of the first key."""
    return {b"body": body, b"mac": mac(keys[0], context, body)}


def unseal(keys: Keys, context: str, fields: Fields) -> bytes:
    """The body, proven to come from a holder of one of the keys, for this context.

    Raises:
        ForgedError: the seal does not fit.
    """
    body = fields.get(b"body", b"")
    if not fits(keys, fields.get(b"mac", b""), context, body):
        raise ForgedError("the seal does not fit this queue")
    return body

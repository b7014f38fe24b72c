"""Names of incidents and the like: short enough to be read out on a call, too many to be guessed."""

from hashlib import sha256

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that look or sound like another."""
LETTERS = 10
"""50 bits."""


def derived(prefix: str, seed: str) -> str:
    """The name that follows from this seed, always the same: ``<prefix>-<letters>``."""
    left, letters = int.from_bytes(sha256(seed.encode()).digest(), "big"), ""
    for _ in range(LETTERS):
        left, place = divmod(left, len(ALPHABET))
        letters += ALPHABET[place]
    return f"{prefix}-{letters}"

"""One thing that was looked at: it is right, it is wrong and here is the cure, or nobody could tell."""

from dataclasses import dataclass
from enum import StrEnum


class Standing(StrEnum):
    """Silence is never OK: what could not be looked at is UNKNOWN."""

    OK = "ok"
    WRONG = "wrong"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Line:
    """``says`` is a sentence without its full stop, ``do`` one with it; what is OK needs no cure.

    ``broke``: the look itself failed, and not what was looked at.
    """

    standing: Standing
    says: str
    do: str | None = None
    broke: bool = False


def ok(says: str) -> Line:
    """It is as it should be."""
    return Line(Standing.OK, says)


def wrong(says: str, do: str) -> Line:
    """It is not, and this cures it."""
    return Line(Standing.WRONG, says.rstrip("."), do)


def unknown(says: str, do: str | None = None) -> Line:
    """Nobody could tell; ``do`` is how somebody could."""
    return Line(Standing.UNKNOWN, says.rstrip("."), do)

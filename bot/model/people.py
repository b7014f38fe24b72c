"""What the chat itself says of a person and of a place: rights rest on it, and what is not known counts against."""

from dataclasses import dataclass
from enum import StrEnum


class Membership(StrEnum):
    """How somebody belongs to the workspace."""

    FULL = "full"
    GUEST = "guest"
    STRANGER = "stranger"  # of another company, in a shared channel
    BOT = "bot"
    GONE = "gone"  # deactivated


@dataclass(frozen=True, slots=True)
class Member:
    """A person as the chat knows them; ``groups`` are ids of the user groups they are in."""

    membership: Membership
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel as the chat knows it; ``shared``: people of other companies are in it, or are invited."""

    shared: bool
    archived: bool = False

"""Forms: of a capture, and what it would do before it is asked for, and of a pasted table."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Choice:
    """A vantage that can be chosen: its name, and where it stands in words."""

    name: str
    says: str


@dataclass(frozen=True, slots=True)
class CaptureForm:
    """An empty or prefilled form: what stands in its fields, and the vantages that there are, nearest first."""

    fields: dict[str, str] = field(default_factory=dict)
    vantages: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be captured: ``where``, the filter in tcpdump's language, how long and how much at most.

    ``second`` is the rule by which another person has to agree; None: it begins at once. ``words`` say the same as a
    command.
    """

    target: str
    where: str
    filter: str
    duration_s: float
    most_bytes: int
    second: str | None
    words: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TableForm:
    """The form for a pasted table: what stands in its fields, and the roles and platforms that can be chosen."""

    fields: dict[str, str] = field(default_factory=dict)
    roles: tuple[Choice, ...] = ()
    platforms: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class NoteForm:
    """The form for a note: what stands in its fields, what can be reported by rooms, stages and domains."""

    fields: dict[str, str]
    rooms: tuple[tuple[str, tuple[Choice, ...]], ...]
    stages: tuple[Choice, ...]
    domains: tuple[Choice, ...]

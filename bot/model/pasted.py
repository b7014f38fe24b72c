"""A table that somebody pasted, as a request carries it."""

from dataclasses import dataclass
from datetime import datetime

from bot.model.network import Role, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class PastedTable:
    """The output of one command of one device, in ``text``, as ``reporter`` pasted it.

    ``command`` is that command in full, ``entries`` how many rows were read. ``role`` and ``platform`` None: not said.
    """

    text: str
    device: str
    table: Table
    command: str
    entries: int
    reporter: str
    pasted_at: datetime
    role: Role | None = None
    platform: str | None = None

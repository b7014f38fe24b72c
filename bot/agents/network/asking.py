"""Columns and rows into the notebook, each with its sentence where not all of it came."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from bot.agents.network.notebook import Cells, Notebook, cell, cells
from bot.agents.network.reasons import DeviceError, SilentError, StoppedError
from bot.agents.network.session import Session
from bot.model.network import Extent, Table
from bot.probes.tables import Column

ABORT = (SilentError, StoppedError, TimeoutError)
"""After these there is no use in asking on."""
_MOST_NAMED = 3

Row = tuple[Column, str]
"""A column and an instance."""


@dataclass(slots=True)
class Gathered:
    """Columns as far as they were walked. ``cut``: there is more than was wanted; ``why``: something broke off."""

    cells: Cells = field(default_factory=dict)
    cut: bool = False
    why: str | None = None

    def __bool__(self) -> bool:
        return any(self.cells.values())

    def __add__(self, other: "Gathered") -> "Gathered":
        return Gathered(self.cells | other.cells, self.cut or other.cut, self.why or other.why)


class Asking:
    """One session and the notebook; ``vlan``: the session is that of the VLAN's own community.

    ``failed``: something could not be read to its end. ``asked_at`` is when the last rows were asked for: what is told
    is no older than what the device had then, however late its answer comes.
    """

    def __init__(self, session: Session, notebook: Notebook, vlan: int | None = None) -> None:
        self.session, self.notebook, self.vlan = session, notebook, vlan
        self.name = notebook.name
        self.failed = False
        self.asked_at = notebook.now()

    def gather(self, wanted: Sequence[Column], most: int) -> Gathered:
        """Columns one after the other; where the first is empty or too long, the others are not asked for."""
        found = Gathered()
        self.asked_at = self.notebook.now()
        for column in wanted:
            walk = self.session.walk(column.oid, most)
            found.cells[column.name] = cells(walk.rows)
            found.cut = found.cut or walk.cut
            if walk.why and not found.why:
                found.why = f"{self.name}: {column.name} could not be read to the end: {walk.why}."
                self.failed = True
            if walk.cut or not found:
                break
        return found

    def keep(self, found: Gathered) -> Gathered:
        """Write down what was gathered, without a word on how much of a table it is."""
        self.notebook.add(found.cells, None, self.asked_at, self.vlan)
        return found

    def tell(self, table: Table, found: Gathered, empty: str) -> None:
        """Write down what was gathered as this table; ``empty`` says what it means that there is nothing."""
        if not found:
            self.notebook.tell(table, Extent.NONE, found.why or empty)
            return
        self.keep(found)
        why = found.why or (f"{self.name}: it is longer than is read." if found.cut else None)
        self.notebook.tell(table, Extent.PART if why else Extent.WHOLE, why)

    def ask(self, rows: Iterable[Row]) -> tuple[Cells, list[Row]]:
        """Rows by name, written down; and those that were answered with an error."""
        told, unread, up_ticks = self.fetch(rows)
        self.notebook.add(told, up_ticks, self.asked_at, self.vlan)
        return told, unread

    def fetch(self, rows: Iterable[Row]) -> tuple[Cells, list[Row], int | None]:
        """The same, not written down, and the device's sysUpTime in its answer."""
        by_oid = {f"{column.oid}.{instance}": (column, instance) for column, instance in rows}
        if not by_oid:
            return {}, [], None
        self.asked_at = self.notebook.now()
        answer = self.session.get(tuple(by_oid))
        told: Cells = {}
        for oid, value in answer.values.items():
            column, instance = by_oid[oid]
            if (raw := cell(value)) is not None:
                told.setdefault(column.name, {})[instance] = raw
        return told, [by_oid[oid] for oid in answer.unread], answer.up_ticks

    def asked(self, table: Table, unread: Sequence[Row], why: str | None = None) -> None:
        """The rows of this table that were asked for have been read, or why not all of them."""
        if unread:
            named = ", ".join(f"{column.name} {instance}" for column, instance in unread[:_MOST_NAMED])
            why = f"{self.name} answers with an error for {named}{' and others' if len(unread) > _MOST_NAMED else ''}."
        self.notebook.tell(table, Extent.PART if why else Extent.ASKED, why)

    @contextmanager
    def telling(self, table: Table) -> Iterator[None]:
        """A table that fails by itself is told; where the device is silent, or the time over, all ends."""
        try:
            yield
        except ABORT:
            raise
        except DeviceError as error:
            self.failed = True
            self.notebook.tell(table, Extent.PART, str(error))

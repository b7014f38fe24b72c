"""One table's entry for the target beside the MAC and the port that it should have.

Not a finding: what several of them, and the path view, read. An entry is never wrong for what nobody knows.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.findings.wording import finding
from bot.model.finding import Finding, Standing
from bot.model.network import ArpEntry, Device, FdbEntry, Kind
from bot.model.observation import Observation
from bot.model.path import Mark

_AMISS = (Mark.WRONG, Mark.OLD, Mark.MISSING)


@dataclass(frozen=True, slots=True)
class Entry:
    """A device's newest word on the target, how it compares, and the sentence that says so.

    ``row`` is None where there is no entry. ``seen`` is where it stands: the row, or the reading that lacks it.
    ``stood`` says whether the same wrong word was read over and over after the target had spoken, ``was`` what a right
    entry held before it did: a wrong word that was read first.
    """

    device: Device
    row: ArpEntry | FdbEntry | None
    mark: Mark
    says: str
    seen: Observation
    stood: bool = False
    was: tuple[ArpEntry, Observation] | None = None

    @property
    def amiss(self) -> bool:
        """Whether it differs from what it should be."""
        return self.mark in _AMISS

    @property
    def pinned(self) -> bool:
        """Whether somebody, or something, fixed it, so that it neither ages nor learns."""
        return self.row is not None and self.row.kind is Kind.STATIC


def about(id_: str, entries: Sequence[Entry], clear: str, why_not: str | None, every: Sequence[Entry]) -> Finding:
    """PRESENT in the words of these entries; else UNKNOWN where nothing could be compared, or ABSENT as ``clear`` says.

    ``every`` are the entries that were looked at.
    """
    if entries:
        says = " ".join(entry.says for entry in entries)
        return finding(id_, Standing.PRESENT, says, [entry.seen for entry in entries])
    if why_not:
        return finding(id_, Standing.UNKNOWN, why_not)
    return finding(id_, Standing.ABSENT, clear, [entry.seen for entry in every])


def pinned(row: ArpEntry | FdbEntry) -> str:
    """What is said of an entry that somebody fixed."""
    return " as a static entry" if row.kind is Kind.STATIC else ""

"""One template run over lines, so that every record keeps its line and no line is lost without a word.

Only this module knows TextFSM.
"""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from textfsm import TextFSM, TextFSMError

from bot.probes.pasted.cleaning import Line
from bot.probes.pasted.known import Form, template

_WRAPPED = 4  # lines that one record may have begun before the line that completed it


@dataclass(frozen=True, slots=True)
class Record:
    """What a template read, by column, and the line in which it stands."""

    line: Line
    columns: dict[str, str]


@dataclass(frozen=True, slots=True)
class Run:
    """A template's records. ``known`` are numbers of lines that it knows as something else, such as a heading."""

    records: tuple[Record, ...]
    known: frozenset[int]


def run(form: Form, lines: Sequence[Line], *, heading: bool = False) -> Run:
    """The form's template over the lines; with ``heading``, as if they began with the output's usual one.

    A line is shown as it is, without its indentation and with one of two columns, for a chat may have eaten it.
    """
    machine = _Machine(template(form.template))
    if heading and form.heading:
        machine.shows(form.heading)
    records: list[Record] = []
    known: set[int] = set()
    shown: list[Line] = []
    for line in lines:
        if machine.over:
            break
        if not line.tame:
            continue
        if machine.shows_any(line.text):
            known.add(line.number)
        shown.append(line)
        records += _records(machine.taken(), shown)
    records += _records(machine.rest(), shown)
    return Run(tuple(records), frozenset(known))


def _records(rows: Iterable[dict[str, str]], shown: Sequence[Line]) -> list[Record]:
    return [Record(_line(row, shown), row) for row in rows] if shown else []


def _line(row: dict[str, str], shown: Sequence[Line]) -> Line:
    """The line with the row's address, MAC or name in it: some templates complete a row only with the next line."""
    keys = [row[key] for key in ("mac_address", "destination_address", "ip_address", "local_interface") if row.get(key)]
    recent = shown[-1 : -_WRAPPED - 1 : -1]
    return next((line for line in recent if all(key in line.text for key in keys)), shown[-1])


class _Machine(TextFSM):  # type: ignore[misc]  # TextFSM is untyped
    """TextFSM, fed line by line, that remembers whether a line was of use to it."""

    def __init__(self, text: str) -> None:
        super().__init__(io.StringIO(text))
        self.over = False
        self._useful = False
        self._told = 0
        self._names = [str(name).lower() for name in self.header]

    def shows_any(self, text: str) -> bool:
        """Whether some rule took the line, or the line with another indentation."""
        bare = text.lstrip()
        return any(self.shows(variant) for variant in dict.fromkeys((text, bare, f"  {bare}")))

    def shows(self, text: str) -> bool:
        """Whether some rule took the line."""
        self._useful = False
        try:
            self.ParseText(text, eof=False)
        except TextFSMError:
            return False
        return self._useful

    def taken(self) -> list[dict[str, str]]:
        """The rows since the last call."""
        rows = self._result[self._told :]
        self._told = len(self._result)
        return [{name: _text(value) for name, value in zip(self._names, row, strict=True)} for row in rows]

    def rest(self) -> list[dict[str, str]]:
        """What was begun and waits for its end."""
        self.ParseText("", eof=True)
        return self.taken()

    def _CheckRule(self, rule: Any, line: str) -> Any:  # noqa: N802  TextFSM means it to be overridden
        matched = super()._CheckRule(rule, line)
        if matched and rule.line_op != "Error":
            self._useful = self._useful or not rule.match.startswith("^.*") or bool(matched.groupdict())
            self.over = self.over or rule.new_state == "End"
        return matched


def _text(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value or "")

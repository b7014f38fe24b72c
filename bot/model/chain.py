"""The audit as a chain of lines: each has the hash of the one before it, so that no line can be changed unseen.

A line is canonical JSON: ``{"before":"<hash>","entry":{...},"n":7}``. A writer that died may leave a part of a line;
the next line then has its hash under ``torn``, so that this part too belongs to the chain and nothing else can be
passed off as one. The end can be cut off unseen: the hash of the last line, the head, has to be kept elsewhere.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain as one_after_another
from typing import Any

from bot.model import codec
from bot.model.audit import Entry

Places = Iterator[tuple[str, bytes]]
"""Lines with their line breaks, each behind the name of the place where it stands."""


@dataclass(frozen=True, slots=True)
class Head:
    """The last line of a chain: its number, from 1, and its hash. Number 0: there is no line yet."""

    number: int = 0
    digest: str = "0" * 64


@dataclass(frozen=True, slots=True)
class Line:
    """A line as read: where it stands in the chain, what it says, and the hash of a part of a line before it."""

    number: int
    before: str
    entry: Entry
    torn: str | None
    digest: str

    @property
    def head(self) -> Head:
        """What the next line is chained to."""
        return Head(self.number, self.digest)


@dataclass(frozen=True, slots=True)
class Proof:
    """What a reading of a whole chain showed.

    ``first`` is the number of its first line, ``notes`` are sentences about lines that a crash left. ``misfit`` is
    the sentence about the first line that does not fit; None: every line is as it was written.
    """

    first: int
    head: Head
    notes: tuple[str, ...]
    misfit: str | None


def link(head: Head, entry: Entry, torn: Sequence[bytes] = ()) -> tuple[bytes, Head]:
    """The line that follows ``head``, without its line break, and the head that it is.

    ``torn`` are the parts of lines that stand between the two, without line breaks.
    """
    told = {name: value for name, value in codec.encode(entry).items() if value is not None}
    body: dict[str, Any] = {"before": head.digest, "entry": told, "n": head.number + 1}
    if torn:
        body["torn"] = _hash(b"\n".join(torn))
    line = _canonical(body)
    return line, Head(head.number + 1, _hash(line))


def read(line: bytes) -> Line:
    """The line, without its line break, as it was linked.

    Raises:
        ValueError: it is not a line of an audit.
    """
    body = codec.loads(line)
    if not isinstance(body, dict) or not {"before", "entry", "n"} <= body.keys() <= {"before", "entry", "n", "torn"}:
        raise ValueError("not the parts of a line")
    if _canonical(body) != line:
        raise ValueError("not written as a line is")
    number, before, torn = body["n"], body["before"], body.get("torn")
    if type(number) is not int or not isinstance(before, str) or not isinstance(torn, str | None):
        raise ValueError("not a line's number and hash")
    return Line(number, before, codec.decode(Entry, body["entry"]), torn, _hash(line))


def in_channel(channel: str) -> bytes:
    """What stands in every line about this channel; a line with it may still be about another."""
    return _canonical({"channel": channel})[1:-1]


def prove(lines: Iterable[tuple[str, bytes]]) -> Proof:
    """Whether the lines, each with its line break and the name of its place, are one chain."""
    reading = _Reading(iter(lines))
    misfit = reading.run()
    return Proof(reading.first, reading.head, tuple(reading.notes), misfit)


class _Reading:
    def __init__(self, lines: Iterator[tuple[str, bytes]]) -> None:
        self._lines = lines
        self.first, self.head, self.notes = 0, Head(), list[str]()
        self._place = ""  # of the head

    def run(self) -> str | None:
        """Read to the end, or to the first misfit."""
        parts, here = list[tuple[str, bytes]](), next(self._lines, None)
        while here is not None:
            (place, data), following = here, next(self._lines, None)
            line = whole(data)
            if line is None or (not parts and _seals(following, [here])):
                parts.append(here)  # also one that lacks only its line break: its writer never knew that it was there
            elif (parts or line.torn) and not _seals(here, parts):
                return self._unsealed(place, parts)
            elif misfit := self._misfit(place, line, following):
                return misfit
            else:
                self.notes += [f"{part} is a part of a line that a crash left; the chain goes on." for part, _ in parts]
                self.first, self.head, self._place, parts = self.first or line.number, line.head, place, []
            here = following
        if not parts:
            return None
        if parts[0][1].endswith(b"\n"):
            return self._unsealed("the end", parts)
        self.notes.append(f"{parts[0][0]} is a part of a line: a crash left it, or the end was cut off.")
        return None

    def _unsealed(self, place: str, parts: Sequence[tuple[str, bytes]]) -> str:
        if not parts:
            return f"{place} tells of a part of a line before it, which was removed or is another one's"
        return f"{parts[0][0]} is no line of an audit, and {place} does not tell of it: it was edited or put there"

    def _misfit(self, place: str, line: Line, following: tuple[str, bytes] | None) -> str | None:
        expected = self.head.number + 1
        if not self.first:
            unchained = line.number == 1 and line.before != self.head.digest
            return f"{place} is the first deed, but chained to another: it was edited" if unchained else None
        if line.number == expected and line.before == self.head.digest:
            return None
        rest = _wholes([following] if following else [], self._lines)
        if line.number == expected:
            return self._edited(place, line, next(rest, None))
        if line.number < expected:
            return f"{place} is deed {line.number}, which stands before it already: it was inserted or moved"
        later = next((where for where, one in rest if one.number == expected), None)
        if later:
            return f"{place} is deed {line.number}, but deed {expected} stands only at {later}: they were moved"
        if line.number == expected + 1:
            return f"{place} is deed {line.number}: deed {expected} before it was removed"
        return f"{place} is deed {line.number}: deeds {expected} to {line.number - 1} before it were removed"

    def _edited(self, place: str, line: Line, behind: tuple[str, Line] | None) -> str:
        """Which of two lines that do not fit was edited, as far as the one behind them can tell."""
        if behind is None:
            return f"{self._place} and {place} do not fit together: one of them was edited"
        return f"{self._place if behind[1].before == line.digest else place} was edited"


def _seals(line: tuple[str, bytes] | None, parts: Sequence[tuple[str, bytes]]) -> bool:
    """Whether the line tells of exactly these parts of lines before it."""
    read_as = whole(line[1]) if line and parts else None
    return read_as is not None and read_as.torn == _hash(b"\n".join(data.removesuffix(b"\n") for _, data in parts))


def _wholes(*parts: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, Line]]:
    for place, data in one_after_another(*parts):
        if (line := whole(data)) is not None:
            yield place, line


def whole(data: bytes) -> Line | None:
    """The line, if it has its line break and is one of an audit."""
    try:
        return read(data.removesuffix(b"\n")) if data.endswith(b"\n") else None
    except ValueError:
        return None


def _hash(data: bytes) -> str:
    return sha256(data).hexdigest()


def _canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()

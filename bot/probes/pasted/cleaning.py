"""What a pager, a terminal and a chat leave in a pasted text, taken out; a line keeps the number that it came with."""

import html
import re
from dataclasses import dataclass

MOST_LINES = 20_000
LONGEST_LINE = 240
LONGEST_WORD = 64  # no column of any table is wider, and every template is quick on words of this length
LONGEST_NUMBER = 20

_LINKED = re.compile(r"<(?:tel:|mailto:|https?://|ftp://)[^|<>\n]{0,300}(?:\|([^<>\n]{0,300}))?>")
_ESCAPED = re.compile(r"\x1b(?:\[[0-9;?]{0,16}[A-Za-z]|[()][A-Z0-9]|[=>])")
_SPACES = re.compile(r"[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\t]")
_NOTHING = re.compile(r"[\u200b-\u200f\u2028\u2029\u2060\ufeff\u00ad]")
_LOOKALIKES = str.maketrans({
    "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2013": "-", "\u2014": "--", "\u2011": "-",
    "\u2026": "...",
})  # fmt: skip
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_PAGER = re.compile(
    r"(?:<?-{1,4} ?\(?more\)?(?: \d{1,3}%)? ?-{1,4}>?(?:, next page: space, [^\n]{0,60}?control-c)?"
    r"|--more-- or \(q\)uit|^lines \d{1,6}-\d{1,6}(?: \(end\))?$|^press any key to continue[^\n]{0,40}$"
    r"|\[q quit\|d dump\|[^\]\n]{0,30}\])",
    re.IGNORECASE,
)
_TAME = re.compile(rf"\S{{{LONGEST_WORD + 1}}}|\d{{{LONGEST_NUMBER + 1}}}")


@dataclass(frozen=True, slots=True)
class Line:
    """One line; ``number`` counts from 1 in the text as it was pasted."""

    number: int
    text: str

    @property
    def tame(self) -> bool:
        """Whether it can be a table's; what is longer, or one endless word, is shown to no template."""
        return len(self.text) <= LONGEST_LINE and not _TAME.search(self.text)


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The lines that say something. ``paged``: it ends at a pager that waited; ``cut``: there were more lines."""

    lines: tuple[Line, ...]
    paged: bool
    cut: bool


def clean(text: str) -> Cleaned:
    """The text's lines without what is not the device's."""
    raw = lines_of(text)
    lines, paged = [], False
    for number, one in enumerate(raw[:MOST_LINES], 1):
        if _fence(one):
            continue
        plain, pagers = _PAGER.subn("", _plain(one))
        paged = (bool(pagers) and not plain.strip()) or (paged and not plain.strip())
        if plain.strip():
            lines.append(Line(number, plain.rstrip()))
    return Cleaned(tuple(lines), paged, len(raw) > MOST_LINES)


def lines_of(text: str) -> list[str]:
    """The text's lines as they came."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _fence(line: str) -> bool:
    return line.strip() in ("```", "'''")


def _plain(line: str) -> str:
    line = line[: 8 * LONGEST_LINE]  # longer than any table's line by far; what follows would not be read anyway
    line = _LINKED.sub(lambda link: link[1] or link[0].strip("<>").rpartition("://")[2], line)
    line = html.unescape(line) if "&" in line else line
    line = _NOTHING.sub("", _SPACES.sub(" ", line)).translate(_LOOKALIKES).replace("```", "")
    return _CONTROL.sub("", _ESCAPED.sub("", line))

"""A comparison of tables as parts of the channel's message and as texts for its thread; it fits a phone."""

import html
import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from slack_sdk.models.blocks import Block

from bot.incidents.card import Card
from bot.incidents.path_lines import held, kind, short
from bot.incidents.path_words import (
    WORDS,
    Folded,
    about,
    age,
    agreed,
    cell,
    columns,
    compared,
    differing,
    folded,
    letters,
    nothing,
    port,
    unclear,
    whole,
)
from bot.incidents.wording import listing as listed
from bot.model.addresses import Mac
from bot.model.path import Hop, Mark, Path, Place
from bot.slack.mrkdwn import code, fitted, marked, named
from bot.slack.pieces import LINE, SECTION, bullets, context, header, joined, listing, numbered, place, section

MARKS: Mapping[Mark, str] = {
    Mark.RIGHT: "✅",
    Mark.WRONG: "❌",
    Mark.OLD: "⏳",
    Mark.MISSING: "⚪",
    Mark.UNKNOWN: "❔",
}
_HEAD = ("mark", "device", "holds", "age")  # where a narrow screen cuts after all, it cuts the least
_COLUMNS = 40  # of a code block, which a phone shows without a break
_WIDEST = (7, 12, 12, 6)  # with the gaps no more than that
_HOPS = 12
_DIFFERS = 4
_CLEARED = 6
_LETTERS = 4
_LEFT_TO_RIGHT = "\N{LEFT-TO-RIGHT MARK}"  # keeps the columns in their order around a name in Hebrew or Arabic


def parts(card: Card, path: Path) -> Iterator[Block]:
    """The message: the claim, the table, what differs, what to clear in which order, and what was not looked at."""
    found = differing(path)
    yield header("✅" if whole(path) else "⚠️" if compared(path) else "❓", card.headline)
    says = fitted(card.says or "", SECTION - 2)
    yield section(says if "`" in says else f"*{says}*")  # Slack shows the stars of bold text with code in it
    if path.hops:
        yield section(_table(path))
        yield context(_legend(path))
    if found:
        yield listing("What differs", _bulleted(found[:_DIFFERS]), len(found) - _DIFFERS, "in the thread")
    if path.clear:
        lines = numbered([about(one) for one in path.clear[:_CLEARED]])
        yield listing("Clear, in this order", lines, len(path.clear) - _CLEARED, "in the thread")
    if not found and (dark := unclear(path)):
        yield listing("Neither right nor wrong", _bulleted(dark[:_DIFFERS]), len(dark) - _DIFFERS, "in the thread")
    if card.missing:
        yield context(f"Not looked at: {fitted(' '.join(card.missing), LINE)}")


def beside(path: Path) -> Block:
    """The few lines beside a verdict."""
    first, *rest = short(path)
    return section(joined(f"*Tables on the way*  {fitted(first, LINE)}", "\n".join(bullets(rest))))


def texts(path: Path, said: Sequence[str]) -> Iterator[str]:
    """Every hop with its sentence and its place, for the thread; of what was not looked at what was not ``said``."""
    yield f"*Tables on the way, core to guest*  {fitted(agreed(path), LINE)}\n{fitted(path.because, 2 * LINE)}".strip()
    if path.clear:  # first: of a very long way the last hops may be cut
        yield joined("*Clear, in this order*", "\n".join(numbered([about(one) for one in path.clear])))
    for number, hop in enumerate(path.hops, 1):
        yield _hop(number, hop)
    if unsaid := [gap for gap in path.missing if gap not in said]:
        yield joined("*Not looked at*", "\n".join(bullets(unsaid)))


def _hop(number: int, hop: Hop) -> str:
    mark = "cannot tell" if hop.mark is Mark.UNKNOWN else WORDS[hop.mark]
    title = f"{number}. {MARKS[hop.mark]} *{marked(cell(hop.device, 60))}*  {marked(cell(kind(hop), 60))}  ·  *{mark}*"
    lines = [
        f"{fitted(held(hop), LINE)}  ·  {named(marked(cell(hop.source, 60)))}",
        fitted(hop.says, LINE) if hop.says else "",
        place(hop.witness) if hop.witness else "",
    ]
    return joined(title, "\n".join(filter(None, lines)))


def _bulleted(hops: Sequence[Hop]) -> list[str]:
    return [f"{MARKS[hop.mark]} {WORDS[hop.mark]}  {fitted(about(hop), LINE)}" for hop in hops]


def _table(path: Path) -> str:
    """A code block of 40 columns at most: whole names, MACs and sources stand in the thread."""
    letter = letters(path)
    rows = [_HEAD, *(_row(hop, letter) for hop in folded(path, _HOPS))]
    wide = [
        min(most, max((columns(row[number]) for row in rows if len(row) > 1), default=0))
        for number, most in enumerate(_WIDEST)
    ]
    gap = "  " if sum(wide) + 2 * (len(wide) - 1) <= _COLUMNS else " "
    return "\n".join(("```", *(_aligned(row, wide, gap) for row in rows), "```"))


def _row(hop: Hop | Folded, letter: Mapping[Mac, str]) -> tuple[str, ...]:
    if isinstance(hop, Folded):
        return (f"… {hop}",)
    if hop.mac is None:
        holds = nothing(hop).removesuffix(" answers")
    else:
        holds = f"{letter[hop.mac]} {port(hop) if hop.place is Place.FDB and hop.at else hop.mac[-8:]}"
    return WORDS[hop.mark], hop.device, holds, age(hop) or "-"


def _aligned(row: Sequence[str], wide: Sequence[int], gap: str) -> str:
    if len(row) == 1:
        return html.escape(row[0], quote=False)
    cells = [cell(text.replace("`", "'"), most) for text, most in zip(row, wide, strict=True)]
    pads = [" " * (most - columns(text)) for text, most in zip(cells, wide, strict=True)]
    turns = any(unicodedata.bidirectional(letter) in ("R", "AL", "AN") for text in cells for letter in text)
    mark = _LEFT_TO_RIGHT if turns else ""
    line = gap.join(f"{mark}{text}{mark}{pad}" for text, pad in zip(cells, pads, strict=True))
    return html.escape(line.rstrip(), quote=False)


def _legend(path: Path) -> str:
    """Which letter is which MAC, and whose words these are."""
    letter = letters(path)
    told = [
        f"{short} {code(mac)}{' expected' if mac in path.expected else ''}" for mac, short in letter.items()
    ][:_LETTERS]  # fmt: skip
    more = [f"and {len(letter) - _LETTERS} more MACs"] if len(letter) > _LETTERS else []
    sources = named(fitted(listed(cell(hop.source, 40) for hop in path.hops), LINE))
    return "  ·  ".join((*told, *more, f"By {sources}"))

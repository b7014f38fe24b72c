"""A path as plain lines: an aligned table for a terminal, and the same in a few sentences."""

from collections.abc import Sequence

from bot.incidents.path_words import PLACES, WORDS, about, age, agreed, cell, columns, differing, nothing, port, tally
from bot.model.network import Role
from bot.model.path import Hop, Path

_HEAD = ("device", "role", "table", "MAC", "port", "age", "mark", "source")
_NAMES = (0, 1, 4, 7)  # the columns that hold names of strangers; the others are ours and short
_GAP = 2
_NARROWEST = 8
_CLEARED = 3
_NAMED = 4


def table(path: Path, width: int = 100) -> tuple[str, ...]:
    """The hops as an aligned table under its head, core to guest; wider than ``width`` columns only below 80."""
    rows = [_HEAD, *map(_row, path.hops)]
    wide = [max(columns(row[number]) for row in rows) for number in range(len(_HEAD))]
    while sum(wide) + _GAP * (len(wide) - 1) > width:
        widest = max(_NAMES, key=lambda number: wide[number])
        if wide[widest] <= _NARROWEST:
            break
        wide[widest] -= 1
    return tuple(_aligned(row, wide) for row in rows)


def short(path: Path) -> tuple[str, ...]:
    """The path beside a verdict: whether the tables agree, and if not, which entries do not and what to clear."""
    found, said = differing(path), agreed(path)
    if not found:
        whole = said.removesuffix(" agree.").removesuffix(" agrees.")
        return (said if whole == said else f"The tables agree: {whole}.",)
    named = [f"{cell(hop.device, 24)} {WORDS[hop.mark]}" for hop in found[:_NAMED]]
    more = [f"{len(found) - _NAMED} more"] if len(found) > _NAMED else []
    lines = [f"{said.removesuffix('.')}: {', '.join((*named, *more))}."]
    for number, clear in enumerate(path.clear[:_CLEARED], 1):
        lines.append(f"Clear {number} of {len(path.clear)}: {about(clear)}")
    if len(path.clear) > _CLEARED:
        lines.append(f"… and {len(path.clear) - _CLEARED} more to clear.")
    return tuple(lines)


def described(path: Path) -> str:
    """The path in sentences, for whoever cannot see its picture: what differs first."""
    differ = differing(path)
    rest = [hop for hop in path.hops if hop not in differ]
    told = " ".join(f"{_told(hop)}." for hop in (*differ, *rest))
    return f"ARP tables on the way to {path.target}: {tally(path)}. {told}"


def held(hop: Hop) -> str:
    """What the hop holds, in words: the MAC in backticks, its port, its age."""
    what = nothing(hop) if hop.mac is None else f"`{hop.mac}`"
    old = age(hop)
    return " · ".join(filter(None, (what, hop.at, old)))


def kind(hop: Hop) -> str:
    """What kind of word it is: "core, ARP"; a role that says nothing more is left out."""
    place = PLACES[hop.place]
    return place if hop.role.lower() in ("", Role.OTHER, place.lower()) else f"{hop.role}, {place}"


def _told(hop: Hop) -> str:
    return f"{hop.device} ({kind(hop)}): {held(hop)}, {'cannot tell' if WORDS[hop.mark] == '?' else WORDS[hop.mark]}"


def _row(hop: Hop) -> tuple[str, ...]:
    role = "-" if hop.role.lower() == PLACES[hop.place].lower() else hop.role
    texts = (hop.device, role, PLACES[hop.place], hop.mac or "-", port(hop) or "-", age(hop) or "-",
             WORDS[hop.mark], hop.source)  # fmt: skip
    return tuple(cell(text, 60) for text in texts)


def _aligned(row: Sequence[str], wide: Sequence[int]) -> str:
    cut = [cell(text, most) for text, most in zip(row, wide, strict=True)]
    gap = " " * _GAP
    return gap.join(f"{text}{' ' * (most - columns(text))}" for text, most in zip(cut, wide, strict=True)).rstrip()

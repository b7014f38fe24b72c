"""A path in words: how many entries agree, how old each is, which MAC is which, and what of a long one is shown."""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from string import ascii_uppercase

from bot.model.addresses import Mac
from bot.model.path import Clear, Hop, Mark, Path, Place

DIFFERS = (Mark.WRONG, Mark.OLD, Mark.MISSING)
WORDS: Mapping[Mark, str] = {
    Mark.RIGHT: "right",
    Mark.WRONG: "WRONG",
    Mark.OLD: "OLD",
    Mark.MISSING: "MISSING",
    Mark.UNKNOWN: "?",
}
PLACES: Mapping[Place, str] = {
    Place.ARP: "ARP",
    Place.FDB: "MAC table",
    Place.VCENTER: "vNIC",
    Place.WIRE: "wire",
}
_PORTS = (
    ("TenGigabitEthernet", "Te"), ("TwentyFiveGigE", "Twe"), ("FortyGigabitEthernet", "Fo"), ("HundredGigE", "Hu"),
    ("GigabitEthernet", "Gi"), ("FastEthernet", "Fa"), ("Ethernet", "Eth"), ("Port-channel", "Po"),
    ("port-channel", "Po"),
)  # fmt: skip
"""Long names of ports, as the switches themselves shorten them in their tables (Cisco IOS, NX-OS)."""
_ELSEWHERE = {Place.VCENTER: "the vNIC differs", Place.WIRE: "the wire differs"}


@dataclass(frozen=True, slots=True)
class Folded:
    """Hops that are left out at this place of the way."""

    hops: tuple[Hop, ...]

    def __str__(self) -> str:
        differ, unclear = (sum(hop.mark in marks for hop in self.hops) for marks in (DIFFERS, (Mark.UNKNOWN,)))
        told = [f"{differ} {_differ(differ)}"] if differ else []
        told += [f"{unclear} unknown"] if unclear else []
        return f"{len(self.hops)} more, {', '.join(told) or 'right'}"


def differs(hop: Hop) -> bool:
    """Whether it is not as it should be; who answered before a move, and does not now, is no entry to correct."""
    return hop.mark in DIFFERS and (hop.place, hop.mark) != (Place.WIRE, Mark.OLD)


def differing(path: Path) -> tuple[Hop, ...]:
    """Every hop that is not as it should be, core to guest."""
    return tuple(filter(differs, path.hops))


def unclear(path: Path) -> tuple[Hop, ...]:
    """Every hop of which nobody can tell."""
    return tuple(hop for hop in path.hops if hop.mark is Mark.UNKNOWN)


def compared(path: Path) -> bool:
    """Whether at least one entry of a table could be compared with what is expected."""
    return any(hop.mark is not Mark.UNKNOWN for hop in _entries(path))


def whole(path: Path) -> bool:
    """Whether nothing is amiss: an entry agrees, nothing differs, and no two MACs answer."""
    agrees = any(hop.mark is Mark.RIGHT for hop in _entries(path))
    return agrees and not differing(path) and len(_live(path)) < 2


def tally(path: Path) -> str:
    """How many of the tables' entries differ or agree, without a full stop; what differs beside the tables too."""
    marks = [hop.mark for hop in _entries(path)]
    differ, right = sum(mark in DIFFERS for mark in marks), marks.count(Mark.RIGHT)
    of = f"of {len(marks)} {'entry' if len(marks) == 1 else 'entries'}"
    if not marks:
        said = ["no entry was read"]
    elif differ:
        said = [f"{differ} {of} {_differ(differ)}"]
    elif right:
        said = [f"{right} {of} {'agrees' if right == 1 else 'agree'}"]
    else:
        said = [f"0 {of} could be compared"]
    if not differ and 0 < right < len(marks):
        said.append(f"{len(marks) - right} unknown")
    if (live := len(_live(path))) > 1:
        said.append(f"{live} MACs answer")
    return ", ".join(dict.fromkeys((*said, *map(_elsewhere, _beside(path)))))


def agreed(path: Path) -> str:
    """The tally as a sentence of its own."""
    said = tally(path)
    return f"{said[0].upper()}{said[1:]}."


def headline(path: Path, target: str) -> str:
    """The first line of a card about the path."""
    return f"ARP TABLES · {tally(path)} · {target}"


def age(hop: Hop) -> str:
    """How old the entry is, for a reader: ``4 min``; ``static`` does not age; empty where it was not told.

    On the wire it is ``now``, or ``before`` a move.
    """
    if hop.place is Place.WIRE:
        return "before" if hop.mark is Mark.OLD else "now"
    if hop.pinned:
        return "static"
    if hop.age_s is None:
        return ""
    age_s = max(0, int(hop.age_s))
    for most_s, unit_s, unit in ((60, 1, "s"), (3600, 60, "min"), (48 * 3600, 3600, "h")):
        if age_s < most_s:
            return f"{age_s // unit_s} {unit}"
    return f"{age_s // 86_400:,} d"


def nothing(hop: Hop) -> str:
    """What stands for the MAC of a hop that has none; a router that asks and hears nothing keeps half an entry."""
    if hop.place is Place.WIRE:
        return "nobody answers"
    if hop.at is not None:
        return "incomplete"
    return "no MAC read" if hop.mark is Mark.UNKNOWN else "no entry"


def port(hop: Hop) -> str:
    """The port or interface as a switch's own tables name it: ``Gi1/0/24``; empty where there is none."""
    name = hop.at or ""
    return next((f"{short}{name[len(long) :]}" for long, short in _PORTS if name.startswith(long)), name)


def letters(path: Path) -> dict[Mac, str]:
    """A letter for every MAC on the way, by which a small picture or table names it: the expected ones come first."""
    macs = dict.fromkeys((*path.expected, *(hop.mac for hop in path.hops if hop.mac is not None)))
    return dict(zip(macs, _names(), strict=False))


def about(one: Hop | Clear) -> str:
    """The sentence of a hop or of an entry to clear, which names its device."""
    return one.says if one.device in one.says else f"{one.device}: {one.says}"


def folded(path: Path, most: int) -> tuple[Hop | Folded, ...]:
    """At most so many hops in their order, and what is left out between them; what differs is kept longest."""

    def worth(number: int) -> tuple[int, int]:
        hop = path.hops[number]
        kind = 0 if differs(hop) else 1 if hop.place in _ELSEWHERE else 2 if hop.mark is Mark.UNKNOWN else 3
        return kind, number

    kept = set(sorted(range(len(path.hops)), key=worth)[:most])
    shown: list[Hop | Folded] = []
    for number, hop in enumerate(path.hops):
        if number in kept:
            shown.append(hop)
        elif shown and isinstance(shown[-1], Folded):
            shown[-1] = Folded((*shown[-1].hops, hop))
        else:
            shown.append(Folded((hop,)))
    return tuple(shown)


def columns(text: str) -> int:
    """How many columns of a terminal or a code block the text takes: a wide character two, an accent none."""
    return sum(
        0 if unicodedata.combining(letter) or unicodedata.category(letter) in ("Mn", "Me")
        else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        for letter in text
    )  # fmt: skip


def cell(text: str, most: int) -> str:
    """One line of at most so many columns; a longer name loses its middle, for both ends tell machines apart."""
    line = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in " ".join(text.split()))
    if columns(line) <= most:
        return line
    tail = most // 2
    while columns(line[len(line) - tail :]) > most // 2:
        tail -= 1
    head = most - 1
    while head and columns(line[:head]) > most - 1 - columns(line[len(line) - tail :]):
        head -= 1
    return f"{line[:head]}…{line[len(line) - tail :]}"


def _entries(path: Path) -> tuple[Hop, ...]:
    return tuple(hop for hop in path.hops if hop.place in (Place.ARP, Place.FDB))


def _live(path: Path) -> frozenset[Mac]:
    return frozenset(
        hop.mac for hop in path.hops if hop.place is Place.WIRE and hop.mac is not None and hop.mark is not Mark.OLD
    )


def _beside(path: Path) -> tuple[Hop, ...]:
    return tuple(hop for hop in differing(path) if hop.place in _ELSEWHERE)


def _elsewhere(hop: Hop) -> str:
    return "nobody answers" if hop.place is Place.WIRE and hop.mac is None else _ELSEWHERE[hop.place]


def _differ(number: int) -> str:
    return "differs" if number == 1 else "differ"


def _names() -> Iterator[str]:
    yield from ascii_uppercase
    yield from (f"A{number}" for number in count(1))

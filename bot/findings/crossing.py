"""What left one vantage and did not arrive at another, where the other would have shown it.

Not a finding: what several of them read. That a frame is missing counts only where the second vantage listened with
margin on both sides, lost nothing, and heard other frames from the same sender to the same receiver: the control.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations

from bot.findings import alignment
from bot.findings.alignment import Clock, Pair
from bot.findings.listening import Window, windows
from bot.findings.sights import Sight, Way, ours, sights
from bot.model.finding import Evidence

MARGIN = timedelta(seconds=0.25)
"""So long before and after the frame the second vantage has to have listened."""
CONTROL = 2
"""So many other frames of the same way have to have arrived."""
MOST_WINDOWS = 12


@dataclass(frozen=True, slots=True)
class Passing:
    """What went by two vantages in one direction: ``first`` had it before ``last``.

    ``lost`` are the sights at the first vantage without one at the last, ``arrived`` the frames that both have, and
    ``doubt`` says why what is missing says nothing; None: it does.
    """

    first: Window
    last: Window
    towards: bool
    lost: tuple[Sight, ...]
    arrived: tuple[Pair, ...]
    doubt: str | None


@dataclass(frozen=True, slots=True)
class Crossing:
    """Two vantages that had frames of one target at the same time; ``clock`` None: their clocks cannot be compared."""

    here: Window
    there: Window
    clock: Clock | None
    passings: tuple[Passing, ...]


def crossings(evidence: Evidence) -> tuple[Crossing, ...]:
    """Every two captures from different vantages that overlap and hold frames of the target."""
    return evidence.once(_read_crossings)


def _read_crossings(evidence: Evidence) -> tuple[Crossing, ...]:
    seen = sights(evidence)
    listening = [one for one in windows(evidence) if one.listened is not None][:MOST_WINDOWS]
    found = [
        _crossing(here, there, seen.get(here.artifact, ()), seen.get(there.artifact, ()))
        for here, there in combinations(listening, 2)
        if _place(here) != _place(there) and (here.artifact in seen or there.artifact in seen)
    ]
    return tuple(one for one in found if one is not None)


def _place(window: Window) -> tuple[str, str]:
    return window.vantage.agent, window.vantage.interface


def _crossing(here: Window, there: Window, mine: Sequence[Sight], theirs: Sequence[Sight]) -> Crossing | None:
    told = _told(here, there)
    later = alignment.shift(mine, theirs, told)
    if not _overlap(here, there, later or told or timedelta()):
        return None
    both = alignment.pairs(mine, theirs, later) if later is not None else ()
    nearer = alignment.nearer_to_askers(both)
    passings: list[Passing] = []
    order: dict[Way, bool | None] = {}
    met_on: defaultdict[Way, list[Pair]] = defaultdict(list)
    for pair in both:
        met_on[pair.here.way].append(pair)
    for way, sent, came in _by_way(mine, theirs):
        met = tuple(met_on[way])
        order[way] = _here_first(way, here, there, sent, came, met, nearer)
        first_here = order[way] if order[way] is not None else bool(sent)
        if met or _expected(way, here if first_here else there, there if first_here else here):
            passings.append(_passing(here, there, sent, came, met, order[way], later))
    first = {number: known for number, pair in enumerate(both) if (known := order[pair.here.way]) is not None}
    return Crossing(here, there, alignment.clock(both, first, told), tuple(passings))


def _told(here: Window, there: Window) -> timedelta | None:
    """How far the clock there runs ahead of the one here, by what the agents say."""
    mine, theirs = (one.listened.ahead_ms if one.listened else None for one in (here, there))
    return None if mine is None or theirs is None else timedelta(milliseconds=theirs - mine)


def _overlap(here: Window, there: Window, later: timedelta) -> bool:
    assert here.listened is not None and there.listened is not None, "only windows with a time are compared"  # noqa: PT018
    begin = max(here.listened.started_at + later, there.listened.started_at)
    return begin < min(here.listened.seen_at + later, there.listened.seen_at)


def _by_way(mine: Sequence[Sight], theirs: Sequence[Sight]) -> list[tuple[Way, list[Sight], list[Sight]]]:
    ways: defaultdict[Way, tuple[list[Sight], list[Sight]]] = defaultdict(lambda: ([], []))
    for one in mine:
        ways[one.way][0].append(one)
    for one in theirs:
        ways[one.way][1].append(one)
    return [(way, *both) for way, both in ways.items()]


def _here_first(
    way: Way,
    here: Window,
    there: Window,
    sent: Sequence[Sight],
    came: Sequence[Sight],
    met: Sequence[Pair],
    nearer: bool | None,
) -> bool | None:
    """Whether "here" has these frames before "there"; None: it cannot be told.

    By who sends and who receives them, by the TTL that a router lowers, and by the times both ways.
    """
    for window, seen, first in ((here, sent, True), (there, came, False)):
        own = {window.vantage.mac, window.vantage.address} - {None}
        if way.sender in own or any(ours(one) for one in seen):
            return first
        if way.receiver in own:
            return not first
    lowered = {pair.here.ttl - pair.there.ttl for pair in met if pair.here.ttl is not None and pair.there.ttl}
    if lowered and min(lowered) > 0:
        return True
    if lowered and max(lowered) < 0:
        return False
    if nearer is None or not met:
        return None
    return nearer == met[0].here.towards


def _expected(way: Way, first: Window, last: Window) -> bool:
    """Whether the last vantage should hear frames of this way though it heard none of them.

    A broadcast goes everywhere on its segment; what goes to one machine passes that machine, and whoever has no
    address of its own: it stands behind a mirror port. An ordinary port does not get it.
    """
    if way.receiver is None:
        return first.vantage.segment == last.vantage.segment
    return last.vantage.address is None or way.receiver in (last.vantage.address, last.vantage.mac)


def _passing(
    here: Window,
    there: Window,
    sent: Sequence[Sight],
    came: Sequence[Sight],
    met: tuple[Pair, ...],
    here_first: bool | None,
    later: timedelta | None,
) -> Passing:
    first, last, left, arrived, shift = here, there, sent, came, later
    if here_first is False or (here_first is None and not sent):
        first, last, left, arrived, shift = there, here, came, sent, None if later is None else -later
    towards = (left or arrived)[0].towards
    known_here = {pair.here.seen.locator for pair in met}
    known_there = {pair.there.seen.locator for pair in met}
    gone, odd = (known_here, known_there) if first is here else (known_there, known_here)
    missing = tuple(one for one in left if one.seen.locator not in gone)
    strays = [one for one in arrived if one.seen.locator not in odd]
    if shift is not None:
        missing = tuple(one for one in missing if _covered(one.at + shift, last))
        strays = [one for one in strays if _covered(one.at - shift, first)]
    doubt = _doubt(first, last, met, missing, strays, here_first, shift)
    return Passing(first, last, towards, missing, met, doubt)


def _covered(at: datetime, window: Window) -> bool:
    listened = window.listened
    return listened is not None and listened.started_at + MARGIN <= at <= listened.seen_at - MARGIN


def _doubt(
    first: Window,
    last: Window,
    met: Sequence[Pair],
    missing: Sequence[Sight],
    strays: Sequence[Sight],
    here_first: bool | None,
    shift: timedelta | None,
) -> str | None:
    a, b = first.vantage.agent, last.vantage.agent
    if not met:
        return (
            f"{b} heard none of the frames that {a} saw, and no other one from the same sender: it may be deaf to them"
        )
    if shift is None:
        return f"the frames at {a} and at {b} cannot be told apart"
    if last.complete is not True:
        return f"{b} lost frames itself" if last.complete is False else f"nobody knows whether {b} lost frames itself"
    if missing and here_first is None:
        return f"it cannot be told whether {a} or {b} has the frames first"
    if strays:
        return f"{b} also has frames that {a} does not: they go by several ways"
    if missing and len(met) < CONTROL:
        return f"{b} heard only one frame from the same sender: it may be deaf to them"
    return None

"""What left one vantage and did not arrive at another, where the other would have shown it.

Not a finding: what several of them read. That a frame is missing counts only where the second vantage listened with
margin on both sides, lost nothing, and heard other frames from the same sender to the same receiver: the control.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations

from bot.findings import alignment, ways
from bot.findings.alignment import Clock, Pair
from bot.findings.listening import Window, windows
from bot.findings.sights import Sight, Way, sights
from bot.findings.ways import Seen
from bot.model.finding import Evidence

MARGIN = timedelta(seconds=0.25)
"""So long before and after the frame the second vantage has to have listened."""
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
    listening = [one for one in windows(evidence) if one.listened is not None][:MOST_WINDOWS]
    if len({_place(one) for one in listening}) < 2:
        return ()
    seen = sights(evidence)
    found = [
        _crossing(evidence, here, there, seen.get(here.artifact, ()), seen.get(there.artifact, ()))
        for here, there in combinations(listening, 2)
        if _place(here) != _place(there) and (here.artifact in seen or there.artifact in seen)
    ]
    return tuple(one for one in found if one is not None)


def _count_ways(evidence: Evidence) -> dict[str, Counter[Way]]:
    return {artifact: Counter(one.way for one in seen) for artifact, seen in sights(evidence).items()}


def _place(window: Window) -> tuple[str, str]:
    return window.vantage.agent, window.vantage.interface


def _crossing(
    evidence: Evidence, here: Window, there: Window, mine: Sequence[Sight], theirs: Sequence[Sight]
) -> Crossing | None:
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
        order[way] = ways.here_first(way, (here, sent), (there, came), met, nearer)
        if order[way] or (order[way] is None and sent):
            passing = _passing(evidence, (here, sent), (there, came), met, order[way] is not None, later)
        else:
            back = tuple(Pair(pair.there, pair.here) for pair in met)
            earlier = None if later is None else -later
            passing = _passing(evidence, (there, came), (here, sent), back, order[way] is not None, earlier)
        if passing.arrived or passing.lost:
            passings.append(passing)
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
    found: defaultdict[Way, tuple[list[Sight], list[Sight]]] = defaultdict(lambda: ([], []))
    for one in mine:
        found[one.way][0].append(one)
    for one in theirs:
        found[one.way][1].append(one)
    return [(way, *both) for way, both in found.items()]


def _passing(
    evidence: Evidence, first: Seen, last: Seen, met: tuple[Pair, ...], known: bool, later: timedelta | None
) -> Passing:
    """What became of the frames of one way; ``known``: that the first vantage has them first is certain.

    ``met`` are the frames that both have, the first vantage's here, and ``later`` is the shift to the last.
    """
    (begin, left), (end, arrived) = first, last
    gone, come = {pair.here.seen.locator for pair in met}, {pair.there.seen.locator for pair in met}
    missing = [one for one in left if one.seen.locator not in gone]
    strays = [one for one in arrived if one.seen.locator not in come]
    if later is not None:
        missing = [one for one in missing if _covered(one.at + later, end)]
        strays = [one for one in strays if _covered(one.at - later, begin)]
    way = (left or arrived)[0].way
    if not ways.expected(way, begin, end, arrived, met=bool(met)):
        overheard = evidence.once(_count_ways).get(end.artifact, Counter())
        missing = ways.between(missing, arrived, later) if ways.overhears(way, overheard) else []
    doubt = ways.doubt(begin, end, met, missing, strays, known=known)
    a, b = begin.vantage.agent, end.vantage.agent
    if later is None and left and arrived:
        doubt = f"equal frames at {a} and at {b} cannot be told apart, for nothing tells how far their clocks are"
    elif doubt is None and ways.answered(evidence, missing):
        doubt = f"{b} did not see frames that were answered: they went another way, or it misses some"
    return Passing(begin, end, (left or arrived)[0].towards, tuple(missing), met, doubt)


def _covered(at: datetime, window: Window) -> bool:
    listened = window.listened
    return listened is not None and listened.started_at + MARGIN <= at <= listened.seen_at - MARGIN

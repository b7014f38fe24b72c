"""Two vantages on one clock: which frames are the same, who has them first, and how far the clocks are apart.

Not a finding: what several of them read. Everything is told by content; the agents' word on their own clocks only
breaks a tie.
"""

from collections import defaultdict, deque
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import median_low

from bot.findings.sights import Sight

WITHIN = timedelta(seconds=0.1)
"""So much later a frame may arrive at the second vantage. Equal frames (who-has again and again) are further apart."""
MOST_ALIKE = 32
"""Of frames with one content so many are compared: a storm repeats one a hundred thousand times."""
BOTH_WAYS = 3
"""So many frames each way tell who is nearer to whom; fewer may be chance."""
NOW = timedelta()


@dataclass(frozen=True, slots=True)
class Pair:
    """One frame at both vantages."""

    here: Sight
    there: Sight

    @property
    def later(self) -> timedelta:
        """How much later it is there, by the two clocks: the way and what the clocks are apart."""
        return self.there.at - self.here.at


@dataclass(frozen=True, slots=True)
class Clock:
    """How far the clock there runs ahead of the clock here, from ``frames``; ``within`` bounds the error.

    ``within`` is None where frames went one way only: then their way is a part of it, and it is an upper bound.
    ``way`` is how long a frame takes in the middle; None likewise.
    """

    ahead: timedelta
    within: timedelta | None
    way: timedelta | None
    frames: int


def shift(here: Sequence[Sight], there: Sequence[Sight], told: timedelta | None) -> timedelta | None:
    """By how much most frames are later there than here; None: nothing tells, or two answers are equally good.

    Packets are numbered, so one that both have is the same one. ARP asks in the same words again and again, and a lost
    round looks like a clock that is a round ahead: it counts only near what the agents say of their clocks (``told``,
    None: nothing).
    """
    numbered = sorted(_differences([one for one in here if one.ttl], [one for one in there if one.ttl]))
    if numbered:
        best, rivals = _crowds(numbered)
        if not rivals:
            return best
        return None if told is None else min((best, *rivals), key=lambda one: abs(one - told))
    if told is None:
        return None
    near = [apart for apart in _differences(here, there) if abs(apart - told) <= WITHIN]
    return median_low(near) if near else None


def _differences(here: Sequence[Sight], there: Sequence[Sight]) -> Iterable[timedelta]:
    mine, theirs = _by_content(here), _by_content(there)
    for content in (one for one in mine if one in theirs):
        for one in mine[content][:MOST_ALIKE]:
            yield from (other.at - one.at for other in theirs[content][:MOST_ALIKE])


def _by_content(seen: Sequence[Sight]) -> dict[Hashable, list[Sight]]:
    found: defaultdict[Hashable, list[Sight]] = defaultdict(list)
    for one in seen:
        found[one.content].append(one)
    return found


def _crowds(apart: Sequence[timedelta]) -> tuple[timedelta, list[timedelta]]:
    """Where most of these lie within ``WITHIN`` of each other, and other such places with as many."""
    begins, begin = [], 0
    for end in range(len(apart)):
        while apart[end] - apart[begin] > WITHIN:
            begin += 1
        begins.append(begin)
    most = max(end - begin for end, begin in enumerate(begins))
    crowds: list[tuple[timedelta, timedelta]] = []  # where each begins, and its middle
    for end, begin in enumerate(begins):
        if end - begin == most and (not crowds or apart[begin] - crowds[-1][0] > WITHIN):
            crowds.append((apart[begin], median_low(apart[begin : end + 1])))
    return crowds[0][1], [middle for _, middle in crowds[1:]]


def pairs(here: Sequence[Sight], there: Sequence[Sight], later: timedelta) -> tuple[Pair, ...]:
    """The frames that both have, each once, by time; ``later`` is the shift between them."""
    theirs = {content: deque(found) for content, found in _by_content(there).items()}
    found = []
    for one in here:
        waiting = theirs.get(one.content, deque())
        while waiting and waiting[0].at - one.at - later < -WITHIN:
            waiting.popleft()
        if waiting and waiting[0].at - one.at - later <= WITHIN:
            found.append(Pair(one, waiting.popleft()))
    return tuple(found)


def nearer_to_askers(both: Sequence[Pair]) -> bool | None:
    """Whether "here" lies between those who talk to the target and "there"; None: it cannot be told.

    What goes to the target needs the time of the way more, what comes back as much less, however the clocks stand.
    """
    to, back = _later(both, towards=True), _later(both, towards=False)
    if min(len(to), len(back)) < BOTH_WAYS:
        return None
    if min(to) - max(back) > NOW:
        return True
    return False if max(to) - min(back) < NOW else None


def clock(both: Sequence[Pair], here_first: dict[int, bool], told: timedelta | None) -> Clock | None:
    """How the two clocks stand, by the frames that both have; ``here_first`` says of some pairs (by place) who had
    them first. Without frames both ways the agents' own word counts, if they gave one.
    """
    out = [pair.later for number, pair in enumerate(both) if here_first.get(number) is True]
    back = [-pair.later for number, pair in enumerate(both) if here_first.get(number) is False]
    if out and back:
        way = (median_low(out) + median_low(back)) / 2
        return Clock((min(out) - min(back)) / 2, abs(min(out) + min(back)) / 2, way, len(out) + len(back))
    if told is not None:
        return Clock(told, None, None, 0)
    if out or back:
        return Clock(min(out) if out else -min(back), None, None, len(out) + len(back))
    return None


def _later(both: Sequence[Pair], *, towards: bool) -> list[timedelta]:
    return [pair.later for pair in both if pair.here.towards == towards]

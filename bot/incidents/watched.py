"""What a watch shows: placement by placement how much was lost, how soon after the move, and what that means.

The experiment that a calm engineer makes by hand: move the machine, and see whether the trouble goes with it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from bot.findings.listening import windows
from bot.findings.reading import claims
from bot.findings.residence import moves
from bot.findings.surrounding import seats
from bot.findings.wording import clock_text
from bot.incidents.flips import LOSING, Ping, pings
from bot.incidents.wording import listing
from bot.model.addresses import Mac
from bot.model.finding import Evidence

STUN = timedelta(seconds=3)
"""A move itself may pause the machine so long; what is lost then says nothing of the host."""
ENOUGH = 10
"""So many pings on a host, after the pause of the move, say whether it loses there."""
PLAIN = 4
"""So many lost pings show a loss, however short the time."""
GAPS = 4
SILENT_S = 2.5
"""So long without a ping nobody watched."""


@dataclass(frozen=True, slots=True)
class Placement:
    """A time on one host, and the pings of one segment in it."""

    host: str
    since: datetime | None
    until: datetime | None
    pings: tuple[Ping, ...]

    @property
    def lost(self) -> tuple[Ping, ...]:
        """Those that came back from nobody."""
        return tuple(one for one in self.pings if one.lost)

    @property
    def begins_well(self) -> bool:
        """Whether what was lost began to be lost here, and while it was watched."""
        return bool(self.pings) and not self.pings[0].lost

    @property
    def enough(self) -> bool:
        """Whether it was watched long enough to say something: what is lost again and again says it sooner."""
        return len(self.pings) >= ENOUGH or len(self.lost) >= PLAIN


def says(evidence: Evidence) -> tuple[str, ...]:
    """The whole experiment as sentences, the conclusion first."""
    placed = {segment: placements(evidence, segment) for segment in _segments(evidence)}
    told = [sentence for segment, stays in placed.items() for sentence in _stays(evidence, segment, stays)]
    return (*_conclusions(placed), *told, *_gaps(evidence))


def placements(evidence: Evidence, segment: str) -> tuple[Placement, ...]:
    """Where the machine was while this segment pinged it; one without a known host where no vCenter tells."""
    sent = pings(evidence, segment)
    gone = [one for one in moves(evidence) if sent and sent[0].at <= one.at]
    hosts = sorted({seat.vm.host for seat in seats(evidence) if seat.vm.host})
    first = str(gone[0].event.source) if gone else (hosts[0] if len(hosts) == 1 else "its host")
    starts: list[tuple[str, datetime | None]] = [(first, None), *((str(one.event.host), one.at) for one in gone)]
    ends = [*(at for _, at in starts[1:]), None]
    return tuple(
        Placement(host, since, until, tuple(one for one in sent if _between(one.at, since, until)))
        for (host, since), until in zip(starts, ends, strict=True)
    )


def _between(at: datetime, since: datetime | None, until: datetime | None) -> bool:
    return (since is None or at >= since + STUN) and (until is None or at < until)


def _segments(evidence: Evidence) -> list[str]:
    every = {window.vantage.segment for window in windows(evidence)}
    return sorted(segment for segment in every if pings(evidence, segment))


def _conclusions(placed: dict[str, tuple[Placement, ...]]) -> Iterator[str]:
    """What the moves showed, where several hosts were watched long enough: a host is not accused by a single ping."""
    known = [one for stays in placed.values() for one in stays if one.enough]
    most: dict[str, int] = {}
    for one in known:
        most[one.host] = max(most.get(one.host, 0), len(one.lost))
    hosts, odd = list(most), [host for host, lost in most.items() if 0 < lost < LOSING]
    bad = [host for host, lost in most.items() if lost >= LOSING]
    good = [host for host in hosts if host not in bad]
    if len(hosts) < 2:
        return
    if odd:
        yield f"One ping was lost on {listing(odd)}, which is too little to say that the host matters."
    elif not bad:
        yield f"Nothing was lost on {listing(hosts)}: the moves did no harm."
    elif not good:
        yield f"The moves are irrelevant: packets are lost on {listing(bad)} alike, so it goes with the machine."
    elif len(bad) == 1:
        why = "it stays with that host." if any(map(_turned, placed.values())) else _ONCE
        yield f"Packets are lost on {bad[0]} only, and not on {listing(good)}: {why}"
    else:
        yield f"Packets are lost on {listing(bad)}, and not on {listing(good)}."


_ONCE = "that may be the host, or what began or ended at the same time: move it back to see."


def _turned(stays: tuple[Placement, ...]) -> bool:
    """Whether loss came and went with the host, and not only one of both."""
    lost = [len(one.lost) >= LOSING for one in stays if one.enough]
    return sum(before != after for before, after in pairwise(lost)) >= 2


def _stays(evidence: Evidence, segment: str, stays: tuple[Placement, ...]) -> Iterator[str]:
    for one in stays:
        if not one.pings:
            continue
        when = f" since {clock_text(one.since)}" if one.since else ""
        head = f"On {one.host}{when}, from {segment}: {len(one.lost)} of {len(one.pings)} pings lost"
        yield f"{head}{_onset(one)}{_second_mac(evidence, segment, one)}."


def _onset(one: Placement) -> str:
    if not one.lost or one.since is None:
        return ""
    if not one.begins_well:
        return ", from the first one after the move on"
    return f", the first {(one.lost[0].at - one.since).total_seconds():.0f} s after the move"


def _second_mac(evidence: Evidence, segment: str, one: Placement) -> str:
    first: dict[Mac, datetime] = {}
    for claim in claims(evidence):
        at = claim.seen.seen_at
        there = (one.since is None or at >= one.since) and (one.until is None or at < one.until)
        if there and claim.seen.vantage.segment == segment:
            first.setdefault(claim.mac, at)
    if len(first) < 2:
        return ""
    mac, at = sorted(first.items(), key=lambda pair: pair[1])[1]
    if not one.lost or not one.begins_well:
        return f"; a second MAC, `{mac}`, answered too"
    ahead_s = (one.lost[0].at - at).total_seconds()
    how = f"{ahead_s:.0f} s before" if ahead_s >= 0 else f"{-ahead_s:.0f} s after"
    return f"; a second MAC, `{mac}`, answered {how} the first loss"


def _gaps(evidence: Evidence) -> Iterator[str]:
    """When nobody watched: missing is not fine."""
    for segment in _segments(evidence):
        spans = sorted(
            (window.listened.started_at, window.listened.seen_at)
            for window in windows(evidence)
            if window.listened and window.vantage.segment == segment
        )
        until, blind = spans[0][1], []
        for start, end in spans[1:]:
            if (start - until).total_seconds() > SILENT_S:
                blind.append((until, start))
            until = max(until, end)
        for since, again in blind[:GAPS]:
            yield f"From {clock_text(since)} to {clock_text(again)} nobody at {segment} watched."
        if len(blind) > GAPS:
            yield f"Nobody at {segment} watched {len(blind) - GAPS} times more."

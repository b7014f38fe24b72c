"""What the picture of an incident shows, as data: a lane for each MAC at each vantage, losses, moves and alarms.

Bounded whatever was captured: marks of one kind that fall into one column of the picture are one mark, and what is not
shown is counted.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import IPv4Address
from itertools import groupby

from bot.findings.crossing import crossings
from bot.findings.narrowing import about_target
from bot.findings.reading import Claim, claims
from bot.findings.two_vantages import ahead_text
from bot.incidents import moments as dated
from bot.incidents.moments import Kind
from bot.incidents.story_echoes import Pinging, pingings
from bot.incidents.story_windows import Span, spans
from bot.incidents.story_words import counted
from bot.incidents.wording import listing
from bot.model.addresses import Mac
from bot.model.finding import Evidence
from bot.model.incident import Incident
from bot.model.job import Artifact
from bot.model.observation import ArpAnnounced, ArpAnswer, EchoAsked, Listened, Observation, RarpNotice

COLUMNS = 120
"""Into so many columns the time is cut: marks closer than that would cover each other."""
MOST_PLACES, MOST_MACS, MOST_MOMENTS = 4, 8, 6
TOLD_FROM = timedelta(milliseconds=10)
"""A clock that is less wrong moves no mark that anybody could see."""
FEW_MACS = 3
"""Up to so many MACs, what is sent to each is shown apart."""
SHORTEST = timedelta(seconds=1)
"""A picture of less than this would show a moment as a minute."""


class Mark(StrEnum):
    """What is marked at one moment in a lane."""

    ANSWERED = "answers ARP"
    ANNOUNCED = "announces itself"
    ASKED = "asks with this address"
    NOTICED = "announced by its host (RARP)"
    BACK = "echo with a reply"
    LOST = "echo without a reply"
    MISSED = "did not arrive there"


@dataclass(frozen=True, slots=True)
class Lane:
    """One line of the picture. ``hue`` numbers the MAC, the same at every vantage; None: it is about no MAC.

    ``total`` says how much there was in words that fit beside the lane ("57 claims", "5 of 13 lost").
    """

    label: str
    total: str
    hue: int | None
    spans: tuple[Span, ...] = ()
    marks: tuple[tuple[datetime, Mark], ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """One vantage: its name, when it listened and what it lost in words, and its lanes."""

    name: str
    says: str
    windows: tuple[Span, ...]
    lanes: tuple[Lane, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A move or an alarm at a moment; the label holds names that people typed."""

    at: datetime
    kind: Kind
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture as data; times are UTC. ``notes`` say what is not shown."""

    target: str
    begins_at: datetime
    ends_at: datetime
    places: tuple[Place, ...]
    lines: tuple[Line, ...] = ()
    notes: tuple[str, ...] = ()


def chart(incident: Incident, observations: Sequence[Observation], artifacts: Sequence[Artifact]) -> Chart | None:
    """The picture of an incident; None where no address is known yet or nobody captured anything."""
    return None if incident.address is None else chart_of(incident.address, observations, artifacts)


def chart_of(
    target: IPv4Address, observations: Sequence[Observation], artifacts: Sequence[Artifact] = ()
) -> Chart | None:
    """The picture of one address."""
    every = Evidence(target, tuple(observations))
    evidence = about_target(every)
    clocks = _Clocks(evidence, spans(every))
    by_place: defaultdict[tuple[str, str], list[Listened]] = defaultdict(list)
    for one in evidence.of(Listened):
        by_place[one.vantage.agent, one.vantage.interface].append(one)
    if not by_place:
        return None
    stopped_early = {one.digest for one in artifacts if one.incomplete}
    windows = {place: clocks.windows(heard) for place, heard in by_place.items()}
    begin, end = _limits([span for spans in windows.values() for span in spans])
    grid = _Grid(begin, end)
    hues, hidden = _hues(claims(evidence))
    places = [
        Place(
            agent,
            _says(heard, stopped_early),
            windows[agent, interface],
            tuple(_lanes(evidence, heard, hues, clocks, grid)),
        )
        for (agent, interface), heard in sorted(by_place.items())
    ]
    # What shows nothing of the target gives way to what does.
    kept = sorted(sorted(places, key=lambda place: -len(place.lanes))[:MOST_PLACES], key=lambda place: place.name)
    lines = _lines(evidence)
    inside = [line for line in lines if begin <= line.at <= end]
    missing = {
        "MACs not shown": hidden,
        "vantages not shown": len(places) - len(kept),
        "moves and alarms at other times": len(lines) - len(inside),
        "earlier moves and alarms": max(0, len(inside) - MOST_MOMENTS),
    }
    notes = [f"{what}: {count}" for what, count in missing.items() if count]
    notes += [f"the clock of {agent} {ahead_text(ahead)}: corrected" for agent, ahead in clocks.corrected.items()]
    return Chart(str(target), begin, end, tuple(kept), tuple(inside[-MOST_MOMENTS:]), tuple(notes))


def described(chart: Chart) -> str:
    """The picture in a sentence or two, for whoever cannot see it."""
    told = [
        f"At {place.name} ({place.says}): {listing(f'{lane.label} {lane.total}' for lane in place.lanes)}."
        if place.lanes
        else f"At {place.name} ({place.says}) nobody claimed it."
        for place in chart.places
    ]
    span = f"{chart.begins_at:%Y-%m-%d %H:%M:%S} to {chart.ends_at:%H:%M:%S} UTC"
    happened = [f"{line.label} at {line.at:%H:%M:%S}." for line in chart.lines]
    return " ".join([f"Who claimed {chart.target} from {span}.", *told, *happened])


def _lines(evidence: Evidence) -> list[Line]:
    """Moves and alarms by time; what both hosts of a move tell of it is one line."""
    once = {(f"{one.at:%H:%M:%S}", one.says): Line(one.at, one.kind, one.says) for one in dated.moments(evidence)}
    return list(once.values())


class _Clocks:
    """The times of every vantage on one clock: the queue server's by the word of the agents, where they give it.

    Where one gives none, frames that it has in common with another tell how far its clock is off.
    """

    def __init__(self, evidence: Evidence, listened: Mapping[str, Span]) -> None:
        self._spans = listened
        self._ahead = {
            one.artifact: timedelta(milliseconds=one.ahead_ms)
            for one in evidence.of(Listened)
            if one.ahead_ms is not None
        }
        self.corrected: dict[str, timedelta] = {}
        for crossing in crossings(evidence):
            here, there, clock = crossing.here, crossing.there, crossing.clock
            if clock is None or not clock.frames or there.artifact in self._ahead:
                continue
            ahead = self._ahead.setdefault(here.artifact, timedelta()) + clock.ahead
            self._ahead[there.artifact] = ahead
            if abs(ahead) >= TOLD_FROM:
                self.corrected[there.vantage.agent] = ahead

    def at(self, one: Observation) -> datetime:
        """When this was."""
        return one.seen_at - self._ahead.get(one.artifact, timedelta())

    def windows(self, heard: Iterable[Listened]) -> tuple[Span, ...]:
        """When these captures ran."""
        found = []
        for one in heard:
            span, ahead = self._spans[one.artifact], self._ahead.get(one.artifact, timedelta())
            found.append(Span(span.begin - ahead, span.end - ahead))
        return tuple(sorted(found, key=lambda span: (span.begin, span.end)))


class _Grid:
    """The columns of the picture: one mark of a kind in each."""

    def __init__(self, begin: datetime, end: datetime) -> None:
        self._begin, self._step = begin, (end - begin) / COLUMNS

    def column(self, at: datetime) -> int:
        """The number of the column that holds this moment."""
        return int((at - self._begin) / self._step)

    def marks(self, marks: Iterable[tuple[datetime, Mark]]) -> tuple[tuple[datetime, Mark], ...]:
        """The first of each kind in each column, by time."""
        kept: dict[tuple[int, Mark], tuple[datetime, Mark]] = {}
        for at, mark in sorted(marks):
            kept.setdefault((self.column(at), mark), (at, mark))
        return tuple(kept.values())

    def joined(self, every: Iterable[Span]) -> tuple[Span, ...]:
        """Those that touch in a column joined."""
        joined: list[Span] = []
        for span in every:
            if joined and self.column(span.begin) <= self.column(joined[-1].end) + 1:
                joined[-1] = Span(joined[-1].begin, max(span.end, joined[-1].end))
            else:
                joined.append(span)
        return tuple(joined)


def _limits(windows: Sequence[Span]) -> tuple[datetime, datetime]:
    begin, end = min(span.begin for span in windows), max(span.end for span in windows)
    return begin, max(end, begin + SHORTEST)


def _hues(heard: Sequence[Claim]) -> tuple[dict[Mac, int], int]:
    """A number for each MAC that is shown, by its first claim, and how many are not."""
    often = Counter(claim.mac for claim in heard)
    shown = {mac for mac, _ in sorted(often.items(), key=lambda one: (-one[1], one[0]))[:MOST_MACS]}
    order = dict.fromkeys(claim.mac for claim in heard if claim.mac in shown)
    return {mac: number for number, mac in enumerate(order)}, len(often) - len(shown)


def _says(heard: Sequence[Listened], stopped_early: set[str]) -> str:
    """How long and with what loss these captures ran."""
    span_s = sum((one.seen_at - one.started_at).total_seconds() for one in heard)
    dropped = [one.dropped for one in heard]
    known = [one for one in dropped if one is not None]
    lost = "loss not known" if len(known) < len(dropped) else f"{sum(known)} lost" if sum(known) else "none lost"
    early = ", ended early" if any(one.artifact in stopped_early for one in heard) else ""
    listened = f"listened {span_s:.{int(span_s < 100)}f} s, " if span_s else ""
    return f"{listened}{lost}{early}"


def _lanes(
    evidence: Evidence, heard: Sequence[Listened], hues: dict[Mac, int], clocks: _Clocks, grid: _Grid
) -> Iterator[Lane]:
    artifacts = {one.artifact for one in heard}
    mine = [claim for claim in claims(evidence) if claim.seen.artifact in artifacts]
    notices = [one for one in evidence.of(RarpNotice) if one.artifact in artifacts]
    for mac, hue in hues.items():
        claimed = [claim for claim in mine if claim.mac == mac]
        announced = [one for one in notices if one.mac == mac]
        if claimed or announced:
            marks = [(clocks.at(claim.seen), _mark(claim)) for claim in claimed]
            marks += [(clocks.at(one), Mark.NOTICED) for one in announced]
            total = counted(len(claimed), "claim") if claimed else counted(len(announced), "notice")
            yield Lane(mac, total, hue, grid.joined(_spans(mine, mac, clocks)), grid.marks(marks))
    # Where not one reply of somebody else's ping came by, it may go another way: that is no loss.
    mine_pinged = [one for one in pingings(evidence) if one.sent[0].artifact in artifacts]
    pinged = [one for one in mine_pinged if one.took or one.sent[0].ours]
    yield from _echoes(pinged, hues, clocks, grid)
    missed: defaultdict[str, list[datetime]] = defaultdict(list)
    for crossing in crossings(evidence):
        for passing in crossing.passings:
            if passing.first.artifact in artifacts and passing.doubt is None:
                missed[passing.last.vantage.agent] += [clocks.at(one.seen) for one in passing.lost]
    for agent, times in sorted(missed.items()):
        if times:
            marks = [(at, Mark.MISSED) for at in times]
            yield Lane(f"not at {agent}", counted(len(times), "frame"), None, (), grid.marks(marks))


def _spans(heard: Sequence[Claim], mac: Mac, clocks: _Clocks) -> Iterator[Span]:
    for owner, run in groupby(heard, key=lambda claim: claim.mac):
        if owner == mac:
            at = [clocks.at(claim.seen) for claim in run]
            yield Span(at[0], at[-1])


def _mark(claim: Claim) -> Mark:
    if isinstance(claim.seen, ArpAnswer):
        return Mark.ANSWERED
    return Mark.ANNOUNCED if isinstance(claim.seen, ArpAnnounced) else Mark.ASKED


def _echoes(pinged: Sequence[Pinging], hues: dict[Mac, int], clocks: _Clocks, grid: _Grid) -> Iterator[Lane]:
    """The echo requests, those to each of a few MACs in a lane of their own: often one of two never replies."""
    lost = {one for series in pinged for one in series.lost}
    by_mac: defaultdict[Mac | None, list[EchoAsked]] = defaultdict(list)
    split = 1 < len(hues) <= FEW_MACS
    for one in (one for series in pinged for one in series.sent):
        by_mac[one.sent_to if split and one.sent_to in hues else None].append(one)
    for mac, hue in [*hues.items(), (None, None)]:
        if sent := by_mac.get(mac):
            marks = [(clocks.at(one), Mark.LOST if one in lost else Mark.BACK) for one in sent]
            gone = sum(one in lost for one in sent)
            total = f"{gone} of {len(sent)} lost" if gone else f"all {len(sent)} back"
            yield Lane(f"ping to …{mac[-8:]}" if mac else "ping", total, hue, (), grid.marks(marks))

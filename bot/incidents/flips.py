"""What changed while a machine was watched: answers begin or cease to be lost, a MAC appears or falls silent, it moves.

One lost ping is no change, and a pause of a move is none either: a state changes when enough pings say so. Pings of an
instrument that is unfit (it lost frames, or heard no control) say nothing.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.findings.echo_series import series_of
from bot.findings.listening import Window, own_broadcasts, windows
from bot.findings.reading import claims
from bot.incidents.moments import moments
from bot.model.addresses import Mac
from bot.model.finding import Evidence
from bot.model.observation import EchoAsked

RECENT = 6
LOSING = 2
"""So many of the ``RECENT`` pings lost are a loss."""
CLEAN = 10
"""So many answered in a row are the end of one."""
ASKED = 4
"""So many questions without its answer, in a piece that is over, and a MAC has fallen silent."""
MOST = 60
"""So many changes are told; what changes oftener has no state."""


@dataclass(frozen=True, slots=True)
class Ping:
    """One echo request of a vantage at a moment, to each MAC that claims the target, and whether any was answered."""

    at: datetime
    lost: bool


@dataclass(frozen=True, slots=True)
class Flip:
    """One change, as a sentence; the same change has the same ``key`` however often it is found.

    ``dated`` is what a vCenter wrote, whose clock is measured anew with every look; None: ``when`` itself stays.
    """

    when: datetime
    vantage: str
    says: str
    dated: datetime | None = None

    @property
    def key(self) -> str:
        """What tells it from others."""
        return f"{self.dated or self.when:%Y-%m-%dT%H:%M:%S.%f} {self.vantage} {self.says}"


def flips(evidence: Evidence) -> tuple[Flip, ...]:
    """Every change, by time, the first ``MOST``."""
    places = {window.vantage.agent: window.vantage.segment for window in windows(evidence)}
    found = [flip for place in sorted(set(places.values())) for flip in _of_pings(evidence, place)]
    found += _of_claims(evidence)
    found += [
        Flip(one.at, one.seen.vantage.agent, f"{one.says}.", one.dated)
        for one in moments(evidence)
        if _within(evidence, one.at)
    ]
    return tuple(sorted(found, key=lambda one: (one.when, one.says)))[:MOST]


def pings(evidence: Evidence, segment: str) -> list[Ping]:
    """What agents of a segment sent, by time; only what a fit instrument can tell."""
    return evidence.once(_read_pings).get(segment, [])


def _read_pings(evidence: Evidence) -> dict[str, list[Ping]]:
    sent: defaultdict[str, dict[datetime, bool]] = defaultdict(dict)
    for window in windows(evidence):
        series = series_of(evidence, window)
        if series is None or not series.fit:
            continue
        lost, here = set(series.lost), sent[window.vantage.segment]
        for one in series.sent:
            at = _slot(one)
            here[at] = here.get(at, True) and one in lost
    return {segment: [Ping(at, lost) for at, lost in sorted(told.items())] for segment, told in sent.items()}


def _slot(one: EchoAsked) -> datetime:
    """Requests to several MACs leave within milliseconds; they are one ping."""
    return one.seen_at.replace(microsecond=one.seen_at.microsecond // 100_000 * 100_000)


def _of_pings(evidence: Evidence, segment: str) -> Iterator[Flip]:
    """The state is not known before the first ``RECENT`` pings, and how it begins is no change."""
    recent: deque[Ping] = deque(maxlen=RECENT)
    clean: list[Ping] = []
    losing: bool | None = None
    target = evidence.target
    for ping in pings(evidence, segment):
        recent.append(ping)
        clean = [] if ping.lost else [*clean[-CLEAN:], ping]
        lost = [one for one in recent if one.lost]
        if losing is None:
            losing = len(lost) >= LOSING if len(recent) == RECENT else None
        elif not losing and len(lost) >= LOSING:
            losing = True
            yield Flip(lost[0].at, segment, f"Pings to {target} from {segment} began to be lost.")
        elif losing and len(clean) == CLEAN:
            losing = False
            yield Flip(clean[0].at, segment, f"Pings to {target} from {segment} are answered again.")


def _of_claims(evidence: Evidence) -> Iterator[Flip]:
    """MACs that appear, and that fall silent for a whole piece in which the target was asked for."""
    places: dict[str, list[Window]] = {}
    for window in windows(evidence):
        if own_broadcasts(evidence, window):
            places.setdefault(window.vantage.segment, []).append(window)
    for segment, asked in places.items():
        before: set[Mac] | None = None
        *over, last = sorted(asked, key=_begins)
        for window in (*over, last):
            heard: dict[Mac, datetime] = {}
            for claim in claims(evidence):
                if claim.seen.artifact == window.artifact:
                    heard.setdefault(claim.mac, claim.seen.seen_at)
            silences = window is not last and _silences(evidence, window)
            if before is not None:
                yield from _differ(evidence, segment, window, before, heard, silences=silences)
            before = set(heard) if before is None or silences else before | set(heard)


def _silences(evidence: Evidence, window: Window) -> bool:
    """Whether who is not heard in a piece that is over has fallen silent: it was asked for, and the instrument fit."""
    fit = window.complete is True and bool(window.heard)
    return fit and len(own_broadcasts(evidence, window)) >= ASKED


def _differ(
    evidence: Evidence, segment: str, window: Window, before: set[Mac], heard: dict[Mac, datetime], *, silences: bool
) -> Iterator[Flip]:
    target = evidence.target
    for mac, at in heard.items():
        if mac not in before:
            yield Flip(at, segment, f"`{mac}` began to answer for {target}, as heard at {segment}.")
    for mac in sorted(before - set(heard)) if silences else ():
        yield Flip(_begins(window), segment, f"`{mac}` answers for {target} no more, as heard at {segment}.")


def _begins(window: Window) -> datetime:
    assert window.listened is not None, "what our agents bring says when it was heard"
    return window.listened.started_at


def _within(evidence: Evidence, at: datetime) -> bool:
    """Whether it happened while it was watched; what vCenter remembers goes back a week."""
    begun = [window.listened.started_at for window in windows(evidence) if window.listened]
    return bool(begun) and at >= min(begun)


def unseen(found: Iterable[Flip], known: Iterable[str]) -> tuple[Flip, ...]:
    """The flips whose key is not known yet."""
    had = set(known)
    return tuple(one for one in found if one.key not in had)

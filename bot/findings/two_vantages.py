"""Seen here, did it arrive there? The same frames at two vantages, on the way to the target and on the way back."""

from collections.abc import Sequence
from datetime import timedelta

from bot.findings.alignment import Clock
from bot.findings.crossing import Crossing, Passing, crossings
from bot.findings.listening import Window
from bot.findings.sights import Sight, ours
from bot.findings.wording import finding, listing
from bot.model.finding import Evidence, Finding, Standing
from bot.model.observation import Observation

LOST_TOWARDS = "path.lost_towards_target"
LOST_FROM = "path.lost_from_target"

LOST = 2
"""So many frames have to be missing: a single one may have been damaged on its way, and then looks like another."""


def find(evidence: Evidence) -> tuple[Finding, ...]:
    """Whether frames to the target, and frames from it, that one vantage saw were missing at the next."""
    return (
        _lost(evidence, LOST_TOWARDS, f"to {evidence.target}", towards=True),
        _lost(evidence, LOST_FROM, f"from {evidence.target}", towards=False),
    )


def _lost(evidence: Evidence, id_: str, what: str, *, towards: bool) -> Finding:
    found = [
        (crossing, passings)
        for crossing in crossings(evidence)
        if (passings := [one for one in crossing.passings if one.towards == towards])
    ]
    said = [_missing(crossing, passings, what) for crossing, passings in found]
    if losses := [one for one in said if one is not None]:
        return finding(
            id_, Standing.PRESENT, " ".join(says for says, _ in losses), [one for _, seen in losses for one in seen]
        )
    every = [one for _, passings in found for one in passings]
    arrived = [pair for one in every if one.doubt is None and not one.lost for pair in one.arrived]
    doubts = list(dict.fromkeys(one.doubt for one in every if one.doubt and one.lost))
    if any(one.lost for one in every if one.doubt is None):
        doubts.insert(0, "a single frame that is missing may have been damaged on its way")
    if arrived and not doubts:
        places = listing(sorted({window.vantage.agent for one in every for window in (one.first, one.last)}))
        says = (
            f"Whatever {'went' if towards else 'came'} {what} arrived wherever else it should have been seen, "
            f"{len(arrived)} times: {places}."
        )
        return finding(id_, Standing.ABSENT, says, [pair.there.seen for pair in arrived])
    if doubts:
        return finding(id_, Standing.UNKNOWN, f"Whether frames {what} were lost in between is not known: {doubts[0]}.")
    return finding(id_, Standing.UNKNOWN, f"No frame {what} was watched at two places at once.")


def _missing(crossing: Crossing, passings: Sequence[Passing], what: str) -> tuple[str, list[Observation]] | None:
    """What was lost between two vantages, as a sentence, and the frames."""
    sure = [one for one in passings if one.doubt is None]
    for first, last in ((crossing.here, crossing.there), (crossing.there, crossing.here)):
        mine = [one for one in sure if (one.first, one.last) == (first, last)]
        lost = sorted((sight for one in mine for sight in one.lost), key=lambda one: one.at)
        if len(lost) >= LOST:
            arrived = sum(len(one.arrived) for one in mine)
            return _sentence(crossing, first, last, lost, arrived, what), [one.seen for one in lost]
    return None


def _sentence(crossing: Crossing, first: Window, last: Window, lost: Sequence[Sight], arrived: int, what: str) -> str:
    a, b = first.vantage.agent, last.vantage.agent
    left = "left" if all(ours(one) for one in lost) else "passed"
    return (
        f"{len(lost)} of {len(lost) + arrived} frames {what} that {left} {a} did not arrive at {b}, from "
        f"`{lost[0].at:%H:%M:%S.%f}` to `{lost[-1].at:%H:%M:%S.%f}` UTC; {b} listened, lost nothing itself and heard "
        f"the others{_apart(crossing.clock, first is crossing.here)}."
    )


def _apart(clock: Clock | None, forwards: bool) -> str:
    """How the clocks of two vantages stand, as the end of a sentence."""
    if clock is None:
        return ""
    ahead = clock.ahead if forwards else -clock.ahead
    if clock.within is None:
        return f" (its clock {ahead_text(ahead)}, as far as can be told)"
    return f" (its clock {ahead_text(ahead)}, within {in_ms(clock.within)})"


def ahead_text(ahead: timedelta) -> str:
    """``runs 3.1 ms ahead``, or behind."""
    return f"runs {in_ms(abs(ahead))} {'behind' if ahead < timedelta() else 'ahead'}"


def in_ms(span: timedelta) -> str:
    """The span in milliseconds, to the microsecond."""
    return f"{span / timedelta(milliseconds=1):.3f}".rstrip("0").rstrip(".") + " ms"

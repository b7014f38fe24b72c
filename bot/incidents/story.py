"""What the captures of an incident show, told for its thread: who claims the address when, what was lost, who moved.

Each line cites vantage and frames, so that a network engineer can check it in a viewer. It says what happened; what
that means is the verdict's.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address

from bot.findings import two_vantages
from bot.findings.crossing import crossings
from bot.findings.listening import windows
from bot.findings.narrowing import about_target
from bot.findings.reading import claimants, claims
from bot.findings.two_vantages import ahead_text, in_ms
from bot.findings.wording import listing
from bot.incidents.grounds import where
from bot.incidents.moments import moments
from bot.incidents.story_claims import asking, claiming, noticing, unanswered
from bot.incidents.story_echoes import pinging, pingings
from bot.incidents.story_windows import spans
from bot.incidents.story_words import cite, clock, counted, some, times
from bot.model.finding import Evidence, Standing
from bot.model.incident import Incident
from bot.model.job import Artifact, Media
from bot.model.observation import Listened, Observation

MOST = {"vantages": 4, "claims": 6, "notices": 1, "askers": 4, "series": 4, "crossings": 4, "moments": 2}
"""Lines of each part; together 25, as much as a thread bears."""


@dataclass(frozen=True, slots=True)
class Story:
    """Lines of plain text with MACs and times in backticks; names in them may be foreign, so the edge escapes them."""

    lines: tuple[str, ...]


def tell(incident: Incident, observations: Sequence[Observation], artifacts: Sequence[Artifact]) -> Story:
    """The story of an incident; one line where no address is known yet."""
    if incident.address is None:
        return Story((f"{incident.request.target} has no known address, so no capture is about it.",))
    return tell_of(incident.address, observations, artifacts)


def tell_of(target: IPv4Address, observations: Sequence[Observation], artifacts: Sequence[Artifact]) -> Story:
    """The story of one address."""
    every = Evidence(target, tuple(observations))
    evidence = about_target(every)
    if not evidence.of(Listened):
        return Story((f"Nobody captured anything of {target}.",))
    lines = [*some(list(_vantages(every, artifacts)), MOST["vantages"], "vantages")]
    if not claims(evidence):
        lines += _silence(evidence, Counter(one.artifact for one in every.observations))
    if _healthy(evidence):
        lines.append(_in_short(evidence))
    else:
        lines += some(list(claiming(evidence)), MOST["claims"], "claims")
        lines += some(list(asking(evidence)), MOST["askers"], "askers")
        lines += some(list(pinging(evidence)), MOST["series"], "series")
    lines += some(list(noticing(evidence)), MOST["notices"], "notices")
    lines += some(list(_crossings(evidence)), MOST["crossings"], "what two vantages saw")
    dated = [f"{one.says} at `{one.at:%Y-%m-%d %H:%M:%S}` UTC ({one.seen.vantage.agent})." for one in moments(evidence)]
    lines += some(dated[::-1], MOST["moments"], "moves and alarms")
    return Story(tuple(lines))


def _vantages(every: Evidence, artifacts: Sequence[Artifact]) -> Iterator[str]:
    """When each vantage listened, how much it heard, and what it lost or missed."""
    brought = {one.digest: one for one in artifacts if one.media is Media.PCAP}
    frames = Counter(one.artifact for one in every.observations if not isinstance(one, Listened))
    for one in every.of(Listened):
        span = spans(every)[one.artifact]
        took_s = (span.end - span.begin).total_seconds()
        segment = f" ({one.vantage.segment})" if one.vantage.segment else ""
        yield (
            f"{one.vantage.agent}{segment} listened on `{span.begin:%Y-%m-%d}` from {clock(span.begin)} to "
            f"{clock(span.end)} UTC, {took_s:.1f} s: {counted(frames[one.artifact], 'frame')} read, "
            f"{_lost(one)}.{_incomplete(one, brought.get(one.artifact))}"
        )


def _lost(one: Listened) -> str:
    if one.dropped is None:
        return "how many it lost is not known"
    return "none lost" if not one.dropped else f"{one.dropped} lost"


def _incomplete(one: Listened, artifact: Artifact | None) -> str:
    unread = f" It could not all be read: {one.unread}." if one.unread else ""
    return unread + (f" {artifact.incomplete}" if artifact and artifact.incomplete else "")


def _silence(evidence: Evidence, heard: Counter[str]) -> Iterator[str]:
    """What it means that nobody claimed the target: with a control it is silent, without one nothing follows."""
    for window in windows(evidence):
        agent, others = window.vantage.agent, heard[window.artifact] - (window.listened is not None)
        if window.heard:
            who = listing(sorted({str(one) for one in window.controls}))
            places = cite(window.heard, agent)
            yield f"At {agent} nobody claimed {evidence.target}, while {who} answered there {places}."
        elif window.controls:
            yield f"At {agent} {listing(map(str, window.controls))} did not answer either: this silence says nothing."
        elif others:
            yield (
                f"At {agent} nobody claimed {evidence.target}; {counted(others, 'other frame')} came by, but nobody "
                "was asked for, so this is no proof that it is silent."
            )
        else:
            yield f"At {agent} nothing at all came by, and there was no control: this silence says nothing."


def _healthy(evidence: Evidence) -> bool:
    """Whether one MAC claims the target and nothing is missing anywhere."""
    missing = any(one.lost or not one.took for one in pingings(evidence))
    between = any(one.standing is Standing.PRESENT for one in two_vantages.find(evidence))
    return len(claimants(evidence)) == 1 and not (missing or between or unanswered(evidence))


def _in_short(evidence: Evidence) -> str:
    (mac,) = claimants(evidence)
    echoes = sum(len(one.sent) for one in pingings(evidence))
    pinged = f", and all {echoes} echo requests had a reply" if echoes else ""
    heard = [claim.seen for claim in claims(evidence)]
    return f"One MAC, `{mac}`, claims {evidence.target}, {times(len(heard))} {cite(heard)}{pinged}: nothing is missing."


def _crossings(evidence: Evidence) -> Iterator[str]:
    """What happened at both of two vantages, and how their clocks stand."""
    watched = {one.towards for crossing in crossings(evidence) for one in crossing.passings if one.arrived or one.lost}
    for one, towards in zip(two_vantages.find(evidence), (True, False), strict=True):
        if towards in watched:
            yield one.statement + (f" ({where(one.witnesses)})" if one.standing is Standing.PRESENT else "")
    for crossing in crossings(evidence):
        if crossing.clock and crossing.clock.within is not None:
            yield (
                f"Beside that of {crossing.here.vantage.agent} the clock of {crossing.there.vantage.agent} "
                f"{ahead_text(crossing.clock.ahead)}, within {in_ms(crossing.clock.within)}, by "
                f"{crossing.clock.frames} frames that both have."
            )

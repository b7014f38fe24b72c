"""One frame at two vantages: what left here and did not arrive there, and when that may be said at all."""

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis.strategies import floats, integers, sampled_from, sets

from bot import archive
from bot.findings import establish
from bot.findings.crossing import crossings
from bot.findings.two_vantages import LOST_FROM, LOST_TOWARDS
from bot.incidents import bundle, judging
from bot.model.finding import Evidence, Finding, Standing
from bot.model.job import Vantage
from bot.model.observation import ArpAnswer, ArpAsked, EchoAnswer, EchoAsked, Listened, Observation
from tests.bot import tales
from tests.bot.findings.table import said
from tests.bot.story import APP, PEER_MAC, ROUTER, Story, story, vantage

PRESENT, ABSENT, UNKNOWN = Standing
SCENARIOS = Path(__file__).parents[2] / "scenarios"
TAP = tales.TAP
OTHER_TAP = Vantage("tap-2", "dc1-front", "eth3")
STATION = vantage("dc1-b", last=251)
FAR = vantage("dc2-a", "dc2-front", prefix="10.2.0.0/24")
ECHOES = (EchoAsked, EchoAnswer)
ALL = range(99)


def _pinged(sent: int = 6) -> Story:
    return story().asks(answers=[APP]).echoes(sent=sent)


def _tapped(lost: Collection[int] = (), *, ahead_s: float = 0.0) -> Story:
    return _pinged().seen_also(TAP, lost=lost, ahead_s=ahead_s)


def _routed(lost: Collection[int] = ()) -> Story:
    """The agent pings from another network; the tap is behind the router."""
    return Story(here=FAR).echoes(ROUTER, sent=8).seen_also(TAP, lost=lost, hops=1)


def _between_taps(lost: Collection[int] = (), *, way_s: float = 0.0005) -> Story:
    """Somebody pings, and a mirror port on either side of the switch shows it: neither is an end of the way."""
    return Story(here=OTHER_TAP).pinged(APP, sent=8).seen_also(TAP, lost=lost, way_s=way_s)


@pytest.mark.parametrize(
    ("told", "towards", "back"),
    [
        pytest.param(tales.lost_on_the_way(), PRESENT, ABSENT, id="lost-there"),
        pytest.param(tales.lost_on_the_way_back(), ABSENT, PRESENT, id="lost-on-the-way-back"),
        pytest.param(_tapped(), ABSENT, ABSENT, id="everything-arrived"),
        pytest.param(_tapped([4, 5]), PRESENT, ABSENT, id="two-are-enough"),
        pytest.param(_tapped([4]), UNKNOWN, ABSENT, id="a-single-one-may-be-damaged"),
        pytest.param(_tapped([4, 5], ahead_s=3.2), PRESENT, ABSENT, id="whatever-its-clock-says"),
        pytest.param(_tapped([4, 5], ahead_s=-70), PRESENT, ABSENT, id="and-when-it-is-slow"),
        pytest.param(_tapped(ALL), UNKNOWN, UNKNOWN, id="not-one-arrived"),
        pytest.param(_tapped(range(4, 9)), UNKNOWN, ABSENT, id="one-is-no-control"),
        pytest.param(_tapped([4, 5]).at(TAP, dropped=3), UNKNOWN, ABSENT, id="it-lost-frames-itself"),
        pytest.param(_tapped([4, 5]).at(TAP, dropped=None), UNKNOWN, ABSENT, id="nobody-knows-whether-it-did"),
        pytest.param(_pinged(), UNKNOWN, UNKNOWN, id="one-vantage"),
        pytest.param(_tapped([4, 5]).at(TAP).never_listened(), UNKNOWN, UNKNOWN, id="nobody-knows-when-it-listened"),
        pytest.param(_pinged().seen_also(TAP, kinds=ArpAsked), UNKNOWN, UNKNOWN, id="it-hears-broadcasts-alone"),
        pytest.param(_pinged().seen_also(TAP, kinds=ECHOES), UNKNOWN, ABSENT, id="it-hears-no-arp"),
        pytest.param(_pinged().seen_also(STATION, kinds=ArpAsked), UNKNOWN, UNKNOWN, id="same-words-again-and-again"),
        pytest.param(_routed(), ABSENT, ABSENT, id="routed"),
        pytest.param(_routed([2, 3]), PRESENT, ABSENT, id="lost-in-the-router"),
        pytest.param(_between_taps(), ABSENT, ABSENT, id="between-mirror-ports"),
        pytest.param(_between_taps([2, 3]), PRESENT, ABSENT, id="the-times-both-ways-tell-who-is-first"),
        pytest.param(_between_taps([2, 3], way_s=0.0), UNKNOWN, ABSENT, id="no-time-no-order"),
        pytest.param(
            _between_taps([2, 3]).at(TAP).pinged(APP, sent=2).at(OTHER_TAP), PRESENT, ABSENT, id="the-other-had-stopped"
        ),
        pytest.param(tales.healthy(), UNKNOWN, UNKNOWN, id="healthy"),
        pytest.param(tales.two_vlans(), UNKNOWN, UNKNOWN, id="another-network"),
    ],
)  # fmt: skip
def test_a_frame_is_missed_only_where_it_would_have_been_heard(told: Story, towards: Standing, back: Standing) -> None:
    """A deaf mirror port shows the same as a switch that loses: only the control tells them apart."""
    assert said(told, LOST_TOWARDS).standing is towards, said(told, LOST_TOWARDS).statement
    assert said(told, LOST_FROM).standing is back, said(told, LOST_FROM).statement


@pytest.mark.parametrize(
    ("case", "towards", "back"),
    [
        pytest.param("healthy/hop_carries", ABSENT, ABSENT, id="a-switch-that-loses-nothing"),
        pytest.param("healthy/hop_unwatched", UNKNOWN, UNKNOWN, id="a-mirror-port-that-is-not-fed"),
        pytest.param("network.path_to_port_broken/hop_loses", PRESENT, ABSENT, id="a-switch-that-loses"),
        pytest.param("network.path_to_port_broken/hop_loses_answers", ABSENT, PRESENT, id="it-loses-what-comes-back"),
        pytest.param("network.routed_path_broken/router_loses", PRESENT, ABSENT, id="a-router-that-loses"),
    ],
)
def test_recorded_hops_are_seen_as_they_were(case: str, towards: Standing, back: Standing) -> None:
    """Real frames, through real bridges and routers of the lab."""
    recorded, blobs = bundle.unpack(archive.load(SCENARIOS / case))
    observations, _ = judging.read(recorded.artifacts, blobs, recorded.target)
    evidence = Evidence(recorded.target, observations)
    standings = {one.id: one.standing for one in establish(evidence)}
    assert (standings[LOST_TOWARDS], standings[LOST_FROM]) == (towards, back)


def test_the_sentence_counts_dates_and_names_both_vantages() -> None:
    """An engineer goes to the hop in between with it, and to the frames."""
    found = said(_tapped([4, 5], ahead_s=3.2), LOST_TOWARDS)
    assert found.statement == (
        "2 of 9 frames to 10.0.0.5 that left dc1-a did not arrive at tap, from `03:00:00.950000` to `03:00:01.000000` "
        "UTC; tap listened, lost nothing itself and heard the others (its clock runs 3200 ms ahead, within 0.5 ms)."
    )
    assert {one.vantage for one in found.witnesses} == {"dc1-a"}


def test_a_capture_that_ends_early_misses_nothing_that_came_later() -> None:
    """What was sent after the second vantage stopped, or just before, did not get lost."""
    evidence = _tapped([7, 8]).evidence()
    assert _found(evidence).standing is PRESENT
    stops = max(one.seen_at for one in evidence.observations if one.vantage == TAP and not isinstance(one, Listened))
    assert _found(_heard_until(evidence, stops.timestamp() + 0.01)).standing is not PRESENT


def test_the_agents_own_word_on_their_clocks_breaks_a_tie() -> None:
    """The same question again and again looks the same a round later; whose clock is right tells which is which."""
    evidence = story().asks(5, gap_s=1.0).seen_also(STATION, lost=[1, 2], ahead_s=0.003).evidence()
    assert _found(evidence).standing is UNKNOWN
    told = _ahead(evidence, {"dc1-a": -1, "dc1-b": 2})
    assert _found(told).standing is PRESENT
    (crossing,) = crossings(told)
    assert crossing.clock is not None
    assert (crossing.clock.ahead, crossing.clock.within) == (timedelta(milliseconds=3), None)


def test_without_their_word_a_lost_round_is_not_taken_for_a_clock() -> None:
    """The first question lost there and the last one here: a second of difference would match them all."""
    evidence = story().asks(4, gap_s=1.0).seen_also(STATION, lost=[0]).evidence()
    last = [one for one in evidence.observations if isinstance(one, ArpAsked) and one.vantage != STATION][3]
    tied = replace(evidence, observations=tuple(one for one in evidence.observations if one is not last))
    assert _found(tied).standing is UNKNOWN
    assert {one.clock for one in crossings(tied)} == {None}


def test_an_ordinary_port_that_heard_some_frames_of_others_by_chance_misses_nothing() -> None:
    """A switch floods until it knows where a MAC is: the first frames come to everybody, the rest to nobody else."""
    told = _pinged(12).seen_also(STATION, kinds=ECHOES, lost=range(4, 99))
    assert said(told, LOST_TOWARDS).standing is not PRESENT
    assert said(_pinged(12).seen_also(TAP, lost=range(7, 12)), LOST_TOWARDS).standing is PRESENT


def test_a_port_that_hears_both_sides_of_a_talk_is_a_mirror_port_though_it_has_an_address() -> None:
    """Agents have addresses. Flooding shows one side alone, and only until the switch has learned."""
    mirrored = _pinged(12).seen_also(STATION, lost=[8, 9])
    assert said(mirrored, LOST_TOWARDS).standing is PRESENT
    at_the_end = _pinged(12).seen_also(STATION, lost=[12, 13, 14])
    assert said(at_the_end, LOST_TOWARDS).standing is not PRESENT
    one_side = _pinged(12).seen_also(STATION, lost=[8, 9], kinds=(ArpAsked, EchoAsked))
    assert said(one_side, LOST_TOWARDS).standing is not PRESENT


def test_a_router_that_listens_on_both_sides_is_no_ordinary_port() -> None:
    """What it forwards carries its MAC, so what it did not forward is missing."""
    inside = replace(STATION, mac=ROUTER)
    told = Story(here=FAR).echoes(ROUTER, sent=8).seen_also(inside, lost=[2, 3], hops=1)
    told.observations = [
        replace(one, transmitter=ROUTER) if isinstance(one, EchoAsked) and one.vantage == inside else one
        for one in told.observations
    ]
    assert said(told, LOST_TOWARDS).standing is PRESENT


def test_an_echo_that_came_back_was_not_lost_whatever_the_mirror_port_missed() -> None:
    """A mirror port drops frames under load and counts nothing; a reply proves that the request arrived."""
    told = _pinged().seen_also(TAP)
    unseen = [one for one in told.observations if one.vantage == TAP and isinstance(one, EchoAsked)][2:4]
    told.observations = [one for one in told.observations if one not in unseen]
    found = said(told, LOST_TOWARDS)
    assert found.standing is UNKNOWN
    assert "tap did not see frames that were answered" in found.statement


@given(
    lost=sets(integers(4, 23)),
    ahead_s=floats(-3600, 3600),
    way_s=floats(0.0001, 0.05),
    hops=integers(0, 1),
    heard=sampled_from(("all", "nothing", "broadcasts")),
)
@settings(max_examples=60, deadline=None)
def test_exactly_what_was_lost_is_missed_whatever_the_clocks_and_never_by_a_deaf_vantage(
    lost: set[int], ahead_s: float, way_s: float, hops: int, heard: str
) -> None:
    """Two frames are enough, and a wrong accusation is the worst failure."""
    every: dict[str, type[Observation] | tuple[type[Observation], ...]] = {
        "all": Observation, "nothing": (), "broadcasts": ArpAsked,
    }  # fmt: skip
    told = _pinged(20).seen_also(TAP, lost=lost, ahead_s=ahead_s, way_s=way_s, hops=hops, kinds=every[heard])
    found = said(told, LOST_TOWARDS)
    echoes = {number for number in lost if number < 23}
    assert said(told, LOST_FROM).standing is not PRESENT
    if heard != "all" or len(echoes) < 2 or len(echoes) > 18:  # of 23 fewer than five are left to be heard
        assert found.standing is not PRESENT, found.statement
    else:
        assert found.statement.startswith(f"{len(echoes)} of 23 frames"), found.statement


def test_the_order_of_observations_does_not_matter() -> None:
    """Reports come in as they come."""
    evidence = tales.lost_on_the_way().evidence()
    turned = replace(evidence, observations=tuple(reversed(evidence.observations)))
    assert _found(evidence).statement == _found(turned).statement


def test_frames_that_only_one_of_two_ways_carries_accuse_nobody() -> None:
    """Two links side by side: each mirror port shows a part, and nothing is lost."""
    told = _between_taps([2, 3])
    told.at(TAP)
    told.now -= timedelta(seconds=4)
    told.frame += 50
    told.pinged(APP, sent=3, asker_mac=PEER_MAC)
    assert said(told.at(OTHER_TAP), LOST_TOWARDS).standing is UNKNOWN


def test_a_mirror_port_that_misses_what_an_end_received_is_not_believed() -> None:
    """An answer that the agent got without the mirror port showing it: the mirror loses frames, not the network."""
    told = _pinged().seen_also(TAP)
    missed = [one for one in told.observations if one.vantage == TAP and isinstance(one, EchoAnswer | ArpAnswer)][:2]
    told.observations = [one for one in told.observations if one not in missed]
    assert said(told, LOST_FROM).standing is not PRESENT


def _found(evidence: Evidence) -> Finding:
    (found,) = [one for one in establish(evidence) if one.id == LOST_TOWARDS]
    return found


def _heard_until(evidence: Evidence, at_s: float) -> Evidence:
    """As if the tap had stopped then."""
    return replace(
        evidence,
        observations=tuple(
            replace(one, seen_at=one.seen_at.fromtimestamp(at_s, one.seen_at.tzinfo))
            if isinstance(one, Listened) and one.vantage == TAP
            else one
            for one in evidence.observations
        ),
    )


def _ahead(evidence: Evidence, ahead_ms: dict[str, int]) -> Evidence:
    return replace(
        evidence,
        observations=tuple(
            replace(one, ahead_ms=ahead_ms[one.vantage.agent]) if isinstance(one, Listened) else one
            for one in evidence.observations
        ),
    )

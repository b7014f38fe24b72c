"""What a picture shows, as data: bounded, on one clock, and the same whatever the order of reports."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot import archive
from bot.incidents import bundle, judging
from bot.incidents.chart import (
    COLUMNS,
    MOST_MACS,
    MOST_MOMENTS,
    MOST_PLACES,
    Chart,
    Lane,
    Mark,
    chart,
    chart_of,
    described,
)
from bot.incidents.moments import Kind
from bot.model.finding import Evidence
from bot.model.incident import Incident, Requested
from bot.model.job import Artifact, Media, Probe
from bot.model.observation import EchoAnswer, EchoAsked, Listened
from bot.model.request import Target
from tests.bot.incidents import captures, ground
from tests.bot.story import APP, APP_2ND, BEGIN, TARGET, story, vantage

SCENARIOS = sorted((Path(__file__).parents[2] / "scenarios").glob("*/*"))
TALES = [pytest.param(told, id=told.__name__) for told in captures.ALL]


def of(evidence: Evidence) -> Chart:
    found = chart_of(evidence.target, evidence.observations)
    assert found is not None
    return found


def lane(shown: Chart, place: str, label: str) -> Lane:
    (found,) = [
        one for where in shown.places if where.name == place for one in where.lanes if one.label == label
    ]  # fmt: skip
    return found


def kinds(one: Lane) -> list[Mark]:
    return [mark for _, mark in one.marks]


def test_the_origin_story_shows_two_macs_in_turn_and_which_of_them_is_deaf() -> None:
    """One picture instead of minutes of shouting: both lanes are full, and every ping to one of the MACs is lost."""
    shown = of(captures.origin())
    first, second = lane(shown, "dc1-a", APP), lane(shown, "dc1-a", APP_2ND)
    assert (first.total, second.total) == ("60 claims", "40 claims")
    assert max(span.end - span.begin for span in second.spans) < timedelta(seconds=2), "the other MAC comes in between"
    assert lane(shown, "dc1-a", f"ping to …{APP_2ND[-8:]}").total == "30 of 30 lost"
    assert set(kinds(lane(shown, "dc1-a", f"ping to …{APP[-8:]}"))) == {Mark.BACK}
    assert [(line.kind, line.label) for line in shown.lines] == [(Kind.MOVE, "VM app05 moved esx1 → esx2")]


def test_a_mac_that_nobody_interrupts_has_one_span() -> None:
    """A healthy address is one line."""
    (span,) = lane(of(captures.healthy()), "dc1-a", APP).spans
    assert span.end - span.begin > timedelta(seconds=6)


def test_what_did_not_arrive_has_a_lane_at_the_vantage_that_it_left() -> None:
    """Loss in a hop stands beside the moves and alarms that may explain it."""
    shown = of(captures.moved())
    assert kinds(lane(shown, "dc1-a", "not at tap")) == [Mark.MISSED] * 5
    assert [line.kind for line in shown.lines] == [Kind.MOVE, Kind.ALARM]
    assert kinds(lane(shown, "dc1-a", APP)).count(Mark.NOTICED) == 2


def test_a_clock_that_is_wrong_is_corrected_by_the_frames_that_both_have() -> None:
    """Two vantages a second apart would show each loss twice."""
    shown = of(captures.moved())
    here, there = (lane(shown, place, APP).marks[0][0] for place in ("dc1-a", "tap"))
    assert abs(there - here) < timedelta(milliseconds=3)
    assert "the clock of tap runs 400 ms ahead: corrected" in shown.notes


def test_the_agents_word_on_their_clocks_counts_first() -> None:
    """The queue server is everybody's clock."""
    evidence = captures.healthy()
    late = tuple(
        replace(one, ahead_ms=5000) if isinstance(one, Listened) else one for one in evidence.observations
    )  # fmt: skip
    assert of(evidence).begins_at - of(replace(evidence, observations=late)).begins_at == timedelta(seconds=5)


def test_pings_of_others_whose_replies_go_another_way_are_not_called_lost() -> None:
    """An ordinary port hears a request that was flooded, and never the reply."""
    evidence = story().asks(answers=[APP]).pinged(APP, sent=9, lost=range(1, 10)).evidence()
    assert [one.label for one in of(evidence).places[0].lanes] == [APP]


def test_a_vantage_that_heard_nothing_is_shown_with_its_time() -> None:
    """That it listened is what makes the silence worth something."""
    shown = of(captures.empty())
    assert [(place.name, place.lanes, len(place.windows)) for place in shown.places] == [
        ("dc1-a", (), 1),
        ("tap", (), 1),
    ]
    assert "At tap (listened 13.0 s, none lost) nobody claimed it." in described(shown)


def test_without_a_capture_there_is_no_picture() -> None:
    """A look-up brings no packets, and a name that is not resolved has no address."""
    assert chart_of(TARGET, story().vm("app05", [APP]).evidence().observations) is None
    request = ground.request(Target(name="app05"))
    assert chart(Incident("i1", (Requested(at=BEGIN, request=request),)), (), ()) is None


def test_a_capture_that_ended_early_says_so() -> None:
    """What was captured so far is delivered, and marked."""
    evidence = captures.healthy()
    (seen,) = evidence.of(Listened)
    artifact = Artifact(
        "job", Probe.CAPTURE, seen.vantage, Media.PCAP, seen.artifact, 1, seen.started_at, seen.seen_at, 0, "It died."
    )  # fmt: skip
    incident = Incident("i1", (Requested(at=BEGIN, request=ground.request()),))
    shown = chart(incident, evidence.observations, [artifact])
    assert shown is not None
    assert shown.places[0].says == "listened 13.0 s, none lost, ended early"


def test_what_is_not_shown_is_counted() -> None:
    """A picture that left a MAC out in silence would lie."""
    one = story()
    for number in range(6):
        one.at(vantage(f"dc1-{number}", last=240 + number)).asks(answers=[APP])
    shown = of(one.evidence())
    assert len(shown.places) == MOST_PLACES
    assert shown.notes == ("vantages not shown: 2",)
    assert "MACs not shown: 4" in of(captures.crowded()).notes


@pytest.mark.parametrize("told", TALES)
def test_a_picture_is_bounded(told: Callable[[], Evidence]) -> None:
    """A storm has a hundred thousand claims, and the picture as many points as any other."""
    shown = of(told())
    assert len(shown.places) <= MOST_PLACES
    assert len(shown.lines) <= MOST_MOMENTS
    for place in shown.places:
        assert len({one.hue for one in place.lanes if one.hue is not None}) <= MOST_MACS
        for one in place.lanes:
            assert len(one.marks) <= (COLUMNS + 1) * len(Mark)
            assert len(one.spans) <= COLUMNS + 1
            assert all(shown.begins_at <= at <= shown.ends_at for at, _ in one.marks)


@pytest.mark.parametrize("told", TALES)
def test_no_loss_falls_between_two_columns(told: Callable[[], Evidence]) -> None:
    """However many replies stand around a lost echo, it is marked."""
    evidence = told()
    lost = {one.ident for one in evidence.of(EchoAsked)} - {one.ident for one in evidence.of(EchoAnswer)}
    marked = [mark for place in of(evidence).places for one in place.lanes for mark in kinds(one)]
    assert not lost or Mark.LOST in marked


@pytest.mark.parametrize("case", SCENARIOS, ids=lambda path: path.name)
def test_every_recorded_case_has_its_picture_whatever_the_order(case: Path) -> None:
    """The picture of a case is the same a year later."""
    recorded, blobs = bundle.unpack(archive.load(case))
    observations, _ = judging.read(recorded.artifacts, blobs, recorded.target)
    shown = chart_of(recorded.target, observations)
    assert shown is not None
    assert shown == chart_of(recorded.target, observations[::-1])
    assert described(shown).endswith(".")

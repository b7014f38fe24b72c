"""The chaos suite itself: its plan, its eyes, and one short run of everything."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.incidents.card import card
from bot.model.audit import Deed, Entry
from bot.model.incident import Closed, Delivered, Judged, Outcome, Published, Requested
from bot.model.job import Probe
from bot.model.request import Person, Place
from bot.slack.blocks import card_message
from deploy.chaos import asked, forgotten, kept
from deploy.chaos.__main__ import run, told
from deploy.chaos.asked import Fault, Second
from deploy.chaos.chronicle import Chronicle, Done, Question, Shown
from deploy.chaos.evidence import Evidence, Left, Run
from deploy.chaos.plan import SCENES, SHORT, Happening, Kind, Size, plan, stations
from deploy.chaos.recordings import scene, target
from deploy.demo.slack.mrkdwn import normalised
from tests.bot.incidents.ground import NOON, request
from tests.bot.slack.stories import guest_proven

BEGAN = NOON.timestamp()


# ---- the plan --------------------------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_plan() -> None:
    """What was found must be found again."""
    size = Size(requests=100)
    assert plan(7, size) == plan(7, size)
    assert plan(7, size) != plan(8, size)


@pytest.mark.parametrize("seed", range(5))
def test_every_plan_has_every_kind_of_fault_and_as_many_questions_as_wished(seed: int) -> None:
    """A run that leaves something out claims what it has not tried."""
    made = plan(seed, Size(requests=100))
    assert {one.kind for one in made} == set(Kind)
    assert sum(one.kind is Kind.ASK for one in made) == 100
    assert [one.at_s for one in made] == sorted(one.at_s for one in made)


def test_every_segment_has_two_agents_and_some_links_are_flaky() -> None:
    """One may die, and the other goes on."""
    ones = stations(Size())
    assert len(ones) == 20
    assert {one.segment for one in ones} == {None, *range(8)}
    assert 5 <= sum(one.flaky for one in ones) <= 8


def test_a_machine_is_asked_for_by_the_address_it_was_moved_to() -> None:
    """The agents find by it what was recorded."""
    found = scene(SCENES + 1)
    assert str(found.target) == target("10.17.0.x") == "10.17.0.4"
    assert found.of(Probe.ARP)
    assert found.of(Probe.VCENTER)


# ---- the eyes --------------------------------------------------------------------------------------------------------


def evidence(*timeline: object, **more: object) -> Evidence:
    """A run of one question, without a fault but those that are given."""
    first = request()
    whole = (Requested(at=NOON, request=first), *timeline)
    from bot.model.incident import Incident

    incident = Incident(first.id, whole)  # type: ignore[arg-type]
    plain = Evidence(
        Path(), SHORT, Chronicle(), (), {first.id: incident}, (), (), (), (), (), (), {"here": "C1", "ana": "U1"},
        b"k" * 32, history=False,
    )  # fmt: skip
    return replace(plain, **more)  # type: ignore[arg-type]


ENDED = (
    Published(at=NOON, channel="C1", message="1.1"),
    Closed(at=NOON, outcome=Outcome.STOPPED, sentence="Stopped before the evidence was in."),
    Delivered(at=NOON),
)


def shown(text: str, ts: str = "1.1", at: float = BEGAN) -> Shown:
    return Shown(at, "C1", ts, None, ("inc-1", "card"), text)


def final() -> Shown:
    whole = evidence(*ENDED).incidents["inc-1"]
    return shown(card_message(card(whole, ()), b"k" * 32).text)


def promises(seen: Evidence) -> list[str]:
    return [one.promise for one in asked.check(seen) if isinstance(one, Fault)]


def test_a_question_that_was_answered_once_breaks_no_promise() -> None:
    """Else every other claim here is worth nothing."""
    chronicle = Chronicle(shown=[shown("Checking 10.0.0.5"), final()])
    assert list(asked.check(evidence(*ENDED, chronicle=chronicle))) == []


@pytest.mark.parametrize(
    ("timeline", "states", "promise"),
    [
        pytest.param(ENDED[:1], [shown("Checking 10.0.0.5")], "every question ends once", id="never ended"),
        pytest.param((*ENDED, ENDED[1]), [final()], "every question ends once", id="ended twice"),
        pytest.param(ENDED[:2], [final()], "every question ends", id="nobody saw it"),
        pytest.param(ENDED, [], "every question has a card", id="no card"),
        pytest.param(ENDED, [final(), shown("Checking 10.0.0.5")], "no card is left running", id="left running"),
        pytest.param(
            ENDED, [shown("GUEST"), final()], "a final card says nothing else afterwards", id="changed its mind"
        ),
        pytest.param(ENDED, [shown("GUEST")], "the timeline folds to the card", id="not what was written down"),
        pytest.param(ENDED, [final(), shown("Checking 10.0.0.5", "1.2")], "no question has two cards", id="two cards"),
    ],
)
def test_a_broken_promise_of_a_card_is_seen(timeline: tuple[object, ...], states: list[Shown], promise: str) -> None:
    """Each of them, and by its name."""
    assert promise in promises(evidence(*timeline, chronicle=Chronicle(shown=states)))


@pytest.mark.parametrize(
    ("standing", "promise"),
    [
        pytest.param([], "an answer has its details", id="none"),
        pytest.param(["1.2"], None, id="once"),
        pytest.param(["1.2", "1.3"], "an answer has its details once", id="twice"),
    ],
)
def test_details_that_are_missing_or_stand_twice_are_seen(standing: list[str], promise: str | None) -> None:
    """Everybody must be able to check what an answer rests on."""
    judged = (Judged(at=NOON, verdict=guest_proven()), Closed(at=NOON, outcome=Outcome.ANSWERED))
    seen = evidence(ENDED[0], *judged, ENDED[2])
    text = card_message(card(seen.incidents["inc-1"], ()), b"k" * 32).text
    states = [Shown(BEGAN, "C1", ts, "1.1", ("inc-1", "details 0"), "details") for ts in standing]
    chronicle = Chronicle(shown=[shown(normalised(text)), *states])
    assert promises(replace(seen, chronicle=chronicle)) == [promise] * (promise is not None)


def test_a_second_card_is_excused_by_a_death_beside_its_post_and_by_nothing_else() -> None:
    """And only where the bot may not read its channel."""
    states = [shown("Checking 10.0.0.5", "1.0"), final()]
    death = Done(BEGAN + 0.01, BEGAN + 1, Happening(0, Kind.BOT_KILLED, "bot-1"))
    seen = evidence(*ENDED, chronicle=Chronicle(shown=states, done=[death]))
    (second,) = asked.check(seen)
    assert isinstance(second, Second)
    assert "bot killed +10 ms after the post of 1.0" in second.why
    assert promises(replace(seen, history=True)) == ["no question has two cards"]


def test_an_accepted_question_that_nobody_wrote_down_is_seen() -> None:
    """An acknowledgement is a promise."""
    question = Question(BEGAN, "here", "ana", "/arpcheck 10.0.0.5", "10.0.0.5", 12.0, None, "")
    for accepted, count in ((question, 1), (replace(question, error="operation_timeout"), 0)):
        _, faults = asked.pair(evidence(*ENDED, chronicle=Chronicle(questions=[accepted])))
        assert len(faults) == count


def test_who_was_not_acknowledged_takes_no_line_of_the_audit_from_who_was() -> None:
    """The same person pressed twice; the bot that met the first press stood still."""
    line = Entry(
        at=NOON + timedelta(seconds=1.01), deed=Deed.REQUESTED, incident="inc-1", person=Person("T", "U1"),
        place=Place("C1"), said="10.0.0.5",
    )  # fmt: skip
    unheard = Question(BEGAN, "here", "ana", "[check_again]", "10.0.0.5", None, "operation_timeout", "")
    heard = replace(unheard, at=BEGAN + 1.0, ack_ms=22.0, error=None)
    found, faults = asked.pair(evidence(*ENDED, audit=(line,), chronicle=Chronicle(questions=[unheard, heard])))
    assert (found, faults) == ({1: line}, [])


def test_a_job_that_nobody_asked_for_late_or_twice_is_seen() -> None:
    """What an agent ran is in its own log."""
    ran = Run("begun", BEGAN, "prod0-1", "prod0-1/1", "inc-9.0", "inc-9", "segment.prod0", BEGAN - 1)
    faults, again = kept.jobs(evidence(*ENDED, runs=(ran, replace(ran, at=BEGAN + 1, life="prod0-2/1"))))
    assert {fault.promise for fault in faults} == {
        "only what was asked for runs", "nothing runs late", "only a death begins a job anew"
    }  # fmt: skip
    assert again == 1


@pytest.mark.parametrize(
    ("kind", "at_s", "gone"),
    [
        pytest.param(Kind.BOT_PAUSED, 2.0, {"inc-1"}, id="with its bot"),
        pytest.param(Kind.BOT_KILLED, 20.0, set(), id="its bot had the time to say it again"),
        pytest.param(Kind.AGENT_KILLED, 2.0, set(), id="its bot lives"),
    ],
)
def test_what_is_forgotten_with_the_only_bot_that_knew_is_told_from_what_is_broken(
    kind: Kind, at_s: float, gone: set[str]
) -> None:
    """And nothing else is excused by a failover."""
    over = Done(BEGAN, BEGAN + 1.0, Happening(0, Kind.FAILED_OVER, "server", "killed 0.50"), what=str(BEGAN + 1.0))
    loss = Done(BEGAN + at_s, BEGAN + at_s + 1, Happening(0, kind, "bot-1"))
    states = [shown("Checking 10.0.0.5", at=BEGAN + 0.5), replace(final(), at=BEGAN + 3.0)]
    seen = evidence(*ENDED, chronicle=Chronicle(shown=states, done=[over, loss]))
    assert forgotten.incidents(seen) == gone


@pytest.mark.parametrize(
    "left",
    [
        pytest.param(Left("jobs:segment.prod0", "stream", 1, None), id="a job"),
        pytest.param(Left("jobs:segment.prod0", "stream", 0, None, pending=1), id="a pending entry"),
        pytest.param(Left("kept:inc-1", "hash", 1, 86_000), id="evidence"),
        pytest.param(Left("unfinished", "zset", 1, None), id="an unfinished question"),
        pytest.param(Left("rep:inc-1", "stream", 1, None), id="reports for ever"),
        pytest.param(Left("novel:1", "string", 1, 5), id="a key that nobody knows"),
    ],
)
def test_what_is_left_on_the_server_is_seen(left: Left) -> None:
    """Each kind of it."""
    assert len(list(kept.leftovers(evidence(left=(left,))))) == 1


# ---- everything ------------------------------------------------------------------------------------------------------


@pytest.mark.server
@pytest.mark.timeout(240)
def test_a_short_run_of_everything_breaks_no_promise(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Two bots, eight agents, a server and Slack, each of which fails in every way that the suite knows."""
    result = run(3, SHORT, tmp_path_factory.mktemp("c") / "run")
    assert result.faults == [], told(result)
    assert result.accepted >= 10, result.row()

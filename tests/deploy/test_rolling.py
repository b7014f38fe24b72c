"""Rolling restarts under load: the eyes of the suite, and one short run."""

import json
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from pathlib import Path

import pytest

from bot.model.audit import Deed, Entry
from bot.model.incident import Closed, Incident, Outcome, Requested, Started
from deploy.chaos import asked, rolled
from deploy.chaos.chronicle import Chronicle, Question
from deploy.chaos.evidence import Evidence
from deploy.chaos.load import questions
from deploy.chaos.rolled import Phase, Row, Stop
from deploy.chaos.rolling import SHORT, run
from tests.bot.incidents.ground import ASKER, HERE, NOON, request
from tests.deploy.test_chaos import BEGAN, ENDED, evidence, final, shown

PHASES = (Phase("calm", BEGAN - 60), Phase("bots rolled", BEGAN - 1), Phase("asked again", BEGAN + 60))
ASKED = Question(BEGAN, "here", "ana", "/arpcheck 10.0.0.5", "10.0.0.5", 12.0, None, "")
WRITTEN = Entry(at=NOON, deed=Deed.REQUESTED, incident="inc-1", person=ASKER, place=HERE, said="10.0.0.5")


def ran(*timeline: object, question: Question = ASKED, **more: object) -> Evidence:
    """One question, asked while bots were replaced and answered by one final card."""
    chronicle = Chronicle(shown=[shown("Checking 10.0.0.5"), final()], questions=[question])
    return evidence(*(timeline or ENDED), **{"chronicle": chronicle, "audit": (WRITTEN,), **more})


def told(seen: Evidence) -> tuple[Row, set[str]]:
    """The row of the phase, and what is broken."""
    (row,), faults = rolled.figures(seen, PHASES, asked.pair(seen)[0])
    return row, {one.promise for one in (*faults, *rolled.graceful(seen, PHASES, (), 10.0))}


# ---- what is asked ---------------------------------------------------------------------------------------------------


def test_a_load_asks_for_everything_in_every_channel_but_the_first() -> None:
    """And at one pace from beginning to end; the first one is left to the watch that outlives everybody."""
    ones = list(islice(questions(1, SHORT.size, per_s=3.0), 300))
    assert ones == list(islice(questions(1, SHORT.size, per_s=3.0), 300))
    assert {one.text.partition(" ")[0] for one in ones if one.text} == {
        "/arpcheck", "/vcenter", "/watch", "/capture", "@ruleout"
    }  # fmt: skip
    assert {one.kind for one in ones} == {"ask", "stop", "again"}
    assert {one.whom for one in ones} == {f"inc-{number:02d}" for number in range(2, SHORT.size.channels + 1)}
    assert ones[-1].at_s == pytest.approx(299 / 3)


# ---- the eyes --------------------------------------------------------------------------------------------------------


def test_a_question_that_met_a_restart_and_was_answered_once_breaks_nothing() -> None:
    """Else every other claim here is worth nothing."""
    row, broken = told(ran())
    assert (row.phase, row.asked, row.acks_s, row.one_card, row.lost, row.doubled) == (
        "bots rolled", 1, [0.012], 1, 0, 0
    )  # fmt: skip
    assert broken == set()


UNSEEN = Chronicle(shown=[shown("Checking 10.0.0.5")], questions=[ASKED])
AGAIN = Chronicle(shown=[final(), replace(final(), ts="1.2")], questions=[ASKED])


@pytest.mark.parametrize(
    ("seen", "lost", "doubled", "promises"),
    [
        pytest.param(ran(audit=()), 1, 0, {"nothing is lost"}, id="written down nowhere"),
        pytest.param(ran(chronicle=UNSEEN), 1, 0, {"nothing is lost"}, id="no final card"),
        pytest.param(ran(chronicle=AGAIN), 0, 1, set(), id="two cards"),
        pytest.param(ran(audit=(WRITTEN, WRITTEN)), 0, 1, {"nothing is done twice"}, id="carried out twice"),
        pytest.param(
            ran(Started(at=NOON, job="inc-1.0", agent="b", attempt=2), *ENDED), 0, 0,
            {"no job costs a second life"}, id="a second life",
        ),
    ],
)  # fmt: skip
def test_what_a_restart_loses_or_doubles_is_seen(seen: Evidence, lost: int, doubled: int, promises: set[str]) -> None:
    """Each by its name; two cards are among what every run of the chaos suite is held against."""
    row, broken = told(seen)
    assert (row.lost, row.doubled, broken) == (lost, doubled, promises)


@pytest.mark.parametrize(("late_s", "promises"), [(0.1, set()), (30.0, {"no asker sees an error of Slack's"})])
def test_an_error_of_slacks_is_excused_by_the_log_of_the_bot_that_said_goodbye(
    tmp_path: Path, late_s: float, promises: set[str]
) -> None:
    """What crossed the goodbye on its way could not be acknowledged; nothing else is let off."""
    at = (NOON + timedelta(seconds=late_s)).isoformat()
    line = {"event": "acknowledgement_too_late", "type": "slash_commands", "timestamp": at}
    (tmp_path / "bot-1.1.log").write_text(json.dumps(line, separators=(", ", ": ")) + "\n")
    row, broken = told(ran(question=replace(ASKED, error="operation_timeout"), directory=tmp_path))
    assert (row.unacked, broken) == (1, promises)


@pytest.mark.parametrize(("peace", "broken"), [(Outcome.ANSWERED, True), (Outcome.FAILED, False)])
def test_a_failure_is_the_restarts_fault_only_where_the_same_question_does_not_fail_in_peace(
    peace: Outcome, broken: bool
) -> None:
    """Compared with the same question about the same recorded machine."""
    failed = ran(Closed(at=NOON, outcome=Outcome.FAILED, sentence="The bot was stopped."))
    assert rolled.doubtful(failed, PHASES) == ["/arpcheck 10.0.0.5"]
    later = replace(request(number=2), asked_at=NOON + timedelta(seconds=90))
    calm = Incident(later.id, (Requested(at=later.asked_at, request=later), Closed(at=later.asked_at, outcome=peace)))
    seen = replace(failed, incidents={**failed.incidents, calm.id: calm})
    assert rolled.doubtful(seen, PHASES) == []
    found = [one.promise for one in rolled.graceful(seen, PHASES, (), 10.0)]
    assert found == (["a restart spoils no answer"] if broken else [])


def test_a_process_that_takes_too_long_to_end_is_seen() -> None:
    """Whoever stops it waits ten seconds."""
    stops = (Stop("bot-1", 9.9, 1.0), Stop("bot-2", 10.1, 1.0))
    assert [one.whose for one in rolled.graceful(ran(), PHASES, stops, 10.0)] == ["bot-2"]


# ---- everything ------------------------------------------------------------------------------------------------------


@pytest.mark.server
@pytest.mark.timeout(180)
def test_a_rolling_restart_under_load_loses_nothing(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Both bots, and an agent of every kind, one after the other, while people go on asking."""
    report = run(1, SHORT, tmp_path_factory.mktemp("r") / "run")
    assert report.faults == (), str(report)
    assert sum(row.one_card for row in report.rows) >= 30, str(report)
    assert {stop.name for stop in report.stops} == {"bot-1", "bot-2", "office-1", "vcenter-1", "prod0-1"}

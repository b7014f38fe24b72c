"""What instruments saw happen around a machine, as the channel's timeline takes it in: each once."""

from dataclasses import replace

from bot.incidents.flips import flips
from bot.inquiries.happening import happenings
from bot.model.finding import Evidence
from bot.model.incident import Flipped, Incident, Requested
from bot.model.inquiry import Kind
from bot.model.request import WATCH
from tests.bot.incidents.ground import NOON, request
from tests.bot.incidents.pieces import Watch, watch


def ended(evidence: Evidence, name: str = "inc-1") -> Incident:
    """A watch that told every change that is in the evidence."""
    question = replace(request(command=WATCH), id=name)
    told = [Flipped(at=NOON, key=one.key, when=one.when, vantage=one.vantage, says=one.says) for one in flips(evidence)]
    return Incident(name, (Requested(at=NOON, request=question), *told))


def experiment() -> Watch:
    one = watch().piece().piece(lost=range(10, 14)).piece().piece()
    return one.moved("esx2", "esx1", after_s=4).alarm("Host connection", after_s=6)


def test_changes_moves_and_alarms_of_a_watch_stand_in_it_each_once() -> None:
    """A watch tells a move as a change too; in the timeline it is the move that vCenter dates."""
    evidence = experiment().evidence()
    assert len(flips(evidence)) == 4
    found = sorted(happenings(ended(evidence), evidence, NOON), key=lambda one: one.when)
    assert [(one.kind, one.source, one.says) for one in found] == [
        (Kind.MOVE, "vCenter vcenter", "VM app05 moved esx2 → esx1"),
        (Kind.FLIP, "dc1-front", "Pings to 10.0.0.5 from dc1-front began to be lost."),
        (Kind.ALARM, "vCenter vcenter", "Alarm “Host connection” on esx1"),
        (Kind.FLIP, "dc1-front", "Pings to 10.0.0.5 from dc1-front are answered again."),
    ]
    assert {one.incident for one in found} == {"inc-1"}
    assert {one.at for one in found} == {NOON}
    assert [one.when for one in found if one.kind is Kind.FLIP] == [
        one.when for one in flips(evidence) if one.vantage == "dc1-front"
    ]


def test_another_question_brings_the_same_under_the_same_key() -> None:
    """Also when vCenter's clock is measured a little differently."""
    first, then = experiment(), experiment()
    then.ahead_s = 0.7
    keys = [
        {one.key for one in happenings(ended(told.evidence(), name), told.evidence(), NOON)}
        for told, name in ((first, "inc-1"), (then, "inc-2"))
    ]
    assert len(keys[0]) == 4
    assert keys[0] == keys[1]


def test_a_question_that_watched_nothing_brings_no_change() -> None:
    """A check sees one moment."""
    evidence = watch().piece().piece(lost=range(10, 14)).evidence()
    question = Incident("inc-1", (Requested(at=NOON, request=request()),))
    assert happenings(question, evidence, NOON) == ()

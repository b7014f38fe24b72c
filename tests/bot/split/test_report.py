"""A split as evidence: what is written is what the judge reads, and a confounded one is no evidence."""

import json
from datetime import UTC, datetime

import pytest

from bot import causes, findings
from bot.findings import reported
from bot.judge import judge
from bot.model.cause import Side
from bot.model.finding import Standing
from bot.model.job import Artifact, Media, Probe, Vantage
from bot.model.observation import ReportedFact
from bot.model.verdict import Answer, Grade
from bot.probes import read
from bot.split.conclusion import Split
from bot.split.report import as_report
from tests.bot.split.tables import compared, machine, numbered, story
from tests.bot.story import story as nothing_else

AT = datetime(2026, 3, 1, tzinfo=UTC)
ARTIFACT = Artifact("file", Probe.REPORT, Vantage("reports", "", ""), Media.REPORT, "sha256:00", 0, AT, AT, None)
SPLIT, OTHER = ["x"] * 10 + ["none"] * 10, ["y", "z"]


def read_again(outcome: Split) -> list[ReportedFact]:
    facts = read(ARTIFACT, json.dumps(as_report(outcome)).encode())
    assert all(isinstance(fact, ReportedFact) for fact in facts)
    return [fact for fact in facts if isinstance(fact, ReportedFact)]


@pytest.mark.parametrize(
    ("outcome", "side", "finding", "value"),
    [
        pytest.param(
            compared([*story(), machine("app22", True, "B", "esx-b1", "bondguard")]),
            Side.GUEST,
            "reported.scope.guest_attribute",
            "agent = bondguard",
            id="guest",
        ),
        pytest.param(
            compared(numbered(10, 10, fabric=SPLIT, switch=SPLIT, cluster=OTHER, role=OTHER)),
            Side.NETWORK,
            "reported.scope.network_attribute",
            "fabric = x and switch = x",
            id="network",
        ),
        pytest.param(
            compared(numbered(10, 10, cluster=SPLIT, role=OTHER, fabric=OTHER)),
            Side.HYPERVISOR,
            "reported.scope.host_attribute",
            "cluster = x",
            id="hypervisor",
        ),
    ],
)
def test_a_side_that_stands_alone_is_one_report_that_the_judge_weighs(
    outcome: Split, side: Side, finding: str, value: str
) -> None:
    """It makes a cause of that side likely, and never proves one."""
    (fact,) = read_again(outcome)
    assert (fact.kind, fact.domain, fact.value, fact.measured) == ("affected_group", side.value, value, True)
    found = {one.id: one for one in reported.read([fact])}
    assert found[finding].standing is Standing.PRESENT
    assert found[finding].statement.endswith("(the split).")
    verdict = judge(None, tuple(found.values()), (), causes.ALL, causes.CATALOGUE)
    assert (verdict.verdict, verdict.grade) == (Answer(side.value), Grade.LIKELY)


@pytest.mark.parametrize(
    "outcome",
    [
        pytest.param(compared(story()), id="confounded"),
        pytest.param(compared(numbered(10, 10, cluster=SPLIT)), id="uncontrolled"),
        pytest.param(compared(numbered(10, 10, host=SPLIT, role=OTHER)), id="between-two-teams"),
        pytest.param(compared(numbered(2, 2, agent=["x", "x", "y", "y"])), id="chance"),
        pytest.param(compared(numbered(10, 10, agent=OTHER)), id="nothing"),
    ],
)
def test_whatever_does_not_stand_alone_is_no_report(outcome: Split) -> None:
    """Half a split, reported as a whole one, is how the wrong team was called at night."""
    assert outcome.side is None
    assert as_report(outcome) == []
    assert read_again(outcome) == []
    evidence = nothing_else().evidence()
    verdict = judge(evidence.target, findings.establish(evidence), (), causes.ALL, causes.CATALOGUE)
    assert verdict.verdict is Answer.INCONCLUSIVE

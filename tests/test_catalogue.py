"""The catalogue as a whole: causes and findings fit together, and nothing in it is dead."""

import re
from collections.abc import Callable

import pytest

from bot import causes, findings
from bot.judge import CAP, DECISIVE, NAMED, REPORTED, judge
from bot.model.cause import Cause
from bot.model.finding import Evidence, Standing
from tests.bot import fabrics, networks, reports, surroundings, tales
from tests.bot.story import TARGET, Story

TOLD = (*tales.ALL, *surroundings.ALL, *networks.ALL, *fabrics.ALL, *reports.ALL)
NOTHING = Evidence(TARGET, ())
FINDINGS = [finding.id for finding in findings.establish(NOTHING)]
CAUSES = [pytest.param(cause, id=cause.id) for cause in causes.ALL]


def required(cause: Cause) -> set[str]:
    """Every finding that the cause requires, alone or with others."""
    return {id_ for anyof in cause.required() for id_ in anyof}


def test_every_finding_has_one_home() -> None:
    """Two files with one id would overwrite each other before the judge."""
    assert len(FINDINGS) == len(set(FINDINGS))
    families = (
        r"(instrument|arp|icmp|overheard|path|teaming|segment|owner|vcenter(\.[a-z]+)?|guest|trigger"
        r"|(reported|tables|fabric)\.[a-z]+)"
    )
    assert all(re.fullmatch(rf"{families}\.[a-z0-9_]+", id_) for id_ in FINDINGS)


def test_nothing_observed_establishes_nothing() -> None:
    """Missing is not zero: without observations every finding is UNKNOWN, with a sentence."""
    established = findings.establish(NOTHING)
    assert {finding.standing for finding in established} == {Standing.UNKNOWN}
    assert all(finding.statement.endswith(".") for finding in established)


def test_every_story_establishes_the_same_findings() -> None:
    """A finding that is sometimes left out could not be told from one that was not looked for."""
    for told in TOLD:
        established = findings.establish(told().evidence())
        assert [finding.id for finding in established] == FINDINGS
        for finding in established:
            assert finding.statement.strip().endswith("."), finding
            assert finding.statement[0] in "`v" or not finding.statement[0].islower(), finding


def test_every_finding_can_be_present() -> None:
    """A finding that no story ever shows would be a rule that nobody tested; a word needs but its own report."""
    shown = {
        finding.id
        for told in (*TOLD, *reports.WORDS)
        for finding in findings.establish(told().evidence())
        if finding.standing is Standing.PRESENT
    }
    assert shown == set(FINDINGS)


SEEN = (*tales.ALL, *surroundings.ALL, *networks.ALL, *fabrics.ALL)


@pytest.mark.parametrize("told", [pytest.param(told, id=told.__name__) for told in SEEN])
def test_whatever_was_found_can_be_checked(told: Callable[[], Story]) -> None:
    """A sentence without a frame or a row behind it convinces nobody."""
    for finding in findings.establish(told().evidence()):
        assert finding.witnesses or finding.standing is not Standing.PRESENT, finding


def test_the_judge_names_only_findings_that_exist() -> None:
    """The judge knows some findings by name and must not import them."""
    assert set(NAMED) <= set(FINDINGS)


@pytest.mark.parametrize("cause", CAUSES)
def test_a_cause_is_well_formed(cause: Cause) -> None:
    """Ids are public, weights are bounded, sources can be looked up, and every name is a finding."""
    assert cause.id.startswith(f"{cause.side}.")
    assert {*cause.expects, *required(cause), *cause.excluded_by} <= set(FINDINGS)
    assert all(0 < weight <= CAP for weight in cause.expects.values())
    assert not {*cause.expects, *required(cause)} & set(cause.excluded_by)
    assert all(because.endswith(".") for because in cause.excluded_by.values())
    assert cause.claim.endswith(".")
    assert cause.settle.do.endswith((".", "?"))
    assert cause.settle.who
    assert cause.source


@pytest.mark.parametrize("cause", CAUSES)
def test_a_cause_that_can_be_proven_requires_a_named_machine(cause: Cause) -> None:
    """Proof accuses; so it rests on the inventory, never on packets alone."""
    if any(weight >= DECISIVE and not id_.startswith(REPORTED) for id_, weight in cause.expects.items()):
        assert any(id_.startswith(("owner.", "vcenter.")) for id_ in required(cause))


def test_ids_are_unique_and_the_catalogue_has_a_version() -> None:
    """A case from last year names its catalogue."""
    assert len({cause.id for cause in causes.ALL}) == len(causes.ALL)
    assert causes.CATALOGUE


def test_every_cause_is_named_by_some_story() -> None:
    """Whatever can be judged alone leads a verdict somewhere; the rest stands among the rivals of one."""
    named: set[str] = set()
    for told in TOLD:
        evidence = told().evidence()
        established = findings.establish(evidence)
        verdict = judge(evidence.target, established, evidence.gaps, causes.ALL, causes.CATALOGUE)
        named |= {*filter(None, [verdict.cause]), *verdict.rivals}
    assert named == {cause.id for cause in causes.ALL}


def test_every_side_excludes_something_for_every_provable_cause() -> None:
    """A cause with no way out could never be ruled out, and so nothing could ever be proven beside it."""
    assert all(cause.excluded_by for cause in causes.ALL)

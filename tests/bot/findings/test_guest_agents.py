"""Agents inside the target's VM: ended, whole, absent, or not to be known."""

from collections.abc import Callable

import pytest

from bot.findings.guest_agents import AGENT_ENDED, AGENT_RUNS
from bot.incidents.judging import judge_evidence
from bot.model.cause import Side
from bot.model.finding import Standing
from bot.model.observation import GuestProcessesRead, VmFound
from bot.model.verdict import Answer, Grade, Weighs
from tests.bot import tales
from tests.bot.findings.table import said
from tests.bot.story import APP, APP_2ND, OTHER, TARGET, Story, story

PRESENT, ABSENT, UNKNOWN = Standing
REFUSED = "The processes in the guest app05 were not listed, because it refuses RULEOUT_GUEST_USER."
BONDING = "guest.bonding_agent_answers_with_two_macs"


def app() -> Story:
    """The target's VM, which reports its address."""
    return story().vm("app05", [APP], addresses=[TARGET]).vcenter()


def two() -> Story:
    """Two VMs with the target."""
    return app().vm("app06", [OTHER], addresses=[TARGET])


@pytest.mark.parametrize(
    ("told", "ended", "runs"),
    [
        pytest.param(app(), UNKNOWN, UNKNOWN, id="nobody looked"),
        pytest.param(app().listed("app05"), UNKNOWN, ABSENT, id="none is there"),
        pytest.param(app().listed("app05", "keepalived"), ABSENT, PRESENT, id="one runs"),
        pytest.param(app().listed("app05", "had", "hashadow"), ABSENT, PRESENT, id="a pair"),
        pytest.param(app().listed("app05", "had"), PRESENT, PRESENT, id="without its shadow"),
        pytest.param(app().listed("app05", "hashadow"), PRESENT, PRESENT, id="only the shadow"),
        pytest.param(app().listed("app05", "HAD.exe"), PRESENT, PRESENT, id="without its shadow, on Windows"),
        pytest.param(app().listed("app05", "had", looked_for=["had"]), ABSENT, PRESENT, id="shadow not looked for"),
        pytest.param(app().listed("app05", "had", unread="Half."), UNKNOWN, PRESENT, id="shadow perhaps not shown"),
        pytest.param(app().listed("app05", "corosync"), ABSENT, PRESENT, id="Corosync stands alone"),
        pytest.param(app().listed("app05", "pacemakerd"), PRESENT, PRESENT, id="Pacemaker does not"),
        pytest.param(app().listed("app05", "corosync", zombies=["pacemakerd"]), PRESENT, PRESENT, id="a zombie"),
        pytest.param(app().listed("app05", zombies=["keepalived"]), PRESENT, ABSENT, id="nothing but a zombie"),
        pytest.param(
            app().listed("app05", "keepalived", zombies=["keepalived"]), ABSENT, PRESENT, id="a child of what runs"
        ),
        pytest.param(app().listed("app05", ended={"keepalived": 139}), PRESENT, ABSENT, id="ended with a code"),
        pytest.param(app().listed("app05", ended={"keepalived": None}), PRESENT, ABSENT, id="ended without a code"),
        pytest.param(
            app().listed("app05", "keepalived", ended={"keepalived": 0}), ABSENT, PRESENT, id="only its starter ended"
        ),
        pytest.param(app().listed("app05", unread=REFUSED), UNKNOWN, UNKNOWN, id="refused"),
        pytest.param(
            app().listed("app05", zombies=["had"], unread="Half."), UNKNOWN, UNKNOWN, id="its successor may be hidden"
        ),
        pytest.param(app().listed("web1", "had"), UNKNOWN, UNKNOWN, id="another VM"),
        pytest.param(two().listed("app05", "had"), PRESENT, PRESENT, id="one of two VMs ill"),
        pytest.param(two().listed("app05", "keepalived").listed("app06"), ABSENT, PRESENT, id="one of two VMs busy"),
        pytest.param(
            two().listed("app05").listed("app06", unread=REFUSED), UNKNOWN, UNKNOWN, id="one of two VMs refused"
        ),
    ],
)
def test_an_agent_ended_runs_is_absent_or_nobody_knows(told: Story, ended: Standing, runs: Standing) -> None:
    """Only a list that was read whole makes an absent agent absent."""
    assert (said(told, AGENT_ENDED).standing, said(told, AGENT_RUNS).standing) == (ended, runs)


def test_the_newest_list_that_was_read_counts() -> None:
    """A VM is listed again and again: what was cured is cured, and a refusal later takes nothing back."""
    cured = app().listed("app05", "had").waits(60).listed("app05", "had", "hashadow")
    cured.waits(60).listed("app05", unread=REFUSED)
    assert _apart(cured)[AGENT_ENDED] is ABSENT
    broken = app().listed("app05", "had", "hashadow").waits(60).listed("app05", "had")
    assert _apart(broken)[AGENT_ENDED] is PRESENT


def _apart(told: Story) -> dict[str, Standing]:
    """The standings where each list is an artifact of its own."""
    artifact = ""
    for number, one in enumerate(told.observations):
        if isinstance(one, GuestProcessesRead | VmFound):
            artifact = f"sha256:{number}"
        object.__setattr__(one, "artifact", artifact)
    return {id_: said(told, id_).standing for id_ in (AGENT_ENDED, AGENT_RUNS)}


@pytest.mark.parametrize(
    ("told", "finding", "sentence"),
    [
        pytest.param(
            app().listed("app05", "had", zombies=["keepalived"]), AGENT_ENDED,
            "In VM app05, `keepalived` (pid 801, started `2026-02-28 22:00:00` UTC) shows no command line (a zombie) "
            "and `had` runs without `hashadow`.",
            id="zombie and pair",
        ),
        pytest.param(
            app().listed("app05", ended={"keepalived": 139}), AGENT_ENDED,
            "In VM app05, `keepalived` (pid 800, started `2026-02-28 22:00:00` UTC) ended `2026-03-01 03:00:00` UTC "
            "with exit code 139.",
            id="exit code",
        ),
        pytest.param(
            app().listed("app05", "corosync", "pacemakerd"), AGENT_RUNS,
            "In VM app05, `corosync` (since `2026-02-28 22:00:00` UTC) and `pacemakerd` (since `2026-02-28 22:00:00` "
            "UTC) run.",
            id="what runs, since when",
        ),
        pytest.param(
            app().listed("app05", looked_for=["ucarp", "had"]), AGENT_RUNS, "None of `had`, `ucarp` runs in VM app05.",
            id="what was looked for",
        ),
        pytest.param(app().listed("app05", unread=REFUSED), AGENT_RUNS, REFUSED, id="why nobody knows"),
        pytest.param(
            app(), AGENT_RUNS, "Nobody listed what runs inside the VM of 10.0.0.5.", id="nobody was asked",
        ),
    ],
)  # fmt: skip
def test_the_sentence_names_what_when_and_where(told: Story, finding: str, sentence: str) -> None:
    """A person must be able to go there and look."""
    assert said(told, finding).statement == sentence


def test_an_agent_that_ended_speaks_for_two_causes_and_decides_nothing() -> None:
    """It is what one finds beside two MACs of one VM, never the reason to look for them."""
    without, beside = (judge_evidence(one().evidence())[0] for one in (tales.crashed_agent, tales.crashed_agent_inside))
    assert without.cause == beside.cause == BONDING
    (item,) = [item for item in beside.evidence if item.finding == AGENT_ENDED]
    assert item.weighs is Weighs.FOR


@pytest.mark.parametrize("told", [pytest.param(told, id=told.__name__) for told in tales.ALL])
def test_whatever_else_is_true_an_ended_agent_never_turns_the_blame(told: Callable[[], Story]) -> None:
    """Every story again with a dead agent in its first VM: no guest is accused that was not suspect before."""
    plain, beside = told(), told()
    vms = [one for one in plain.observations if isinstance(one, VmFound)]
    if vms:
        beside.listed(vms[0].name, ended={"keepalived": 139})
    before, after = (judge_evidence(one.evidence())[0] for one in (plain, beside))
    suspect = said(plain, "owner.macs_on_one_vm").standing is PRESENT
    accused = {str(side) for side in Side}
    if after.verdict != before.verdict and str(after.verdict) in accused:
        assert (after.verdict, after.cause) == (Answer.GUEST, BONDING)
        assert suspect
        assert after.grade is Grade.LIKELY
    if before.verdict is Answer.HEALTHY and said(beside, AGENT_ENDED).standing is PRESENT:
        assert after.verdict is not Answer.HEALTHY


def test_where_nothing_else_is_wrong_the_agent_is_the_next_thing_to_look_at() -> None:
    """Not healthy, nobody accused, and somebody knows what to do."""
    verdict = judge_evidence(tales.agent_ended_alone().evidence())[0]
    assert (verdict.verdict, verdict.rivals) == (Answer.INCONCLUSIVE, ())
    assert verdict.next_test is not None
    assert verdict.next_test.who == "whoever runs the guest"
    assert "`keepalived` (pid 800" in verdict.next_test.do


def test_two_macs_that_were_never_given_at_once_are_suspect_with_a_dead_agent() -> None:
    """Teaming that looks healthy from outside, and its agent is gone: nobody may call that healthy."""
    told = story().control().asks(answers=[APP]).echoes().vm("app05", [APP, APP_2ND], addresses=[TARGET], bond=True)
    verdict = judge_evidence(told.vcenter().listed("app05", "had").evidence())[0]
    assert verdict.verdict is Answer.INCONCLUSIVE

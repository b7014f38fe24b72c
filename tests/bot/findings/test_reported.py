"""What people report: a finding with its reporter, likely at most, and never by symptoms alone."""

import pytest

from bot import causes, findings
from bot.findings.reported import vocabulary
from bot.findings.reported.word import Word
from bot.judge import judge
from bot.model.finding import Standing
from bot.model.verdict import Answer, Grade, Verdict
from tests.bot import reports, tales
from tests.bot.findings.table import said
from tests.bot.story import Story, story

PRESENT, ABSENT, UNKNOWN = Standing


def judged(told: Story) -> Verdict:
    evidence = told.evidence()
    return judge(evidence.target, findings.establish(evidence), (), causes.ALL, causes.CATALOGUE)


@pytest.mark.parametrize("cause", reports.DECIDED)
def test_what_people_measured_names_its_cause_as_likely(cause: str) -> None:
    """Each cause that people can report, from the least that carries it; their word proves nothing."""
    verdict = judged(reports.told(reports.DECIDED[cause]))
    assert (verdict.cause, verdict.grade) == (cause, Grade.LIKELY)
    assert verdict.verdict.value == cause.partition(".")[0]


@pytest.mark.parametrize("word", vocabulary.ALL, ids=lambda word: word.id)
def test_what_nobody_reported_is_unknown(word: Word) -> None:
    """Nobody having said so is no evidence that it is not so."""
    assert said(tales.healthy(), word.id).standing is UNKNOWN


def test_a_report_names_its_reporter_and_can_be_found() -> None:
    """Whoever doubts it knows whom to ask."""
    found = said(story().reports("switch_log_fault", "crash", by="ben"), "reported.switch.fault_logged")
    assert found.standing is PRESENT
    assert found.statement == "A switch logged a fault of its own (ben)."
    assert [witness.vantage for witness in found.witnesses] == ["ben"]


def test_symptoms_alone_accuse_nobody() -> None:
    """All that is known when a ticket opens has misled people two times in three."""
    told = story()
    told.reports("affected_group", "host_version", domain="hypervisor", symptom=True)
    told.reports("loss_follows_host", symptom=True).reports("loss_after_event", "hypervisor_change", symptom=True)
    verdict = judged(told)
    assert (verdict.verdict, verdict.cause) == (Answer.INCONCLUSIVE, None)
    assert judged(told.reports("ab_test", "host_setting")).verdict is Answer.HYPERVISOR


def test_a_repair_that_changed_nothing_speaks_against_its_side() -> None:
    """What was really mended and did not help was not it."""
    told = reports.told((("guest_firewall", "quarantine_event"),))
    assert judged(told).verdict is Answer.GUEST
    assert judged(told.reports("countermeasure_no_effect", "guest")).verdict is Answer.INCONCLUSIVE


@pytest.mark.parametrize(
    "reported",
    [
        pytest.param((("router_arp_stale", None),), id="stale-arp"),
        pytest.param((("uplink_down", None),), id="uplink-down"),
        pytest.param((("mac_flapping_log", "switch"),), id="mac-flapping"),
        pytest.param((("arp_no_reply", None), ("icmp_loss", "all")), id="no-reply"),
        pytest.param((("cured_by", "guest_restart"), ("icmp_loss", "intermittent")), id="restart-helped"),
        pytest.param((("loss_after_vmotion", None), ("vnic_ok", None)), id="vmotion"),
        pytest.param((("capture", "leaves_uplink_no_reply"),), id="one-sided-capture"),
        pytest.param((("arp_claims", "unknown"), ("switch_log_fault", "crash")), id="owner-unresolved"),
        pytest.param((("host_state_fault", "proxy_arp_on"), ("switch_log_fault", "crash")), id="two-strong-sides"),
    ],
)
def test_what_is_found_on_every_side_accuses_nobody(reported: tuple[reports.Report, ...]) -> None:
    """The classical misleading clues, and the gates: then it names the next measurement."""
    verdict = judged(reports.told(reported))
    assert (verdict.verdict, verdict.cause) == (Answer.INCONCLUSIVE, None)
    assert verdict.next_test is not None


def test_a_move_is_the_trigger_of_what_was_measured() -> None:
    """What set it off is told apart from what is wrong."""
    verdict = judged(reports.told((("garp_not_sent", None), ("router_arp_stale", None), ("loss_after_vmotion", None))))
    assert verdict.cause == "guest.address_never_announced"
    assert verdict.trigger == "It began with a live migration, a snapshot or a pause of the VM (ana)."


def test_several_macs_without_loss_are_healthy() -> None:
    """Bonds and shared addresses are not faults."""
    verdict = judged(reports.by_design())
    assert (verdict.verdict, verdict.grade) == (Answer.HEALTHY, Grade.NO_FAULT)


def test_a_report_never_overrules_what_was_proven_on_the_wire() -> None:
    """An opinion on the switch changes nothing in what two MACs of one VM show."""
    verdict = judged(tales.crashed_agent().reports("switch_log_fault", "crash"))
    assert (verdict.verdict, verdict.grade) == (Answer.GUEST, Grade.PROVEN)

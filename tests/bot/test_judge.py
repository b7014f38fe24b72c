from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import causes, findings
from bot.judge import LEAD, NAMED, judge
from bot.model.cause import Side
from bot.model.finding import Evidence, Finding, Standing
from bot.model.verdict import Answer, Grade, Verdict, Weighs
from tests.bot import surroundings, tales
from tests.bot.story import APP, APP_2ND, OTHER, STRANGER, TARGET, Story


def judged(evidence: Evidence) -> Verdict:
    return judge(evidence.target, findings.establish(evidence), evidence.gaps, causes.ALL, causes.CATALOGUE)


def verdict_on(told: Callable[[], Story]) -> Verdict:
    return judged(told().evidence())


@pytest.mark.parametrize(
    ("told", "answer", "grade", "cause"),
    [
        pytest.param(
            tales.crashed_agent,
            Answer.GUEST,
            Grade.PROVEN,
            "guest.bonding_agent_answers_with_two_macs",
            id="crashed-agent",
        ),
        pytest.param(
            tales.crashed_agent_inside,
            Answer.GUEST,
            Grade.PROVEN,
            "guest.bonding_agent_answers_with_two_macs",
            id="crashed-agent-seen-from-inside",
        ),
        pytest.param(
            tales.slow_second_answer,
            Answer.GUEST,
            Grade.PROVEN,
            "guest.bonding_agent_answers_with_two_macs",
            id="slow-second-answer",
        ),
        pytest.param(
            tales.one_double_answer,
            Answer.GUEST,
            Grade.LIKELY,
            "guest.bonding_agent_answers_with_two_macs",
            id="one-double-answer-is-not-proof",
        ),
        pytest.param(
            tales.agent_with_borrowed_mac,
            Answer.GUEST,
            Grade.LIKELY,
            "guest.bonding_agent_answers_with_two_macs",
            id="agent-with-borrowed-mac",
        ),
        pytest.param(tales.two_vms, Answer.GUEST, Grade.PROVEN, "guest.duplicate_ip_two_vms", id="two-vms"),
        pytest.param(
            tales.foreign_device, Answer.NETWORK, Grade.LIKELY, "network.foreign_device_claims_ip", id="foreign-device"
        ),
        pytest.param(
            tales.proxy_with_victim, Answer.NETWORK, Grade.LIKELY, "network.proxy_arp_answers", id="proxy-with-victim"
        ),
        pytest.param(
            tales.unplugged, Answer.HYPERVISOR, Grade.PROVEN, "hypervisor.vnic_disconnected", id="vnic-unplugged"
        ),
        pytest.param(
            tales.unplugged_and_unheard,
            Answer.HYPERVISOR,
            Grade.LIKELY,
            "hypervisor.vnic_disconnected",
            id="vnic-unplugged-but-nobody-listened",
        ),
        pytest.param(
            tales.switched_off, Answer.HYPERVISOR, Grade.PROVEN, "hypervisor.vm_powered_off", id="switched-off"
        ),
        pytest.param(tales.thief, Answer.GUEST, Grade.LIKELY, "guest.duplicate_ip_two_vms", id="address-thief"),
        pytest.param(tales.narrow_netmask, Answer.GUEST, Grade.LIKELY, "guest.nic_misconfigured", id="narrow-netmask"),
        pytest.param(tales.address_gone, Answer.GUEST, Grade.LIKELY, "guest.address_missing", id="address-gone"),
        pytest.param(tales.relayed, Answer.NETWORK, Grade.LIKELY, "network.foreign_device_claims_ip", id="in-between"),
        pytest.param(tales.looped, Answer.NETWORK, Grade.LIKELY, "network.storm", id="own-frames-return"),
        pytest.param(
            tales.announced_without_end,
            Answer.HYPERVISOR,
            Grade.LIKELY,
            "hypervisor.announces_without_end",
            id="rarp-storm",
        ),
        pytest.param(
            tales.port_blocked, Answer.HYPERVISOR, Grade.LIKELY, "hypervisor.policy_rejects_mac", id="port-blocked"
        ),
        pytest.param(
            tales.other_mac_rejected,
            Answer.HYPERVISOR,
            Grade.LIKELY,
            "hypervisor.policy_rejects_mac",
            id="another-mac-inside-and-rejected",
        ),
        pytest.param(
            tales.host_interface,
            Answer.HYPERVISOR,
            Grade.LIKELY,
            "hypervisor.host_interface_claims_ip",
            id="host-interface",
        ),
    ],
)
def test_a_fault_is_laid_at_the_right_door(told: Callable[[], Story], answer: Answer, grade: Grade, cause: str) -> None:
    """The first stories, from packets and inventory to the one word on the card."""
    verdict = verdict_on(told)
    assert (verdict.verdict, verdict.grade, verdict.cause) == (answer, grade, cause)


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(tales.healthy, id="one-vm"),
        pytest.param(tales.physical_machine, id="physical-machine"),
        pytest.param(tales.balance_alb, id="teaming-one-mac-per-asker"),
        pytest.param(tales.balance_alb_with_late_answer, id="teaming-with-late-answers"),
        pytest.param(tales.mirror_port, id="teaming-seen-on-a-mirror-port"),
        pytest.param(tales.virtual_router, id="vrrp"),
        pytest.param(tales.probes_of_others, id="probes-of-others"),
        pytest.param(tales.two_vlans, id="same-address-on-two-vlans"),
        pytest.param(tales.vmotion, id="vmotion"),
        pytest.param(tales.balance_alb_updating, id="teaming-that-updates-its-peers"),
        pytest.param(tales.balance_tlb, id="teaming-that-balances-what-it-sends"),
        pytest.param(tales.mac_nat, id="a-bridge-that-rewrites-macs"),
        pytest.param(tales.load_balancing_cluster, id="network-load-balancing"),
        pytest.param(tales.shared_gateway, id="glbp"),
        pytest.param(tales.damaged_frame, id="one-bit-flipped-once"),
        pytest.param(tales.another_router, id="another-router-on-the-way"),
        pytest.param(tales.vcenter_down_but_well, id="vcenter-down-but-all-is-well"),
        pytest.param(tales.agent_runs, id="a-clustering-agent-that-runs"),
    ],
)
def test_what_only_looks_like_a_fault_is_healthy(told: Callable[[], Story]) -> None:
    """Every one of these has been taken for a duplicate address by some tool."""
    verdict = verdict_on(told)
    assert (verdict.verdict, verdict.grade, verdict.cause) == (Answer.HEALTHY, Grade.NO_FAULT, None)
    assert verdict.ruled_out == ()
    assert verdict.next_test is None


@pytest.mark.parametrize(
    ("told", "grade"),
    [
        pytest.param(tales.deaf_instrument, Grade.NOT_ENOUGH_EVIDENCE, id="control-silent-too"),
        pytest.param(tales.silent, Grade.UNDECIDED, id="silent-and-vcenter-clean"),
        pytest.param(tales.silent_and_unknown, Grade.UNDECIDED, id="silent-and-in-no-vcenter"),
        pytest.param(tales.losing, Grade.UNDECIDED, id="some-echoes-lost"),
        pytest.param(tales.vcenter_down, Grade.UNDECIDED, id="two-macs-and-vcenter-down"),
        pytest.param(tales.vcenter_half_read, Grade.UNDECIDED, id="stranger-and-vcenter-half-read"),
        pytest.param(tales.container, Grade.UNDECIDED, id="stranger-made-by-software"),
        pytest.param(tales.dropped_frames, Grade.UNDECIDED, id="two-macs-but-frames-lost"),
        pytest.param(tales.proxy_without_victim, Grade.UNDECIDED, id="proxy-nobody-suffers-from"),
        pytest.param(tales.router_answers_for_nobody, Grade.NOT_ENOUGH_EVIDENCE, id="proxy-for-nobody"),
        pytest.param(tales.planned_move, Grade.UNDECIDED, id="address-moved-once"),
        pytest.param(tales.failed_over, Grade.UNDECIDED, id="failed-over"),
        pytest.param(tales.off_but_answering, Grade.UNDECIDED, id="off-but-a-stranger-answers"),
        pytest.param(tales.teaming_with_a_dead_slave, Grade.UNDECIDED, id="teaming-with-a-dead-slave"),
        pytest.param(tales.routed_loss, Grade.UNDECIDED, id="lost-between-segments"),
        pytest.param(tales.half_deaf, Grade.UNDECIDED, id="silent-to-one-vantage"),
        pytest.param(tales.one_mutated_frame, Grade.UNDECIDED, id="one-odd-frame"),
        pytest.param(tales.doubled, Grade.UNDECIDED, id="every-answer-twice"),
        pytest.param(tales.other_mac_inside, Grade.UNDECIDED, id="another-mac-inside"),
        pytest.param(tales.host_lost, Grade.UNDECIDED, id="host-lost"),
        pytest.param(tales.rebuilt, Grade.UNDECIDED, id="rebuilt-with-another-vnic"),
        pytest.param(tales.stale_entry, Grade.UNDECIDED, id="somebody-holds-an-old-entry"),
        pytest.param(tales.flooded, Grade.UNDECIDED, id="the-segment-is-flooded"),
        pytest.param(tales.taken_from_routers, Grade.NOT_ENOUGH_EVIDENCE, id="a-virtual-routers-address-taken"),
        pytest.param(tales.strange_sender, Grade.NOT_ENOUGH_EVIDENCE, id="packets-from-a-strange-mac"),
        pytest.param(tales.blocked_but_answering, Grade.NOT_ENOUGH_EVIDENCE, id="blocked-but-answering"),
        pytest.param(tales.agent_ended_alone, Grade.NOT_ENOUGH_EVIDENCE, id="an-agent-ended-and-nothing-else"),
    ],
)
def test_where_the_evidence_does_not_carry_nobody_is_accused(told: Callable[[], Story], grade: Grade) -> None:
    """A wrong accusation is our worst failure: then the card says what would settle it."""
    verdict = verdict_on(told)
    assert (verdict.verdict, verdict.grade, verdict.cause, verdict.claim) == (Answer.INCONCLUSIVE, grade, None, None)
    assert verdict.next_test is not None
    assert bool(verdict.rivals) == (grade is Grade.UNDECIDED)


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(tales.balance_alb, id="1-teaming-one-mac-per-asker"),
        pytest.param(tales.balance_alb_updating, id="1-teaming-in-pairs"),
        pytest.param(tales.balance_tlb, id="1-teaming-that-balances-what-it-sends"),
        pytest.param(tales.virtual_router, id="2-vrrp-with-requests-from-own-macs"),
        pytest.param(tales.shared_gateway, id="2-glbp"),
        pytest.param(tales.planned_move, id="3-planned-move"),
        pytest.param(tales.failed_over, id="3-failover"),
        pytest.param(tales.rebuilt, id="3-rebuilt"),
        pytest.param(tales.proxy_without_victim, id="4-proxy-arp"),
        pytest.param(tales.sleep_proxy, id="4-sleep-proxy"),
        pytest.param(tales.mac_nat, id="5-a-bridge-that-rewrites-macs"),
        pytest.param(tales.load_balancing_cluster, id="6-network-load-balancing"),
        pytest.param(tales.two_vlans, id="7-same-address-on-two-vlans"),
        pytest.param(tales.mirror_port, id="7-one-frame-recorded-twice"),
        pytest.param(tales.probes_of_others, id="8-probes-and-device-tracking"),
        pytest.param(tales.container, id="9-a-mac-that-software-made-up"),
        pytest.param(tales.damaged_frame, id="10-one-bit-flipped"),
        pytest.param(tales.one_mutated_frame, id="10-one-odd-frame"),
    ],
)
def test_the_known_sources_of_false_alarm_accuse_nobody(told: Callable[[], Story]) -> None:
    """The ten things that tools and people take for a duplicate address, by how often they do."""
    verdict = verdict_on(told)
    assert verdict.verdict in (Answer.HEALTHY, Answer.INCONCLUSIVE)
    assert verdict.cause is None


def test_the_origin_story_names_the_vm_both_macs_and_clears_the_others() -> None:
    """This card is why the product exists."""
    verdict = verdict_on(tales.crashed_agent)
    assert verdict.claim is not None
    assert verdict.claim.startswith(f"VM app05 answers for 10.0.0.5 with two of its own MACs, `{APP}` and `{APP_2ND}`.")
    assert {one.side for one in verdict.ruled_out} == {Side.NETWORK, Side.HYPERVISOR}
    shown = {item.finding for item in verdict.evidence if item.weighs is Weighs.FOR}
    for one in verdict.ruled_out:
        assert one.because
        assert set(one.by) <= shown, "what clears a side can be checked among the evidence"
    assert {"arp.two_answers_per_request", "owner.macs_on_one_vm"} <= shown


def test_a_duplicate_address_names_both_vms() -> None:
    """Two owners have to talk to each other, so both must be named."""
    claim = verdict_on(tales.two_vms).claim
    assert claim is not None
    assert all(word in claim for word in ("app05", "app06", APP, OTHER))


def test_a_foreign_device_is_named_and_the_hosts_are_cleared() -> None:
    """The network team looks for this MAC; whether the VM has the address by right stays open."""
    verdict = verdict_on(tales.foreign_device)
    assert verdict.claim is not None
    assert STRANGER in verdict.claim
    assert "app05" in verdict.claim
    assert [one.side for one in verdict.ruled_out] == [Side.HYPERVISOR]
    assert verdict.rivals == ("guest.address_belongs_to_another",)


def test_silence_with_a_clean_vcenter_has_three_rivals_and_one_test() -> None:
    """A capture at the VM's port lies between the other two, so it separates all three."""
    verdict = verdict_on(tales.silent)
    assert {rival.partition(".")[0] for rival in verdict.rivals} == {"guest", "network", "hypervisor"}
    assert verdict.next_test is not None
    assert "pktcap-uw" in verdict.next_test.do
    assert set(verdict.next_test.separates) == set(verdict.rivals)


def test_a_deaf_instrument_says_so() -> None:
    """The reader must see that we did not look, rather than that we found nothing."""
    verdict = verdict_on(tales.deaf_instrument)
    assert any("cannot testify to silence" in sentence for sentence in verdict.missing)
    assert verdict.ruled_out == ()


@pytest.mark.parametrize("told", [tales.vcenter_down, tales.vcenter_half_read])
def test_unresolved_owners_are_asked_for_first(told: Callable[[], Story]) -> None:
    """Which side two MACs belong to is known the moment vCenter answers."""
    verdict = verdict_on(told)
    assert verdict.next_test is not None
    assert "vCenter" in verdict.next_test.do
    assert APP in verdict.next_test.do


def test_a_vmotion_is_the_trigger_and_not_the_defect() -> None:
    """About one incident in six was blamed on the move that only brought it to light."""
    told = tales.crashed_agent().rarp(APP)
    verdict = judged(told.evidence())
    assert verdict.cause == "guest.bonding_agent_answers_with_two_macs"
    assert verdict.trigger is not None
    assert APP in verdict.trigger


def test_gaps_are_always_told() -> None:
    """What was not looked at belongs on the card, proven or not."""
    evidence = tales.crashed_agent().evidence()
    assert "No agent stands on dc1-b." in judged(replace(evidence, gaps=("No agent stands on dc1-b.",))).missing


def test_evidence_that_contradicts_itself_clears_nobody() -> None:
    """Three sides ruled out at once means that something was read wrongly."""
    told = [
        Finding(id_, Standing.PRESENT, "So it was.")
        for id_ in {finding for cause in causes.ALL for finding in cause.excluded_by}
    ]
    verdict = judge(TARGET, told, (), causes.ALL, causes.CATALOGUE)
    assert (verdict.verdict, verdict.ruled_out) == (Answer.INCONCLUSIVE, ())


IDS = sorted(
    {
        *NAMED,
        *(id_ for cause in causes.ALL for id_ in (*cause.expects, *cause.excluded_by)),
        *(id_ for cause in causes.ALL for anyof in cause.required() for id_ in anyof),
    }
)
STANDINGS = st.dictionaries(st.sampled_from(IDS), st.sampled_from(list(Standing)))
PRESENT_ONES = st.frozensets(st.sampled_from(IDS))


def _found(standings: dict[str, Standing]) -> list[Finding]:
    return [Finding(id_, standing, f"It is {standing}: {id_}.") for id_, standing in standings.items()]


def _judged(found: list[Finding]) -> Verdict:
    return judge(TARGET, found, (), causes.ALL, causes.CATALOGUE)


@given(standings=STANDINGS, order=st.randoms())
def test_the_order_of_findings_does_not_matter(standings: dict[str, Standing], order: object) -> None:
    """Reports come in as the network delivers them."""
    found = _found(standings)
    shuffled = list(found)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    assert _judged(shuffled) == _judged(found)
    assert judge(TARGET, found, (), causes.ALL[::-1], causes.CATALOGUE) == _judged(found)


@given(standings=STANDINGS, unknown=PRESENT_ONES)
def test_adding_unknown_findings_changes_nothing_but_what_is_missing(
    standings: dict[str, Standing], unknown: frozenset[str]
) -> None:
    """A broken instrument must move no verdict."""
    more = standings | dict.fromkeys(unknown - standings.keys(), Standing.UNKNOWN)
    assert replace(_judged(_found(more)), missing=()) == replace(_judged(_found(standings)), missing=())


@given(standings=STANDINGS, kept=PRESENT_ONES)
def test_taking_evidence_away_never_proves_another_side(standings: dict[str, Standing], kept: frozenset[str]) -> None:
    """An agent that dies half way may weaken a verdict; it must not turn it."""
    full = _judged(_found(standings))
    less = _judged(_found({id_: standing for id_, standing in standings.items() if id_ in kept}))
    if full.grade is Grade.PROVEN and less.grade is Grade.PROVEN:
        assert less.verdict is full.verdict


@given(standings=st.dictionaries(st.sampled_from(IDS), st.sampled_from([Standing.ABSENT, Standing.UNKNOWN])))
def test_nothing_found_accuses_nobody(standings: dict[str, Standing]) -> None:
    """Two kinds of nothing, and neither is a fact against anyone."""
    verdict = _judged(_found(standings))
    assert verdict.cause is None
    assert verdict.verdict in (Answer.INCONCLUSIVE, Answer.HEALTHY)


@given(standings=STANDINGS)
def test_a_proof_rules_out_both_other_sides_with_reasons(standings: dict[str, Standing]) -> None:
    """Ruling out is the half of the answer that ends the argument."""
    verdict = _judged(_found(standings))
    if verdict.grade is Grade.PROVEN:
        others = {side for side in Side if side.value != verdict.verdict.value}
        assert {one.side for one in verdict.ruled_out if one.because} >= others
        assert verdict.rivals == ()
    if verdict.verdict is Answer.HEALTHY:
        assert verdict.cause is None


@pytest.mark.parametrize("told", [pytest.param(told, id=told.__name__) for told in (*tales.ALL, *surroundings.ALL)])
def test_losing_an_artifact_never_accuses_another_side_for_certain(told: Callable[[], Story]) -> None:
    """Take away everything that one agent or one vCenter brought: proof may go, but never cross over."""
    evidence = told().evidence()
    full = judged(evidence)
    for artifact in {one.artifact for one in evidence.observations}:
        left = tuple(one for one in evidence.observations if one.artifact != artifact)
        less = judged(replace(evidence, observations=left))
        assert less.grade is not Grade.PROVEN or less.verdict is full.verdict


@pytest.mark.parametrize("told", [pytest.param(told, id=told.__name__) for told in (*tales.ALL, *surroundings.ALL)])
def test_the_order_of_observations_does_not_matter(told: Callable[[], Story]) -> None:
    """A late report gives the same card as an early one."""
    evidence = told().evidence()
    backwards = replace(evidence, observations=evidence.observations[::-1])
    assert judged(backwards) == judged(evidence)


def test_families_count_once_at_their_strongest() -> None:
    """Two answers, and two answers again, are one fact told twice."""
    cause = causes.ALL[0]
    family = [id_ for id_ in cause.expects if id_.startswith("arp.")]
    present = dict.fromkeys([*(anyof[0] for anyof in cause.required()), *family], Standing.PRESENT)
    rival = replace(
        cause,
        id="network.test",
        side=Side.NETWORK,
        requires=(),
        expects={family[0]: max(cause.expects[id_] for id_ in family) - LEAD + 0.1},
        excluded_by={},
    )
    verdict = judge(TARGET, _found(present), (), (cause, rival), "test")
    assert verdict.verdict is Answer.INCONCLUSIVE


def test_evidence_is_sorted_by_what_it_does() -> None:
    """The reader sees first what decided."""
    order = (Weighs.FOR, Weighs.AGAINST, Weighs.NEITHER)
    weighs = [order.index(item.weighs) for item in verdict_on(tales.foreign_device).evidence]
    assert all(before <= after for before, after in pairwise(weighs))

"""The decision matrix: what the wire shows beside what a vCenter knows, through the real client, up to the verdict."""

from collections.abc import Callable
from datetime import timedelta
from ipaddress import IPv4Address
from typing import Any

import pytest

from bot.incidents import judging
from bot.model.addresses import Mac
from bot.model.finding import Evidence
from bot.model.verdict import Answer, Verdict
from bot.probes.vcenter import read
from tests.bot.agents.vcenter.conftest import CLOCK, MakeWorker, artifact_of, job, run
from tests.bot.agents.vcenter.test_facts import (
    DISTRIBUTED,
    NET,
    STANDARD,
    group,
    health,
    logged,
    on_host,
    several,
    standard,
    vm,
)
from tests.bot.story import Story, vantage
from tests.fixtures.vcsim import StartHere

pytestmark = pytest.mark.vcsim

OWN, OWN_2ND, OTHER = Mac("00:50:56:aa:01:01"), Mac("00:50:56:aa:01:11"), Mac("00:50:56:aa:03:01")
OF_STANDARD = Mac("00:50:56:aa:02:01")
VMK = Mac("00:50:56:6a:00:01")
ELSEWHERE, VIRTUAL, DEVICE = Mac("00:50:56:bb:00:01"), Mac("00:00:5e:00:01:0a"), Mac("3c:52:82:12:34:56")
Judge = Callable[..., Verdict]
GUEST, NETWORK, HYPERVISOR, OPEN = Answer.GUEST, Answer.NETWORK, Answer.HYPERVISOR, Answer.INCONCLUSIVE


@pytest.fixture
def judge(vcsim: StartHere, worker: MakeWorker) -> Judge:
    """The verdict on what was heard, beside what the vCenter of ``facts.json`` says with these changes."""
    looking = worker(vcsim("facts.json"), index_s=0.0)

    def judged(heard: Story, *fragments: dict[str, Any]) -> Verdict:
        for fragment in fragments:
            looking.vcenter.apply(**fragment)
        macs = tuple(sorted({one.mac for one in heard.observations if hasattr(one, "mac") and one.mac}))
        data = run(looking.ability, job(str(heard.target), macs=macs))
        wire = heard.evidence()
        evidence = Evidence(heard.target, (*wire.observations, *read(artifact_of(data), data)), wire.gaps)
        return judging.judge_evidence(evidence)[0]

    return judged


def heard(target: IPv4Address = DISTRIBUTED, *, minutes_ago: float = 1) -> Story:
    """A story that begins now, with a control that answers."""
    return Story(target=target, now=CLOCK.now() - timedelta(minutes=minutes_ago)).control()


def answered_by(*macs: Mac) -> Story:
    """Each of them answers every request, and every echo comes back from the first."""
    return heard().asks(answers=macs).asks(probe=True, answers=macs).echoes(macs[0])


def silent(target: IPv4Address = DISTRIBUTED) -> Story:
    """Nobody answers."""
    return heard(target).asks(answers=[])


def losing(target: IPv4Address = DISTRIBUTED, mac: Mac = OWN) -> Story:
    """One MAC answers, and two of five echoes are lost."""
    return heard(target).asks(answers=[mac]).asks(probe=True, answers=[mac]).echoes(mac, lost=(2, 4))


TWO_VNICS = {"vms": [{"name": "app01", "nics": [
    {"mac": OWN, "portgroup": "prod-10", "port_key": "700", "ips": []}, {"mac": OWN_2ND, "portgroup": "prod-10"},
], "extra_nets": [{"mac": OWN, "ips": ["10.0.0.5/24"]}]}]}  # fmt: skip
TWO_VMS = vm("other", nics=[{"mac": OTHER, "portgroup": "std-20", "ips": ["10.0.0.5/24"]}])


def test_row_1_several_macs_of_one_vm_are_the_guests(judge: Judge) -> None:
    """Both vNICs of one machine answer: no switch invents an answer."""
    told = answered_by(OWN, OWN_2ND).echoes(OWN_2ND, lost=range(1, 6))
    verdict = judge(told, TWO_VNICS)
    assert (verdict.verdict, verdict.cause) == (GUEST, "guest.bonding_agent_answers_with_two_macs")
    assert "app01" in str(verdict.claim)


def test_row_2_macs_of_two_vms_are_a_duplicate_address_and_both_are_named(judge: Judge) -> None:
    """Whoever reads it has to know whom to call."""
    verdict = judge(answered_by(OWN, OTHER), TWO_VMS)
    assert (verdict.verdict, verdict.cause) == (GUEST, "guest.duplicate_ip_two_vms")
    assert "app01" in str(verdict.claim)
    assert "other" in str(verdict.claim)


@pytest.mark.parametrize(
    ("foreign", "answer", "causes"),
    [
        pytest.param(DEVICE, NETWORK, {"network.foreign_device_claims_ip"}, id="a device"),
        pytest.param(ELSEWHERE, OPEN, {"network.foreign_device_claims_ip"}, id="a MAC of VMware, of another vCenter"),
        pytest.param(VIRTUAL, OPEN, set(), id="a virtual router"),
    ],
)
def test_row_3_a_foreign_mac_beside_the_vms_is_told_by_its_kind(
    judge: Judge, foreign: Mac, answer: Answer, causes: set[str]
) -> None:
    """Every vCenter that was asked does not know it; whose it is decides who has to act."""
    verdict = judge(answered_by(OWN, foreign))
    assert verdict.verdict is answer
    assert causes <= {verdict.cause, *verdict.rivals}


def test_the_address_of_a_vm_that_is_off_and_answers_is_somebody_elses(judge: Judge) -> None:
    """A machine that is off says nothing: whoever answers is named as what it is, and the VM is not accused."""
    verdict = judge(answered_by(DEVICE), vm(power="poweredOff", last_ip="10.0.0.5"))
    says = {item.finding: item.says for item in verdict.evidence if item.standing == "present"}
    assert "app01 is powered off" in says["vcenter.vm_powered_off"]
    assert verdict.verdict is not HYPERVISOR
    assert "owner.mac_unknown_everywhere" in says


def test_a_vmkernel_port_with_the_vms_address_is_the_hosts(judge: Judge) -> None:
    """Two machines answer, and one of them is an ESXi host."""
    verdict = judge(answered_by(OWN, VMK), on_host(vmks=[{"device": "vmk1", "mac": VMK, "ip": "10.0.0.5"}]))
    assert (verdict.verdict, verdict.cause) == (HYPERVISOR, "hypervisor.host_interface_claims_ip")
    assert "vmk1" in str(verdict.claim)


def test_two_vms_that_are_on_with_one_mac_are_named_together(judge: Judge) -> None:
    """Switches send to whichever spoke last."""
    verdict = judge(losing(), vm("other", nics=[{"mac": OWN, "portgroup": "std-20", "ips": []}]))
    assert (verdict.verdict, verdict.cause) == (HYPERVISOR, "hypervisor.duplicate_mac")
    assert "app01 and other" in str(verdict.claim)


@pytest.mark.parametrize("told", [silent, losing])
def test_row_4_one_mac_and_a_clean_vcenter_decide_nothing(judge: Judge, told: Callable[[], Story]) -> None:
    """What vCenter cannot see is most of it: the next measurement is a capture on both ends."""
    verdict = judge(told())
    assert verdict.verdict is OPEN
    assert verdict.next_test is not None
    assert "--uplink" in verdict.next_test.do
    assert "--switchport" in verdict.next_test.do


DOWN = on_host(pnics=[{"device": "vmnic2", "down": True}])
LINKS = [logged(f"{NET}vmnic.linkstate.down", host, arguments={"1": "vmnic2"}) for host in ("esx-1", "esx-2", "esx-3")]
RESET = logged(f"{NET}vmnic.watchdog.reset", arguments={"1": "vmnic2"})
RESETS = [
    logged(f"{NET}vmnic.watchdog.reset", host, arguments={"1": "vmnic2"}, minutes_ago=5.5)
    for host in ("esx-1", "esx-2", "esx-3")
]
"""As by a driver that fails everywhere, and as by a switch that holds every host back until its driver gives up."""


@pytest.mark.parametrize(
    ("told", "fragment", "answer", "cause"),
    [
        pytest.param(
            silent(STANDARD), standard(vlan=21), HYPERVISOR, "hypervisor.portgroup_vlan_wrong", id="VLAN drift"
        ),
        pytest.param(
            losing(STANDARD, OF_STANDARD), standard(vlan=21), OPEN, None, id="VLAN drift, and it answers all the same"
        ),
        pytest.param(silent(), health(untrunked_vlans=[10]), NETWORK, "network.port_vlan_wrong", id="VLAN untrunked"),
        pytest.param(silent(), health(untrunked_vlans=[30]), OPEN, None, id="another VLAN untrunked"),
        pytest.param(silent(STANDARD), DOWN, OPEN, None, id="an uplink down, and nobody knows why"),
        pytest.param(
            silent(STANDARD), several(DOWN, RESET), HYPERVISOR, "hypervisor.host_networking_broken", id="driver failed"
        ),
        pytest.param(
            silent(STANDARD), several(DOWN, *LINKS), NETWORK, "network.fabric_fault", id="links of several hosts"
        ),
        pytest.param(silent(STANDARD), several(DOWN, RESET, *LINKS), OPEN, None, id="a driver, and several hosts"),
        pytest.param(
            silent(STANDARD), several(DOWN, *RESETS, *LINKS), OPEN, None, id="drivers of several hosts before"
        ),
        pytest.param(silent(STANDARD), several(*LINKS), OPEN, None, id="links that are back"),
        pytest.param(
            losing(), health(teaming="iphashMismatch"), HYPERVISOR, "hypervisor.teaming_wrong", id="teaming mismatch"
        ),
    ],
)  # fmt: skip
def test_row_5_loss_at_a_host_is_told_apart_by_what_is_wrong_there(
    judge: Judge, told: Story, fragment: dict[str, Any], answer: Answer, cause: str | None
) -> None:
    """Host and network look alike from outside; link, VLAN, health check and the other hosts tell them apart."""
    verdict = judge(told, fragment)
    assert (verdict.verdict, verdict.cause) == (answer, cause)


def looks(losses: list[tuple[int, ...]], *, gap_s: float) -> Story:
    """One check after the other, each with its own control; what each loses."""
    told = heard(minutes_ago=30)
    for number, lost in enumerate(losses):
        told = told.at(vantage(f"dc1-{number}")).control().asks(1, answers=[OWN]).echoes(OWN, lost=lost).waits(gap_s)
    return told


def moved(source: str, to: str, minutes_ago: float) -> dict[str, Any]:
    return {
        "events": [
            {"type": "VmMigratedEvent", "vm": "app01", "from_host": source, "host": to, "minutes_ago": minutes_ago}
        ]
    }


LOST: tuple[int, ...] = (1, 2, 3)
MOVES = (moved("esx-2", "esx-3", 27), moved("esx-3", "esx-1", 17))
"""Checks are five minutes apart, from half an hour ago: the moves lie before the second and before the fourth."""


@pytest.mark.parametrize(
    ("losses", "notifies", "answer", "present"),
    [
        pytest.param([(), LOST, (), LOST, ()], False, HYPERVISOR, "loss_heals_after_each", id="heals, and no notice"),
        pytest.param([(), LOST, (), LOST, ()], True, OPEN, "loss_heals_after_each", id="heals, with notices"),
        pytest.param([LOST] * 5, False, OPEN, "loss_on_every_host", id="on every host"),
        pytest.param([(), (), (), LOST, LOST], True, OPEN, "loss_on_one_host", id="on one host"),
    ],
)
def test_row_6_loss_and_moves_stand_on_one_clock(
    judge: Judge, losses: list[tuple[int, ...]], notifies: bool, answer: Answer, present: str
) -> None:
    """That it heals after each move, stays with a host or goes with the VM are three findings, and no two at once."""
    verdict = judge(looks(losses, gap_s=300), *MOVES, group(teaming={"notify_switches": notifies}))
    found = {item.finding: item.says for item in verdict.evidence if item.standing == "present"}
    assert {id_ for id_ in found if id_.startswith("vcenter.moves.loss")} == {f"vcenter.moves.{present}"}
    assert verdict.verdict is answer
    assert verdict.trigger is not None
    assert "moved from esx-3 to esx-1" in verdict.trigger


@pytest.mark.parametrize(
    ("fragment", "sentence"),
    [
        pytest.param({"dvs": [{"name": "DVS0", "health_check": False}]}, "health check of DVS0 is off", id="health"),
        pytest.param(vm(tools="guestToolsNotRunning"), "VMware Tools do not run in app01", id="Tools off"),
        pytest.param(on_host(connection_state="notResponding"), "esx-1 is notResponding", id="host not responding"),
        pytest.param(
            {"faults": [{"method": "QueryEvents", "fault": "NoPermission"}]},
            "account lacks the permission",
            id="denied",
        ),
        pytest.param({"faults": [{"method": "QueryPerf", "http": 503}]}, "counters could not be read", id="counters"),
    ],
)
def test_what_was_not_looked_at_is_on_the_verdict(judge: Judge, fragment: dict[str, Any], sentence: str) -> None:
    """Nobody may read a silence of vCenter as its word."""
    verdict = judge(losing(), fragment)
    assert verdict.verdict is OPEN
    assert sentence in " ".join(verdict.missing)


def test_a_clean_vcenter_without_the_wire_accuses_nobody(judge: Judge) -> None:
    """It refutes only what it can see, and proves nothing."""
    verdict = judge(Story(target=DISTRIBUTED))
    assert verdict.verdict is OPEN
    assert verdict.cause is None

"""Faults that look alike on the wire: nobody is accused, the measurement that tells them apart is named, and decides.

The recordings of the lab are the measure. What tells the members of a family apart is a fact that no packet carries:
vCenter has it, or somebody has to look and report it.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from bot import archive
from bot.incidents import bundle, judging
from bot.incidents.bundle import Case
from bot.model.cause import Side
from bot.model.finding import Evidence
from bot.model.job import Media, Vantage
from bot.model.observation import NicFound, Observation, ReportedFact
from bot.model.verdict import Answer, NextTest, Verdict, Weighs
from deploy.lab.faults import FAULTS

SCENARIOS = Path(__file__).parent / "scenarios"
CAPTURE = "pktcap-uw"
VIRTUALIZATION = "the virtualization team"


@dataclass(frozen=True, slots=True)
class Family:
    """Faults with one face. ``separates`` are the causes that the next test has to tell apart once vCenter answered.

    ``by_vcenter`` are the members that vCenter's own facts decide.
    """

    members: tuple[str, ...]
    separates: frozenset[str]
    by_vcenter: tuple[str, ...] = ()

    @property
    def undecided(self) -> tuple[str, ...]:
        """The members that stay twins when vCenter has answered."""
        return tuple(name for name in self.members if name not in self.by_vcenter)


LOST_ON_THE_WAY = frozenset({"guest.stack_silent", "hypervisor.port_drops_frames", "network.path_to_port_broken"})
FAMILIES = {
    "silence": Family(
        members=(
            "guest_stack_down",
            "guest_address_lost",
            "vnic_disconnected",
            "vm_powered_off",
            "vm_suspended",
            "port_blocked",
            "wrong_port_group",
            "uplink_down",
            "trunk_lacks_vlan",
            "wrong_access_vlan",
            "switch_port_shut",
            "forged_mac_rejected",
            "host_lost",
        ),
        separates=LOST_ON_THE_WAY,
        by_vcenter=(
            "guest_address_lost",
            "vnic_disconnected",
            "vm_powered_off",
            "vm_suspended",
            "forged_mac_rejected",
            "port_blocked",
        ),
    ),
    "loss": Family(
        members=("guest_loses_packets", "host_loses_packets", "switch_port_loses"),
        separates=LOST_ON_THE_WAY,
    ),
    "no ARP": Family(members=("guest_drops_arp", "switch_drops_arp"), separates=LOST_ON_THE_WAY),
    "no ping": Family(
        members=("guest_drops_ping", "host_drops_ping"), separates=LOST_ON_THE_WAY | {"guest.firewall_drops"}
    ),
}
HINTS = {
    "host_lost": {"hypervisor.host_networking_broken"},
}
"""What vCenter says of a member that does not decide: causes that it adds to those of the family."""

MEMBERS = [pytest.param(family, name, id=name) for family in FAMILIES.values() for name in family.members]
UNDECIDED = [pytest.param(family, name, id=name) for family in FAMILIES.values() for name in family.undecided]
PAIRS = [
    pytest.param("uplink_down", "switch_port_shut", id="uplink down, switch port shut"),
    pytest.param("wrong_port_group", "wrong_access_vlan", id="VLAN of the port group, of the switch port"),
    pytest.param("host_loses_packets", "switch_port_loses", id="loss in the host, on the cable"),
    pytest.param("guest_drops_arp", "switch_drops_arp", id="ARP filtered in the guest, by the switch"),
    pytest.param("guest_stack_down", "trunk_lacks_vlan", id="guest down, VLAN missing on the trunk"),
]


def case_of(fault: str) -> tuple[Case, dict[str, bytes]]:
    (index,) = SCENARIOS.glob(f"*/{fault}/{bundle.INDEX}")
    return bundle.unpack(archive.load(index.parent))


def reported(case: Case, *reports: tuple[str, str | None]) -> tuple[Observation, ...]:
    """What somebody measured (kind and value), as observations beside the case's own."""
    return tuple(
        ReportedFact(
            seen_at=case.artifacts[-1].stopped_at, vantage=Vantage("ana", "", ""), artifact="sha256:ana",
            locator=f"report {number}", kind=kind, value=value, domain=None, measured=True, reporter="ana",
        )
        for number, (kind, value) in enumerate(reports, 1)
    )  # fmt: skip


def judged(fault: str, *reports: tuple[str, str | None], vcenter: bool = True) -> Verdict:
    """The verdict on a recording, with or without vCenter's answer, and with what somebody measured beside it."""
    recorded, blobs = case_of(fault)
    looked = [one for one in recorded.artifacts if vcenter or one.media is not Media.VCENTER]
    observations, unreadable = judging.read(looked, blobs)
    gaps = (*unreadable, *recorded.gaps, *(() if vcenter else ("vCenter dc1 could not be asked.",)))
    told = reported(recorded, *reports)
    return judging.judge_evidence(Evidence(recorded.target, (*observations, *told), gaps))[0]


def fact(fault: str) -> tuple[str, str | None]:
    """What somebody reports who took the measurement."""
    settled = FAULTS[fault].settled_by
    assert settled, f"{fault} has a twin and nothing that tells them apart"
    return settled


def next_test(verdict: Verdict) -> NextTest:
    assert verdict.verdict is Answer.INCONCLUSIVE
    assert verdict.next_test is not None
    return verdict.next_test


def accused(verdict: Verdict) -> tuple[str, str | None]:
    return str(verdict.verdict), verdict.cause


def truth(fault: str) -> tuple[str, str | None]:
    return str(FAULTS[fault].side), FAULTS[fault].cause


def sides(asked: NextTest) -> set[Side]:
    """The sides that the test tells apart."""
    return {Side(cause.partition(".")[0]) for cause in asked.separates}


@pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)
def test_the_members_of_a_family_look_alike_on_the_wire(family: Family) -> None:
    """Free of rules: the packets establish the same findings, whatever is true."""
    faces = {
        frozenset(
            item.finding
            for item in judged(name, vcenter=False).evidence
            if item.standing == "present" and item.finding.startswith(("arp.", "icmp."))
        )
        for name in family.members
    }
    assert len(faces) == 1
    assert len({FAULTS[name].side for name in family.members}) > 1


@pytest.mark.parametrize(("family", "name"), MEMBERS)
def test_without_vcenter_nobody_is_accused_and_vcenter_is_to_be_asked_first(family: Family, name: str) -> None:
    """It is the cheapest measurement that tells some of them apart, and every further one needs the VM's host."""
    asked = next_test(judged(name, vcenter=False))
    assert asked.who == VIRTUALIZATION
    assert "vCenter" in asked.do
    assert set(asked.separates) >= LOST_ON_THE_WAY
    # What vCenter will decide at once is among what its answer separates.
    assert {cause for one in family.by_vcenter if (cause := FAULTS[one].cause)} <= set(asked.separates)


@pytest.mark.parametrize(("family", "name"), UNDECIDED)
def test_with_vcenter_the_twins_that_are_left_need_a_capture_on_the_host(family: Family, name: str) -> None:
    """At uplink and port at once: the one alone cannot tell guest from host, the other not host from cable."""
    asked = next_test(judged(name))
    assert asked.who == VIRTUALIZATION
    assert all(place in asked.do for place in (CAPTURE, "--uplink", "--switchport", "drop"))
    assert set(asked.separates) == family.separates | HINTS.get(name, set())
    assert {FAULTS[one].side for one in family.undecided} <= sides(asked)


@pytest.mark.parametrize(
    "name", [pytest.param(name, id=name) for family in FAMILIES.values() for name in family.by_vcenter]
)
def test_where_vcenter_has_the_fact_vcenter_decides(name: str) -> None:
    """The same packets, and one line of vCenter more."""
    verdict = judged(name)
    assert accused(verdict) == truth(name)


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_of_two_twins_the_reported_fact_decides_for_the_one_it_is_true_of(first: str, second: str) -> None:
    """On either's packets: it is the fact that decides, and nothing else that the recordings may differ in."""
    for true in (first, second):
        for recording in (first, second):
            verdict = judged(recording, fact(true))
            assert accused(verdict) == truth(true)
            assert any(item.weighs is Weighs.FOR and item.finding.startswith("reported.") for item in verdict.evidence)


@pytest.mark.parametrize(
    ("name", "unknown", "adds", "measured"),
    [
        pytest.param(
            "forged_mac_rejected", {"foreign_macs": None}, {"guest.nic_misconfigured", "hypervisor.policy_rejects_mac"},
            ("security_policy_reject", "policy_setting"), id="what the port group lets through",
        ),
        pytest.param(
            "port_blocked", {"blocked": None}, {"hypervisor.policy_rejects_mac"},
            ("security_policy_reject", "port_blocked"), id="whether the port is blocked",
        ),
        pytest.param(
            "vnic_disconnected", {"connected": None}, {"hypervisor.vnic_disconnected"},
            ("vnic_disconnected", None), id="whether the vNIC is plugged in",
        ),
    ],
)  # fmt: skip
def test_while_vcenter_does_not_say_that_one_thing_nobody_is_accused(
    name: str, unknown: dict[str, Any], adds: set[str], measured: tuple[str, str | None]
) -> None:
    """An account that may not read it, an older vCenter: then the cause is among those that the next test separates."""
    recorded, blobs = case_of(name)
    seen, unreadable = judging.read(recorded.artifacts, blobs)
    left = tuple(replace(one, **unknown) if isinstance(one, NicFound) else one for one in seen)
    asked = next_test(judging.judge_evidence(Evidence(recorded.target, left, unreadable))[0])
    assert asked.who == VIRTUALIZATION
    assert set(asked.separates) >= LOST_ON_THE_WAY | adds
    told = (*left, *reported(recorded, measured))
    assert accused(judging.judge_evidence(Evidence(recorded.target, told, unreadable))[0]) == truth(name)
    assert accused(judged(name)) == truth(name)


@pytest.mark.parametrize("name", ["uplink_down", "switch_port_shut"])
def test_that_the_uplink_is_down_decides_nothing(name: str) -> None:
    """Both ends of a cable see it: only what a log of one end says about the reason tells whose fault it is."""
    asked = next_test(judged(name, ("uplink_down", None)))
    assert "the logs of both ends" in asked.do
    assert sides(asked) >= {Side.NETWORK, Side.HYPERVISOR}

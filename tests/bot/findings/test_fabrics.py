"""What UCS Manager shows under the target's host: the fact, its look-alikes, and what was not looked at."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.findings import fabric_blade, fabric_pair, fabric_path, fabric_reading
from bot.incidents import judging
from bot.model.addresses import Mac
from bot.model.finding import Standing
from bot.model.ucs import UcsGap
from bot.model.vsphere import Teaming
from deploy.lab.ucsm import Blade
from tests.bot import fabrics as tales
from tests.bot import surroundings
from tests.bot.fabrics import (
    BLADE,
    CHANNEL_A,
    ESX,
    MEMBERS_A,
    NIC_A,
    SWITCH_A,
    UPLINK_A,
    A,
    B,
    changed,
    fault,
    hosted,
    losing,
    managed,
)
from tests.bot.findings.table import said
from tests.bot.story import Story
from tests.bot.tales import crashed_agent

PRESENT, ABSENT, UNKNOWN = Standing
SERVER_PORT = f"{SWITCH_A}/slot-1/switch-ether/port-1"
OTHERS_PORT = f"{SWITCH_A}/slot-1/switch-ether/port-2"
ELSEWHERE = {"peerDn": "sys/chassis-2/slot-1/fabric/port-2"}
BAD = {"fcsDelta": "40", "rcvDelta": "40"}
DENIED = "UCS Manager ucs1 answers {} with error 103: Access denied."


def with_faults(*faults: dict[str, Any]) -> Story:
    return managed(losing(), changed(faults=faults))


def with_changes(changes: dict[str, dict[str, str]]) -> Story:
    return managed(losing(), changed(changes))


def without(kind: str) -> Story:
    return managed(losing(), changed(), gaps=[UcsGap(kind, DENIED.format(kind))])


@pytest.mark.parametrize(
    ("told", "id_", "standing"),
    [
        pytest.param(with_faults(fault(CHANNEL_A)), fabric_path.FAULT, PRESENT, id="fault of the channel"),
        pytest.param(with_faults(fault(SWITCH_A)), fabric_path.FAULT, PRESENT, id="fault of the interconnect"),
        pytest.param(
            with_faults(fault(SWITCH_A, severity="minor")), fabric_path.FAULT, ABSENT, id="a minor one"
        ),
        pytest.param(
            with_faults(fault(SWITCH_A, severity="cleared")), fabric_path.FAULT, ABSENT, id="one that is over"
        ),
        pytest.param(
            with_faults(fault(f"{SWITCH_A}/psu-1", type="equipment")), fabric_path.FAULT, ABSENT, id="a power supply"
        ),
        pytest.param(
            with_faults(fault(f"{SWITCH_A}/slot-1/switch-ether/port-40")), fabric_path.DEGRADED, ABSENT,
            id="a port that nobody uses",
        ),
        pytest.param(with_faults(fault(MEMBERS_A[0])), fabric_path.DEGRADED, PRESENT, id="fault of one uplink"),
        pytest.param(with_faults(fault(MEMBERS_A[0])), fabric_path.FAULT, ABSENT, id="which is no fault of the way"),
        pytest.param(with_faults(fault(MEMBERS_A[0])), fabric_pair.ONE_BAD, ABSENT, id="nor of a fabric"),
        pytest.param(
            with_faults(fault(SWITCH_A, lc="suppressed")), fabric_path.FAULT, ABSENT, id="maintenance was announced"
        ),
        pytest.param(
            with_changes({MEMBERS_A[0]: {"adminState": "disabled", "operState": "down"}}), fabric_path.DEGRADED, ABSENT,
            id="an uplink that somebody switched off",
        ),
        pytest.param(
            with_changes({MEMBERS_A[0]: {"membership": "suspended"}}), fabric_path.DEGRADED, PRESENT, id="suspended"
        ),
        pytest.param(with_changes({f"{UPLINK_A}/err-stats": BAD}), fabric_path.ERRORS, PRESENT, id="uplink damages"),
        pytest.param(
            with_changes({f"{SERVER_PORT}/err-stats": BAD}), fabric_path.ERRORS, PRESENT, id="way to the chassis"
        ),
        pytest.param(
            with_changes({OTHERS_PORT: ELSEWHERE, f"{OTHERS_PORT}/err-stats": BAD}), fabric_path.ERRORS, ABSENT,
            id="way to another chassis",
        ),
        pytest.param(
            with_changes({f"{UPLINK_A}/err-stats": {"fcs": "9000", "rcv": "9000"}}), fabric_path.ERRORS, ABSENT,
            id="damage of long ago",
        ),
        pytest.param(
            with_changes({f"{UPLINK_A}/err-stats": {**BAD, "suspect": "yes"}}), fabric_path.ERRORS, UNKNOWN,
            id="counters that the manager doubts",
        ),
        pytest.param(without("etherErrStats"), fabric_path.ERRORS, UNKNOWN, id="counters not read"),
        pytest.param(without("etherErrStats"), fabric_path.CLEAR, UNKNOWN, id="then it is not all clear"),
        pytest.param(without("networkElement"), fabric_path.DOWN, UNKNOWN, id="interconnects not read"),
        pytest.param(without("faultInst"), fabric_path.FAULT, UNKNOWN, id="faults not read"),
        pytest.param(without("adaptorHostEthIf"), fabric_path.KNOWN, PRESENT, id="joined by the profile's vNIC"),
        pytest.param(without("vnicEther"), fabric_path.KNOWN, PRESENT, id="joined by the adapter"),
        pytest.param(
            with_changes({NIC_A: {"linkState": "unknown"}}), fabric_blade.NO_LINK, ABSENT, id="link state unknown"
        ),
        pytest.param(
            with_faults(fault(f"{BLADE}/adaptor-1", type="equipment")), fabric_blade.UNHEALTHY, PRESENT, id="adapter"
        ),
        pytest.param(
            with_faults(fault("sys/chassis-1/blade-10", type="equipment")), fabric_blade.UNHEALTHY, ABSENT,
            id="blade 10 is not blade 1",
        ),
        pytest.param(
            with_changes({"sys/chassis-1/blade-2": {"operState": "degraded"}}), fabric_blade.UNHEALTHY, ABSENT,
            id="another host's blade",
        ),
    ],
)  # fmt: skip
def test_a_fact_is_told_from_its_look_alikes(told: Story, id_: str, standing: Standing) -> None:
    """Every UCS domain has faults that have nothing to do with the one VM."""
    assert said(told, id_).standing is standing


def nowhere() -> Story:
    return losing(macs=[Mac("00:25:b5:0a:00:99"), B])


def one_untold() -> Story:
    return losing(macs=[A, None])


@pytest.mark.parametrize(
    ("told", "says"),
    [
        pytest.param(lambda: losing(), "No UCS Manager was read.", id="none"),
        pytest.param(
            lambda: managed(nowhere(), changed()),
            "No vNIC of the UCS domains that were read has the MAC `00:25:b5:0a:00:99` of vmnic0 of host esx1.",
            id="a host that is not on UCS",
        ),
        pytest.param(
            lambda: managed(one_untold(), changed()),
            "vCenter does not tell the MAC of vmnic1 of host esx1, so no vNIC of UCS is known as its own.",
            id="a MAC that vCenter does not tell",
        ),
        pytest.param(
            lambda: managed(surroundings.losing(), changed()),
            "The uplinks that the VM of 10.0.0.5 may use are not known, so no vNIC of UCS is theirs.",
            id="no host",
        ),
        pytest.param(
            lambda: managed(managed(losing(), changed()), changed(), name="ucs2"),
            "Several vNICs of UCS (ucs1 and ucs2) have the MAC `00:25:b5:0a:00:01` of vmnic0 of host esx1.",
            id="two domains with one pool of MACs",
        ),
        pytest.param(lambda: without("etherPIo"), DENIED.format("etherPIo"), id="a class that was not read"),
    ],
)
def test_what_cannot_be_told_says_why(told: Callable[[], Story], says: str) -> None:
    """And nothing is ever guessed: one uplink that is not placed leaves the whole open."""
    clear = said(told(), fabric_path.CLEAR)
    assert (clear.standing, clear.statement) == (UNKNOWN, says)


def test_the_join_names_profile_blade_and_fabric() -> None:
    """So that a person finds it in the manager."""
    known = said(tales.clear(), fabric_path.KNOWN)
    assert known.statement == (
        "The uplink vmnic0 of host esx1 is a vNIC of service profile esx1 on sys/chassis-1/blade-1, over fabric A. "
        "The uplink vmnic1 of host esx1 is a vNIC of service profile esx1 on sys/chassis-1/blade-1, over fabric B."
    )
    assert "adaptorHostEthIf sys/chassis-1/blade-1/adaptor-1/host-eth-1" in {one.locator for one in known.witnesses}


def test_only_the_fabric_counts_that_the_vms_port_group_may_use() -> None:
    """What happens on the other one is not on its way."""
    group = surroundings.group(teaming=Teaming(active=("vmnic1",)))
    told = surroundings.losing().around(hosted(groups=(group,)))
    told = managed(told, changed({SWITCH_A: {"operability": "inoperable"}}))
    assert said(told, fabric_path.DOWN).standing is ABSENT
    assert said(told, fabric_path.KNOWN).statement.count("vmnic") == 1


def test_a_profile_that_is_on_no_server_has_no_vnic() -> None:
    """It keeps its MACs; a copy of it may run elsewhere."""
    spare = (*ESX, Blade("spare", {"eth0": (A, "B"), "eth1": (B, "A")}))
    objects = changed({"org-root/ls-spare": {"assocState": "unassociated", "pnDn": ""}}, blades=spare)
    kept = [one for one in objects["adaptorHostEthIf"] if "spare" not in one["vnicDn"]]
    told = managed(losing(), {**objects, "adaptorHostEthIf": kept})
    assert "over fabric A." in said(told, fabric_path.KNOWN).statement.partition(" vmnic1 ")[0]
    assert said(told, fabric_path.CLEAR).standing is PRESENT


def test_a_newer_reading_replaces_the_older_one() -> None:
    """A fault that is gone accuses nobody."""
    told = managed(tales.interconnect_down().waits(60), changed())
    assert said(told, fabric_path.DOWN).standing is ABSENT


def test_a_vnic_with_failover_goes_over_its_usual_fabric() -> None:
    """Which one carries it at this moment is not told."""
    both = (Blade("esx1", {"eth0": (A, "A-B"), "eth1": (B, "B-A")}),)
    assert (
        "over fabric A, and over B when that fails."
        in said(managed(losing(), changed(blades=both)), fabric_path.KNOWN).statement
    )


@pytest.mark.parametrize(
    ("told", "verdict", "cause"),
    [
        pytest.param(tales.no_uplink, "network", "network.fabric_fault", id="no uplink"),
        pytest.param(tales.interconnect_down, "network", "network.fabric_fault", id="interconnect"),
        pytest.param(tales.damaged, "network", "network.uplink_member_bad", id="one fabric of two damages"),
        pytest.param(tales.clear, "inconclusive", None, id="a clean manager clears nobody"),
        pytest.param(tales.member_down, "inconclusive", None, id="one uplink of two"),
        pytest.param(tales.blade_degraded, "inconclusive", None, id="a memory module"),
        pytest.param(tales.vnic_without_link, "inconclusive", None, id="a link that is down decides nothing"),
    ],
)
def test_what_it_shows_is_weighed_as_the_cases_teach(
    told: Callable[[], Story], verdict: str, cause: str | None
) -> None:
    """A fault of the fabric accuses the network; what any domain has, and what both ends see, accuse nobody."""
    judged, _ = judging.judge_evidence(told().evidence())
    assert (judged.verdict, judged.cause) == (verdict, cause)


def test_without_a_symptom_a_fault_of_the_fabric_accuses_nobody() -> None:
    """It may be as old as the rack."""
    told = managed(surroundings.well().around(hosted()), changed({SWITCH_A: {"operability": "inoperable"}}))
    assert judging.judge_evidence(told.evidence())[0].verdict == "healthy"


def test_a_fabric_that_is_down_accuses_nobody_where_two_machines_answer() -> None:
    """What only loses frames adds no answer, and a leader elsewhere keeps its lead."""
    told = managed(crashed_agent().around(hosted()), changed({SWITCH_A: {"operability": "inoperable"}}))
    judged, _ = judging.judge_evidence(told.evidence())
    assert (judged.verdict, judged.grade) == ("guest", "proven")


def test_what_a_manager_did_not_tell_stands_among_what_was_not_looked_at() -> None:
    """A password that is refused must reach whoever can correct it."""
    judged, found = judging.judge_evidence(tales.half_read().evidence())
    says = f"UCS Manager did not tell all: {DENIED.format('adaptorHostEthIf')}"
    assert says in judged.missing
    assert {one.id: one.standing for one in found}[fabric_reading.READ] is ABSENT
    assert said(tales.clear(), fabric_reading.READ).standing is PRESENT
    assert said(losing(), fabric_reading.READ).standing is UNKNOWN

"""What is told of a look-up: owners, conflicts, and what nobody saw."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest

from bot.incidents import owning
from bot.incidents.asking import parse
from bot.incidents.identities import identities
from bot.model import codec
from bot.model.addresses import Mac
from bot.model.incident import AnyEvent, LookedUp
from bot.model.job import Artifact, Media, Probe, Vantage, digest_of
from bot.model.observation import Observation
from bot.model.owners import Owner, Owners
from bot.model.request import LOOK_UP, Target
from bot.probes import vcenter
from bot.probes.vcenter import GuestNic, HostNic, Nic, Query, Snapshot, Vm
from tests.bot.incidents.ground import NOON

WHOLE = vcenter.parse((Path(__file__).parents[2] / "vcsim" / "owners.snapshot.json").read_bytes())
"""A whole vCenter: app01 with a bond, dup-a and dup-b with one address, cut01 unplugged, off01 off, mute01 silent."""


def vm(name: str, mac: str, *addresses: str, network: str = "prod", vlan: int | None = 10, **changes: Any) -> Vm:
    """A running VM with one vNIC."""
    nic = Nic(4000, "Network adapter 1", Mac(mac), True, network, vlan, "network")
    row = GuestNic(Mac(mac), tuple(map(IPv4Address, addresses)), True, 4000)
    made = Vm(f"vm-{name}", name, "poweredOn", "connected", "esx-1", "a", "guestToolsRunning", name, (nic,), (row,))
    return replace(made, **changes)


def inventory(*vms: Vm, host_nics: tuple[HostNic, ...] = (), vcenter: str = "dc1", **changes: Any) -> Snapshot:
    made = replace(WHOLE, vcenter=vcenter, vms=vms, host_nics=host_nics, complete=True, unread=())
    return replace(made, **changes)


def observed(snapshots: Iterable[Snapshot]) -> tuple[Observation, ...]:
    found: list[Observation] = []
    for snapshot in snapshots:
        data = vcenter.dump(snapshot)
        where = Vantage(f"vcenter.{snapshot.vcenter}", snapshot.vcenter, "")
        made = Artifact("j", Probe.VCENTER, where, Media.VCENTER, digest_of(data), len(data), NOON, NOON, None)
        found += vcenter.read(made, data)
    return tuple(found)


def told(text: str, *wholes: Snapshot, gaps: tuple[str, ...] = (), further: bool = True) -> Owners:
    """The answer of these vCenters, asked as the flow asks them: for the target, then for what its machine has."""
    target: Target = parse(text, LOOK_UP).target
    wanted = Query(*((one,) if one else () for one in (target.address, target.mac, target.name)))  # type: ignore[arg-type]
    first = [vcenter.select(whole, wanted) for whole in wholes]
    ips, macs = identities(target, observed(first))
    queries = [Query(ips=(ip,)) for ip in ips if ip != target.address] + ([Query(macs=macs)] if macs else [])
    second = [vcenter.select(whole, query) for whole in wholes for query in queries if further]
    return owning.answer(target, [*first, *second], observed([*first, *second]), gaps)


def named(owners: Owners) -> list[tuple[str, bool]]:
    return [(owner.name, owner.asked_for) for owner in owners.owners]


def only(owners: Owners) -> Owner:
    (owner,) = owners.owners
    return owner


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        pytest.param(
            "10.0.0.5", "VM app01 has 10.0.0.5 and is powered on, on host esx-a1 in cluster cluster-a.", id="address"
        ),
        pytest.param("APP01", "VM app01 is powered on, on host esx-a1 in cluster cluster-a.", id="name"),
        pytest.param(
            "00:50:56:aa:01:02",
            "VM app01 has `00:50:56:aa:01:02` and is powered on, on host esx-a1 in cluster cluster-a.",
            id="MAC",
        ),
        pytest.param("off01", "VM off01 is powered off, on host esx-a2 in cluster cluster-a.", id="VM that is off"),
        pytest.param(
            "10.0.0.21", "Host esx-a1 has 10.0.0.21: it is no VM but the ESXi host's own vmk1.", id="VMkernel port"
        ),
        pytest.param("00:25:b5:aa:00:01", "ESXi host's own vmnic0.", id="physical NIC"),
        pytest.param("foo", "vCenter dc1 knows no VM named foo.", id="unknown name"),
        pytest.param("10.0.0.99", "which proves little: VMware Tools do not report every address.", id="unknown IP"),
        pytest.param("00:50:56:aa:99:99", "a physical machine, a container or another vCenter's VM", id="unknown MAC"),
    ],
)
def test_the_claim_names_who_has_it_and_where_it_runs(text: str, claim: str) -> None:
    """The one sentence for whoever has no time for a second."""
    assert claim in told(text, WHOLE).claim


def test_each_vnic_is_a_line_with_everything_that_vcenter_says_of_it() -> None:
    """MAC, plugged in or not, port group and VLAN, blocked or not, what the guest may use, what Tools report."""
    (line,) = only(told("cut01", WHOLE)).interfaces
    assert line == (
        "Network adapter 1 `00:50:56:aa:04:01` · disconnected · port group trunk, VLAN not known, or a trunk · "
        "port blocked · other MACs rejected · Tools report 10.0.0.7 · and inside the MAC `00:50:56:aa:04:99`"
    )


def test_an_interface_inside_the_guest_is_told_apart_from_its_vnics() -> None:
    """The address that was asked for sits on the bond, and no vNIC shows it."""
    lines = only(told("10.0.0.5", WHOLE)).interfaces
    assert lines[-1].startswith("Inside the guest, without a vNIC")
    assert lines[-1].endswith("`00:50:56:aa:01:01` · Tools report 10.0.0.5")


def test_findings_that_rest_on_vcenter_alone_are_told() -> None:
    """A new finding of these families shows without a change here."""
    assert "Inside VM app01, 10.0.0.5 sits on an interface without a vNIC" in " ".join(
        told("10.0.0.5", WHOLE).established
    )
    assert "is on a blocked port" in " ".join(told("cut01", WHOLE).established)


def test_two_vms_with_one_address_in_one_network_are_a_conflict() -> None:
    """Both are named with host-independent places, and neither is accused."""
    found = told("10.0.0.4", inventory(vm("app04", "00:50:56:00:00:04", "10.0.0.4"),
                                       vm("app24", "00:50:56:00:00:24", "10.0.0.4")))  # fmt: skip
    (conflict,) = found.conflicts
    assert conflict.certain
    assert conflict.says == (
        "VM app04 (prod, VLAN 10, vCenter dc1) and VM app24 (prod, VLAN 10, vCenter dc1) both have 10.0.0.4."
    )
    assert named(found) == [("VM app04", True), ("VM app24", True)]
    assert not any("both report" in statement for statement in found.established), "said once"


def test_a_clone_in_another_vcenter_is_met_by_the_mac_of_the_one_that_was_asked_for() -> None:
    """Nobody who looks into one vCenter sees it."""
    found = told(
        "app05",
        inventory(vm("app05", "00:50:56:00:00:05", "10.0.0.5")),
        inventory(vm("clone", "00:50:56:00:00:05", "10.0.0.77"), vcenter="dc2"),
    )
    (conflict,) = found.conflicts
    assert "both have `00:50:56:00:00:05`: a conflict if that is one network" in conflict.says
    assert not conflict.certain
    assert named(found) == [("VM app05", True), ("VM clone", False)]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(vm("b", "00:50:56:00:00:0b", "10.0.0.5", power="poweredOff"), id="is off"),
        pytest.param(vm("b", "00:50:56:00:00:0b", "10.0.0.5", power="suspended"), id="is suspended"),
        pytest.param(
            vm("b", "00:50:56:00:00:0b", "10.0.0.5",
               nics=(Nic(4000, "Network adapter 1", Mac("00:50:56:00:00:0b"), False, "prod", 10),)),
            id="is unplugged",
        ),
        pytest.param(
            vm("b", "00:50:56:00:00:0b", "10.0.0.9",
               guest_nics=(GuestNic(Mac("02:42:00:00:00:01"), (IPv4Address("10.0.0.5"),), True, -1),)),
            id="has it inside only",
        ),
        pytest.param(vm("b", "00:50:56:00:00:0b", "10.0.0.5", network="other", vlan=20), id="is in another VLAN"),
    ],
)  # fmt: skip
def test_a_machine_that_cannot_be_heard_there_is_no_conflict(other: Vm) -> None:
    """A wrong accusation is the worst failure; the other machine is shown all the same."""
    found = told("10.0.0.5", inventory(vm("a", "00:50:56:00:00:0a", "10.0.0.5"), other))
    assert found.conflicts == ()
    assert ("VM b", True) in named(found)


def test_the_same_address_in_two_vlans_is_said_without_a_conflict() -> None:
    """Two tenants may use one plan of addresses."""
    found = told("10.0.0.5", inventory(vm("a", "00:50:56:00:00:0a", "10.0.0.5"),
                                       vm("b", "00:50:56:00:00:0b", "10.0.0.5", network="other", vlan=20)))  # fmt: skip
    assert "10.0.0.5 is there 2 times, each time in a VLAN of its own" in found.established[0]


def test_one_port_group_with_two_vlans_may_be_a_conflict() -> None:
    """The same name with another VLAN on another host is a mistake in itself, and the network is not known."""
    (conflict,) = told("10.0.0.6", WHOLE).conflicts
    assert not conflict.certain
    assert "VLAN 20" in conflict.says
    assert "VLAN 21" in conflict.says


def test_a_hosts_vmkernel_port_and_its_physical_nic_are_one_machine() -> None:
    """vmk0 takes the first physical NIC's MAC on every host; that is no conflict."""
    mac = Mac("00:25:b5:aa:00:01")
    nics = (HostNic("esx-1", "vmk0", mac, (IPv4Address("10.0.0.20"),)), HostNic("esx-1", "vmnic0", mac))
    assert told("00:25:b5:aa:00:01", inventory(host_nics=nics)).conflicts == ()


def test_a_vm_with_a_hosts_address_is_a_possible_conflict() -> None:
    """The network of a VMkernel port is not in the snapshot."""
    nic = HostNic("esx-1", "vmk0", Mac("00:25:b5:aa:00:01"), (IPv4Address("10.0.0.5"),))
    (conflict,) = told("10.0.0.5", inventory(vm("a", "00:50:56:00:00:0a", "10.0.0.5"), host_nics=(nic,))).conflicts
    assert "vmk0 of host esx-1 (network not known, VLAN not known, vCenter dc1)" in conflict.says
    assert not conflict.certain


def test_what_was_not_seen_is_said() -> None:
    """Gaps of the plan, notes of each vCenter, a guest without Tools, what nobody was asked for, what was not read."""
    found = told(
        "mute",
        inventory(vm("mute", "00:50:56:00:00:0a", tools="guestToolsNotRunning")),
        inventory(vcenter="dc2", complete=False, unread=("The hosts could not be read.",)),
        gaps=("Nobody answered on vcenter.dc3 within the time.",),
        further=False,
    )
    missing = " ".join(found.missing)
    for expected in (
        "Nobody answered on vcenter.dc3 within the time.",
        "vCenter dc2: The hosts could not be read.",
        "VMware Tools do not speak for VM mute",
        "vCenter dc2 was not asked who else has `00:50:56:00:00:0a`.",
        "Uplinks and their switch ports, alarms and the last moves were not read.",
    ):
        assert expected in missing


@pytest.mark.parametrize(
    ("changes", "gaps"),
    [
        pytest.param({"complete": False, "unread": ("Half of it.",)}, (), id="read in part"),
        pytest.param({}, ("Nobody answered on vcenter.dc2 within the time.",), id="answered in part"),
    ],
)
def test_nobody_is_not_said_without_reserve_when_something_was_not_read(
    changes: dict[str, Any], gaps: tuple[str, ...]
) -> None:
    """Missing is not zero."""
    assert "it may be there all the same" in told("10.0.0.99", inventory(**changes), gaps=gaps).claim


def test_the_age_is_that_of_the_oldest_part() -> None:
    """The card must not look fresher than it is."""
    old, young = inventory(read_at=NOON - timedelta(minutes=5)), inventory(vcenter="dc2", read_at=NOON)
    assert told("10.0.0.5", old, young).read_at == NOON - timedelta(minutes=5)


def test_a_machine_read_twice_is_shown_once_as_it_was_read_last() -> None:
    """A VM may move between the two rounds."""
    before = inventory(vm("a", "00:50:56:00:00:0a", "10.0.0.5"), read_at=NOON)
    after = inventory(vm("a", "00:50:56:00:00:0a", "10.0.0.5", host="esx-2"), read_at=NOON + timedelta(seconds=1))
    snapshots = [replace(after, asked=Query()), replace(before, asked=Query((IPv4Address("10.0.0.5"),)))]
    found = owning.answer(Target(address=IPv4Address("10.0.0.5")), snapshots, observed(snapshots), ())
    assert "on host esx-2" in only(found).facts[0]


def test_a_vm_that_a_vcenter_gave_as_the_answer_was_asked_for_though_no_interface_shows_it() -> None:
    """Of a VM whose Tools are silent vCenter keeps the last primary address; its worker says so in a note."""
    snapshot = inventory(
        vm("a", "00:50:56:00:00:0a"),
        asked=Query((IPv4Address("10.0.0.5"),)),
        unread=("vCenter still holds 10.0.0.5 as the address of a, but no interface reports it now.",),
    )
    found = owning.answer(Target(address=IPv4Address("10.0.0.5")), [snapshot], observed([snapshot]), ())
    assert named(found) == [("VM a", True)]
    assert "no interface reports it now" in found.missing[0]


def test_very_many_owners_are_counted_and_not_all_named_in_one_sentence() -> None:
    """What fifty VMs have means nothing, and the card must stay readable."""
    found = told("10.0.0.5", inventory(*(vm(f"v{n}", f"00:50:56:00:01:{n:02x}", "10.0.0.5") for n in range(50))))
    assert found.claim.startswith("50 machines have 10.0.0.5: VM v0 (vCenter dc1), ")
    assert found.claim.endswith(" and 42 more.")
    assert "and 42 more all have 10.0.0.5." in found.conflicts[0].says


@dataclass(frozen=True, slots=True)
class Alarm:
    name: str
    on: str
    at: Any


@dataclass(frozen=True, slots=True)
class Around:
    alarms: tuple[Alarm, ...]
    moves: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Grown(Snapshot):
    """A snapshot that has learned a section."""

    around: Around | None = None


def test_a_section_that_snapshots_learn_later_is_told_without_a_word_of_its_own_here() -> None:
    """Uplinks, alarms and moves come from a worker that is newer than this text."""
    around = Around((Alarm("Uplink redundancy lost", "esx-1", NOON),), gaps=("Events were not read.",))
    whole = inventory(vm("a", "00:50:56:00:00:0a", "10.0.0.5"))
    fields = {name: getattr(whole, name) for name in Snapshot.__dataclass_fields__}
    grown = Grown(**{**fields, "asked": Query((IPv4Address("10.0.0.5"),))}, around=around)
    found = owning.answer(Target(address=IPv4Address("10.0.0.5")), [grown], observed([whole]), ())
    assert [(one.title, one.lines) for one in found.sections] == [
        ("alarms", ("Uplink redundancy lost, on esx-1, at 2026-03-01 12:00:00 UTC",))
    ]
    assert found.missing[-1] == "Events were not read."


def test_every_running_vm_can_be_asked_for_its_own_word_and_nobody_else() -> None:
    """Commands for a guest that is off, or for a host, would be copied in vain."""
    assert [only(told(text, WHOLE)).guest_runs for text in ("app01", "off01", "10.0.0.21")] == [True, False, False]


def test_the_answer_survives_the_journal() -> None:
    """A bot that dies before the card was seen leaves the whole answer behind."""
    event = LookedUp(at=NOON, owners=told("10.0.0.6", WHOLE))
    written = json.dumps(codec.encode(event, AnyEvent))
    assert codec.decode(AnyEvent, json.loads(written)) == event  # type: ignore[arg-type]

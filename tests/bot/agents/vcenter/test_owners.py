"""Who owns what: the same facts in a vCenter and in the stand-in's snapshot give the same observations."""

import json
from collections.abc import Callable, Iterator
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest

from bot.agents.vcenter import VcenterAbility
from bot.errors import InstrumentError, RequestError
from bot.model.job import Media, Probe
from bot.model.observation import GuestRowFound, HostNicFound, NicFound, Observation, VcenterAnswered, VmFound
from bot.ports import Ability, Work
from bot.probes.vcenter import read
from deploy.demo.vcenter import SnapshotAbility
from deploy.lab.vcsim import SCENARIOS
from tests.bot.agents.vcenter.conftest import CLOCK, VANTAGE, job, run, settings
from tests.fixtures.vcsim import Start

SNAPSHOT = SCENARIOS / "owners.snapshot.json"
Ask = Callable[..., tuple[Observation, ...]]


@pytest.fixture(scope="module", params=[pytest.param("worker", marks=pytest.mark.vcsim), "stand-in"])
def ability(request: pytest.FixtureRequest) -> Iterator[Ability]:
    if request.param == "stand-in":
        yield SnapshotAbility(SNAPSHOT, VANTAGE, CLOCK)
        return
    start: Start = request.getfixturevalue("start_vcsim")
    with start("owners.json") as vcenter:
        live = VcenterAbility(settings(vcenter.port, vcenter.ca_file), CLOCK)
        yield live
        live.close()


@pytest.fixture
def ask(ability: Ability) -> Ask:
    def asked(*args: Any, **kwargs: Any) -> tuple[Observation, ...]:
        ((artifact, data),) = ability(Work(job(*args, **kwargs), lambda: False, lambda _: None))
        return read(artifact, data)

    return asked


def names(observations: tuple[Observation, ...]) -> list[str]:
    return sorted(each.name for each in observations if isinstance(each, VmFound))


def nics(observations: tuple[Observation, ...]) -> list[NicFound]:
    return [each for each in observations if isinstance(each, NicFound)]


def test_two_macs_on_one_vm_come_back_as_its_vnics(ask: Ask) -> None:
    """The join that the whole verdict rests on: both MACs on the wire belong to one guest."""
    found = ask("10.0.0.5")
    assert names(found) == ["app01"]
    assert {nic.mac for nic in nics(found)} == {"00:50:56:aa:01:01", "00:50:56:aa:01:02"}
    assert {(nic.network, nic.vlan, nic.connected) for nic in nics(found)} == {("prod-10", 10, True)}


def test_an_address_on_a_bond_is_on_a_guest_row_without_a_vnic(ask: Ask) -> None:
    """A bond has no vNIC behind it: the address must not be credited to one of the two."""
    found = ask("10.0.0.5")
    (row,) = [each for each in found if isinstance(each, GuestRowFound) and each.addresses]
    assert (row.vnic, row.mac, row.addresses) == (False, "00:50:56:aa:01:01", (IPv4Address("10.0.0.5"),))
    assert [nic.addresses for nic in nics(found)] == [(), ()]


def test_a_duplicate_address_names_both_vms(ask: Ask) -> None:
    """The vCenter's own search by IP knows one address a VM and would miss the second owner."""
    found = ask("10.0.0.6")
    assert names(found) == ["dup-a", "dup-b"]
    assert {(nic.vm_name, nic.mac) for nic in nics(found)} == {
        ("dup-a", "00:50:56:aa:02:01"),
        ("dup-b", "00:50:56:aa:03:01"),
    }


def test_the_vlan_of_a_standard_port_group_is_the_one_of_the_vms_host(ask: Ask) -> None:
    """Two hosts may give one name two VLANs; that drift is a cause of its own."""
    assert {nic.vm_name: nic.vlan for nic in nics(ask("10.0.0.6"))} == {"dup-a": 20, "dup-b": 21}


@pytest.mark.parametrize(
    ("question", "foreign_macs"),
    [
        pytest.param({"ip": "10.0.0.5"}, {("prod-10", True)}, id="distributed, accepted"),
        pytest.param({"ip": "10.0.0.7"}, {("trunk", False)}, id="distributed, rejected"),
        pytest.param({"macs": ("00:50:56:aa:02:01",)}, {("std-20", False)}, id="standard, forged transmits rejected"),
    ],
)
def test_a_port_group_says_whether_it_lets_foreign_macs_through(
    ask: Ask, question: dict[str, Any], foreign_macs: set[tuple[str, bool]]
) -> None:
    """A guest with another MAC than its vNIC's is mute behind a port group that rejects either of the two."""
    assert {(nic.network, nic.foreign_macs) for nic in nics(ask(**question))} == foreign_macs


def test_a_distributed_port_says_whether_it_is_blocked(ask: Ask) -> None:
    """Nothing else in vCenter shows it: the VM is on and its vNIC may be connected all the same."""
    assert [nic.blocked for nic in nics(ask("10.0.0.7"))] == [True]
    assert {nic.blocked for nic in nics(ask("10.0.0.6"))} == {None}


def test_a_disconnected_vnic_on_a_trunk_is_told_as_it_is(ask: Ask) -> None:
    """Connected False is a fact; a trunk has no single VLAN, so there is none."""
    (nic,) = nics(ask("10.0.0.7"))
    assert (nic.connected, nic.network, nic.vlan) == (False, "trunk", None)


def test_a_vm_is_found_by_the_mac_that_its_guest_gave_itself(ask: Ask) -> None:
    """A guest may answer with a MAC that no vNIC is configured with."""
    assert names(ask(macs=("00:50:56:aa:04:99",))) == ["cut01"]


def test_a_vm_that_is_off_does_not_say_whether_its_vnic_is_connected(ask: Ask) -> None:
    """A vCenter shows connected false for every vNIC of a VM that is off; that is no finding."""
    found = ask(names=("off01",))
    (vm,) = [each for each in found if isinstance(each, VmFound)]
    assert (vm.powered_on, vm.tools_running) == (False, False)
    assert [(nic.connected, nic.vlan) for nic in nics(found)] == [(None, None)]


def test_a_vm_without_tools_is_found_by_mac(ask: Ask) -> None:
    """Without Tools no address is known; the MAC on the wire still leads to the VM."""
    found = ask(macs=("00:50:56:aa:06:01",))
    assert names(found) == ["mute01"]
    assert [nic.addresses for nic in nics(found)] == [()]


def test_a_vlan_that_each_port_may_override_is_not_guessed(ask: Ask) -> None:
    """The port group's default is not what the port uses where overriding is allowed."""
    assert [(nic.network, nic.vlan) for nic in nics(ask(names=("mute01",)))] == [("free", None)]


def test_names_are_compared_without_case_and_whole(ask: Ask) -> None:
    """People type names as they like; app01 must not bring app011."""
    assert names(ask(names=("DUP-A",))) == ["dup-a"]
    assert names(ask(names=("dup",))) == []


def test_a_disconnected_vm_keeps_what_vcenter_last_knew(ask: Ask) -> None:
    """Its host is gone from vCenter's sight, not necessarily from the wire."""
    (vm,) = [each for each in ask("10.0.0.8") if isinstance(each, VmFound)]
    assert (vm.name, vm.connection, vm.host) == ("lost01", "disconnected", "esx-a2")


@pytest.mark.parametrize(
    ("question", "device"),
    [
        pytest.param({"ip": "10.0.0.21"}, "vmk1", id="address-of-a-vmkernel-port"),
        pytest.param({"macs": ("00:50:56:6a:00:01",)}, "vmk1", id="mac-of-a-vmkernel-port"),
        pytest.param({"macs": ("00:25:b5:aa:00:01",)}, "vmnic0", id="mac-of-a-physical-nic"),
    ],
)
def test_an_esxi_host_can_be_the_owner(ask: Ask, question: dict[str, Any], device: str) -> None:
    """A vmkernel port with a VM's address is a fault of the hypervisor's side."""
    found = ask(**question)
    (nic,) = [each for each in found if isinstance(each, HostNicFound)]
    assert (nic.host, nic.device) == ("esx-a1", device)
    assert names(found) == []


def test_an_unknown_mac_is_answered_with_nobody(ask: Ask) -> None:
    """That nobody owns it is an answer too; it says what was asked and that everything was read."""
    (answered,) = ask("10.9.9.9", macs=("02:00:00:00:00:01",))
    assert isinstance(answered, VcenterAnswered)
    assert (answered.vcenter, answered.complete) == ("dc1", True)
    assert (answered.asked_ips, answered.asked_macs) == ((IPv4Address("10.9.9.9"),), ("02:00:00:00:00:01",))


def test_the_artifact_says_who_looked_when_at_what(ability: Ability) -> None:
    """Every observation leads back to these bytes."""
    ((artifact, _),) = ability(Work(job("10.0.0.5"), lambda: False, lambda _: None))
    assert (artifact.probe, artifact.media, artifact.vantage) == (Probe.VCENTER, Media.VCENTER, VANTAGE)
    assert artifact.started_at <= artifact.stopped_at


def test_a_question_without_anything_to_look_up_is_refused(ability: Ability) -> None:
    """It would answer "nobody" to nothing."""
    with pytest.raises(RequestError, match="look up"):
        run(ability, job())


def test_the_stand_in_reads_its_file_anew_for_every_job(tmp_path: Path) -> None:
    """The lab changes while the demo runs."""
    file = tmp_path / "whole.json"
    file.write_bytes(SNAPSHOT.read_bytes())
    stand_in = SnapshotAbility(file, VANTAGE, CLOCK)
    assert b"dup-a" in run(stand_in, job("10.0.0.6"))
    file.write_text(SNAPSHOT.read_text().replace("10.0.0.6", "10.0.0.66"))
    assert b"dup-a" not in run(stand_in, job("10.0.0.6"))


def test_a_bad_snapshot_is_the_stand_ins_failure(tmp_path: Path) -> None:
    """As with a vCenter that cannot be read: the instrument failed, nobody is accused."""
    with pytest.raises(InstrumentError, match="bad"):
        run(SnapshotAbility(tmp_path / "absent.json", VANTAGE, CLOCK), job("10.0.0.5"))


def test_the_stand_in_takes_facts_from_a_function() -> None:
    """The lab hands over what it is like at this moment."""
    facts = json.loads(SNAPSHOT.read_text())
    assert b"app01" in run(SnapshotAbility(lambda: facts, VANTAGE, CLOCK), job("10.0.0.5"))


def test_everything_that_runs_in_a_cluster_or_on_a_host_is_found(ask: Ask) -> None:
    """By the hosts' own lists, for the list of VMs does not say where they run; names count without case."""
    (known,) = (one for one in ask(names=("app01",)) if isinstance(one, VmFound))
    assert known.cluster
    whole = [one for one in ask(places=(known.cluster.swapcase(),)) if isinstance(one, VmFound)]
    one_host = [one for one in ask(places=("esx-a1",)) if isinstance(one, VmFound)]
    assert {vm.cluster for vm in whole} == {known.cluster}
    assert {vm.host for vm in one_host} == {"esx-a1"}
    assert {vm.name for vm in one_host} < {vm.name for vm in whole}
    assert all(vm.powered_on for vm in whole)
    assert not any(isinstance(one, VmFound) for one in ask(places=("nowhere",)))

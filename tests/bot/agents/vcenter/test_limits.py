"""What the worker does when the vCenter shows less than all, and how much it asks."""

from xml.etree import ElementTree

import pytest

from bot.agents.vcenter import properties
from tests.bot.agents.vcenter.conftest import MakeWorker
from tests.fixtures.vcsim import StartHere

pytestmark = pytest.mark.vcsim

LOG_IN = {"RetrieveServiceContent": 1, "Login": 1, "CreatePropertyCollector": 1}
SWEEP = {"CreateContainerView": 1, "DestroyView": 1, "RetrievePropertiesEx": 2}  # all VMs, all hosts
OWNERS = {"FindAllByIp": 1, "RetrievePropertiesEx": 2}  # the VMs that own it, their port groups
PORTS = {"FetchDVPorts": 1}  # of each distributed switch that their vNICs have a port on
# The hosts of the cluster, the distributed switch; events of VM, cluster and switch; the uplinks of the VM's host and
# of another one (there are two), whose switch ports are compared.
AROUND = {"CurrentTime": 1, "RetrievePropertiesEx": 2, "QueryEvents": 3, "QueryPerf": 1, "QueryNetworkHint": 2}
THIRD = {"QueryNetworkHint": 1}  # and of one more, where the cluster has three
TASKS = {"CreateCollectorForTasks": 1, "ReadNextTasks": 1, "DestroyCollector": 1}  # of the VM, where calls are left
ONCE = {"RetrievePropertiesEx": 1}  # the ids of counters


def budget(*parts: dict[str, int]) -> dict[str, int]:
    return {method: sum(part.get(method, 0) for part in parts) for part in parts for method in part}


def test_a_look_up_asks_no_more_than_its_budget(vcsim: StartHere, worker: MakeWorker) -> None:
    """The number of calls must not grow with the inventory, nor views and sessions stay behind."""
    looking = worker(vcsim("owners.json"))
    looking.ask("10.0.0.5")
    assert looking.vcenter.calls() == budget(LOG_IN, SWEEP, OWNERS, AROUND, ONCE, TASKS)
    looking.vcenter.reset()
    looking.ask("10.0.0.5")
    assert looking.vcenter.calls() == budget(OWNERS, AROUND, TASKS)
    looking.ability.close()
    assert looking.vcenter.sessions() == 0


def test_owners_are_read_live_even_when_the_list_is_reused(vcsim: StartHere, worker: MakeWorker) -> None:
    """The list may be seconds old; what is said about a VM must not be."""
    looking = worker(vcsim("owners.json"))
    looking.ask("10.0.0.6")
    looking.vcenter.apply(vms=[{"name": "dup-a", "power": "poweredOff", "tools": "guestToolsNotRunning"}])
    again = looking.ask("10.0.0.6")
    assert [vm.name for vm in again.vms] == ["dup-b"]
    assert any("list" in sentence for sentence in again.unread)
    assert again.complete


def test_an_old_list_is_read_anew(vcsim: StartHere, worker: MakeWorker) -> None:
    """A VM that takes an address later has to be found."""
    looking = worker(vcsim("owners.json"), index_s=0.0)
    assert looking.ask("10.0.0.44").vms == ()
    looking.vcenter.apply(
        vms=[{"name": "dup-a", "nics": [{"mac": "00:50:56:aa:02:01", "ips": ["10.0.0.6", "10.0.0.44"]}]}]
    )
    assert [vm.name for vm in looking.ask("10.0.0.44").vms] == ["dup-a"]


def test_a_last_known_address_finds_the_vm_and_says_what_it_is(vcsim: StartHere, worker: MakeWorker) -> None:
    """guest.ipAddress may outlive the interface that had it: a lead, told as one, never a row of its own."""
    answer = worker(vcsim("owners.json")).ask("10.0.0.9")
    assert [(vm.name, vm.guest_nics) for vm in answer.vms] == [("mute01", ())]
    assert "vCenter still holds 10.0.0.9 as the address of mute01, but no interface reports it now." in answer.unread


def test_vms_without_an_address_are_counted(vcsim: StartHere, worker: MakeWorker) -> None:
    """That nobody owns it has to be read with this in mind."""
    looking = worker(vcsim("owners.json"))
    looking.vcenter.apply(vms=[{"name": "dup-a", "tools": "guestToolsNotRunning"}])
    answer = looking.ask("10.9.9.9")
    assert any("VMware Tools; 1 of 7 powered-on VMs report none" in sentence for sentence in answer.unread)
    assert answer.complete


def test_a_disconnected_vm_is_told_as_last_known(vcsim: StartHere, worker: MakeWorker) -> None:
    """Its facts may be hours old."""
    assert any("lost01 is disconnected" in each for each in worker(vcsim("owners.json")).ask("10.0.0.8").unread)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        pytest.param({"fault": "NoPermission"}, "lacks the permission", id="no-permission"),
        pytest.param({"hang_ms": 20_000}, "did not answer in time", id="silent"),
        pytest.param({"close": True}, "was cut", id="cut-every-time"),
    ],
)
def test_hosts_that_cannot_be_read_leave_a_partial_answer(
    vcsim: StartHere, worker: MakeWorker, fault: dict[str, object], reason: str
) -> None:
    """The owners are known all the same; the answer says that it is not all."""
    looking = worker(vcsim("owners.json"), call_timeout_s=0.5)
    looking.vcenter.apply(faults=[{"method": "RetrievePropertiesEx", "contains": "HostSystem", **fault}])
    answer = looking.ask("10.0.0.6")
    assert [vm.name for vm in answer.vms] == ["dup-a", "dup-b"]
    assert {(vm.host, nic.vlan) for vm in answer.vms for nic in vm.nics} == {(None, None)}
    assert not answer.complete
    assert any(reason in sentence for sentence in answer.unread)


@pytest.mark.parametrize(
    ("method", "contains", "sentence"),
    [
        pytest.param("FindAllByIp", "", "index of primary addresses", id="search-index"),
        pytest.param("RetrievePropertiesEx", "DistributedVirtualPortgroup", "port groups", id="port-groups"),
    ],
)
def test_a_part_that_is_refused_is_named(
    vcsim: StartHere, worker: MakeWorker, method: str, contains: str, sentence: str
) -> None:
    """Missing is null, with a sentence; never a failed look-up."""
    looking = worker(vcsim("owners.json"))
    looking.vcenter.apply(faults=[{"method": method, "contains": contains, "fault": "NoPermission"}])
    answer = looking.ask("10.0.0.5")
    assert [vm.name for vm in answer.vms] == ["app01"]
    assert any(sentence in each for each in answer.unread)
    assert not answer.complete


def test_a_server_that_refuses_keyed_paths_is_read_without_them(vcsim: StartHere, worker: MakeWorker) -> None:
    """config.hardware.device[4000] is no documented path; a vCenter without it must not blind the worker."""
    looking = worker(vcsim("owners.json"))
    fault = {"method": "RetrievePropertiesEx", "contains": "device[4000]", "fault": "InvalidProperty"}
    looking.vcenter.apply(faults=[fault])
    assert [vm.name for vm in looking.ask(macs=("00:50:56:aa:05:01",)).vms] == ["off01"]


def test_a_server_that_ignores_keyed_paths_is_noticed(vcsim: StartHere, worker: MakeWorker) -> None:
    """Without an error, every VM would seem to have no vNIC and every MAC to be unknown."""
    looking = worker(vcsim({"ignore_keyed_paths": True, "bulk": {"vms": 300}, "max_page": 70}))
    (vm,) = looking.ask(macs=("00:50:56:80:01:07",)).vms
    assert vm.name == "bulk-00263"


def test_a_thousand_vms_are_read_in_pages(vcsim: StartHere, worker: MakeWorker) -> None:
    """The last page counts as much as the first, and nothing is asked of each VM by itself."""
    looking = worker(vcsim({"model": {"hosts": 12}, "bulk": {"vms": 1000}, "max_page": 250}), page=250)
    (vm,) = looking.ask("10.64.3.231").vms
    assert (vm.name, vm.nics[0].mac) == ("bulk-00999", "00:50:56:80:03:e7")
    assert looking.vcenter.calls() == budget(
        LOG_IN, SWEEP, OWNERS, PORTS, AROUND, THIRD, ONCE, {"ContinueRetrievePropertiesEx": 3}
    )


def test_an_address_of_very_many_vms_is_cut_short(vcsim: StartHere, worker: MakeWorker) -> None:
    """172.17.0.1 belongs to every container host; a thousand rows help nobody."""
    shared = [{"mac": f"00:50:56:00:00:{index:02x}", "ips": ["172.17.0.1/16"]} for index in range(60)]
    vms = [{"name": f"DC0_C0_RP0_VM{index}", "nics": [nic]} for index, nic in enumerate(shared)]
    answer = worker(vcsim({"model": {"vms": 60}, "vms": vms})).ask("172.17.0.1")
    assert len(answer.vms) == 50
    assert not answer.complete
    assert "60 VMs own what was asked; only 50 of them are shown." in answer.unread


def test_compressed_answers_are_read(vcsim: StartHere, worker: MakeWorker) -> None:
    """A real vCenter compresses; what arrives has to be the same with fewer bytes."""
    plain, packed = worker(vcsim({"bulk": {"vms": 200}})), worker(vcsim({"bulk": {"vms": 200}, "gzip": True}))
    assert packed.ask("10.64.0.150").vms == plain.ask("10.64.0.150").vms != ()
    assert packed.vcenter.sent_bytes() < plain.vcenter.sent_bytes() / 4


def test_a_server_that_closes_after_every_answer_is_read(vcsim: StartHere, worker: MakeWorker) -> None:
    """So do some proxies in front of a vCenter."""
    looking = worker(vcsim({"no_keep_alive": True}))
    assert len(looking.ask("10.64.0.1").vms) == 1
    assert looking.vcenter.calls() == budget(LOG_IN, SWEEP, OWNERS, PORTS, AROUND, THIRD, ONCE)


def test_a_newer_vcenter_is_spoken_to_in_a_version_that_both_know(vcsim: StartHere, worker: MakeWorker) -> None:
    """A vCenter is upgraded before its clients are."""
    answer = worker(vcsim({"api_version": "99.1.0.0"})).ask("10.64.0.1")
    assert (answer.api_version, len(answer.vms)) == ("99.1.0.0", 1)


DENIED = """
<objects xmlns="urn:vim25" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><obj type="VirtualMachine">vm-7</obj>
<propSet><name>name</name><val xsi:type="xsd:string">app07</val></propSet>
<missingSet><path>guest.net</path><fault><fault xsi:type="NoPermission"/><localizedMessage/></fault></missingSet>
</objects>"""


def test_a_property_that_is_held_back_is_noticed() -> None:
    """A vCenter that denies one property sends no error, only a list of what is missing."""
    vm = properties.of_element(ElementTree.fromstring(DENIED))
    assert (vm.kind, vm.id, vm.text("name"), vm.denied) == ("VirtualMachine", "vm-7", "app07", True)


def test_the_incident_scenario_shows_the_bond_and_the_duplicate(vcsim: StartHere, worker: MakeWorker) -> None:
    """The scenario with everything in it stays one that the simulator takes."""
    answer = worker(vcsim("incident.json")).ask("10.0.0.5")
    assert {vm.name: [row.device_key for row in vm.guest_nics if row.addresses] for vm in answer.vms} == {
        "app-01": [4000, -1],
        "app-02": [4000],
    }

"""The inventory that is kept up to date: changes arrive, a fault costs a new reading at most, nothing stays behind."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.agents.deadline import Deadline
from bot.agents.vcenter.asking import MOST_CALLS
from bot.agents.vcenter.index import Inventory
from bot.agents.vcenter.session import Sessions
from bot.agents.vcenter.watcher import Watcher
from bot.errors import InstrumentError
from bot.meters import INVENTORY_AGE, VCENTER_CALLS
from bot.model.addresses import Mac
from bot.probes.vcenter import Query
from deploy.lab.vcsim import Vcsim
from tests.bot.agents.vcenter.conftest import MakeWorker, settings
from tests.bot.agents.vcenter.test_limits import AROUND, LOG_IN, ONCE, OWNERS, PORTS, THIRD, budget
from tests.bot.counted import PaperMeter
from tests.contracts.bench import until
from tests.fixtures.vcsim import StartHere

pytestmark = pytest.mark.vcsim

SUBSCRIBE = {"CreatePropertyCollector": 1, "CreateContainerView": 1, "CreateFilter": 1}
UNSUBSCRIBE = {"DestroyPropertyFilter": 1, "DestroyView": 1, "DestroyPropertyCollector": 1}
Watch = Callable[..., Callable[[], Inventory]]


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Begins to watch a vCenter; what it gives returns the inventory as it is now."""
    with ExitStack() as ends:

        def begin(vcenter: Vcsim, **changed: Any) -> Callable[[], Inventory]:
            given = replace(settings(vcenter.port, vcenter.ca_file), **changed)
            sessions = Sessions(given, given.tls())
            watcher = Watcher(given, given.tls(), sessions)
            watcher.start()
            ends.callback(sessions.close, Deadline.after(20))
            ends.callback(watcher.stop, Deadline.after(20))

            def now() -> Inventory:
                kept: Inventory = until(watcher.inventory)
                return kept

            return now

        yield begin


def nic(number: int) -> list[dict[str, Any]]:
    return [{"mac": f"02:00:00:00:00:{number:02x}", "ips": [f"10.9.0.{number}/24"]}]


def test_changed_vms_are_seen_without_a_new_sweep(vcsim: StartHere, watching: MakeWorker) -> None:
    """A list that is minutes old accuses whoever had the address before."""
    looking = watching(vcsim({"bulk": {"vms": 200}}))
    looking.vcenter.reset()
    looking.vcenter.apply(vms=[{"name": f"bulk-{number:05d}", "nics": nic(number)} for number in range(50, 100)])
    until(lambda: looking.ask(macs=("02:00:00:00:00:32",)).vms)
    until(lambda: looking.ask(macs=("02:00:00:00:00:63",)).vms)
    calls = looking.vcenter.calls()
    assert "CreateContainerView" not in calls
    assert calls["WaitForUpdatesEx"] <= 3


def test_a_vm_comes_into_the_inventory_and_goes(vcsim: StartHere, watch: Watch) -> None:
    """A VM that was deleted must not be named as an owner, nor one that was made just now be unknown."""
    vcenter = vcsim({"bulk": {"vms": 60}})
    now = watch(vcenter)
    assert len(now().vms) == 60
    vcenter.apply(bulk={"vms": 62})
    until(lambda: len(now().vms) == 62)
    vcenter.apply(vms=[{"name": "bulk-00060", "remove": True}])
    until(lambda: "bulk-00060" not in {row.name for row in now().vms.values()})
    assert len(now().vms) == 61


def test_hosts_port_groups_and_switches_are_followed_too(vcsim: StartHere, watch: Watch) -> None:
    """A vmkernel port that was given a VM's address an hour ago is the fault that is looked for."""
    vcenter = vcsim("owners.json")
    now = watch(vcenter)
    vcenter.apply(clusters=[{"name": "DC0_C0", "rename": "blue"}])
    until(lambda: {row.cluster for row in now().hosts.values()} == {"blue"})
    assert {"prod-10", "trunk"} <= {group.name for group in now().groups.values()}
    assert set(now().switches.values()) == {"DVS0"}
    vcenter.apply(hosts=[{"name": "esx-a1", "vmks": [{"device": "vmk9", "mac": "00:50:56:6a:09:09"}]}])
    until(lambda: "vmk9" in {own.device for row in now().hosts.values() for own in row.nics})
    vcenter.apply(dvs=[{"name": "DVS0", "portgroups": [{"name": "prod-10", "vlan": 77}]}])
    until(lambda: 77 in {group.vlan for group in now().groups.values()})


def test_a_look_up_asks_little_and_says_how_old_the_list_is(vcsim: StartHere, watching: MakeWorker) -> None:
    """The calls must not grow with the inventory; what they rest on must not look newer than it is."""
    looking = watching(vcsim({"bulk": {"vms": 200}}))
    looking.vcenter.reset()
    answer = looking.ask("10.64.0.150")
    calls = looking.vcenter.calls()
    assert ([vm.name for vm in answer.vms], answer.complete) == (["bulk-00150"], True)
    assert calls == budget(OWNERS, PORTS, AROUND, THIRD, ONCE)
    assert sum(calls.values()) <= MOST_CALLS
    assert any("looked up in a list" in note and "s old" in note for note in answer.unread)


def test_a_large_vcenter_arrives_in_pages(vcsim: StartHere, watch: Watch) -> None:
    """An answer that was cut short is no whole inventory."""
    vcenter = vcsim({"bulk": {"vms": 300}, "max_page": 40})
    assert len(watch(vcenter)().vms) == 300
    assert vcenter.calls()["WaitForUpdatesEx"] >= 8


@pytest.mark.parametrize("way", [{"gzip": True}, {"no_keep_alive": True}, {"latency_ms": 20}], ids=str)
def test_whatever_lies_in_between_changes_arrive(vcsim: StartHere, watch: Watch, way: dict[str, Any]) -> None:
    """A real vCenter compresses, a proxy may close after every answer, and every call takes its time."""
    vcenter = vcsim({"bulk": {"vms": 60}, "max_page": 25, **way})
    now = watch(vcenter)
    assert len(now().vms) == 60
    vcenter.apply(vms=[{"name": "bulk-00030", "nics": nic(30)}])
    until(lambda: now().owners(Query(macs=(Mac("02:00:00:00:00:1e"),))))


@pytest.mark.parametrize(
    ("scenario", "faults"),
    [
        pytest.param({"ignore_keyed_paths": True}, [], id="ignored"),
        pytest.param(
            {}, [{"method": "CreateFilter", "contains": "device[4000]", "fault": "InvalidProperty"}], id="refused"
        ),
        pytest.param(
            {}, [{"method": "WaitForUpdatesEx", "fault": "InvalidProperty", "times": 1}], id="refused when it waits"
        ),
    ],
)
def test_a_vcenter_without_keyed_paths_is_followed_all_the_same(
    vcsim: StartHere, watch: Watch, scenario: dict[str, Any], faults: list[dict[str, Any]]
) -> None:
    """Every MAC would be unknown, or stay the one that it was."""
    now = watch(vcsim({"bulk": {"vms": 60}, "faults": faults, **scenario}))
    macs = {mac for row in now().vms.values() for mac in row.macs}
    assert len(macs) == 60


@pytest.mark.parametrize(
    ("scenario", "key"),
    [pytest.param({"ignore_keyed_paths": True}, 4000, id="keyed paths ignored"), pytest.param({}, 13015, id="odd key")],
)
def test_a_changed_mac_is_noticed_where_no_keyed_path_tells_it(
    vcsim: StartHere, watch: Watch, scenario: dict[str, Any], key: int
) -> None:
    """And without Tools guest.net tells nothing either: there is only the version of the configuration."""
    silent = {"key": key, "no_guest": True}
    before, after = ({"nics": [{**nic(number)[0], **silent}], "name": "DC0_C0_RP0_VM1"} for number in (30, 31))
    vcenter = vcsim({"vms": [before], **scenario})
    now = watch(vcenter)
    assert now().owners(Query(macs=(Mac("02:00:00:00:00:1e"),)))
    vcenter.apply(vms=[after])
    until(lambda: now().owners(Query(macs=(Mac("02:00:00:00:00:1f"),))))
    assert not now().owners(Query(macs=(Mac("02:00:00:00:00:1e"),)))


@pytest.mark.parametrize("started", [pytest.param(True, id="kept"), pytest.param(False, id="read when asked")])
def test_odd_vms_are_found_and_hurt_nobody(
    vcsim: StartHere, worker: MakeWorker, watching: MakeWorker, started: bool
) -> None:
    """Without vNIC, with a card that bypasses the switch under a key of its own, on an NSX network, with any name."""
    sriov = {"mac": "02:00:00:00:02:02", "key": 13015, "sriov": True, "no_guest": True}
    nsx = {"mac": "02:00:00:00:03:01", "opaque_network": "ls-7", "no_guest": True}
    odd: list[dict[str, Any]] = [
        {"name": "DC0_C0_RP0_VM0", "nics": []},
        {"name": "DC0_C0_RP0_VM1", "nics": [{"mac": "02:00:00:00:02:01", "no_guest": True}, sriov]},
        {"name": "DC0_C0_RP0_VM2", "nics": [nsx]},
        {"name": "DC0_C0_RP0_VM3", "rename": "<b>a&b</b> *_~`\u202e'\""},
    ]
    looking = (watching if started else worker)(vcsim({"vms": odd}))
    assert looking.ask(names=("DC0_C0_RP0_VM0",)).vms[0].nics == ()
    assert [vm.name for vm in looking.ask(macs=("02:00:00:00:02:02",)).vms] == ["DC0_C0_RP0_VM1"]
    (opaque,) = looking.ask(macs=("02:00:00:00:03:01",)).vms
    assert [(card.backing, card.network) for card in opaque.nics] == [("opaque", "ls-7")]
    assert [vm.name for vm in looking.ask(names=("<B>a&b</b> *_~`\u202e'\"",)).vms] == [odd[3]["rename"]]


def test_a_session_that_expires_while_we_wait_is_replaced_once(vcsim: StartHere, watching: MakeWorker) -> None:
    """Filter and view went with it; the look-ups share the new one."""
    looking = watching(vcsim({"bulk": {"vms": 60}}))
    looking.vcenter.reset()
    looking.vcenter.expire_sessions()
    until(lambda: looking.vcenter.calls().get("CreateFilter"))
    looking.vcenter.apply(vms=[{"name": "bulk-00030", "nics": nic(30)}])
    until(lambda: looking.ask(macs=("02:00:00:00:00:1e",)).vms)
    calls = looking.vcenter.calls()
    assert (calls["Login"], calls["CreateContainerView"], looking.vcenter.sessions()) == (1, 1, 1)


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param({"close": True}, id="connection cut"),
        pytest.param({"http": 503}, id="http 503"),
        pytest.param({"fault": "InvalidCollectorVersion"}, id="version unknown"),
        pytest.param({"fault": "ManagedObjectNotFound"}, id="collector gone"),
        pytest.param({"fault": "RequestCanceled"}, id="cancelled by somebody"),
    ],
)
def test_a_wait_that_fails_costs_one_new_reading(vcsim: StartHere, watching: MakeWorker, fault: dict[str, Any]) -> None:
    """What came meanwhile must not be lost, and the session is as good as before."""
    looking = watching(vcsim({"bulk": {"vms": 60}}), wait_s=1)
    looking.vcenter.reset()
    looking.vcenter.apply(faults=[{"method": "WaitForUpdatesEx", "times": 1, **fault}])
    until(lambda: looking.vcenter.calls().get("CreateFilter"))
    looking.vcenter.apply(vms=[{"name": "bulk-00030", "nics": nic(30)}])
    until(lambda: looking.ask(macs=("02:00:00:00:00:1e",)).vms)
    calls = looking.vcenter.calls()
    assert (calls["CreateContainerView"], calls.get("Login")) == (1, None)


def test_while_there_is_no_inventory_a_look_up_reads_for_itself(vcsim: StartHere, worker: MakeWorker) -> None:
    """A first answer that takes long must not make anybody wait; and the worker still ends in time."""
    vcenter = vcsim({"bulk": {"vms": 60}, "faults": [{"method": "WaitForUpdatesEx", "hang_ms": 60_000}]})
    looking = worker(vcenter)
    looking.ability.start()
    until(lambda: vcenter.calls().get("WaitForUpdatesEx"))
    assert [vm.name for vm in looking.ask("10.64.0.30").vms] == ["bulk-00030"]
    looking.ability.close()
    assert vcenter.sessions() == 0


def test_a_list_is_not_used_when_the_vcenter_was_silent_for_too_long(vcsim: StartHere, watching: MakeWorker) -> None:
    """It hangs, or the connection is dead and nobody said so: nothing tells whether the list is still true."""
    looking = watching(vcsim({"bulk": {"vms": 60}}), wait_s=1, late_s=0.5)
    looking.vcenter.apply(faults=[{"method": "WaitForUpdatesEx", "hang_ms": 60_000}])
    until(lambda: not looking.ability.warm)
    looking.vcenter.reset()
    assert [vm.name for vm in looking.ask("10.64.0.30").vms] == ["bulk-00030"]
    assert looking.vcenter.calls()["CreateContainerView"] == 1


def test_a_filter_that_is_refused_leaves_the_look_ups(vcsim: StartHere, worker: MakeWorker) -> None:
    """Whatever the vCenter has against updates, reading is still allowed."""
    vcenter = vcsim({"faults": [{"method": "CreateFilter", "fault": "NoPermission"}]})
    looking = worker(vcenter)
    looking.ability.start()
    until(lambda: vcenter.calls().get("DestroyView"))
    assert len(looking.ask("10.64.0.1").vms) == 1


def test_a_wrong_password_is_tried_once_by_the_updates_and_once_by_a_question(
    vcsim: StartHere, worker: MakeWorker
) -> None:
    """Together they must not lock the account; and what goes on by itself must not use up the person's attempt."""
    looking = worker(vcsim("owners.json"), password="wrong")
    with capture_logs() as logs:
        looking.ability.start()
        until(lambda: [line["event"] for line in logs].count("vcenter_watch_lost") >= 3)
    assert looking.vcenter.calls()["Login"] == 1
    with pytest.raises(InstrumentError, match="refused the user name and password"):
        looking.ask("10.0.0.5")
    with pytest.raises(InstrumentError, match="restart the worker"):
        looking.ask("10.0.0.5")
    looking.ability.close()
    assert looking.vcenter.calls()["Login"] == 2


def test_one_login_serves_updates_and_look_ups(vcsim: StartHere, worker: MakeWorker) -> None:
    """A question may come in the moment in which the worker starts."""
    vcenter = vcsim("owners.json")
    looking = worker(vcenter)
    together = threading.Thread(target=looking.ability.start)
    together.start()
    looking.ask("10.0.0.5")
    together.join()
    until(lambda: looking.ability.warm)
    assert vcenter.calls()["Login"] == 1


def test_the_session_is_kept_while_nobody_asks(vcsim: StartHere, worker: MakeWorker) -> None:
    """A vCenter ends it after half an hour without a call, here after half a second; waits that fail are none."""
    vcenter = vcsim({"session_idle_s": 0.5, "faults": [{"method": "CreateContainerView", "fault": "NoPermission"}]})
    looking = worker(vcenter, keep_alive_s=0.05)
    looking.ability.start()
    until(lambda: vcenter.calls().get("CurrentTime", 0) >= 20)
    assert (vcenter.calls()["Login"], vcenter.sessions()) == (1, 1)


def test_nothing_is_left_behind(vcsim: StartHere, watching: MakeWorker) -> None:
    """Views that are never destroyed ate a vCenter's memory (pyVmomi issue 344); sessions are counted."""
    looking = watching(vcsim({"bulk": {"vms": 60}}))
    looking.ability.close()
    calls = looking.vcenter.calls()
    waits = {method: calls.pop(method) for method in ("WaitForUpdatesEx", "CancelWaitForUpdates")}
    assert calls == budget(LOG_IN, SUBSCRIBE, UNSUBSCRIBE, {"Logout": 1})
    assert (waits["WaitForUpdatesEx"], looking.vcenter.sessions()) == (2, 0)


def test_port_groups_that_cannot_be_read_now_are_told_from_the_list(vcsim: StartHere, watching: MakeWorker) -> None:
    """What was true seconds ago is worth telling, with its age; it is a gap all the same."""
    looking = watching(vcsim("owners.json"))
    refused = [
        {"method": "RetrievePropertiesEx", "contains": "DistributedVirtualPortgroup", "fault": "NoPermission"},
        {"method": "FetchDVPorts", "fault": "NoPermission"},
    ]
    looking.vcenter.apply(faults=refused)
    answer = looking.ask("10.0.0.7")
    assert [(card.network, card.blocked) for vm in answer.vms for card in vm.nics] == [("trunk", None)]
    assert not answer.complete
    assert any("distributed port groups is" in note and "s old" in note for note in answer.unread)
    assert any("blocked could not be read from DVS0" in note for note in answer.unread)


def test_calls_age_and_trouble_of_the_inventory_are_told(vcsim: StartHere, worker: MakeWorker) -> None:
    """What the operator's figures and /readyz are made of."""
    meter = PaperMeter()
    looking = worker(vcsim("owners.json"), meter=meter)
    assert looking.ability.trouble() == "The inventory of vCenter dc1 is not up to date; it is being loaded."
    assert list(looking.ability.readings()) == []
    looking.ability.start()
    until(lambda: looking.ability.warm)
    assert looking.ability.trouble() is None
    (reading,) = looking.ability.readings()
    assert (reading.measure, reading.labels) == (INVENTORY_AGE, ("dc1",))
    assert 0 <= reading.value < 60
    looking.ask("10.0.0.5")
    looking.ability.close()
    told = {key[2]: count for key, count in meter.counts.items() if key[0] == VCENTER_CALLS.name}
    waits = ("WaitForUpdatesEx", "CancelWaitForUpdates")  # may be cut off by our own end, before they are counted there
    asked = {method: count for method, count in looking.vcenter.calls().items() if method not in waits}
    assert {method: count for method, count in told.items() if method not in waits} == asked
    assert meter.wrong == []


def test_a_refused_password_is_told_as_the_reason(vcsim: StartHere, worker: MakeWorker) -> None:
    """Whoever reads /readyz sees what to correct."""
    meter = PaperMeter()
    looking = worker(vcsim("owners.json"), password="wrong", meter=meter)
    looking.ability.start()
    until(lambda: "refused the user" in (looking.ability.trouble() or ""))
    assert meter.of(VCENTER_CALLS, "dc1", "Login", "refused") == 1

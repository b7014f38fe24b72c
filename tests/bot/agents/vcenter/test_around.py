"""What is around the VMs never costs the answer who owns what: it fails alone, with a sentence, within its calls."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot.agents.vcenter import events, tasks
from bot.agents.vcenter.asking import MOST_CALLS
from bot.model.job import Artifact
from bot.ports import Work
from bot.probes.vcenter import Snapshot, dump, parse
from tests.bot.agents.vcenter.conftest import MakeWorker, job
from tests.fixtures.vcsim import StartHere

pytestmark = pytest.mark.vcsim

FAMILIES = ("clock", "vms", "hosts", "groups", "ports", "switches", "alarms", "events", "counters", "neighbours")
MAYBE = ("tasks",)
"""What costs more calls than are left where two VMs were found."""


def told(answer: Snapshot) -> set[str]:
    assert answer.surroundings is not None
    return {family for family in FAMILIES + MAYBE if getattr(answer.surroundings, family) is not None}


def sentences(answer: Snapshot) -> str:
    assert answer.surroundings is not None
    return " ".join(gap.says for gap in answer.surroundings.gaps)


def test_every_family_is_told(vcsim: StartHere, worker: MakeWorker) -> None:
    """The scenario with everything in it, through the real client."""
    assert told(worker(vcsim("incident.json")).ask("10.0.0.5")) == set(FAMILIES)


def test_the_history_of_tasks_is_told_where_calls_are_left(vcsim: StartHere, worker: MakeWorker) -> None:
    """One VM is the usual check: who had it changed is within the calls, and the collector does not stay behind."""
    looking = worker(vcsim("facts.json"))
    looking.ask("10.0.0.5")
    looking.vcenter.reset()
    looking.vcenter.apply(
        tasks=[
            {
                "entity": "app01",
                "description_id": f"VirtualMachine.task{number}",
                "state": "success",
                "minutes_ago": number,
            }
            for number in range(60)
        ]
    )
    answer = looking.ask("10.0.0.5")
    calls = looking.vcenter.calls()
    assert sum(calls.values()) <= MOST_CALLS
    assert calls["CreateCollectorForTasks"] == calls["DestroyCollector"] == 1
    assert answer.surroundings is not None
    assert answer.surroundings.tasks is not None
    assert [one.kind for one in answer.surroundings.tasks][-1] == "VirtualMachine.task0"
    assert len(answer.surroundings.tasks) == tasks.MOST_KEPT
    assert "Of the tasks of app01 in the last day not all are shown" in sentences(answer)


@pytest.mark.parametrize(
    "fault",
    [{"fault": "NoPermission"}, {"fault": "ManagedObjectNotFound"}, {"http": 503}, {"close": True}],
    ids=["denied", "gone", "busy", "cut"],
)
def test_a_collector_of_tasks_is_taken_away_also_where_it_could_not_be_read(
    vcsim: StartHere, worker: MakeWorker, fault: dict[str, object]
) -> None:
    """A session bears only so many, and ours lives as long as the worker."""
    looking = worker(vcsim("facts.json"))
    looking.ask("10.0.0.6")
    looking.vcenter.apply(faults=[{"method": "ReadNextTasks", **fault}])
    looking.vcenter.reset()
    answer = looking.ask("10.0.0.6")
    calls = looking.vcenter.calls()
    assert calls["CreateCollectorForTasks"] == calls["DestroyCollector"] == 1
    assert "tasks" not in told(answer)
    assert "Who had app02 changed could not be read" in sentences(answer)


def test_a_collector_that_hangs_is_taken_away_after_the_time_is_over(vcsim: StartHere, worker: MakeWorker) -> None:
    """Reading it took all the time that there was; a moment more keeps the vCenter clean."""
    looking = worker(vcsim("facts.json"), timeout_s=4.0, call_timeout_s=30.0)
    looking.ask("10.0.0.6")
    looking.vcenter.apply(faults=[{"method": "ReadNextTasks", "hang_ms": 20_000}])
    looking.vcenter.reset()
    answer = looking.ask("10.0.0.6")
    assert looking.vcenter.calls()["DestroyCollector"] == 1
    assert "did not answer in time" in sentences(answer)


def test_where_two_vms_take_the_calls_the_tasks_of_both_are_one_sentence(vcsim: StartHere, worker: MakeWorker) -> None:
    """What was given up is said once, and not once a machine."""
    looking = worker(vcsim("incident.json"))
    looking.ask("10.0.0.5")
    assert "Who had app-01, app-02 changed was not asked for" in sentences(looking.ask("10.0.0.5"))


def test_a_vcenter_without_overlay_counters_on_a_host_tells_the_others(vcsim: StartHere, worker: MakeWorker) -> None:
    """One counter that the host does not have must not cost the drops and errors."""
    looking = worker(vcsim("facts.json"))
    looking.vcenter.apply(
        dvs=[{"name": "DVS0", "portgroups": [{"name": "prod-10", "vlan": 10, "logical_switch_uuid": "0f-1"}]}],
        faults=[{"method": "QueryPerf", "fault": "InvalidArgument", "times": 1}],
        perf=[{"entity": "app01", "counter": "net.droppedRx.summation", "instance": "4000", "values": [7]}],
    )
    answer = looking.ask("10.0.0.5")
    assert answer.surroundings is not None
    assert answer.surroundings.counters
    assert "tells the counters of overlay networks of no host" in sentences(answer)
    assert "overlay" not in sentences(looking.ask("10.0.0.5"))


def test_two_vms_on_two_hosts_cost_no_more_than_the_budget(vcsim: StartHere, worker: MakeWorker) -> None:
    """A vCenter has to bear hundreds of checks a day, whatever the size of its inventory."""
    looking = worker(vcsim("incident.json"))
    looking.ask("10.0.0.5")
    looking.vcenter.reset()
    assert len(looking.ask("10.0.0.5").vms) == 2
    assert sum(looking.vcenter.calls().values()) <= MOST_CALLS


def test_where_the_calls_run_out_the_rest_is_left_with_a_sentence(vcsim: StartHere, worker: MakeWorker) -> None:
    """Many addresses in one question cost a call each; what is told last is given up first."""
    looking = worker(vcsim("incident.json"))
    looking.ask("10.0.0.5")
    looking.vcenter.apply(
        vms=[{"name": "app-04", "power": "poweredOn", "nics": [{"mac": "00:50:56:aa:00:44", "portgroup": "DC0_DVPG1"}]}]
    )
    looking.vcenter.reset()
    answer = looking.ask("10.0.0.5", names=("app-04",))
    assert sum(looking.vcenter.calls().values()) <= MOST_CALLS
    assert "hosts" in told(answer)
    assert "3 VMs own what was asked" in sentences(answer)


@pytest.mark.parametrize(
    ("method", "contains", "family", "sentence"),
    [
        pytest.param("CurrentTime", "", "clock", "clock could not be read", id="clock"),
        pytest.param("RetrievePropertiesEx", "config.network.vswitch", "hosts", "hosts could not be read", id="hosts"),
        pytest.param(
            "RetrievePropertiesEx", "DistributedVirtualSwitch\"", "switches", "switches could not", id="switches"
        ),
        pytest.param("RetrievePropertiesEx", "info.name", "", "names of alarms could not be read", id="alarm-names"),
        pytest.param("QueryEvents", "", "events", "What happened on app-01 could not be read", id="events"),
        pytest.param("RetrievePropertiesEx", "perfCounter", "counters", "counters could not be read", id="counter-ids"),
        pytest.param("QueryPerf", "", "counters", "counters could not be read", id="counters"),
        pytest.param("QueryNetworkHint", "", "neighbours", "uplinks of esx01 hear could not be read", id="neighbours"),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "fault",
    [
        pytest.param({"fault": "NoPermission"}, id="denied"),
        pytest.param({"fault": "ManagedObjectNotFound"}, id="gone"),
        pytest.param({"fault": "NotAuthenticated"}, id="session-over"),
        pytest.param({"http": 503}, id="busy"),
    ],
)
def test_a_family_that_fails_leaves_a_sentence_and_the_owners(
    vcsim: StartHere,
    worker: MakeWorker,
    method: str,
    contains: str,
    family: str,
    sentence: str,
    fault: dict[str, object],
) -> None:
    """Whatever a vCenter withholds, who owns the address is known, and what was not looked at is named."""
    looking = worker(vcsim("incident.json"))
    looking.vcenter.apply(faults=[{"method": method, "contains": contains, **fault}])
    answer = looking.ask("10.0.0.5")
    assert [vm.name for vm in answer.vms] == ["app-01", "app-02"]
    assert answer.complete
    assert sentence in sentences(answer)
    assert family not in told(answer)


def test_a_vcenter_that_hangs_on_events_still_answers_in_time(vcsim: StartHere, worker: MakeWorker) -> None:
    """Two silent calls and no more time: the owners come back all the same."""
    looking = worker(vcsim("incident.json"), timeout_s=4.0, call_timeout_s=1.0)
    looking.vcenter.apply(faults=[{"method": "QueryEvents", "hang_ms": 20_000}])
    answer = looking.ask("10.0.0.5")
    assert [vm.name for vm in answer.vms] == ["app-01", "app-02"]
    assert "did not answer in time" in sentences(answer)


def test_thousands_of_events_are_cut_and_markup_is_text(vcsim: StartHere, worker: MakeWorker) -> None:
    """A host that flaps all night, and a name that somebody made of markup."""
    looking = worker(vcsim("incident.json"))
    flood = [
        {"type": "EventEx", "event_type_id": "esx.problem.net.vmnic.linkstate.down", "host": "esx01",
         "message": "<b>]]>&amp; *vmnic0* " + "x" * 5000, "minutes_ago": number / 100}
        for number in range(10_000)
    ]  # fmt: skip
    looking.vcenter.apply(events=flood, vms=[{"name": "app-01", "rename": "<script>&\"'`*_~]]>"}])
    answer = looking.ask("10.0.0.5")
    assert answer.surroundings is not None
    assert answer.surroundings.events is not None
    assert len(answer.surroundings.events) <= 3 * events.MOST_KEPT
    assert max(len(one.says) for one in answer.surroundings.events) == events.SAYS_CHARS
    assert len(dump(answer)) < 300_000
    assert "only the newest 200 are shown" in sentences(answer)
    assert answer.vms[0].name == "<script>&\"'`*_~]]>"


@pytest.mark.parametrize(
    ("fragment", "sentence"),
    [
        pytest.param({"dvs": [{"name": "DVS0", "health_check": False}]}, "health check of DVS0 is off", id="health"),
        pytest.param(
            {"hosts": [{"name": "esx-a1", "connection_state": "notResponding"}]},
            "esx-a1 is notResponding: what is shown of it is what vCenter last knew",
            id="host-not-responding",
        ),
        pytest.param({}, "No uplink of esx-a1 hears CDP or LLDP", id="discovery-off"),
    ],
)
def test_what_a_vcenter_cannot_know_is_said(
    vcsim: StartHere, worker: MakeWorker, fragment: dict[str, object], sentence: str
) -> None:
    """Silence about these must not be read as "all is well"."""
    looking = worker(vcsim("owners.json"))
    looking.vcenter.apply(**fragment)
    assert sentence in sentences(looking.ask("10.0.0.5"))


def test_nobody_found_is_nobody_to_look_around(vcsim: StartHere, worker: MakeWorker) -> None:
    """No VM, no host: a look-up that finds nobody costs no further call."""
    assert worker(vcsim("owners.json")).ask("10.9.9.9").surroundings is None


def test_the_owners_are_told_at_once_and_what_is_around_them_later(vcsim: StartHere, worker: MakeWorker) -> None:
    """A channel waits for whose the MAC is; hosts and events may take seconds more."""
    looking = worker(vcsim("incident.json"))
    early: list[Snapshot] = []

    def report(evidence: Sequence[tuple[Artifact, bytes]]) -> None:
        assert "QueryEvents" not in looking.vcenter.calls()
        early.extend(parse(data) for _, data in evidence)

    ((_, data),) = looking.ability(Work(job("10.0.0.5"), lambda: False, report))
    final = parse(data)
    assert [replace(final, surroundings=None)] == early
    assert final.surroundings is not None


def test_a_worker_that_is_cut_off_while_it_looks_around_still_tells_the_owners(
    vcsim: StartHere, worker: MakeWorker
) -> None:
    """A server that sends a byte now and then outlives every timeout of a single call."""
    looking = worker(vcsim("incident.json"), timeout_s=3.0, call_timeout_s=30.0)
    looking.vcenter.apply(faults=[{"method": "QueryNetworkHint", "hang_ms": 20_000}])
    answer = looking.ask("10.0.0.5")
    assert [vm.name for vm in answer.vms] == ["app-01", "app-02"]
    assert "in time" in sentences(answer)


def test_where_the_vm_came_from_is_heard_too(vcsim: StartHere, worker: MakeWorker) -> None:
    """A switch that still sends to the old host's port is told only by who knows that port."""
    hints = [{"device": "vmnic0", "cdp": {"switch": "access-1", "port": f"Gi1/0/{number}"}} for number in range(1, 5)]
    hosts = [{"name": f"DC0_C0_H{number}", "hints": [hint]} for number, hint in enumerate(hints)]
    moved = {"type": "VmMigratedEvent", "vm": "DC0_C0_RP0_VM0", "host": "DC0_C0_H0", "from_host": "DC0_C0_H3"}
    vm = {"name": "DC0_C0_RP0_VM0", "host": "DC0_C0_H0", "nics": [{"mac": "00:50:56:aa:00:01", "ips": ["10.0.0.5/24"]}]}
    looking = worker(
        vcsim({"model": {"hosts": 4}, "hosts": hosts, "vms": [vm], "events": [{**moved, "minutes_ago": 1}]})
    )
    around = looking.ask("10.0.0.5").surroundings
    assert around is not None
    heard = {one.host for one in around.neighbours or () if one.port}
    assert heard == {"DC0_C0_H0", "DC0_C0_H1", "DC0_C0_H3"}

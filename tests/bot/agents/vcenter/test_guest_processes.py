"""Inside the guests: what is asked there, what of it leaves the worker, and what happens when a guest refuses."""

import json
import logging
import threading
import traceback
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.agents.vcenter import VcenterSettings
from bot.agents.vcenter.guest_processes import MOST_GUESTS, REFUSALS
from bot.errors import InstrumentError, RequestError
from bot.probes.vcenter import GuestProcesses, Snapshot, parse
from bot.roles.vcenter_worker import vcenter_settings
from bot.settings import Settings
from deploy.lab.vcsim import Vcsim
from tests.bot.agents.vcenter.conftest import CLOCK, MakeWorker, Worker, job, run
from tests.fixtures.vcsim import StartHere

USER, PASSWORD = "svc-list", "canary-7c1e"
LISTING = "ListProcessesInGuest"
INIT = {"pid": 1, "name": "systemd", "cmd": "/usr/lib/systemd/systemd --system", "owner": "root"}
HAD = {"pid": 812, "name": "had", "cmd": "/opt/VRTSvcs/bin/had", "owner": "root", "started_minutes_ago": 90}
BASH = {"pid": 900, "name": "bash", "cmd": "bash -c 'mysql -psecret'", "owner": "ana", "started_minutes_ago": 2}
ENVIRONMENT = {
    "RULEOUT_VCENTER_NAME": "dc1",
    "RULEOUT_VCENTER_HOST": "vc",
    "RULEOUT_VCENTER_USER": "reader",
    "RULEOUT_VCENTER_PASSWORD": "right",
}


def guest(name: str, *processes: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A guest that knows the account; without processes it runs only its first one."""
    return {"name": name, "guest_credentials": [USER, PASSWORD], "guest_processes": processes or (INIT,), **more}


def looking_into(
    vcenter: Vcsim, worker: MakeWorker, *guests: dict[str, Any], password: str = PASSWORD, **changed: Any
) -> Worker:
    """A worker with a guest account for these guests."""
    vcenter.apply(vms=guests)
    agents = ("had", "hashadow", "keepalived", "heartbeat", "clussvc")
    return worker(vcenter, guest_user=USER, guest_password=password, guest_agents=agents, **changed)


def processes(answer: Snapshot) -> GuestProcesses:
    """What is known of the one guest in the answer."""
    (vm,) = answer.vms
    assert vm.processes is not None
    return vm.processes


def shared(vms: int) -> dict[str, Any]:
    """A scenario of guests that all report one address; each knows the account."""
    nics = [[{"mac": f"00:50:56:00:00:{index:02x}", "ips": ["10.0.0.50/24"]}] for index in range(vms)]
    return {"model": {"vms": vms}, "vms": [guest(f"DC0_C0_RP0_VM{i}", nics=own) for i, own in enumerate(nics)]}


def sentences(answer: Snapshot) -> list[str]:
    return [each for each in answer.unread if "processes" in each]


@pytest.mark.vcsim
def test_nothing_is_asked_in_a_guest_unless_an_account_was_given(vcsim: StartHere, worker: MakeWorker) -> None:
    """Every listing is a login inside a machine that belongs to somebody."""
    vcenter = vcsim("owners.json")
    vcenter.apply(vms=[guest("app01", INIT, HAD)])
    answer = worker(vcenter, guest_agents=("had",)).ask("10.0.0.5")
    assert [vm.processes for vm in answer.vms] == [None]
    assert LISTING not in vcenter.calls()
    assert sentences(answer) == []


@pytest.mark.vcsim
def test_only_the_agents_looked_for_leave_the_worker(vcsim: StartHere, worker: MakeWorker) -> None:
    """What else runs, and with which arguments, is nobody's business."""
    looking = looking_into(vcsim("owners.json"), worker, guest("app01", INIT, HAD, BASH))
    data = run(looking.ability, job("10.0.0.5"))
    assert not [word for word in ("systemd", "bash", "mysql", "VRTSvcs", "ana") if word.encode() in data]
    (vm,) = json.loads(data)["vms"]
    (had,) = vm["processes"]["found"]
    started_at = datetime.fromisoformat(had.pop("started_at"))
    assert abs(datetime.now(UTC) - timedelta(minutes=90) - started_at) < timedelta(minutes=1)  # noqa: TID251  the simulator's clock
    assert had == {"name": "had", "pid": 812, "owner": "root", "ended_at": None, "exit_code": None, "bare": False}
    assert vm["processes"]["looked_for"] == ["had", "hashadow", "keepalived", "heartbeat", "clussvc"]
    assert vm["processes"]["unread"] is None


@pytest.mark.vcsim
def test_a_list_without_any_agent_is_no_agent_and_not_unknown(vcsim: StartHere, worker: MakeWorker) -> None:
    """That the list was read is a fact of its own."""
    looked = processes(looking_into(vcsim("owners.json"), worker, guest("app01", INIT, BASH)).ask("10.0.0.5"))
    assert (looked.found, looked.unread) == ((), None)


@pytest.mark.vcsim
@pytest.mark.parametrize(
    ("told", "system", "kept"),
    [
        pytest.param(("keepalived", "keepalived"), "linuxGuest", ("keepalived", True), id="zombie"),
        pytest.param(("keepalived", "/usr/sbin/keepalived"), "linuxGuest", ("keepalived", False), id="no-arguments"),
        pytest.param(("", "/usr/sbin/keepalived"), "linuxGuest", ("keepalived", False), id="no-name"),
        pytest.param(
            ("heartbeat: FIFO reader", "heartbeat: FIFO reader"), "linuxGuest", ("heartbeat", False), id="own-title"
        ),
        pytest.param(("ClusSvc.exe", "clussvc.exe"), "windowsGuest", ("ClusSvc.exe", None), id="windows"),
        pytest.param(("had", "had"), "solarisGuest", ("had", None), id="solaris"),
        pytest.param(("hadoop", "/usr/bin/hadoop had"), "linuxGuest", None, id="part-of-a-name"),
        pytest.param(("vi", "vi /etc/keepalived"), "linuxGuest", None, id="name-as-an-argument"),
    ],
)
def test_an_agent_is_known_by_its_whole_name(
    vcsim: StartHere, worker: MakeWorker, told: tuple[str, str], system: str, kept: tuple[str, bool | None] | None
) -> None:
    """As Tools of every age and system write it; and a zombie only where its looks say so."""
    name, command = told
    process = {"pid": 70, "name": name, "cmd": command, "owner": "root"}
    looking = looking_into(vcsim("owners.json"), worker, guest("app01", INIT, process, os=system))
    found = processes(looking.ask("10.0.0.5")).found
    assert [(one.name, one.bare) for one in found] == ([kept] if kept else [])


@pytest.mark.vcsim
def test_an_exit_code_is_told_where_the_guest_tells_it(vcsim: StartHere, worker: MakeWorker) -> None:
    """Of what was started through vCenter, for five minutes."""
    ended = {**HAD, "ended_minutes_ago": 3, "exit_code": 139}
    (had,) = processes(looking_into(vcsim("owners.json"), worker, guest("app01", INIT, ended)).ask("10.0.0.5")).found
    assert had.exit_code == 139
    assert had.ended_at is not None
    assert had.ended_at > had.started_at


@pytest.mark.vcsim
def test_a_guest_that_hides_the_processes_of_others_is_not_read_whole(vcsim: StartHere, worker: MakeWorker) -> None:
    """With hidepid Linux shows an account its own processes only: the first one is missing, and no error tells."""
    answer = looking_into(vcsim("owners.json"), worker, guest("app01", HAD)).ask("10.0.0.5")
    assert [one.name for one in processes(answer).found] == ["had"]
    assert processes(answer).unread == "The guest app01 shows RULEOUT_GUEST_USER only a part of its processes."
    assert processes(answer).unread in answer.unread


@pytest.mark.vcsim
@pytest.mark.parametrize(
    ("fault", "because"),
    [
        pytest.param("GuestOperationsUnavailable", "VMware Tools take no operations there", id="unavailable"),
        pytest.param("InvalidGuestLogin", "it refuses RULEOUT_GUEST_USER", id="login"),
        pytest.param("GuestPermissionDenied", "it does not let RULEOUT_GUEST_USER see them", id="permission-inside"),
        pytest.param("TaskInProgress", "vCenter is busy with another task there", id="task"),
        pytest.param("NoPermission", "lacks the privilege VirtualMachine.GuestOperations.Query", id="privilege"),
        pytest.param("NotAuthenticated", "vCenter ended our session", id="session"),
        pytest.param("GuestComponentsOutOfDate", "its VMware Tools are too old", id="old-tools"),
        pytest.param("OperationDisabledByGuest", "configured not to list them", id="disabled"),
        pytest.param("InvalidPowerState", "it is not running any more", id="off-meanwhile"),
        pytest.param("ManagedObjectNotFound", "the VM is gone", id="deleted-meanwhile"),
        pytest.param("OperationNotSupportedByGuest", "answered with OperationNotSupportedByGuest", id="any-other"),
    ],
)
def test_a_fault_in_the_guest_is_a_sentence_and_no_failure(
    vcsim: StartHere, worker: MakeWorker, fault: str, because: str
) -> None:
    """Who owns the address is known all the same, and wholly."""
    looking = looking_into(vcsim("owners.json"), worker, guest("app01", INIT, HAD))
    looking.vcenter.apply(faults=[{"method": LISTING, "fault": fault}])
    answer = looking.ask("10.0.0.5")
    (sentence,) = sentences(answer)
    assert because in sentence
    assert sentence.startswith("The processes in the guest app01 were not listed, because ")
    assert (processes(answer).found, processes(answer).unread) == ((), sentence)
    assert answer.complete
    assert looking.vcenter.calls()[LISTING] == 1


@pytest.mark.vcsim
@pytest.mark.parametrize(
    ("fault", "because"),
    [
        pytest.param({"hang_ms": 20_000}, "did not answer in time", id="silent"),
        pytest.param({"close": True}, "the connection was cut", id="cut"),
        pytest.param({"http": 503}, "does not answer as a vCenter does", id="http-503"),
    ],
)
def test_a_listing_that_gets_lost_is_not_repeated(
    vcsim: StartHere, worker: MakeWorker, fault: dict[str, object], because: str
) -> None:
    """The login in the guest may have been counted; and a guest that hangs takes half of the time at most."""
    looking = looking_into(vcsim("owners.json"), worker, guest("app01", INIT, HAD), call_timeout_s=1.0)
    looking.vcenter.apply(faults=[{"method": LISTING, **fault}])
    answer = looking.ask("10.0.0.5")
    assert because in str(processes(answer).unread)
    assert answer.complete
    assert looking.vcenter.calls()[LISTING] == 1


@pytest.mark.vcsim
def test_a_guest_that_hangs_leaves_time_for_the_others(vcsim: StartHere, worker: MakeWorker) -> None:
    """Neither they nor the answer about owners must wait for it to the end."""
    looking = looking_into(vcsim(shared(3)), worker)
    looking.vcenter.apply(faults=[{"method": LISTING, "hang_ms": 20_000, "times": 1}])
    wanted = job("10.0.0.50", lives_s=8.0)
    answer = parse(run(looking.ability, wanted))
    read = [vm.processes.unread for vm in answer.vms if vm.processes]
    assert len(read) == 3
    assert [("did not answer in time" in unread) for unread in read if unread] == [True]
    assert CLOCK.now() < wanted.expires_at


@pytest.mark.vcsim
def test_a_refusal_to_name_the_process_manager_is_a_sentence_too(vcsim: StartHere, worker: MakeWorker) -> None:
    """It is read by a call of its own."""
    looking = looking_into(vcsim("owners.json"), worker, guest("app01", INIT, HAD))
    fault = {"method": "RetrievePropertiesEx", "contains": "GuestOperationsManager", "fault": "NoPermission"}
    looking.vcenter.apply(faults=[fault])
    answer = looking.ask("10.0.0.5")
    assert "VirtualMachine.GuestOperations.Query" in str(processes(answer).unread)
    assert answer.complete


@pytest.mark.vcsim
def test_a_guest_without_tools_is_not_asked(vcsim: StartHere, worker: MakeWorker) -> None:
    """It could only fail, and a VM that is off has no processes to miss."""
    looking = looking_into(vcsim("owners.json"), worker)
    mute, off = looking.ask(names=("mute01", "off01")).vms
    assert (mute.name, off.name) == ("mute01", "off01") or (off.name, mute.name) == ("mute01", "off01")
    by_name = {vm.name: vm.processes for vm in (mute, off)}
    assert by_name["off01"] is None
    assert "VMware Tools take no operations there" in str(by_name["mute01"] and by_name["mute01"].unread)
    assert LISTING not in looking.vcenter.calls()


@pytest.mark.vcsim
def test_no_more_than_a_few_guests_are_asked_at_once(vcsim: StartHere, worker: MakeWorker) -> None:
    """An address that many container hosts share must not mean a login into each of them."""
    looking = looking_into(vcsim(shared(6)), worker)
    answer = looking.ask("10.0.0.50")
    assert looking.vcenter.calls()[LISTING] == MOST_GUESTS == 3
    assert sum(vm.processes is not None and vm.processes.unread is None for vm in answer.vms) == MOST_GUESTS
    (sentence,) = sentences(answer)
    assert sentence.startswith("The processes in the guests ")
    assert sentence.endswith("were not listed, because no more than 3 guests are asked at once.")


@pytest.mark.vcsim
def test_a_listing_costs_two_calls(vcsim: StartHere, worker: MakeWorker) -> None:
    """Where to ask, and the list; however many guests, the first is needed once."""
    vcenter = vcsim(shared(3))
    plain = worker(vcenter)
    plain.ask("10.0.0.50")
    without = vcenter.calls()
    vcenter.reset()
    looking_into(vcenter, worker).ask("10.0.0.50")
    extra = {method: count - without.get(method, 0) for method, count in vcenter.calls().items()}
    assert {method: count for method, count in extra.items() if count} == {LISTING: 3, "RetrievePropertiesEx": 1}


@pytest.mark.vcsim
def test_a_guest_that_refused_the_password_is_never_asked_again(vcsim: StartHere, worker: MakeWorker) -> None:
    """Guests lock accounts. Another guest may have another password and is asked all the same."""
    looking = looking_into(vcsim("owners.json"), worker, guest("app01"), guest("dup-a", INIT, HAD), guest("dup-b"))
    looking.vcenter.apply(vms=[{"name": "app01", "guest_credentials": [USER, "another"], "guest_processes": [INIT]}])
    for because in ("it refuses RULEOUT_GUEST_USER, and", *["it refused RULEOUT_GUEST_USER before, and"] * 3):
        unread = str(processes(looking.ask("10.0.0.5")).unread)
        assert because in unread
        assert "correct RULEOUT_GUEST_PASSWORD and restart the worker" in unread
    assert looking.vcenter.calls()[LISTING] == 1
    assert [bool(vm.processes and vm.processes.found) for vm in looking.ask("10.0.0.6").vms] == [True, False]
    assert looking.vcenter.calls()[LISTING] == 3


@pytest.mark.vcsim
def test_after_some_refusals_in_a_row_no_guest_is_asked_any_more(vcsim: StartHere, worker: MakeWorker) -> None:
    """One account of a domain may be good for all guests, and then each wrong try counts for all."""
    vcenter = vcsim("owners.json")
    looking = looking_into(vcenter, worker, guest("app01"), guest("dup-a"), guest("dup-b"), password="wrong")
    looking.ask("10.0.0.5")
    looking.ask("10.0.0.6")
    assert vcenter.calls()[LISTING] == REFUSALS == 3
    vcenter.apply(vms=[guest("cut01")])
    assert "3 guests in a row refused RULEOUT_GUEST_USER" in str(processes(looking.ask("10.0.0.7")).unread)
    assert vcenter.calls()[LISTING] == REFUSALS


@pytest.mark.vcsim
def test_a_success_begins_the_row_anew(vcsim: StartHere, worker: MakeWorker) -> None:
    """Some guests without the account must not switch off the others."""
    stranger = {"guest_credentials": ["else", "else"]}
    vcenter = vcsim("owners.json")
    looking = looking_into(
        vcenter, worker, guest("app01", **stranger), guest("dup-a", **stranger), guest("dup-b"),
        guest("cut01", **stranger),
    )  # fmt: skip
    for ip in ("10.0.0.5", "10.0.0.6", "10.0.0.7"):  # refused; refused and let in; refused
        looking.ask(ip)
    assert vcenter.calls()[LISTING] == 4
    assert [vm.processes and vm.processes.unread for vm in looking.ask("10.0.0.16").vms] == [None]
    assert vcenter.calls()[LISTING] == 5


def ask_together(looking: Worker, ips: Iterable[str]) -> None:
    """All questions at the same moment."""
    wanted = list(ips)
    together = threading.Barrier(len(wanted))

    def ask(ip: str) -> Snapshot:
        together.wait(timeout=10)
        return looking.ask(ip)

    with ThreadPoolExecutor(len(wanted)) as people:
        assert all(answer.vms for answer in people.map(ask, wanted))


@pytest.mark.vcsim
def test_people_who_ask_at_the_same_time_try_a_wrong_password_once(vcsim: StartHere, worker: MakeWorker) -> None:
    """Ten people ask at once when something is down; ten wrong tries lock the account."""
    looking = looking_into(vcsim("owners.json"), worker, guest("app01"), password="wrong")
    looking.vcenter.apply(faults=[{"method": LISTING, "fault": "InvalidGuestLogin", "hang_ms": 300}])
    ask_together(looking, ["10.0.0.5"] * 8)
    assert looking.vcenter.calls()[LISTING] == 1


@pytest.mark.vcsim
def test_not_even_at_the_same_time_more_guests_than_that_are_tried(vcsim: StartHere, worker: MakeWorker) -> None:
    """A refusal that is still under way counts as one."""
    nics = [[{"mac": f"00:50:56:00:00:{index:02x}", "ips": [f"10.0.0.{60 + index}/24"]}] for index in range(8)]
    vms = [guest(f"DC0_C0_RP0_VM{i}", nics=own) for i, own in enumerate(nics)]
    looking = looking_into(vcsim({"model": {"vms": 8}, "vms": vms}), worker, password="wrong")
    looking.vcenter.apply(faults=[{"method": LISTING, "fault": "InvalidGuestLogin", "hang_ms": 300}])
    ask_together(looking, [f"10.0.0.{60 + index}" for index in range(8)])
    assert looking.vcenter.calls()[LISTING] == REFUSALS


@pytest.mark.vcsim
@pytest.mark.parametrize("fault", [None, {"fault": "InvalidGuestLogin"}, {"close": True}, {"http": 500}])
def test_the_guest_password_is_in_no_text(
    vcsim: StartHere,
    worker: MakeWorker,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    fault: dict[str, object] | None,
) -> None:
    """Not in the snapshot, which is kept in cases; not in a log; not in a traceback."""
    caplog.set_level(logging.DEBUG)
    looking = looking_into(vcsim("owners.json"), worker, guest("app01", INIT, HAD))
    if fault:
        looking.vcenter.apply(faults=[{"method": LISTING, **fault}])
    with capture_logs() as logged:
        data = run(looking.ability, job("10.0.0.5"))
    looking.vcenter.apply(faults=[{"method": "RetrievePropertiesEx", "fault": "HostNotReachable"}])
    with pytest.raises(InstrumentError) as failed:
        looking.ask("10.0.0.5")
    told = "".join(traceback.format_exception(failed.value))
    texts = (data.decode(), repr(logged), caplog.text, "".join(capfd.readouterr()), told, repr(looking.ability))
    assert looking.vcenter.calls()[LISTING] == 1
    assert any("guest_" in str(line["event"]) for line in logged) or fault not in (None, {"fault": "InvalidGuestLogin"})
    assert not [text for text in texts if PASSWORD in text]


def test_a_pair_of_settings_opens_guests_and_half_of_it_is_refused() -> None:
    """Half of an account is a mistake, not a wish."""
    off = vcenter_settings(Settings(ENVIRONMENT))
    assert (off.guest_user, off.guest_password) == ("", "")
    both = Settings({**ENVIRONMENT, "RULEOUT_GUEST_USER": USER, "RULEOUT_GUEST_PASSWORD": PASSWORD})
    told = vcenter_settings(both)
    assert (told.guest_user, told.guest_password) == (USER, PASSWORD)
    assert {"had", "hashadow", "keepalived", "corosync", "pacemakerd", "clussvc"} <= set(told.guest_agents)
    assert PASSWORD not in repr(told)
    for half in ("RULEOUT_GUEST_USER", "RULEOUT_GUEST_PASSWORD"):
        with pytest.raises(RequestError, match="or neither") as refused:
            vcenter_settings(Settings({**ENVIRONMENT, half: PASSWORD}))
        assert PASSWORD not in str(refused.value)


def test_a_guest_account_with_nothing_to_look_for_is_refused() -> None:
    """It would log in to guests for nothing."""
    given = {"RULEOUT_GUEST_USER": USER, "RULEOUT_GUEST_PASSWORD": PASSWORD, "RULEOUT_GUEST_AGENTS": " , "}
    with pytest.raises(RequestError, match="RULEOUT_GUEST_AGENTS must name a process"):
        vcenter_settings(Settings({**ENVIRONMENT, **given}))


def test_the_guest_password_may_lie_in_a_file(tmp_path: Any) -> None:
    """As every secret."""
    (tmp_path / "guest").write_text(f"{PASSWORD}\n")
    given = {"RULEOUT_GUEST_USER": USER, "RULEOUT_GUEST_PASSWORD_FILE": str(tmp_path / "guest")}
    told: VcenterSettings = vcenter_settings(Settings({**ENVIRONMENT, **given}))
    assert told.guest_password == PASSWORD

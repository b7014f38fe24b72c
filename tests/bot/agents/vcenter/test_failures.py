"""When the vCenter cannot be read: which sentence, how many tries, and never a hang."""

import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.agents.vcenter import VcenterAbility
from bot.errors import InstrumentError
from bot.ports import Work
from tests.bot.agents.vcenter.conftest import CLOCK, MakeWorker, job, run, settings
from tests.fixtures.vcsim import StartHere

vcsim_needed = pytest.mark.vcsim


@contextmanager
def silent_server() -> Iterator[int]:
    """A port that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@vcsim_needed
def test_a_wrong_password_is_tried_twice_and_never_again(vcsim: StartHere, worker: MakeWorker) -> None:
    """A third try could lock the account for everybody who uses it."""
    looking = worker(vcsim("owners.json"), password="wrong")
    for _ in range(2):
        with pytest.raises(InstrumentError, match=r"refused the user name and password\. Check the password of reader"):
            looking.ask("10.0.0.5")
    for _ in range(3):
        with pytest.raises(InstrumentError, match="restart the worker"):
            looking.ask("10.0.0.5")
    assert looking.vcenter.calls()["Login"] == 2


@vcsim_needed
def test_the_password_is_in_no_text(vcsim: StartHere) -> None:
    """Settings are printed in tracebacks."""
    vcenter = vcsim("owners.json")
    assert "right" not in repr(settings(vcenter.port, vcenter.ca_file))


@vcsim_needed
def test_a_certificate_of_an_unknown_ca_is_refused_before_anything_is_sent(
    vcsim: StartHere, worker: MakeWorker
) -> None:
    """Whoever sits in the middle would get the password."""
    stranger, vcenter = vcsim("owners.json"), vcsim("owners.json")
    looking = worker(vcenter, ca_file=str(stranger.ca_file))
    with pytest.raises(InstrumentError, match="certificate is not trusted"):
        looking.ask("10.0.0.5")
    assert vcenter.calls() == {}


@vcsim_needed
def test_loopback_is_verified_too(vcsim: StartHere, worker: MakeWorker) -> None:
    """Left to itself, pyVmomi turns verification off for localhost unless it is handed a context."""
    vcenter = vcsim("owners.json")
    with pytest.raises(InstrumentError, match="certificate is not trusted"):
        worker(vcenter, host="localhost", ca_file="").ask("10.0.0.5")
    assert vcenter.calls() == {}


def test_a_ca_file_without_a_certificate_is_named_at_the_start(tmp_path: Path) -> None:
    """A worker that cannot verify must not start."""
    (tmp_path / "ca.pem").write_text("nothing")
    with pytest.raises(InstrumentError, match=r"ca\.pem cannot be read as CA certificates"):
        VcenterAbility(settings(443, tmp_path / "ca.pem"), CLOCK)


def test_a_silent_server_fails_the_job_before_it_expires() -> None:
    """SmartConnect would wait for ever; here the reason arrives while somebody still waits for it."""
    with silent_server() as port:
        ability = VcenterAbility(settings(port, ""), CLOCK)
        wanted = job("10.0.0.5", lives_s=1.5)
        with pytest.raises(InstrumentError, match="did not answer in time"):
            run(ability, wanted)
    assert CLOCK.now() < wanted.expires_at


@vcsim_needed
def test_a_vcenter_that_falls_silent_half_way_fails_the_job_in_time(vcsim: StartHere, worker: MakeWorker) -> None:
    """The login went well and then vpxd hangs: the most common way of all."""
    looking = worker(vcsim("owners.json"))
    looking.vcenter.apply(faults=[{"method": "RetrievePropertiesEx", "hang_ms": 20_000}])
    wanted = job("10.0.0.5", lives_s=1.5)
    with pytest.raises(InstrumentError, match="did not answer in time"):
        run(looking.ability, wanted)
    assert CLOCK.now() < wanted.expires_at


def test_a_job_that_is_as_good_as_expired_is_not_begun() -> None:
    """Its answer would reach nobody."""
    with pytest.raises(InstrumentError, match="too late"):
        run(VcenterAbility(settings(1, ""), CLOCK), job("10.0.0.5", lives_s=0.5))


def test_a_cancelled_job_ends_at_once() -> None:
    """The person changed their mind, or another agent took the lease."""
    with silent_server() as port:
        ability = VcenterAbility(settings(port, ""), CLOCK)
        with pytest.raises(InstrumentError, match="stopped"):
            ability(Work(job("10.0.0.5"), lambda: True, lambda _: None))


def test_a_closed_port_is_said_to_be_one() -> None:
    """Nothing listens: a wrong port, or vCenter is down."""
    says = r"vCenter dc1 \(127.0.0.1\) .* refuses connections. Check the host name"
    with socket.socket() as reserved:  # bound and deaf, so that nobody else listens there meanwhile
        reserved.bind(("127.0.0.1", 0))
        ability = VcenterAbility(settings(reserved.getsockname()[1], ""), CLOCK)
        with pytest.raises(InstrumentError, match=says):
            run(ability, job("10.0.0.5"))


@vcsim_needed
@pytest.mark.parametrize("method", ["RetrievePropertiesEx", "FindAllByIp", "CreateContainerView"])
def test_a_cut_connection_is_tried_once_more(vcsim: StartHere, worker: MakeWorker, method: str) -> None:
    """A firewall that forgot the connection costs one repetition, not the look-up."""
    looking = worker(vcsim("owners.json"))
    looking.vcenter.apply(faults=[{"method": method, "close": True, "times": 1}])
    answer = looking.ask("10.0.0.5")
    assert ([vm.name for vm in answer.vms], answer.complete) == (["app01"], True)


@vcsim_needed
def test_a_connection_that_is_always_cut_is_given_up(vcsim: StartHere, worker: MakeWorker) -> None:
    """Twice, then the reason."""
    looking = worker(vcsim("owners.json"))
    looking.vcenter.apply(faults=[{"method": "RetrievePropertiesEx", "close": True}])
    with pytest.raises(InstrumentError, match="connection was cut"):
        looking.ask("10.0.0.5")
    assert looking.vcenter.calls()["RetrievePropertiesEx"] == 2


@vcsim_needed
def test_a_cut_login_is_not_repeated(vcsim: StartHere, worker: MakeWorker) -> None:
    """It may have been counted."""
    looking = worker(vcsim("owners.json"))
    looking.vcenter.apply(faults=[{"method": "Login", "close": True}])
    with pytest.raises(InstrumentError, match="connection was cut"):
        looking.ask("10.0.0.5")
    assert looking.vcenter.calls()["Login"] == 1


@vcsim_needed
def test_a_page_lost_on_the_way_starts_the_reading_over(vcsim: StartHere, worker: MakeWorker) -> None:
    """The token may be used up: asking for the same page again could skip the VMs on it."""
    looking = worker(vcsim({"bulk": {"vms": 40}, "max_page": 10}))
    looking.vcenter.apply(faults=[{"method": "ContinueRetrievePropertiesEx", "close": True, "times": 1, "after": 1}])
    (vm,) = looking.ask("10.64.0.39").vms
    assert vm.name == "bulk-00039"


@vcsim_needed
def test_a_switch_that_does_not_tell_its_ports_leaves_a_note_and_no_gap(vcsim: StartHere, worker: MakeWorker) -> None:
    """Who owns what is known all the same: only whether the port is blocked is not."""
    looking = worker(vcsim("owners.json"))
    looking.vcenter.apply(faults=[{"method": "FetchDVPorts", "fault": "NoPermission"}])
    answer = looking.ask("10.0.0.7")
    assert ([nic.blocked for vm in answer.vms for nic in vm.nics], answer.complete) == ([None], True)
    assert any("distributed ports are blocked could not be read" in note for note in answer.unread)


@vcsim_needed
def test_a_session_that_expired_is_replaced_once(vcsim: StartHere, worker: MakeWorker) -> None:
    """A vCenter ends a session after 30 idle minutes; the next question must not fail for it."""
    looking = worker(vcsim("owners.json"))
    looking.ask("10.0.0.5")
    looking.vcenter.expire_sessions()
    looking.vcenter.reset()
    assert [vm.name for vm in looking.ask("10.0.0.5").vms] == ["app01"]
    assert looking.vcenter.calls()["Login"] == 1


@vcsim_needed
def test_a_session_that_ends_half_way_is_replaced_once(vcsim: StartHere, worker: MakeWorker) -> None:
    """Our collector and our view went with it, so the look-up begins again."""
    looking = worker(vcsim("owners.json"))
    fault = {"method": "RetrievePropertiesEx", "fault": "NotAuthenticated", "times": 1, "after": 1}
    looking.vcenter.apply(faults=[fault])
    answer = looking.ask("10.0.0.5")
    assert ([vm.name for vm in answer.vms], answer.complete) == (["app01"], True)
    assert looking.vcenter.calls()["Login"] == 2


@vcsim_needed
def test_a_session_that_never_lasts_is_not_opened_for_ever(vcsim: StartHere, worker: MakeWorker) -> None:
    """A login storm fills the vCenter's session table."""
    looking = worker(vcsim("owners.json"))
    looking.vcenter.apply(faults=[{"method": "CreateContainerView", "fault": "NotAuthenticated"}])
    with pytest.raises(InstrumentError, match="ended our session"):
        looking.ask("10.0.0.5")
    assert looking.vcenter.calls()["Login"] == 2


@vcsim_needed
def test_a_worker_that_was_closed_logs_in_no_more(vcsim: StartHere, worker: MakeWorker) -> None:
    """A look-up that the stop cut short loses its session too, and would open one that nobody closes."""
    looking = worker(vcsim("owners.json"))
    looking.ask("10.0.0.5")
    looking.ability.close()
    with pytest.raises(InstrumentError, match="being stopped"):
        looking.ask("10.0.0.5")
    assert (looking.vcenter.calls()["Login"], looking.vcenter.sessions()) == (1, 0)


@vcsim_needed
def test_look_ups_at_the_same_time_share_one_login_and_one_reading(vcsim: StartHere, worker: MakeWorker) -> None:
    """Ten people ask at once when something is down."""
    looking = worker(vcsim("owners.json"))
    together = threading.Barrier(6)

    def ask(_: int) -> list[str]:
        together.wait(timeout=10)
        return [vm.name for vm in looking.ask("10.0.0.6").vms]

    with ThreadPoolExecutor(6) as people:
        assert list(people.map(ask, range(6))) == [["dup-a", "dup-b"]] * 6
    calls = looking.vcenter.calls()
    assert (calls["Login"], calls["CreateContainerView"]) == (1, 1)


@vcsim_needed
@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        pytest.param({"fault": "NoPermission"}, "lacks the permission. Give reader the role", id="no-permission"),
        pytest.param({"fault": "HostNotReachable"}, "answered with HostNotReachable", id="another-fault"),
        pytest.param({"http": 503}, "does not answer as a vCenter does", id="http-503"),
    ],
)
def test_vms_that_cannot_be_read_fail_the_look_up(
    vcsim: StartHere, worker: MakeWorker, fault: dict[str, object], sentence: str
) -> None:
    """Without the VMs there is no answer, not even "nobody"."""
    looking = worker(vcsim("owners.json"))
    looking.vcenter.apply(faults=[{"method": "RetrievePropertiesEx", **fault}])
    with pytest.raises(InstrumentError, match=sentence):
        looking.ask("10.0.0.5")

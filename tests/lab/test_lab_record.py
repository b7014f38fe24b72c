"""A fault of the lab becomes a scenario that anybody can judge again."""

import tomllib
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from bot import causes
from bot.findings import establish
from bot.findings.two_vantages import LOST_FROM, LOST_TOWARDS
from bot.incidents.bundle import unpack
from bot.incidents.judging import read
from bot.model.finding import Evidence, Standing
from bot.model.observation import ArpAnswer, EchoAnswer, NicFound, VmFound
from deploy.lab import ns
from deploy.lab.faults import DEMO, FAULTS
from deploy.lab.record import record
from tests.fixtures.tools import missing

pytestmark = pytest.mark.lab


def test_a_recorded_crashed_agent_shows_both_macs_their_one_vm_and_what_is_true(tmp_path: Path) -> None:
    """The case holds everything that the verdict rests on; the expectation says where it comes from."""
    reason = ns.doctor()
    if reason:
        missing(reason)
    record("crashed_agent", "app05", tmp_path, seed=3)
    files = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    expected = tomllib.loads(files.pop("expect.toml").decode())
    case, blobs = unpack(files)
    observations, unreadable = read(case.artifacts, blobs)
    assert (case.target, unreadable) == (IPv4Address("10.0.0.5"), ())
    answered = {one.mac for one in observations if isinstance(one, ArpAnswer) and one.ip == case.target}
    assert len(answered) == 2
    assert {vm.name for vm in observations if isinstance(vm, VmFound)} == {"app05"}
    assert answered == {nic.mac for nic in observations if isinstance(nic, NicFound)}
    assert {one.vantage.segment for one in observations if isinstance(one, EchoAnswer)} == {"prod", "office"}
    assert (expected["verdict"], expected["side"]) == ("guest", "guest")
    assert expected["origin"].endswith("record crashed_agent --vm app05 --seed 3")


@pytest.mark.parametrize(
    ("fault", "towards", "back"),
    [
        pytest.param("hop_carries", Standing.ABSENT, Standing.ABSENT, id="a-switch-that-loses-nothing"),
        pytest.param("hop_unwatched", Standing.UNKNOWN, Standing.UNKNOWN, id="a-mirror-port-that-is-not-fed"),
    ],
)
def test_a_second_vantage_behind_a_hop_shows_that_all_arrived_and_a_deaf_one_nothing(
    fault: str, towards: Standing, back: Standing, tmp_path: Path
) -> None:
    """Real frames through a real bridge, and two agents' sockets at the same time."""
    reason = ns.doctor()
    if reason:
        missing(reason)
    record(fault, "app05", tmp_path, seed=5)
    case, blobs = unpack({file.name: file.read_bytes() for file in tmp_path.iterdir()})
    observations, _ = read(case.artifacts, blobs, case.target)
    found = {one.id: one for one in establish(Evidence(case.target, observations))}
    assert found[LOST_TOWARDS].standing is towards, found[LOST_TOWARDS].statement
    assert found[LOST_FROM].standing is back, found[LOST_FROM].statement


@pytest.mark.parametrize("fault", sorted(set(DEMO.values())))
def test_every_cause_that_a_fault_names_is_in_the_catalogue(fault: str) -> None:
    """An expectation that no verdict can meet would look like a wrong verdict."""
    cause = FAULTS[fault].cause
    assert cause is None or cause in {entry.id for entry in causes.ALL}

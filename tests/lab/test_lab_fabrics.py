"""The lab's two fabrics as a UCS Manager tells of them, joined by the MACs of the hosts' real uplinks."""

import json
import tempfile
from collections.abc import Iterator
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from bot.agents.evidence import seal
from bot.agents.network.ucs import UcsAbility
from bot.agents.network.ucs_settings import UcsSettings
from bot.findings import establish
from bot.findings.fabric_pair import ONE_BAD
from bot.findings.fabric_path import CLEAR, ERRORS, KNOWN
from bot.model.finding import Evidence, Finding, Standing
from bot.model.job import Media, Probe, Vantage
from bot.ports import Work
from bot.probes import read
from bot.system import SystemClock
from deploy.lab.client import Lab, LabError
from deploy.lab.ns import Unsupported
from deploy.lab.state import LabState
from deploy.lab.ucsm import Authority, of_lab
from deploy.lab.vcenter import snapshot
from tests.contracts.bench import CLOCK, job
from tests.fixtures.tools import missing
from tests.fixtures.ucsm import StartUcs
from tests.lab.looking import vm

pytestmark = pytest.mark.lab

PRESENT, ABSENT = Standing.PRESENT, Standing.ABSENT


@pytest.fixture(scope="module")
def pair() -> Iterator[Lab]:
    """A lab whose hosts have two uplinks each."""
    with tempfile.TemporaryDirectory(prefix="lab-") as directory:
        try:
            with Lab.running(Path(directory), uplinks=2) as running:
                yield running
        except Unsupported as reason:
            missing(str(reason))


def established(state: LabState, name: str, start: StartUcs, authority: Authority) -> dict[str, Finding]:
    """What is found of this VM by what the lab's vCenter and the worker at its UCS Manager tell."""
    manager, now = start(of_lab(state)), CLOCK.now()
    managed = UcsSettings(
        name="lab", host=manager.host, port=manager.port, user=manager.sessions.user,
        password=manager.sessions.password, ca_file=authority.ca,
    )  # fmt: skip
    able = UcsAbility("dc1", [managed], SystemClock())
    ((artifact, data),) = able(Work(job("network.dc1", probe=Probe.UCS), lambda: False, lambda _: None))
    told = json.dumps(snapshot(state, names=[name])).encode()
    asked = job("vcenter.dc1", probe=Probe.VCENTER)
    owner, _ = seal(asked, Vantage("dc1", "", ""), Media.VCENTER, told, started_at=now, stopped_at=now, dropped=None)
    observations = (*read(artifact, data), *read(owner, told))
    target = IPv4Address(vm(state, name)["nics"][0]["addresses"][0])
    return {one.id: one for one in establish(Evidence(target, observations))}


def test_every_uplink_of_the_lab_is_a_vnic_on_the_fabric_that_it_is_plugged_into(
    pair: Lab, start_ucs: StartUcs, ucs_authority: Authority
) -> None:
    """The MACs are those of the kernels' interfaces, told by two managers that know nothing of each other."""
    state = pair.state()
    host = vm(state, "app05")["host"]
    found = established(state, "app05", start_ucs, ucs_authority)
    assert found[KNOWN].standing is PRESENT
    for device, fabric in (("vmnic0", "A"), ("vmnic1", "B")):
        says = f"The uplink {device} of host {host} is a vNIC of service profile {host} on sys/chassis-1/blade-"
        assert f"over fabric {fabric}." in found[KNOWN].statement.partition(says)[2].partition(" The uplink ")[0]
    assert found[CLEAR].standing is PRESENT


def test_the_bad_fabric_of_two_is_named(pair: Lab, start_ucs: StartUcs, ucs_authority: Authority) -> None:
    """The fault that is staged there is the one that the manager counts."""
    states = []
    for name in sorted(row["name"] for row in pair.state()["vms"]):
        try:
            states.append((name, pair.apply("fabric_uplink_bad", name)))
        except LabError:
            continue  # it is pinned to the other fabric
        break
    ((name, state),) = states
    found = established(state, name, start_ucs, ucs_authority)
    assert (found[ONE_BAD].standing, found[ERRORS].standing, found[CLEAR].standing) == (PRESENT, PRESENT, ABSENT)
    assert found[ONE_BAD].statement.startswith("Of the two fabrics of lab only B is in trouble (its port 1/31 ")

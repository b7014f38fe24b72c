"""The lab shows on the wire what each of its faults claims."""

import sys
from pathlib import Path

import pytest

from deploy.lab.client import Lab, LabError
from deploy.lab.vcenter import snapshot
from tests.lab.looking import ALL, SILENT, ask, macs

pytestmark = pytest.mark.lab


def test_a_healthy_vm_answers_with_one_mac_on_its_segment_and_through_the_router(lab: Lab) -> None:
    """The control for everything else; app03 has a clustering agent, which is no fault by itself."""
    state = lab.apply("healthy", "app03")
    assert ask(lab, "agent-prod", "arp", "10.0.0.3", expected=ALL, within_s=SILENT) == macs(state, "app03")[:1]
    assert ask(lab, "agent-prod", "ping", "10.0.0.3") == ["10.0.0.3"]
    assert ask(lab, "agent-office", "ping", "10.0.0.3") == ["10.0.0.3"]


def test_a_crashed_agent_answers_one_request_with_both_macs_of_its_vm(lab: Lab) -> None:
    """The night that ruleout comes from: a router that keeps the last answer sends to a vNIC that drops it all."""
    state = lab.apply("crashed_agent", "app05")
    assert ask(lab, "agent-prod", "arp", "10.0.0.5", expected=2) == macs(state, "app05")
    # The first ping makes the router ask and may get through; soon after, none does.
    assert [] in (ask(lab, "agent-office", "ping", "10.0.0.5", within_s=SILENT) for _ in range(5))
    assert ask(lab, "agent-office", "ping", "10.0.0.1") == ["10.0.0.1"]
    owners = snapshot(state, ips=["10.0.0.5"])["vms"]
    assert [row["name"] for row in owners] == ["app05"]
    assert [nic["mac"] for nic in owners[0]["nics"]] == macs(state, "app05")


def test_the_second_answer_comes_as_late_as_it_was_told_to(lab: Lab) -> None:
    """Who stops listening too early sees one owner: a test of an agent's window needs a delay that it can choose."""
    state = lab.apply("crashed_agent", "app07", delay_ms=400.0)
    first, second = macs(state, "app07")
    assert ask(lab, "agent-prod", "arp", "10.0.0.7", expected=ALL, within_s=0.2) == [first]
    assert ask(lab, "agent-prod", "arp", "10.0.0.7", expected=2) == [first, second]


def test_a_clone_answers_for_its_original_from_the_other_cluster(lab: Lab) -> None:
    """Two VMs, one address: vCenter knows both."""
    state = lab.apply("duplicate_ip", "app04")
    answers = ask(lab, "agent-prod", "arp", "10.0.0.4", expected=ALL, within_s=SILENT)
    assert sorted(answers) == sorted(macs(state, "app04") + macs(state, "app24"))
    owners = snapshot(state, ips=["10.0.0.4"])["vms"]
    assert {row["cluster"] for row in owners} == {"cluster-a", "cluster-b"}


def test_a_foreign_device_answers_beside_the_vm_with_a_mac_that_vcenter_does_not_know(lab: Lab) -> None:
    """The second MAC belongs to no VM, so the guest is not to blame."""
    state = lab.apply("foreign_device", "app02")
    (printer,) = state["devices"]
    answers = ask(lab, "agent-prod", "arp", "10.0.0.2", expected=ALL, within_s=SILENT)
    assert sorted(answers) == sorted([*macs(state, "app02"), printer["mac"]])
    assert snapshot(state, macs=[printer["mac"]])["vms"] == []


@pytest.mark.parametrize(
    ("fault", "name", "power", "connected"),
    [
        pytest.param("vnic_disconnected", "app08", "poweredOn", False, id="vNIC disconnected"),
        pytest.param("vm_powered_off", "app09", "poweredOff", None, id="VM off"),
    ],
)
def test_a_vm_that_cannot_be_reached_is_silent_while_the_gateway_answers(
    lab: Lab, fault: str, name: str, power: str, connected: bool | None
) -> None:
    """Silence counts only with a control; which of the two it is, only vCenter can say."""
    state = lab.apply(fault, name)
    address = f"10.0.0.{int(name[-2:])}"
    assert ask(lab, "agent-prod", "arp", address, within_s=SILENT) == []
    assert ask(lab, "agent-office", "ping", address, within_s=SILENT) == []
    assert ask(lab, "agent-prod", "arp", "10.0.0.1") == [state["segments"][0]["gateway_mac"]]
    (found,) = snapshot(state, names=[name])["vms"]
    assert (found["power"], found["nics"][0]["connected"]) == (power, connected)


def test_a_program_in_a_node_is_root_there_and_keeps_the_file_system(lab: Lab, tmp_path: Path) -> None:
    """An agent in the lab takes its jobs from a server outside, over a unix socket, and writes files."""
    code = "import os, sys; open(sys.argv[1], 'w').write(f'{os.getuid()} {os.getcwd()}')"
    done = lab.run("agent-prod", [sys.executable, "-c", code, str(tmp_path / "out")], cwd=tmp_path, timeout=20)
    assert done.returncode == 0
    assert (tmp_path / "out").read_text() == f"0 {tmp_path}"


@pytest.mark.parametrize(
    ("fault", "name", "says"),
    [
        pytest.param("flood", "app10", "the lab has no flood", id="no such fault"),
        pytest.param("healthy", "app99", "the lab has no app99", id="no such VM"),
        pytest.param("crashed_agent", "app10", "no clustering agent", id="a VM that cannot have it"),
    ],
)
def test_what_cannot_be_staged_is_refused_with_a_sentence(lab: Lab, fault: str, name: str, says: str) -> None:
    """A lab that staged something else than it was asked for would make a wrong benchmark."""
    with pytest.raises(LabError, match=says):
        lab.apply(fault, name)
    assert not any(staged["vm"] == name for staged in lab.state()["faults"])


def test_a_vm_has_one_fault_at_most(lab: Lab) -> None:
    """Two faults on one VM would have no single true answer."""
    lab.apply("healthy", "app11")
    with pytest.raises(LabError, match="app11 already has a fault"):
        lab.apply("vm_powered_off", "app11")


def test_a_node_that_is_not_there_cannot_be_joined(lab: Lab) -> None:
    """A mistyped node must not run the program outside the lab."""
    done = lab.run("agent-dmz", ["true"], capture_output=True, text=True, timeout=20)
    assert done.returncode != 0
    assert "the lab has no agent-dmz" in done.stderr

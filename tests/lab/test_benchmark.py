"""The benchmark from a terminal: one fault through queue and agents, and what it says where it cannot run."""

import subprocess
import sys
from pathlib import Path

import pytest

from deploy.bench.lab import Result, report
from deploy.lab import ns
from deploy.lab.faults import FAULTS
from deploy.lab.topology import topology
from tests.fixtures.tools import missing

pytestmark = pytest.mark.lab


def benchmark(*arguments: str, path: str = "/usr/bin:/bin") -> "subprocess.CompletedProcess[str]":
    """Run it with this ``PATH``."""
    reason = ns.doctor()
    if reason:
        missing(reason)
    argv = [sys.executable, "-m", "deploy.bench.lab", *arguments]
    return subprocess.run(argv, env={"PATH": path}, capture_output=True, text=True, timeout=100, check=False)


@pytest.mark.vcsim
@pytest.mark.usefixtures("built_vcsim")
def test_a_fault_is_decided_by_what_the_real_worker_reads_from_the_simulator() -> None:
    """Only vCenter can say that the VM is off: the whole way from the scenario to the verdict has to hold."""
    done = benchmark("vm_powered_off", "--first-seed", "4")
    assert done.returncode == 0, done.stderr
    assert "wrong accusations: 0 of 1\nlook-alikes accused: 0 of 0\n" in done.stdout
    assert "decidable faults decided with the right cause: 1 of 1\n" in done.stdout


def test_without_go_a_snapshot_can_play_vcenter() -> None:
    """Whoever has no compiler gets the same verdicts; the player and the simulator hold the same facts."""
    done = benchmark("vm_powered_off", "--first-seed", "4", "--player", path="/nowhere")
    assert done.returncode == 0, done.stderr
    assert "decidable faults decided with the right cause: 1 of 1\n" in done.stdout


def test_without_go_it_says_what_to_install_or_to_do_instead(tmp_path: Path) -> None:
    """One sentence, no traceback."""
    done = benchmark("healthy", path=str(tmp_path))
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].endswith(
        "go is not installed (Debian package golang-go); install it, or use --player to play vCenter from a snapshot"
    )


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param(("flood",), "no such fault: flood", id="no such fault"),
        pytest.param(("--seeds", "0"), "there must be at least one", id="no seeds"),
    ],
)
def test_what_cannot_be_staged_is_refused_before_anything_starts(arguments: tuple[str, ...], says: str) -> None:
    """A matrix of nothing would look like a perfect score."""
    done = benchmark(*arguments)
    assert done.returncode == 2
    assert says in done.stderr


def answered(fault: str, answer: str, cause: str | None) -> Result:
    """The fault staged, and this answer to it."""
    return Result(FAULTS[fault].staged_on(topology().vms[0]), 1, answer, cause)


OFF = "hypervisor.vm_powered_off"


@pytest.mark.parametrize(
    ("results", "status", "says"),
    [
        pytest.param([answered("vm_powered_off", "hypervisor", OFF)], 0, "right cause: 1 of 1", id="right"),
        pytest.param([answered("uplink_down", "inconclusive", None)], 0, "right cause: 0 of 0", id="undecidable"),
        pytest.param(
            [answered("uplink_down", "hypervisor", "hypervisor.host_networking_broken")],
            0, "uplink_down, seed 1, app02: hypervisor", id="luck is no merit, and is told",
        ),
        pytest.param(
            [answered("uplink_down", "inconclusive", None)],
            0, "uplink_down, seed 1, app02: inconclusive, not", id="no next test that could find it",
        ),
        pytest.param(
            [answered("uplink_down", "network", "network.path_to_port_broken")],
            1, "wrong accusations: 1 of 1", id="another side",
        ),
        pytest.param(
            [answered("healthy", "guest", "guest.stack_silent")], 1, "look-alikes accused: 1 of 1", id="nothing wrong"
        ),
        pytest.param([answered("vm_powered_off", "inconclusive", None)], 1, "right cause: 0 of 1", id="too little"),
        pytest.param(
            [answered("vm_powered_off", "hypervisor", "hypervisor.vnic_disconnected")],
            1, "right cause: 0 of 1", id="right side, wrong cause",
        ),
    ],
)  # fmt: skip
def test_the_exit_status_tells_a_benchmark_that_was_passed_from_one_that_was_not(
    capsys: pytest.CaptureFixture[str], results: list[Result], status: int, says: str
) -> None:
    """A wrong accusation is the worst failure, and to say nothing where something can be said the second."""
    assert report(results) == status
    assert says in capsys.readouterr().out

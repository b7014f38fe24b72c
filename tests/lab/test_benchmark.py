"""The benchmark from a terminal: one fault through queue and agents, and what it says where it cannot run."""

import subprocess
import sys
from pathlib import Path

import pytest

from deploy.lab import ns
from deploy.lab.vcsim import VcsimMissing, build
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
def test_a_fault_is_decided_by_what_the_real_worker_reads_from_the_simulator() -> None:
    """Only vCenter can say that the VM is off: the whole way from the scenario to the verdict has to hold."""
    try:
        build()
    except VcsimMissing as reason:
        missing(str(reason))
    done = benchmark("vm_powered_off", "--first-seed", "4")
    assert done.returncode == 0, done.stderr
    assert "wrong accusations: 0 of 1\ndecidable faults decided with the right cause: 1 of 1\n" in done.stdout


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

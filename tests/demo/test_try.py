"""The first command, as a newcomer runs it."""

import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from tests.fixtures.tools import IN_CI

pytestmark = [pytest.mark.lab, pytest.mark.server]

DEMO = [sys.executable, "-m", "deploy.demo"]


@pytest.mark.parametrize(
    ("arguments", "source"), [pytest.param([], "", id="lab"), pytest.param(["--replay"], "replayed", id="recorded")]
)
def test_play_ends_with_a_proven_verdict_and_its_reasons(arguments: list[str], source: str) -> None:
    """The main job on real packets, without Slack, Redis or vCenter at hand."""
    played = subprocess.run([*DEMO, "--play", *arguments], capture_output=True, text=True, timeout=60, check=False)
    assert played.returncode == 0, played.stderr
    assert source in played.stderr
    assert not (IN_CI and "replayed" in played.stderr and not source), "CI must allow the lab"
    card = played.stdout
    assert "GUEST · proven · 10.0.0.5" in card
    assert "VM app05 answers for 10.0.0.5 with two of its own MACs" in card
    assert card.count("00:50:56:") >= 2
    assert "frames " in card
    ruled_out = card.partition("Ruled out")[2]
    assert "NETWORK" in ruled_out
    assert "HYPERVISOR" in ruled_out


def test_where_namespaces_are_forbidden_it_says_so_and_replays_recordings() -> None:
    """Some machines forbid them; a newcomer there still sees the main job."""
    forbid = 'echo 0 > /proc/sys/user/max_user_namespaces; exec "$@"'
    played = subprocess.run(
        ["unshare", "-Ur", "sh", "-c", forbid, "sh", *DEMO, "--play"],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert "user namespaces" in played.stderr
    assert "Recorded captures are replayed instead" in played.stderr
    assert "GUEST · proven · 10.0.0.5" in played.stdout
    assert played.returncode == 0


def test_ctrl_c_leaves_nothing_behind() -> None:
    """No process, no file: it was only a look."""
    with tempfile.TemporaryDirectory() as place:
        running = subprocess.Popen(
            DEMO,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={"PATH": "/usr/bin:/bin", "TMPDIR": place},
        )
        assert running.stdout is not None
        while "Ctrl-C" not in running.stdout.readline():
            assert running.poll() is None, running.stderr.read() if running.stderr else ""
        assert children(running.pid), "the roles are processes of their own"
        group = [running.pid, *children(running.pid)]
        running.send_signal(signal.SIGINT)
        assert running.wait(30) == 0
        running.communicate()
        until = time.monotonic() + 5  # what the kernel kills with the lab is gone in milliseconds, not at once
        while (left := [pid for pid in group if alive(pid)]) and time.monotonic() < until:
            time.sleep(0.02)
        assert not left
        assert not list(Path(place).iterdir())


def alive(pid: int) -> bool:
    """Whether the process still runs; a zombie only waits to be counted by its parent."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def children(pid: int) -> list[int]:
    """Every process below this one."""
    below = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return below + [grandchild for child in below for grandchild in children(child)]

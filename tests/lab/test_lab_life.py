"""A lab begins ready, ends completely, and asks for no rights."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Literal

import pytest

from bot.model.job import Probe
from deploy.lab import mib, ns, snmp
from deploy.lab.client import ROOT, Lab, LabError
from deploy.lab.faults import DEMO
from tests.fixtures.tools import missing, program
from tests.lab.looking import ask
from tests.lab.reading import job, reader

pytestmark = pytest.mark.lab


@pytest.fixture
def directory() -> Iterator[Path]:
    """A short path, as a unix socket needs (unix(7))."""
    reason = ns.doctor()
    if reason:
        missing(reason)
    with tempfile.TemporaryDirectory(prefix="lab-") as path:
        yield Path(path)
        with suppress(LabError):  # a test that failed may have left it up
            Lab(Path(path)).down()


def within(seconds: float, claim: Callable[[], bool]) -> bool:
    """Whether the claim became true in that time."""
    deadline = time.monotonic() + seconds
    while not claim():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.005)
    return True


def links_of(*entries: Path) -> set[str]:
    """Where these symbolic links lead; without those that vanished meanwhile, or are not for us to read."""
    found = set()
    for entry in entries:
        with suppress(OSError):
            found.add(str(entry.readlink()))
    return found


def descriptors_of(process: Path) -> list[Path]:
    """The open descriptors of a process, by its directory in /proc."""
    try:
        return list((process / "fd").iterdir())
    except OSError:  # it ended, or it is not ours
        return []


@contextmanager
def namespaces_of(pid: int) -> Iterator[set[str]]:
    """The network namespaces that a process holds descriptors of, kept until the block ends.

    The kernel gives the number of a namespace that is gone to the next one (Linux 6.18: the very next), which may
    belong to another lab that somebody makes on this machine at that moment.
    """
    with ExitStack() as kept:
        found = set()
        for descriptor in descriptors_of(Path(f"/proc/{pid}")):
            for link in links_of(descriptor):
                if link.startswith("net:["):
                    with suppress(FileNotFoundError):  # one that it had only for a moment
                        kept.callback(os.close, os.open(descriptor, os.O_RDONLY))
                        found.add(link)
        yield found


def whoever_uses(namespaces: set[str]) -> set[int]:
    """The processes, but for this one, that stand in one of the namespaces or hold a descriptor of it."""
    processes = [process for process in Path("/proc").iterdir() if process.name.isdigit()]
    return {
        int(process.name)
        for process in processes
        if links_of(process / "ns/net", *descriptors_of(process)) & namespaces
    } - {os.getpid()}


def called(pid: int) -> str:
    """The program's name, and of a Python the options and the module that it runs."""
    try:
        first, *words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    except OSError:  # it ended
        return ""
    name = Path(first).name
    return f"python {' '.join(words[:2])}" if name.startswith("python") else name


def test_a_lab_that_says_it_is_ready_loses_no_frame(directory: Path) -> None:
    """A bridge without carrier drops silently, and a lost first frame would look like a fault of the VM."""
    started = time.monotonic()
    with Lab.running(directory) as lab:
        ready_s = time.monotonic() - started
        state = lab.state()
        print(f"\nbuilt in {state['built_s']:.2f} s, ready after {ready_s:.2f} s")  # noqa: T201  a figure, for `-s`
        for vm in state["vms"]:
            nic = vm["nics"][0]
            assert ask(lab, "agent-prod", "arp", nic["addresses"][0]) == [nic["mac"]]


@pytest.mark.parametrize(
    ("answers", "programs"),
    [
        pytest.param(True, {"snmpd", f"python -SEs {mib.__file__}"}, id="snmpd"),
        pytest.param("played", {"python -m deploy.lab.holder"}, id="played"),
    ],
)
def test_nothing_survives_the_holder_even_if_it_is_killed(
    directory: Path, answers: Literal[True, "played"], programs: set[str]
) -> None:
    """A lab that leaves namespaces or daemons behind poisons the next run."""
    if answers is True and snmp.SNMPD is None:
        missing("snmpd is not installed (Debian package snmpd)")
    with Lab.running(directory, snmp=answers) as lab:
        lab.apply("crashed_agent", "app05")
        with reader(lab) as tables:  # snmpd starts its helpers when they are first needed
            assert tables.look(job(Probe.NETWORK, "10.0.0.5"))
        # A program, and one that it started itself.
        sleeper = lab.popen("agent-prod", ["sh", "-c", "sleep 600 & echo here; sleep 600"], stdout=subprocess.PIPE)
        assert sleeper.stdout is not None
        assert sleeper.stdout.readline() == b"here\n"
        holder = lab.state()["pid"]
        with namespaces_of(holder) as namespaces:
            users = whoever_uses(namespaces)
            assert len(users) >= 7  # the holder, the crashed agent, the program and its child, three SNMP agents
            assert programs <= set(map(called, users))
            os.kill(holder, signal.SIGKILL)
            assert within(5.0, lambda: not whoever_uses(namespaces))
        assert sleeper.wait(5.0) == -signal.SIGKILL
        with pytest.raises(LabError, match="no lab runs"):
            lab.state()


def test_a_lab_ends_with_the_process_that_runs_it(directory: Path) -> None:
    """A test run that is killed leaves no lab behind."""
    code = (
        "import pathlib, sys, time; from deploy.lab.client import Lab\n"
        "with Lab.running(pathlib.Path(sys.argv[1])) as lab: print(lab.state()['pid'], flush=True); time.sleep(600)"
    )
    argv = [sys.executable, "-c", code, str(directory)]
    with ExitStack() as kept:
        with subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE) as owner:
            try:
                assert owner.stdout is not None
                namespaces = kept.enter_context(namespaces_of(int(owner.stdout.readline())))
            finally:
                owner.kill()
        assert namespaces
        assert within(5.0, lambda: not whoever_uses(namespaces))


def test_a_lab_that_was_brought_up_stays_until_it_is_brought_down(directory: Path) -> None:
    """From a terminal, every command is a process of its own."""

    def command(*arguments: str) -> str:
        argv = [sys.executable, "-m", "deploy.lab", "--directory", str(directory), *arguments]
        return subprocess.run(argv, cwd=ROOT, check=True, capture_output=True, text=True, timeout=30).stdout

    assert "agent-prod" in command("up")
    with namespaces_of(Lab(directory).state()["pid"]) as namespaces:
        with pytest.raises(LabError, match="already runs"):
            Lab.up(directory)
        assert command("demo").count("\n") == len(DEMO)
        assert command("exec", "agent-prod", "sh", "-c", "id -u") == "0\n"
        command("down")
        assert within(5.0, lambda: not whoever_uses(namespaces))
    with pytest.raises(LabError, match="no lab runs"):
        Lab(directory).down()


def test_a_user_without_any_right_can_run_a_lab() -> None:
    """The first command must not need sudo. Run as root, this becomes the user nobody first."""
    if os.getuid() != 0:
        pytest.skip("not run as root, so every other test here has shown it")
    rights = "-all,+dac_read_search"  # only to read a Python that root keeps to itself
    become = [program("setpriv", "util-linux"), "--reuid=65534", "--regid=65534", "--clear-groups"]
    become += [f"--{which}={rights}" for which in ("inh-caps", "ambient-caps", "bounding-set")]
    # That right ends at the node's door, and the Python with it: bash sends the packets.
    ask = 'exec 3>/dev/udp/10.0.0.6/9; until grep "10.0.0.6 .*0x2" /proc/net/arp; do echo >&3; done'
    script = f"""
        set -e; lab="{sys.executable} -m deploy.lab --directory $0"
        $lab up; trap "$lab down" EXIT; $lab demo; $lab state
        $lab exec agent-prod {program("timeout", "coreutils")} 5 {program("bash", "bash")} -c '{ask}'"""
    path = tempfile.mkdtemp(prefix="lab-")
    try:
        os.chown(path, 65534, 65534)
        argv = [*become, "sh", "-c", script, path]
        done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, timeout=60)
    finally:
        shutil.rmtree(path)
    assert done.returncode == 0, done.stderr
    (entry,) = (line for line in done.stdout.splitlines() if line.startswith("10.0.0.6 ") and "0x2" in line)
    assert f'"mac": "{entry.split()[3]}"' in done.stdout


def _forbid_and_enter() -> None:
    Path("/proc/sys/user/max_user_namespaces").write_text("0")
    ns.enter()


def test_a_machine_that_does_not_allow_it_says_so_and_how_to_change_it(directory: Path) -> None:
    """Ubuntu forbids user namespaces by default; a traceback would not tell what to do about it."""
    del directory  # it is asked for because this, too, needs a machine that allows them
    with ns.apart() as run, pytest.raises(ns.Unsupported, match=r"does not let uid 0 .* sudo sysctl -w user\.max"):
        run(_forbid_and_enter)

"""The machine: a Debian root that systemd-nspawn boots with its own systemd, in a network that is handed to it."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from deploy.walk.base import program
from deploy.walk.shell import Shell

_BOOTS_WITHIN_S, _ENDS_WITHIN_S = 60.0, 20.0
_BOOT = """
mountpoint -q /sys/fs/cgroup && [ "$(stat -f -c %T /sys/fs/cgroup)" = cgroup2fs ] || {
    umount -l /sys/fs/cgroup 2>/dev/null; mount -t cgroup2 none /sys/fs/cgroup; }
own=/sys/fs/cgroup/ruleout-walk-$$
mkdir $own && echo $$ > $own/cgroup.procs
systemd-nspawn --quiet --keep-unit --register=no --link-journal=no --resolv-conf=copy-host \\
    --boot --directory="$1" --network-namespace-path="$2" --machine="$3" &
trap 'kill $!' TERM
wait; wait
echo $$ > /sys/fs/cgroup/cgroup.procs
find $own -depth -type d -exec rmdir {} +
"""
"""A hierarchy of one's own for systemd, which takes no other; what the machine leaves of it is removed."""

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Machine:
    """A booted machine, by the pid of its systemd."""

    def __init__(self, leader: int) -> None:
        self._inside = ["nsenter", "--target", str(leader), "--mount", "--uts", "--ipc", "--net", "--pid", "--"]

    def shell(self) -> Shell:
        """A login of root's at a terminal, which holds our own network for the program ``outside``."""
        outside = os.open("/proc/self/ns/net", os.O_RDONLY)
        try:
            return Shell([*self._inside, *self._environment()], outside)
        finally:
            os.close(outside)

    def run(self, *argv: str) -> "subprocess.CompletedProcess[str]":
        """A program in it, to its end, beside the shell."""
        argv = (*self._inside, *self._environment(), *argv)
        return subprocess.run(argv, capture_output=True, text=True, check=False)

    def _environment(self) -> list[str]:
        return ["env", "-i", "-C", "/root", f"PATH={_PATH}", "HOME=/root", "TERM=dumb", "LANG=C.UTF-8"]


@contextmanager
def booted(root: Path, network: Path, name: str, log: Path) -> Iterator[Machine]:
    """The root, booted in the network namespace at this path, until the block ends.

    Raises:
        RuntimeError: it did not come up; the text is the end of its console.
    """
    program("systemd-nspawn", "systemd-container")
    argv = [
        "setpriv",
        "--pdeathsig",
        "TERM",
        "unshare",
        "--mount",
        "--propagation",
        "private",
        "sh",
        "-c",
        _BOOT,
        "sh",
        str(root),
        str(network),
        name,
    ]
    with log.open("wb") as out:
        process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True)
    try:
        yield Machine(_leader(process, log))
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(_ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _leader(process: "subprocess.Popen[bytes]", log: Path) -> int:
    until = time.monotonic() + _BOOTS_WITHIN_S
    while process.poll() is None and time.monotonic() < until:
        for child in _children(process.pid):
            for leader in _children(child):
                with suppress(OSError):
                    if Path(f"/proc/{leader}/comm").read_text() == "systemd\n" and _is_up(leader):
                        return leader
        time.sleep(0.1)
    raise RuntimeError(f"the machine did not come up: {log.read_text(errors='replace')[-1000:]}")


def _children(pid: int) -> list[int]:
    with suppress(OSError):
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def _is_up(leader: int) -> bool:
    told = Machine(leader).run("systemctl", "is-system-running")
    return told.stdout.strip() in ("running", "degraded")

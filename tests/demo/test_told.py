"""A bot that is told to end, whichever of its threads hears it."""

import ctypes
import signal
from pathlib import Path

import pytest

from deploy.demo import stage

pytestmark = pytest.mark.server

_TGKILL = 234  # the system call's number on x86-64 (syscalls(2))


@pytest.mark.skipif(not Path("/lib64/ld-linux-x86-64.so.2").exists(), reason="the number is that of x86-64")
def test_a_signal_that_reaches_another_thread_ends_the_bot_too(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The kernel gives it to any thread when the process is just being woken; the main one slept on for minutes."""
    with stage.running(tmp_path_factory.mktemp("house"), replay=True) as house:
        bot = house.processes["bot"]
        other = next(int(task.name) for task in Path(f"/proc/{bot.pid}/task").iterdir() if task.name != str(bot.pid))
        assert ctypes.CDLL(None).syscall(_TGKILL, bot.pid, other, signal.SIGTERM) == 0
        assert bot.wait(20) == 0

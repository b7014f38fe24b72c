"""What runs apart from everybody else."""

import threading

from bot.system import apart, finish


def test_what_runs_apart_is_waited_for_before_the_process_ends() -> None:
    """A picture is drawn after its card stands; a thread would end with the process, and the picture be missed."""
    release, done = threading.Event(), threading.Event()

    def work() -> None:
        assert release.wait(10)
        done.set()

    apart(work)
    assert not finish(0.05), "it is told that something still runs"
    release.set()
    assert finish(10.0)
    assert done.is_set()

"""How an agent learns the queue server's clock, by which two vantages are told on one."""

import threading
import time
from types import SimpleNamespace
from typing import Any, Self

import pytest

from bot.queue.lease import Lease
from bot.queue.primary import Ties
from tests.contracts.bench import agent, keys_of


class Telling:
    """A server that tells its time, ``behind_s`` behind ours, and each time as late as it is told to."""

    def __init__(self, *answers: tuple[float, float]) -> None:
        self.connection_pool = SimpleNamespace(connection_kwargs={"ties": Ties()})
        self._answers = iter(answers)

    def pipeline(self, *, transaction: bool) -> Self:
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...

    def __getattr__(self, _: str) -> Any:
        return lambda *_, **__: None

    def execute(self) -> list[Any]:
        behind_s, late_s = next(self._answers)
        told = time.time() - behind_s
        threading.Event().wait(late_s)
        return [(int(told), int(told % 1 * 1e6)), None, None, None]


def ahead_after(*answers: tuple[float, float]) -> int | None:
    """What the lease says after it was renewed so often."""
    lease = Lease("redis://stand-in", Telling(*answers), agent("a", "agent.a"), keys_of(["agent.a"]))
    assert lease.ahead_ms() is None
    for _ in answers:
        lease._try()
    return lease.ahead_ms()


@pytest.mark.parametrize("behind_s", [-7.0, 0.0, 90.0])
def test_the_agents_clock_is_measured_against_the_servers(behind_s: float) -> None:
    """Without it "left here, did not arrive there" is a matter of two clocks."""
    assert ahead_after((behind_s, 0.0)) == pytest.approx(behind_s * 1000, abs=100)


def test_an_answer_that_was_long_on_its_way_does_not_move_the_clock() -> None:
    """It says less about the time than the quick one before it."""
    assert ahead_after((2.0, 0.0), (9.0, 0.2)) == pytest.approx(2000, abs=100)
    assert ahead_after((9.0, 0.2), (2.0, 0.0)) == pytest.approx(2000, abs=100)

"""When an agent was heard: by one clock, whatever the machines' own say."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta

import pytest

from bot.queue import keys
from bot.queue.bot_side import RedisQueue
from bot.system import SystemClock
from deploy.demo.server import Server
from tests.contracts.bench import MASTERS, ServerBench, brings, run_agent

pytestmark = pytest.mark.server


class FastClock(SystemClock):
    """The clock of a machine that is an hour ahead of all others."""

    def now(self) -> datetime:
        return super().now() + timedelta(hours=1)


@pytest.fixture
def bench(redis_tcp: Server) -> Iterator[ServerBench]:
    with ExitStack() as ends:
        yield ServerBench(redis_tcp.url, ends)


def test_a_clock_that_is_off_makes_nobody_late(bench: ServerBench) -> None:
    """Else every agent would be called ill because of the bot's own machine."""
    run_agent(bench, "a", ["agent.a"], brings(b""))
    clock = FastClock()
    queue = RedisQueue(bench.url, MASTERS, "bot-fast", clock)
    bench.ends.callback(queue.close)
    before = clock.now()
    (heard,) = queue.agents()
    assert timedelta(seconds=-keys.LEASE_S) < heard.heard_at - before < timedelta(seconds=5)

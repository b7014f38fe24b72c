"""One bench for every contract of the queue."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.contracts.bench import Bench, MemoryBench, RightsBench, ServerBench

SERVERS = ("valkey", "redis_tcp", "redis_tls", "rights")


@pytest.fixture(params=["memory", *(pytest.param(name, marks=pytest.mark.server) for name in SERVERS)])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    """Each kind of queue in turn; what a test starts on it ends before the server does."""
    if request.param == "memory":
        with ExitStack() as ends:
            yield MemoryBench(ends)
        return
    if request.param == "rights":
        with ExitStack() as ends:
            yield RightsBench(request.getfixturevalue("redis_tcp").url, ends)
        return
    server = request.getfixturevalue(request.param)
    with ExitStack() as ends:
        yield ServerBench(server.url, ends)

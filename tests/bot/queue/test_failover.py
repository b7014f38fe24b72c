"""Another server becomes the primary, with or without the last writes: real pairs, Valkey and Redis each."""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from bot.errors import InstrumentError
from bot.queue import keys, server
from bot.queue.journal import RedisJournal
from deploy.demo.pair import said
from tests.contracts.bench import ServerBench, brings, finals, hear, job, run_agent, until
from tests.fixtures.servers import Named

pytestmark = pytest.mark.server


@pytest.fixture
def bench(named: Named) -> Iterator[ServerBench]:
    """Both sides of the queue, by the name."""
    with ExitStack() as ends:
        yield ServerBench(named.url, ends)


# ---- who is the primary ----------------------------------------------------------------------------------------------


def test_a_replica_is_named_as_such_and_nothing_is_done_at_it(named: Named) -> None:
    """It would show old data, and refuse the first write in words that nobody understands."""
    journal = RedisJournal(named.pair.replica.url)
    with pytest.raises(InstrumentError, match=r"queue\.sock is a replica, not the primary: it takes no jobs until"):
        journal.unfinished()
    journal.close()


def test_a_primary_that_became_a_replica_is_left_for_the_new_one(named: Named) -> None:
    """The old connections are whole, and lead to old data for ever."""
    client = server.connect(named.url)
    assert client.set("x", b"old")
    named.fail_over(demoted=True)
    with pytest.raises(server.Away, match="replica, not the primary"):
        client.set("x", b"new")
    assert client.set("x", b"new"), "the next attempt goes where the name leads now"
    assert said(named.pair.primary, "GET", "x") == b"new"
    client.close()


def test_old_data_are_read_for_a_second_at_most(named: Named) -> None:
    """Who only reads meets no refusal; leases that a replica did not hear of would make everybody dead."""
    client = server.connect(named.url)
    assert client.set("x", b"old")
    named.fail_over(demoted=True)
    said(named.pair.replica, "REPLICAOF", "127.0.0.1", "1")  # it hears nothing new
    said(named.pair.primary, "SET", "x", "new")
    changed_s = time.monotonic()
    read, tripped = b"", 0
    while read != b"new":
        assert time.monotonic() - changed_s < keys.LEASE_S
        try:
            read = client.get("x")
        except server.Away:
            tripped += 1
        time.sleep(0.01)
    assert tripped == 1
    assert time.monotonic() - changed_s < keys.LEASE_S
    client.close()


def test_whoever_waits_at_a_primary_that_is_demoted_is_told_that_it_passes(named: Named) -> None:
    """The server unblocks them with an error of its own."""
    client, caught = server.connect(named.url), list[Exception]()

    def wait() -> None:
        try:
            client.xread({"nothing": "0"}, block=3000)
        except server.Away as error:
            caught.append(error)

    waiting = threading.Thread(target=wait)
    waiting.start()
    until(lambda: b"blocked_clients:1" in said_raw(named))
    named.fail_over(demoted=True)
    waiting.join()
    assert len(caught) == 1
    client.close()


def said_raw(named: Named) -> bytes:
    return f"blocked_clients:{said(named.pair.primary, 'INFO', 'clients')['blocked_clients']}".encode()


def test_a_primary_without_its_replicas_refuses_in_a_sentence(named: Named) -> None:
    """`min-replicas-to-write`: cut off from its replica it may not be the primary any more."""
    said(named.pair.primary, "CONFIG", "SET", "min-replicas-to-write", "2")
    journal = RedisJournal(named.url)
    queue = ServerBench(named.url, ExitStack()).queue()
    with pytest.raises(InstrumentError, match="takes nothing while too few replicas follow it"):
        queue.put([job("agent.a")])
    said(named.pair.primary, "CONFIG", "SET", "min-replicas-to-write", "1")
    queue.put([job("agent.a")])
    queue.close()
    journal.close()


@pytest.mark.parametrize("demoted", [pytest.param(True, id="demoted"), pytest.param(False, id="killed")])
def test_agents_and_bots_go_on_at_the_new_primary(named: Named, bench: ServerBench, *, demoted: bool) -> None:
    """Nobody restarts anything."""
    queue = bench.queue()
    run_agent(bench, "a", ["agent.a"], brings(b"x"))
    queue.put([job("agent.a")])
    assert finals(hear(queue, lambda news: bool(finals(news))))
    named.fail_over(demoted=demoted)

    def put() -> bool:
        try:
            queue.put([job("agent.a")])
        except InstrumentError:
            return False
        return True

    def heard() -> bool:
        try:
            return bool(finals(queue.news(0.2)))
        except InstrumentError:
            return False

    until(put)
    until(heard)

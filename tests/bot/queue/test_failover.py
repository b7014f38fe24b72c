"""Another server becomes the primary, with or without the last writes: real pairs, Valkey and Redis each."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from typing import Any

import pytest
from redis.exceptions import RedisError

from bot.errors import ForgottenError, InstrumentError, OvertakenError
from bot.model.incident import AnyEvent, Lost, TakenOver
from bot.model.job import Artifact, Job
from bot.ports import Ability, Claim, News, Queue, Work
from bot.queue import keys, server
from bot.queue.journal import RedisJournal
from bot.queue.letters import Order, write_order
from bot.queue.once import RedisOnce
from deploy.demo.pair import said
from tests.contracts.bench import (
    CLOCK,
    ServerBench,
    Waiting,
    brings,
    finals,
    hear,
    job,
    keys_of,
    run_agent,
    told,
    until,
)
from tests.contracts.test_journal import requested
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
    until(lambda: client.get("x") == b"new")
    assert time.monotonic() - changed_s < keys.LEASE_S
    assert server.renewed(client) == 1
    client.close()


def test_where_one_has_met_a_replica_the_others_look_before_they_send(named: Named) -> None:
    """Each of a process's connections would else cost somebody a question that could have been answered."""
    clients = [server.connect(named.url) for _ in range(3)]
    for client in clients:
        assert client.set("x", b"old")
    named.fail_over(demoted=True)
    with pytest.raises(server.Away):
        clients[0].set("x", b"new")
    for client in clients:
        assert client.set("x", b"new")
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
    queue = ServerBench(named.url, ExitStack()).queue()
    with pytest.raises(InstrumentError, match="takes nothing while too few replicas follow it"):
        queue.put([job("agent.a")])
    said(named.pair.primary, "CONFIG", "SET", "min-replicas-to-write", "1")

    def takes() -> bool:
        with suppress(InstrumentError):
            queue.put([job("agent.a")])
            return True
        return False

    until(takes)
    queue.close()


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


# ---- what the new primary has not heard ------------------------------------------------------------------------------


def events(count: int) -> tuple[AnyEvent, ...]:
    first = requested("inc-1")
    return (first, *(Lost(at=first.at, job=f"job-{number}") for number in range(1, count)))


def there(journal: RedisJournal) -> bool:
    """Whether it is reached again; a connection that broke while it was idle is made anew without a word."""
    with suppress(InstrumentError):
        journal.unfinished()
        return True
    return False


def test_a_timeline_has_no_gap_where_the_new_primary_has_forgotten_events(named: Named) -> None:
    """Entries are added at the end alone: a gap would stay, and the next bot would take it for what happened."""
    journal, known = RedisJournal(named.url), events(6)

    def write(*positions: int) -> None:
        for position in positions:
            journal.append("inc-1", known[position], position)

    write(0, 1, 2)
    named.fail_over(lost=lambda: write(3, 4))
    until(lambda: there(journal))
    assert journal.behind({"inc-1": 5, "inc-2": 1}) == {"inc-1", "inc-2"}
    assert journal.behind({"inc-1": 3}) == frozenset()
    with pytest.raises(ForgottenError) as caught:
        write(5)
    assert caught.value.begins == 2, "from the last that stands, which is compared"
    write(2, 3, 4, 5)
    found = journal.read("inc-1")
    assert found is not None
    assert found.timeline == known
    journal.close()


def test_a_timeline_that_another_bot_went_on_with_is_not_mended(named: Named) -> None:
    """It began where the new primary had forgotten the rest, and it is the other's now."""
    journal, known = RedisJournal(named.url), events(6)
    journal.append("inc-1", known[0], 0)

    def lost() -> None:
        for number in (1, 2, 3):
            journal.append("inc-1", known[number], number)

    named.fail_over(lost=lost)
    until(lambda: there(journal))
    other = RedisJournal(named.url)
    other.append("inc-1", TakenOver(at=known[0].at), 1)
    with pytest.raises(ForgottenError) as caught:
        journal.append("inc-1", known[4], 4)
    with pytest.raises(OvertakenError):
        journal.append("inc-1", known[caught.value.begins], caught.value.begins)
    journal.close()
    other.close()


def test_what_a_bot_has_in_hand_is_in_doubt_after_a_failover(named: Named, bench: ServerBench) -> None:
    """Jobs and leases may be forgotten, so it looks at each anew, and takes over nothing for a whole lease."""
    queue = bench.queue(lease_s=1.0)
    queue.begin("inc-1")
    assert not queue.taken()
    named.fail_over()
    assert until(queue.taken) == ("inc-1",)
    assert queue.holds("inc-1"), "nobody else may have it yet, and its card is this bot's to write"
    assert queue.hold(["inc-9"]) == frozenset()
    queue.begin("inc-1")
    assert queue.holds("inc-1")

    def take() -> frozenset[str]:
        with suppress(InstrumentError):
            queue.news(0.05)
        return queue.hold(["inc-9"])

    assert until(take) == {"inc-9"}


def counted(ability: Ability, log: list[str]) -> Ability:
    """The same, which writes down each job that it begins."""

    def call(work: Work) -> Sequence[tuple[Artifact, bytes]]:
        log.append(work.job.id)
        return ability(work)

    return call


def goes_on(queue: Queue, asked: Job, patience_s: float = 20.0) -> list[News]:
    """What a bot hears that takes its incident in hand again, until it is final."""
    heard: list[News] = []

    def final() -> bool:
        with suppress(InstrumentError):
            if asked.incident in queue.taken():
                queue.begin(asked.incident)
                queue.resume([asked])
            heard.extend(queue.news(0.1))
        return bool(finals(heard))

    until(final, patience_s)
    return heard


def at(named: Named, key: str) -> Callable[[], int]:
    """How many entries a stream of the primary before has."""
    return lambda: int(said(named.pair.replica, "XLEN", key))


def test_a_report_that_was_forgotten_is_said_again_and_nothing_is_done_twice(named: Named, bench: ServerBench) -> None:
    """The agent is done, and its bot would wait until the job's time is up."""
    queue, ability, ran = bench.queue(), Waiting(), list[str]()
    run_agent(bench, "a", ["agent.a"], counted(ability, ran))
    asked = job("agent.a")
    queue.put([asked])
    hear(queue, lambda news: "Started" in told(news))
    queue.news(0.1)  # which removes what was heard

    def lost() -> None:
        ability.release.set()
        until(at(named, keys.reports(asked.incident)))

    named.fail_over(lost=lost)
    heard = goes_on(queue, asked)
    assert list(finals(heard)[0].blobs.values()) == [b"what was seen until then"]
    assert ran == [asked.id]
    until(lambda: bench.client.xlen(keys.jobs("agent.a")) == 0)


@pytest.mark.parametrize("done", [pytest.param(True, id="ended"), pytest.param(False, id="running")])
def test_a_job_that_is_given_again_to_the_agent_that_has_it_runs_once(
    named: Named, bench: ServerBench, *, done: bool
) -> None:
    """The new primary has the order, and has forgotten that it was taken, marked, and perhaps answered."""
    queue, ability, ran = bench.queue(), Waiting(), list[str]()
    asked = job("agent.a")
    queue.put([asked])

    def lost() -> None:
        run_agent(bench, "a", ["agent.a"], counted(ability, ran))
        assert ability.begun.wait(10)
        if done:
            ability.release.set()
            until(lambda: at(named, keys.jobs("agent.a"))() == 0)

    named.fail_over(lost=lost)
    if not done:
        groups = until(lambda: _groups(bench, "agent.a"))
        assert groups[0]["pending"] == 1, "it was given again"
        ability.release.set()
    heard = goes_on(queue, asked)
    assert list(finals(heard)[0].blobs.values()) == [b"what was seen until then"]
    until(lambda: bench.client.xlen(keys.jobs("agent.a")) == 0)
    assert ran == [asked.id]
    assert bench.dead() == []


def _groups(bench: ServerBench, queue: str) -> list[Any]:
    with suppress(RedisError):
        return [one for one in bench.client.xinfo_groups(keys.jobs(queue)) if one["pending"]]
    return []


def test_a_job_that_was_forgotten_runs_once_when_it_is_put_again(named: Named, bench: ServerBench) -> None:
    """Its bot puts again what nobody has begun; an agent that has taken it before the failover has it still."""
    queue, ability, ran = bench.queue(), Waiting(), list[str]()
    run_agent(bench, "a", ["agent.a"], counted(ability, ran))
    until(queue.agents)
    asked = job("agent.a")

    def lost() -> None:
        queue.put([asked])
        assert ability.begun.wait(10)

    named.fail_over(lost=lost)
    assert asked.incident in until(queue.taken)

    def again() -> bool:
        with suppress(InstrumentError):
            queue.begin(asked.incident)
            queue.put([asked])
            return True
        return False

    until(again)
    until(lambda: _groups(bench, "agent.a"))
    ability.release.set()
    assert finals(goes_on(queue, asked))
    until(lambda: bench.client.xlen(keys.jobs("agent.a")) == 0)
    assert ran == [asked.id]
    copies = [reason for reason in bench.dead() if "copy of an order" in reason]
    assert bench.dead() == copies, "whoever does not know whether the server took it puts it once more"


def test_an_order_that_is_replayed_after_a_failover_runs_in_no_agent_that_had_it(
    named: Named, bench: ServerBench
) -> None:
    """The mark against replay is forgotten with the rest; the agent's own memory is not."""
    queue, ran = bench.queue(), list[str]()
    run_agent(bench, "a", ["agent.a"], counted(brings(b"x"), ran))
    asked = job("agent.a")
    until(queue.agents)

    def lost() -> None:
        queue.put([asked])
        assert finals(hear(queue, lambda news: bool(finals(news))))

    letter = write_order(keys_of(["agent.a"])["agent.a"], Order(asked, keys.reports(asked.incident), CLOCK.now()))
    named.fail_over(lost=lost)

    def slip() -> bool:
        with suppress(RedisError):
            bench.slip_in("agent.a", letter)
            return True
        return False

    until(slip)
    until(bench.dead)
    assert ["copy of an order" in reason for reason in bench.dead()] == [True]
    assert ran == [asked.id]


def test_what_this_bot_has_met_it_has_met_after_a_failover(named: Named) -> None:
    """Slack delivers again, and the mark of it was among the last writes."""
    once = RedisOnce(named.url, "bot-1")

    def meets() -> None:
        once.seen("event-1")
        once.claim("event-3")
        once.done("event-3")

    named.fail_over(lost=meets)

    def again() -> bool | None:
        with suppress(InstrumentError):
            return once.seen("event-1")
        return None

    until(lambda: again() is not None)
    assert again() is True
    assert once.seen("event-2") is False
    assert once.claim("event-3") is Claim.DONE

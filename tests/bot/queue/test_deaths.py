"""Agents that are killed and servers that fall over, on a real server, with processes that really die."""

import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest

from bot.errors import InstrumentError
from bot.model.incident import Failed, Lost, Started
from bot.model.job import Artifact
from bot.ports import News, Queue, Work
from bot.queue import keys
from deploy.demo.server import Server
from tests.contracts.bench import (
    ServerBench,
    Waiting,
    brings,
    evidence,
    finals,
    hear,
    job,
    job_of,
    run_agent,
    told,
    until,
)

pytestmark = pytest.mark.server
ROOT = Path(__file__).parents[3]


class Fleet:
    """Agents in processes of their own."""

    def __init__(self, url: str, log: Path) -> None:
        self.url = url
        self.log = log
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, *queues: str) -> None:
        """Start the agent, or start it again."""
        command = [sys.executable, "-m", "tests.bot.queue.agent_process", self.url, name, ",".join(queues)]
        self.processes[name] = subprocess.Popen([*command, str(self.log)], cwd=ROOT, stderr=subprocess.DEVNULL)

    def kill(self, name: str) -> None:
        """SIGKILL: no goodbye of any kind."""
        self.processes[name].kill()
        self.processes[name].wait()

    def starts(self) -> list[tuple[str, str, float]]:
        """Job, agent and moment of every start so far."""
        lines = [line.split() for line in self.log.read_text().splitlines()] if self.log.exists() else []
        return [(wanted, name, float(at)) for wanted, name, at in lines]

    def end(self) -> None:
        """Kill what is left."""
        for name in self.processes:
            self.kill(name)


@pytest.fixture
def bench(valkey: Server) -> Iterator[ServerBench]:
    with ExitStack() as ends:
        yield ServerBench(valkey.url, ends)


@pytest.fixture
def fleet(bench: ServerBench, tmp_path: Path) -> Fleet:
    fleet = Fleet(bench.url, tmp_path / "starts")
    bench.ends.callback(fleet.end)
    return fleet


def final(queue: Queue, patience_s: float = 20.0) -> list[News]:
    return hear(queue, lambda news: bool(finals(news)), patience_s)


def attempts(heard: list[News]) -> list[tuple[str, int]]:
    return [(n.event.agent, n.event.attempt) for n in heard if isinstance(n.event, Started)]


def test_a_killed_agents_job_is_taken_by_the_standby(bench: ServerBench, fleet: Fleet, tmp_path: Path) -> None:
    """Two agents on a segment are there so that one may die."""
    queue, enough = bench.queue(), tmp_path / "enough"
    fleet.start("one", "segment.prod")
    queue.put([job("segment.prod", names=(f"until {enough}",))])
    heard = hear(queue, lambda news: "Started" in told(news))
    fleet.start("two", "segment.prod")
    until(lambda: len(queue.agents()) == 2)
    fleet.kill("one")
    enough.touch()
    heard += final(queue)
    assert attempts(heard) == [("one", 1), ("two", 2)]
    assert list(finals(heard)[0].blobs.values()) == [b"seen by two"]


def test_an_agent_that_slept_over_its_job_does_not_begin_what_another_has_taken(
    bench: ServerBench, fleet: Fleet
) -> None:
    """It was given the job while it was stopped, with its machine or alone, and counted as dead."""
    queue = bench.queue()
    fleet.start("one", "segment.prod", "agent.one")
    until(lambda: len(queue.agents()) == 1)
    fleet.processes["one"].send_signal(signal.SIGSTOP)
    shared, own = job("segment.prod"), job("agent.one")
    queue.put([shared])
    fleet.start("two", "segment.prod")
    assert [agent for agent, _ in attempts(final(queue))] == ["two"]
    queue.put([own])
    fleet.processes["one"].send_signal(signal.SIGCONT)
    until(lambda: any(started == own.id for started, _, _ in fleet.starts()))
    assert [(started, by) for started, by, _ in fleet.starts()] == [(shared.id, "two"), (own.id, "one")]


def test_a_killed_agents_job_is_taken_up_again_when_it_is_restarted(
    bench: ServerBench, fleet: Fleet, tmp_path: Path
) -> None:
    """A service manager restarts an agent within a second; the job must not need a person."""
    queue, enough = bench.queue(), tmp_path / "enough"
    fleet.start("one", "agent.one")
    queue.put([job("agent.one", names=(f"until {enough}",))])
    heard = hear(queue, lambda news: "Started" in told(news))
    fleet.kill("one")
    enough.touch()
    fleet.start("one", "agent.one")
    heard += final(queue)
    assert attempts(heard) == [("one", 1), ("one", 2)]


def test_a_killed_agent_without_a_standby_is_said_to_be_lost(bench: ServerBench, fleet: Fleet) -> None:
    """The card must say which vantage is missing while people still wait for it."""
    queue = bench.queue()
    asked = job("agent.one", names=("listen 20",))
    queue.put([asked])
    assert told(hear(queue, bool)) == ["Lost"]  # Said again when somebody started in between.
    fleet.start("one", "agent.one")
    hear(queue, lambda news: "Started" in told(news))
    fleet.kill("one")
    killed_at = time.monotonic()
    (lost,) = hear(queue, bool)
    assert isinstance(lost.event, Lost)
    assert time.monotonic() - killed_at < 3 * keys.LEASE_S


def test_a_long_healthy_job_runs_once_beside_an_idle_agent(bench: ServerBench) -> None:
    """A timeout instead of a lease would have every long capture done twice."""
    queue = bench.queue()
    works = [Waiting(), Waiting()]
    for name, ability in zip("ab", works, strict=True):
        run_agent(bench, name, ["segment.prod"], ability)
    queue.put([job("segment.prod")])
    until(lambda: any(ability.begun.is_set() for ability in works))
    assert told(list(queue.news(2 * keys.LEASE_S))) == ["Started"]
    assert queue.news(keys.LEASE_S + 2 * keys.SWEEP_S) == ()
    assert [ability.begun.is_set() for ability in works].count(True) == 1


def test_a_job_that_kills_its_agents_is_given_up(bench: ServerBench, fleet: Fleet) -> None:
    """One poisonous packet must not take every agent of a segment down for ever."""
    queue = bench.queue()
    done = threading.Event()

    def supervise() -> None:
        while not done.wait(0.1):
            if "one" not in fleet.processes or fleet.processes["one"].poll() is not None:
                fleet.start("one", "agent.one")

    supervisor = threading.Thread(target=supervise)
    supervisor.start()
    asked = job("agent.one", lives_s=90, names=("die",))
    queue.put([asked])
    try:
        heard = final(queue, 60)
    finally:
        done.set()
        supervisor.join()
    assert attempts(heard) == [("one", 1), ("one", 2), ("one", 3)]
    event = finals(heard)[0].event
    assert isinstance(event, Failed)
    assert "given up" in event.reason
    assert len(fleet.starts()) == keys.DELIVERIES
    assert ["given up" in reason for reason in bench.dead()] == [True]


def test_a_job_survives_the_server_and_still_runs_once(bench: ServerBench, fleet: Fleet, valkey: Server) -> None:
    """A power cut of the queue server is no reason to look twice, nor to lose what was seen."""
    queue = bench.queue()
    for name in ("one", "two"):
        fleet.start(name, "segment.prod")
    until(lambda: len(queue.agents()) == 2)
    asked = job("segment.prod", lives_s=60, names=("listen 7",))
    queue.put([asked])
    hear(queue, lambda news: "Started" in told(news))
    bench.client.execute_command("WAITAOF", 1, 0, 5000)  # The order is on disk.
    valkey.kill()
    with pytest.raises(InstrumentError, match="cannot be reached"):
        queue.news(0.5)
    time.sleep(keys.LEASE_S + 0.5)  # Long enough that every lease is over.
    valkey.start()
    heard = final(queue, 30)
    assert len(finals(heard)) == 1
    assert finals(heard)[0].blobs
    assert [wanted for wanted, _, _ in fleet.starts()] == [asked.id]
    assert bench.client.xlen("jobs:segment.prod") == 0


def test_agents_go_on_after_the_server_lost_everything(bench: ServerBench) -> None:
    """A server without persistence forgets the groups; nobody restarts twenty agents for that."""
    queue = bench.queue()
    run_agent(bench, "a", ["agent.a"], brings(b"x"))
    queue.put([job("agent.a")])
    assert finals(final(queue))
    bench.client.flushall()
    until(queue.agents)
    queue.put([job("agent.a")])
    assert finals(final(queue))


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(lambda queue: queue.put([job("agent.a")]), id="put"),
        pytest.param(lambda queue: queue.news(1.0), id="news"),
        pytest.param(lambda queue: queue.cancel(job("agent.a")), id="cancel"),
        pytest.param(lambda queue: queue.agents(), id="agents"),
    ],
)
def test_a_server_that_is_down_is_said_at_once(
    bench: ServerBench, valkey: Server, call: Callable[[Queue], object]
) -> None:
    """A person waits for the sentence, not for ten hidden attempts."""
    queue = bench.queue()
    queue.agents()
    valkey.kill()
    began = time.monotonic()
    with pytest.raises(InstrumentError, match=r"The queue server unix://\S+ cannot be reached .* check that it runs"):
        call(queue)
    assert time.monotonic() - began < 2.5


def test_a_frozen_agent_whose_job_was_taken_over_is_told_to_stop(bench: ServerBench) -> None:
    """A paused machine that wakes up must not go on sending packets for a job that another one does."""
    queue = bench.queue()
    ability = Waiting()
    run_agent(bench, "a", ["segment.prod"], ability)
    asked = job("segment.prod")
    queue.put([asked])
    assert ability.begun.wait(10)
    # What a pause looks like from outside: the lease is over, and another consumer claims the entry.
    (entry,) = bench.client.xpending_range("jobs:segment.prod", keys.GROUP, "-", "+", 1)
    bench.client.xclaim("jobs:segment.prod", keys.GROUP, "b:1234", 0, [entry["message_id"]])
    bench.client.client_pause(int(keys.LEASE_S * 1000) + 1000, all=True)
    assert ability.was_stopped.wait(15)


def test_a_short_absence_of_the_server_ends_no_job(bench: ServerBench, valkey: Server) -> None:
    """The lease of the bot was lost with the server, and the bot was not: it gets the time to say so."""
    ability = Waiting()
    run_agent(bench, "a", ["agent.a"], ability)
    queue = bench.queue(lease_s=1.0)
    queue.put([job("agent.a")])
    assert told(hear(queue, bool)) == ["Started"]
    valkey.kill()
    with pytest.raises(InstrumentError, match="cannot be reached"):
        queue.news(0.5)
    assert not ability.was_stopped.wait(2.0)  # Longer than the lease.
    valkey.start()
    until_s = time.monotonic() + 2 * keys.LEASE_S
    while time.monotonic() < until_s:
        assert "Failed" not in told(list(queue.news(0.2)))
    assert not ability.was_stopped.is_set()
    ability.release.set()
    assert finals(final(queue))


def test_every_job_ends_exactly_once_while_agents_are_killed(bench: ServerBench, fleet: Fleet) -> None:
    """The promise under load: nothing is lost, nothing is said twice."""
    chance = random.Random(20260301)
    queue = bench.queue()
    names = ("one", "two", "three")
    for name in names:
        fleet.start(name, "segment.prod")
    jobs = [job("segment.prod", lives_s=100, names=(f"listen {chance.uniform(0, 0.4):.2f}",)) for _ in range(60)]
    heard: list[News] = []
    for number, wanted in enumerate(jobs):
        queue.put([wanted])
        heard += queue.news(0.02)
        if number % 12 == 11:
            victim = chance.choice(names)
            fleet.kill(victim)
            fleet.start(victim, "segment.prod")
    ended = hear(queue, lambda news: len(finals(heard + news)) >= len(jobs), 60)
    ended += queue.news(1.0)
    counted = Counter(job_of(news) for news in finals(heard + ended))
    assert counted == {wanted.id: 1 for wanted in jobs}
    assert bench.client.xlen("jobs:segment.prod") == 0


def _packets_on(bench: ServerBench) -> list[bytes]:
    """Every key whose content holds the packets of this file's captures."""
    client = bench.client
    return [key for key in client.scan_iter() if client.type(key) == b"hash" and PACKETS in client.hvals(key)]


PACKETS = b"packets of somebody"


def test_of_a_capture_that_arrived_nothing_is_left_on_the_server(bench: ServerBench) -> None:
    """What is in people's packets lies where its time is kept, and nowhere else; its parts on the way too."""
    go_on = threading.Event()

    def growing(work: Work) -> Sequence[tuple[Artifact, bytes]]:
        work.report([evidence(work.job, PACKETS)])
        assert go_on.wait(10)
        return [evidence(work.job, PACKETS)]

    run_agent(bench, "a", ["agent.a"], growing)
    queue = bench.queue()
    queue.put([job("agent.a")])
    until(lambda: _packets_on(bench))
    go_on.set()
    heard = hear(queue, lambda news: bool(finals(news)))
    assert PACKETS in finals(heard)[0].blobs.values()
    queue.news(0.1)  # to ask again says that it was taken in
    assert _packets_on(bench) == []


def test_what_nobody_fetches_has_an_end_of_its_own(bench: ServerBench) -> None:
    """A bot that died does not leave the packets behind for ever."""
    run_agent(bench, "a", ["agent.a"], brings(PACKETS))
    queue = bench.queue()
    queue.put([job("agent.a")])
    (key,) = until(lambda: _packets_on(bench))
    assert 0 < bench.client.ttl(key) <= keys.ARTIFACT_S

"""A whole agent process on a real segment and a real queue server: killed, stopped, and left alone by its bot."""

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from subprocess import DEVNULL, Popen

import pytest

from bot.agents.capture import CUT_SHORT, RUNS_STILL
from bot.frames.captured import Captured
from bot.frames.recording import Recording
from bot.model.incident import Lost, Progressed, Reported, Started
from bot.model.job import Artifact, Job, JobOptions, Probe
from bot.ports import News
from bot.queue import keys
from bot.queue.lease import CANCELLED
from bot.queue.seal import queue_key
from deploy.demo.server import Server
from deploy.lab.ns import Apart
from tests.contracts.bench import CLOCK, MASTERS, ServerBench, finals, hear, told, until
from tests.lab.cell import child, job, standing
from tests.lab.test_capture import PING

pytestmark = [pytest.mark.lab, pytest.mark.server]
ROOT = Path(__file__).parents[2]
QUEUE = "segment.lab"
_agents: list[Popen[bytes]] = []


@pytest.fixture(scope="module")
def run() -> Iterator[Apart]:
    with child() as run:
        yield run
        run(_kill)


@pytest.fixture
def bench(valkey: Server) -> Iterator[ServerBench]:
    with ExitStack() as ends:
        yield ServerBench(valkey.url, ends)


def _start(url: str, spool: str) -> None:
    """In the segment's child: the agent as its operator starts it."""
    names = {"AGENT_NAME": "agent-1", "SEGMENT": "lab", "INTERFACE": "eth0", "SPOOL_DIR": spool, "REDIS_URL": url}
    given = {f"RULEOUT_{name}": value for name, value in names.items()}
    given["RULEOUT_QUEUE_KEYS"] = f"{QUEUE}={queue_key(MASTERS[0], QUEUE).hex()}"
    given["PATH"] = os.defpath
    argv = [sys.executable, "-m", "bot", "agent"]
    _agents.append(standing().namespaces.popen("agent", argv, cwd=ROOT, env=given, stdout=DEVNULL, stderr=DEVNULL))


def _kill() -> None:
    """SIGKILL: no goodbye of any kind."""
    while _agents:
        _agents[-1].kill()
        _agents.pop().wait()


def _ping(count: int) -> None:
    standing().far_end([PING] * count)


def capture(listen_s: float) -> Job:
    asked = replace(job(Probe.CAPTURE), id=CLOCK.new_id("job"), queue=QUEUE, options=JobOptions(listen_s=listen_s))
    return replace(asked, expires_at=asked.asked_at + timedelta(seconds=listen_s + 3))


def brought(news: News) -> tuple[Artifact, list[Captured]]:
    assert isinstance(news.event, Reported)
    (artifact,) = news.event.artifacts
    return artifact, list(Recording(news.blobs[artifact.digest]))


def of_packets(heard: list[News], count: int) -> list[News]:
    return [news for news in heard if isinstance(news.event, Reported) and len(brought(news)[1]) == count]


@pytest.fixture
def agent(run: Apart, bench: ServerBench, tmp_path: Path) -> Iterator[Path]:
    """An agent at work, and the directory where it keeps what it captures."""
    run(_start, bench.url, str(tmp_path))
    until(bench.queue("who").agents)
    yield tmp_path
    run(_kill)


def test_a_killed_agent_leaves_what_it_captured(run: Apart, bench: ServerBench, agent: Path) -> None:
    """Its machine may be the very one that fails; what it saw last is what everybody wants to know."""
    queue = bench.queue()
    asked = capture(10)
    queue.put([asked])
    hear(queue, lambda news: "Progressed" in told(news))  # it hears
    run(_ping, 20)
    heard = hear(queue, lambda news: bool(of_packets(news, 20)))
    run(_kill)
    artifact, _ = brought(of_packets(heard, 20)[0])
    assert artifact.incomplete == RUNS_STILL
    assert artifact.dropped == 0
    assert artifact.ahead_ms is not None
    assert list(agent.iterdir()) == []
    assert hear(queue, lambda news: any(isinstance(one.event, Lost) for one in news))
    run(_start, bench.url, str(agent))
    heard = hear(queue, lambda news: bool(finals(news)))
    assert [one.event.attempt for one in heard if isinstance(one.event, Started)] == [2]
    artifact, taken = brought(finals(heard)[0])
    assert (artifact.incomplete, taken) == (CUT_SHORT, [])
    assert CLOCK.now() < asked.expires_at


def test_a_person_stops_a_capture(run: Apart, bench: ServerBench, agent: Path) -> None:
    """At any time, and what was captured by then comes at once."""
    queue = bench.queue()
    asked = capture(30)
    queue.put([asked])
    hear(queue, lambda news: "Progressed" in told(news))  # it hears
    run(_ping, 5)
    heard = hear(queue, lambda news: any(isinstance(one.event, Progressed) and one.event.packets for one in news))
    far = next(one.event for one in heard if isinstance(one.event, Progressed) and one.event.packets)
    assert (far.packets, far.dropped) == (5, 0)
    assert 0 < far.left_s < 30
    queue.cancel(asked)
    stopped_at = CLOCK.now()
    artifact, taken = brought(finals(hear(queue, lambda news: bool(finals(news))))[0])
    assert (artifact.incomplete, len(taken)) == (CANCELLED, 5)
    assert artifact.stopped_at < stopped_at + timedelta(seconds=2)


def test_a_dead_bot_ends_its_captures(bench: ServerBench, agent: Path) -> None:
    """Nobody is left who could stop it, and nobody who will read it."""
    queue, other = bench.queue(lease_s=1.0), bench.queue("another")
    queue.put([capture(50)])
    until(lambda: any(one.running for one in other.agents()))
    queue.close()  # like a death: nothing is given back
    until(lambda: not any(one.running for one in other.agents()), keys.ORPHANED_S + 3 * keys.LEASE_S)
    assert list(agent.iterdir()) == []

"""How fast a job reaches an idle agent, how many one agent does in a second, and how soon a killed agent is replaced.

``python -m deploy.bench.queue`` prints it, on a Valkey of its own, with bot and agents in processes of their own.
"""

import os
import resource
import signal
import statistics
import sys
import tempfile
import threading
import time
from datetime import timedelta
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path

import structlog

from bot.agents.runner import Runner
from bot.model.incident import Failed, Reported, Started
from bot.model.job import Agent, Job, JobOptions, Probe
from bot.ports import News, Work
from bot.queue.agent_side import RedisIntake
from bot.queue.bot_side import RedisQueue
from bot.queue.seal import queue_key
from bot.system import SystemClock
from deploy.demo.server import Server

COMMAND = "python -m deploy.bench.queue"
MASTER = b"a master key that measures only."
QUEUE = "segment.bench"
ONE_BY_ONE = 300
AT_ONCE = 1000
DEATHS = 5
IDLE_S = 5.0
_CLOCK = SystemClock()


def _agent(url: str, name: str) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("ERROR"))
    described = Agent(name, (QUEUE,), (Probe.ICMP, Probe.CAPTURE), (), "bench", _CLOCK.now())
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())

    def listen(work: Work) -> tuple[()]:
        while not work.stopped():
            time.sleep(0.05)
        return ()

    intake = RedisIntake(url, {QUEUE: (queue_key(MASTER, QUEUE),)}, described)
    Runner(intake, {Probe.ICMP: lambda _: (), Probe.CAPTURE: listen}, described, slots=8).run(stop)


def _start(url: str, name: str) -> BaseProcess:
    process = get_context("spawn").Process(target=_agent, args=(url, name), daemon=True)
    process.start()
    return process


def _jobs(count: int, probe: Probe = Probe.ICMP) -> list[Job]:
    now = _CLOCK.now()
    ends_at = now + timedelta(seconds=60)
    return [Job(_CLOCK.new_id("job"), "inc", probe, QUEUE, None, JobOptions(), now, ends_at) for _ in range(count)]


def _hear(queue: RedisQueue, kinds: tuple[type, ...], count: int) -> list[News]:
    heard: list[News] = []
    while len(heard) < count:
        heard += [news for news in queue.news(1.0) if isinstance(news.event, kinds)]
    return heard


def _until_there(queue: RedisQueue, count: int) -> None:
    while len(queue.agents()) < count:
        time.sleep(0.02)


def _measure_one(queue: RedisQueue, process: BaseProcess) -> None:
    started_ms, answered_ms = [], []
    for job in _jobs(ONE_BY_ONE):
        began = time.perf_counter()
        queue.put([job])
        _hear(queue, (Started,), 1)
        started_ms.append((time.perf_counter() - began) * 1000)
        _hear(queue, (Reported, Failed), 1)
        answered_ms.append((time.perf_counter() - began) * 1000)
    print(f"dispatch (put to started)    p50 {_p(started_ms, 50):6.2f} ms   p99 {_p(started_ms, 99):6.2f} ms")
    print(f"round trip (put to reported) p50 {_p(answered_ms, 50):6.2f} ms   p99 {_p(answered_ms, 99):6.2f} ms")
    began = time.perf_counter()
    queue.put(_jobs(AT_ONCE))
    _hear(queue, (Reported, Failed), AT_ONCE)
    print(f"one agent                    {AT_ONCE / (time.perf_counter() - began):6.0f} jobs/s")
    before_s = _cpu_s(process)
    time.sleep(IDLE_S)
    print(f"idle agent                   {(_cpu_s(process) - before_s) / IDLE_S:6.1%} of a core")


def _measure_deaths(url: str, queue: RedisQueue, agents: dict[str, BaseProcess]) -> None:
    took_s = []
    for _ in range(DEATHS):
        _until_there(queue, 2)
        time.sleep(4.0)  # One lease: before that a fresh agent calls nobody dead.
        (job,) = _jobs(1, Probe.CAPTURE)
        queue.put([job])
        (started,) = _hear(queue, (Started,), 1)
        assert isinstance(started.event, Started)
        victim = agents[started.event.agent]
        victim.kill()
        began = time.perf_counter()
        _hear(queue, (Started,), 1)
        took_s.append(time.perf_counter() - began)
        queue.cancel(job)
        _hear(queue, (Reported, Failed), 1)
        victim.join()
        agents[started.event.agent] = _start(url, started.event.agent)
    print(
        f"SIGKILL to started elsewhere median {statistics.median(took_s):.1f} s, worst {max(took_s):.1f} s of {DEATHS}"
    )


def _p(values: list[float], percent: int) -> float:
    return statistics.quantiles(values, n=100)[percent - 1]


def _cpu_s(process: BaseProcess) -> float:
    fields = Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> int:
    """Measure and print; returns the exit code."""
    print(f"$ {COMMAND}   # Python {sys.version.split()[0]}, {os.cpu_count()} cores, Valkey on a unix socket")
    with tempfile.TemporaryDirectory() as directory, Server.running(Path(directory)) as server:
        queue = RedisQueue(server.url, [MASTER], "bench", _CLOCK)
        agents = {"one": _start(server.url, "one")}
        try:
            _until_there(queue, 1)
            _measure_one(queue, agents["one"])
            agents["two"] = _start(server.url, "two")
            _measure_deaths(server.url, queue, agents)
        finally:
            for process in agents.values():
                process.kill()
                process.join()
            queue.close()
    print(f"memory of the bot's side     {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:6.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())

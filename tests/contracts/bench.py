"""One bench for every queue: the same handles on the in-memory twin and on a real server."""

import hashlib
import itertools
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Any, Protocol

from bot.agents.runner import Runner
from bot.model.incident import Failed, Published, Reported, StopAsked
from bot.model.job import Agent, Artifact, Job, JobOptions, Media, Probe, Vantage
from bot.ports import Ability, Intake, News, Queue, Work
from bot.queue import keys, seal, server
from bot.queue.acl import agent_rules, bot_rules
from bot.queue.agent_side import RedisIntake
from bot.queue.bot_side import RedisQueue
from bot.queue.memory import MemoryIntake, MemoryQueue, MemoryServer
from bot.system import SystemClock

MASTERS = (b"the master key of every test here",)
CLOCK = SystemClock()
PATIENCE_S = 15.0

_numbers = itertools.count(1)


def job(queue: str, *, lives_s: float = 30.0, probe: Probe = Probe.CAPTURE, names: tuple[str, ...] = ()) -> Job:
    """A job on the queue whose end is so far away."""
    now = CLOCK.now()
    number = next(_numbers)
    options = JobOptions(names=names)
    return Job(f"job-{number}", f"inc-{number}", probe, queue, None, options, now, now + timedelta(seconds=lives_s))


def agent(name: str, *queues: str) -> Agent:
    """An agent that captures."""
    return Agent(name, queues, (Probe.CAPTURE,), (), "1", CLOCK.now())


def evidence(of: Job, data: bytes, by: str = "prod-1") -> tuple[Artifact, bytes]:
    """The bytes as a capture that the agent brings back."""
    digest = "sha256:" + hashlib.sha256(data).hexdigest()
    now = CLOCK.now()
    return Artifact(of.id, of.probe, Vantage(by, "prod", "eth0"), Media.PCAP, digest, len(data), now, now, 0), data


def brings(data: bytes) -> Ability:
    """An ability that comes back with these bytes at once."""
    return lambda work: [evidence(work.job, data)]


def keys_of(queues: Sequence[str], masters: Sequence[bytes] = MASTERS) -> dict[str, seal.Keys]:
    """What an agent is given."""
    return {queue: seal.queue_keys(masters, queue) for queue in queues}


def until(claim: Callable[[], Any], patience_s: float = PATIENCE_S) -> Any:
    """The claim's value as soon as it is true."""
    end = time.monotonic() + patience_s
    while not (value := claim()):
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.01)
    return value


def hear(queue: Queue, enough: Callable[[list[News]], bool], patience_s: float = PATIENCE_S) -> list[News]:
    """All news until there is enough."""
    heard: list[News] = []
    end = time.monotonic() + patience_s
    while not enough(heard):
        assert time.monotonic() < end, f"only heard {[news.event for news in heard]}"
        heard += queue.news(0.2)
    return heard


def job_of(news: News) -> str:
    """The job that an agent's word is about."""
    assert not isinstance(news.event, Published | StopAsked), "a bot's word is about no job"
    return news.event.job


def finals(heard: Sequence[News]) -> list[News]:
    """The news that end a job."""
    return [n for n in heard if isinstance(n.event, Failed) or (isinstance(n.event, Reported) and n.event.final)]


def told(heard: Sequence[News]) -> list[str]:
    """The kinds of news in order."""
    return [type(news.event).__name__ for news in heard]


class Waiting:
    """An ability that goes on until it is released or told to stop."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.release = threading.Event()
        self.was_stopped = threading.Event()
        self.reason: str | None = None

    def __call__(self, work: Work) -> Sequence[tuple[Artifact, bytes]]:
        self.begun.set()
        while not self.release.wait(0.02):
            if work.stopped():
                self.reason = work.stop_reason()
                self.was_stopped.set()
                break
        return [evidence(work.job, b"what was seen until then")]


class Bench(Protocol):
    """A queue server with both its sides, and a back door for what no honest part would do."""

    ends: ExitStack

    def queue(
        self, bot_id: str = "bot-1", masters: Sequence[bytes] = MASTERS, lease_s: float = keys.HOLD_S
    ) -> Queue: ...

    def intake(self, of: Agent, masters: Sequence[bytes] = MASTERS, limit_bytes: int = keys.LIMIT_BYTES) -> Intake: ...

    def slip_in(self, queue: str, fields: seal.Fields) -> None: ...

    def slip_report(self, incident: str, fields: seal.Fields) -> None: ...

    def dead(self) -> list[str]: ...

    def unmark(self, job_id: str) -> None: ...


def run_agent(
    bench: Bench,
    name: str,
    queues: Sequence[str],
    ability: Ability,
    *,
    slots: int = 4,
    masters: Sequence[bytes] = MASTERS,
    limit_bytes: int = keys.LIMIT_BYTES,
) -> Callable[[], None]:
    """An agent at work until the test ends or the returned call is made."""
    described = agent(name, *queues)
    intake = bench.intake(described, masters, limit_bytes)
    abilities: Mapping[Probe, Ability] = {Probe.CAPTURE: ability}
    runner = Runner(intake, abilities, described, slots=slots, drain_s=0.2, turn_s=0.1)
    stop = threading.Event()
    thread = threading.Thread(target=runner.run, args=(stop,))
    thread.start()

    def end() -> None:
        stop.set()
        thread.join()

    bench.ends.callback(end)
    return end


class MemoryBench:
    """The twin."""

    def __init__(self, ends: ExitStack) -> None:
        self.ends = ends
        self.server = MemoryServer(CLOCK)

    def queue(self, bot_id: str = "bot-1", masters: Sequence[bytes] = MASTERS, lease_s: float = keys.HOLD_S) -> Queue:
        return MemoryQueue(self.server, masters, bot_id, lease_s=lease_s)

    def intake(self, of: Agent, masters: Sequence[bytes] = MASTERS, limit_bytes: int = keys.LIMIT_BYTES) -> Intake:
        intake = MemoryIntake(self.server, keys_of(of.queues, masters), of, limit_bytes=limit_bytes)
        self.ends.callback(intake.close)
        return intake

    def slip_in(self, queue: str, fields: seal.Fields) -> None:
        self.server.put(queue, fields)

    def slip_report(self, incident: str, fields: seal.Fields) -> None:
        self.server.say(keys.reports(incident), fields)

    def dead(self) -> list[str]:
        return list(self.server.dead)

    def unmark(self, job_id: str) -> None:
        with self.server.changed:
            del self.server.seen[job_id]


class ServerBench:
    """A real server."""

    def __init__(self, url: str, ends: ExitStack) -> None:
        self.ends = ends
        self.url = url
        self.client = server.connect(url)
        ends.callback(self.client.close)

    def queue(
        self, bot_id: str = "bot-1", masters: Sequence[bytes] = MASTERS, lease_s: float = keys.HOLD_S
    ) -> RedisQueue:
        queue = RedisQueue(self.url, masters, bot_id, CLOCK, lease_s=lease_s)
        self.ends.callback(queue.close)
        return queue

    def intake(self, of: Agent, masters: Sequence[bytes] = MASTERS, limit_bytes: int = keys.LIMIT_BYTES) -> RedisIntake:
        intake = RedisIntake(self.url, keys_of(of.queues, masters), of, limit_bytes=limit_bytes)
        self.ends.callback(intake.close)
        return intake

    def slip_in(self, queue: str, fields: seal.Fields) -> None:
        self.client.xadd(keys.jobs(queue), dict(fields))

    def slip_report(self, incident: str, fields: seal.Fields) -> None:
        self.client.xadd(keys.reports(incident), dict(fields))

    def dead(self) -> list[str]:
        return [fields[b"reason"].decode() for _, fields in self.client.xrange(keys.DEAD)]

    def unmark(self, job_id: str) -> None:
        assert self.client.delete(keys.seen(job_id)) == 1


class RightsBench(ServerBench):
    """A real server on which the bot and every agent has its own user, with its role's rights alone.

    When the test ends, nothing was refused: a right that is missing shows, also where the code bears its absence.
    """

    def __init__(self, url: str, ends: ExitStack) -> None:
        super().__init__(url, ends)
        ends.callback(self._nothing_was_refused)

    def queue(
        self, bot_id: str = "bot-1", masters: Sequence[bytes] = MASTERS, lease_s: float = keys.HOLD_S
    ) -> RedisQueue:
        return ServerBench(self._as("bot", bot_rules()), self.ends).queue(bot_id, masters, lease_s)

    def intake(self, of: Agent, masters: Sequence[bytes] = MASTERS, limit_bytes: int = keys.LIMIT_BYTES) -> RedisIntake:
        url = self._as(f"agent.{of.name}", agent_rules(of.name, of.queues))
        return ServerBench(url, self.ends).intake(of, masters, limit_bytes)

    def _as(self, user: str, rules: Sequence[str]) -> str:
        self.client.execute_command("ACL", "SETUSER", user, "on", ">pw", *rules)
        return self.url.replace("//", f"//{user}:pw@")

    def _nothing_was_refused(self) -> None:
        refused = self.client.execute_command("ACL", "LOG")
        assert not refused, refused


def seconds_ago(seconds: float) -> datetime:
    """A moment that has passed."""
    return CLOCK.now() - timedelta(seconds=seconds)

"""The house of a run, of real parts: server, stand-in for Slack, bots and agents, each a process that can be killed."""

import json
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bot.queue import server as queue_server
from bot.queue.bot_side import RedisQueue
from bot.queue.seal import queue_key
from bot.system import SystemClock
from deploy.chaos.chronicle import Chronicle
from deploy.chaos.links import Links
from deploy.chaos.plan import SCENES, Size, Station, bots, channels, stations
from deploy.demo.pair import Pair
from deploy.demo.server import Server, valkey
from deploy.demo.slack import StandIn
from deploy.demo.slack.faults import Timing
from deploy.demo.slack.records import BOT_USER, TEAM, Channel
from deploy.demo.slack.workspace import Workspace

MANIFEST = Path(__file__).parents[1] / "slack-manifest.yaml"
PEOPLE = ("ana", "ben", "mia")
READY_WITHIN_S, ENDS_WITHIN_S = 40.0, 20.0
OPTIONAL = frozenset({"channels:history", "groups:history"})


class Nest:
    """The process that every agent is forked from."""

    def __init__(self, told: Path, log: Path) -> None:
        self._lock = threading.Lock()
        self.pids: dict[str, int] = {}
        with log.open("wb") as out:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "deploy.chaos.agents", str(told)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=out, text=True, bufsize=1,
            )  # fmt: skip
        self._answer()

    def order(self, word: str, name: str) -> None:
        """Start an agent, or send it a signal by the signal's name."""
        with self._lock:
            assert self._process.stdin is not None
            self._process.stdin.write(f"{word} {name}\n")
            self.pids[name] = int(self._answer().split()[1])

    def retire(self, name: str) -> float:
        """Tell an agent to end, and wait until it has; the seconds that it took. One that does not end is killed."""
        with self._lock:
            assert self._process.stdin is not None
            self._process.stdin.write(f"retire {name}\n")
            return float(self._answer().split()[1])

    def end(self) -> int:
        """End all of them; how many had to be killed."""
        assert self._process.stdin is not None
        if self._process.poll() is not None:
            return 0
        self._process.stdin.write("end\n")
        left = int(self._answer().split()[1])
        self._process.wait(ENDS_WITHIN_S)
        return left

    def _answer(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("The nest of agents ended; its log says why.")
        return line


@dataclass
class World:
    """A running house. ``alive`` are the bots; one that was killed is missing until it is started again."""

    directory: Path
    size: Size
    pair: Pair
    url: str
    slack: StandIn
    chronicle: Chronicle
    environment: Mapping[str, str]
    master: bytes
    queue: RedisQueue
    client: Any
    links: Links
    nest: Nest
    keeper: ThreadPoolExecutor
    stations: tuple[Station, ...]
    alive: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)
    lives: int = 0

    @property
    def server(self) -> Server:
        """Whichever of the two is the primary."""
        return self.pair.primary

    def start_bot(self, name: str) -> None:
        """Start it as its supervisor would."""
        self.lives += 1
        with (self.directory / f"{name}.{self.lives}.log").open("wb") as out:
            self.alive[name] = subprocess.Popen(
                [sys.executable, "-m", "bot", "bot"], env=dict(self.environment), stdin=subprocess.DEVNULL, stdout=out,
                stderr=out,
            )  # fmt: skip

    def agents_heard(self) -> set[str]:
        """The names of the agents that the queue knows now."""
        return {agent.name for agent in self.queue.agents()}

    def sockets(self) -> int:
        """How many sockets the bots have open."""
        return self.slack.look(lambda _: len(self.slack.slack.sockets.connections))

    def wait(self, claim: Any, within_s: float, what: str) -> None:
        """Until the claim is true.

        Raises:
            TimeoutError: it did not come true.
        """
        until = time.monotonic() + within_s
        while not claim():
            if time.monotonic() > until:
                raise TimeoutError(f"{what} not within {within_s:g} s")
            time.sleep(0.05)

    def end_bots(self) -> list[str]:
        """End them as a supervisor does; those that had to be killed."""
        for process in self.alive.values():
            process.send_signal(signal.SIGCONT)
            process.terminate()
        until, stuck = time.monotonic() + ENDS_WITHIN_S, []
        for name, process in self.alive.items():
            try:
                process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                stuck.append(name)
                process.kill()
                process.wait()
        self.alive.clear()
        return stuck


@contextmanager
def running(directory: Path, seed: int, size: Size, *, history: bool) -> Iterator[World]:
    """A house whose files lie in ``directory``, until the block ends. ``history``: Slack lets the bot read channels."""
    with ExitStack() as ends:
        data = directory / "queue"
        data.mkdir(parents=True)
        keeper = ends.enter_context(ThreadPoolExecutor(1, "keeper"))  # the server ends with the thread that started it
        pair = Pair(
            data,
            lambda there, port: valkey(there, fsync="always", port=port),
            started_by=lambda start: keeper.submit(start).result(),
        )
        ends.callback(pair.kill)
        url = lead(data, pair.primary)
        slack = ends.enter_context(StandIn.start(manifest=MANIFEST, timing=Timing(event_retries_s=(0.0, 3.0, 10.0))))
        if history:
            slack.slack.manifest = replace(slack.slack.manifest, scopes=slack.slack.manifest.scopes | OPTIONAL)
        slack.faults(limits=False)  # 50 edits a minute would make a run last a quarter of an hour; 429 comes by plan
        slack.look(lambda workspace: _furnish(workspace, channels(size)))
        chronicle = Chronicle()
        chronicle.follow(slack)
        master, ones = secrets.token_bytes(32), stations(size)
        links = Links(data / "queue.sock", data, tuple(one.name for one in ones if one.flaky))
        ends.callback(links.close)
        environment = _environment(directory, url, slack, master)
        clock = SystemClock()
        queue = RedisQueue(url, [master], clock.new_id("chaos"), clock)
        ends.callback(queue.close)
        client = queue_server.connect(url)
        ends.callback(client.close)
        told = directory / "nest.json"
        octets = sorted({one.segment * SCENES + n for one in ones if one.segment is not None for n in range(SCENES)})
        every = [_told(one, directory, links, url, master, seed) for one in ones]
        told.write_text(json.dumps({"stations": every, "octets": octets, "patience_s": 12.0}))
        nest = Nest(told, directory / "nest.log")
        ends.callback(nest.end)
        world = World(
            directory, size, pair, url, slack, chronicle, environment, master, queue, client, links, nest, keeper, ones
        )
        ends.callback(world.end_bots)
        for one in ones:
            nest.order("start", one.name)
        for name in bots(size):
            world.start_bot(name)
        world.wait(lambda: len(world.agents_heard()) == len(ones), READY_WITHIN_S, "all agents heard")
        world.wait(lambda: world.sockets() >= len(bots(size)), READY_WITHIN_S, "all bots connected")
        yield world


def lead(data: Path, to: Server) -> str:
    """Let the one address that everybody has lead to this server; what is connected stays where it is."""
    name, next_name = data / "queue.sock", data / "next.sock"
    next_name.symlink_to(urlsplit(to.url).path)
    next_name.replace(name)
    return f"unix://{name}"


def _furnish(workspace: Workspace, names: tuple[str, ...]) -> None:
    people = [workspace.user(name) for name in PEOPLE]
    for name in names:
        members = [user.id for user in people if user] + [BOT_USER]
        channel = Channel(f"C{name.replace('-', '').upper()}", name, "", members)
        workspace.channels[channel.id] = channel


def _environment(directory: Path, url: str, slack: StandIn, master: bytes) -> dict[str, str]:
    people = slack.look(lambda workspace: [f"{TEAM}/{user.id}" for user in workspace.users.values() if not user.bot])
    rules = directory / "rules.toml"
    rules.write_text(f'[[grant]]\nname = "everybody here"\nmay = "download"\npeople = {json.dumps(people)}\n')
    return {
        "RULEOUT_REDIS_URL": url,
        "RULEOUT_LOG_JSON": "yes",
        "PYTHONUNBUFFERED": "1",
        "RULEOUT_MASTER_KEYS": master.hex(),
        "RULEOUT_VCENTERS": "dc1",
        "RULEOUT_SLACK_BOT_TOKEN": slack.bot_token,
        "RULEOUT_SLACK_APP_TOKEN": slack.app_token,
        "RULEOUT_SLACK_API": slack.base_url,
        "RULEOUT_RULES_FILE": str(rules),
        "RULEOUT_CASES_DIR": str(directory / "cases"),
    }


def queues(one: Station) -> tuple[str, ...]:
    """The queues that an agent takes jobs from."""
    kind = one.name.partition("-")[0]
    return ("vcenter.dc1",) if kind == "vcenter" else (f"segment.{kind}", f"agent.{one.name}")


def _told(one: Station, directory: Path, links: Links, url: str, master: bytes, seed: int) -> dict[str, Any]:
    """What the nest is told of an agent."""
    return {
        "name": one.name,
        "segment": one.segment,
        "seed": seed,
        "url": links.url(one.name) if one.flaky else url,
        "keys": {queue: queue_key(master, queue).hex() for queue in queues(one)},
        "log": str(directory / f"{one.name}.log"),
        "ran": str(directory / "ran.jsonl"),
    }

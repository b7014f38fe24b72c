"""Everything that a demonstration needs, started in order and ended together: server, lab, stand-ins, real roles."""

import json
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.queue.bot_side import RedisQueue
from bot.queue.seal import queue_key
from bot.system import SystemClock
from deploy.demo.server import Server
from deploy.demo.slack import StandIn
from deploy.demo.slack.records import BOT_USER
from deploy.demo.slack.workspace import Workspace
from deploy.demo.vcenter.played import played
from deploy.demo.vcenter.standing import Standing, Stands
from deploy.lab import snmp
from deploy.lab.client import Lab
from deploy.lab.faults import DEMO
from deploy.lab.ns import Unsupported
from deploy.lab.state import LabState
from deploy.lab.topology import MANAGEMENT

MANIFEST = Path(__file__).parents[1] / "slack-manifest.yaml"
VCENTER = NETWORK = "dc1"
TWO_PERSONS = "10.0.0.4/32"  # a capture of app04 needs a second person's agreement
MOVED = "app10"
"""The VM that was moved to another host, if there is a lab; nothing is wrong with it."""
READY_WITHIN_S = 30.0
ENDS_WITHIN_S = 15.0
RUNNING = (
    "Checking ",
    "Capturing ",
    "Looking up ",
    "Reading ",
    "Waiting ",
    "Watching ",
    "Comparing ",
)  # how the text of a card begins that has not ended


@dataclass
class Stage:
    """A running demonstration. ``lab`` is None where recorded captures are replayed instead of it.

    ``snmp`` says who answers it in the lab's router and switches (see ``LabState``).

    Every process writes into a file of its name in ``logs``.
    """

    slack: StandIn
    server: Server
    queue: RedisQueue
    environment: Mapping[str, str]
    logs: Path
    lab: Lab | None
    why_no_lab: str | None
    snmp: str | None
    processes: dict[str, "subprocess.Popen[Any]"]
    environments: dict[str, dict[str, str]] = field(default_factory=dict)
    """What each process was started with, for whoever starts it again."""
    vcenter: Standing | None = None
    """The vCenter that knows the lab; None without a lab."""

    def move(self, vm: str, host: str) -> None:
        """Move a VM to another host, as people do while they look for a cause."""
        assert self.lab is not None, "recordings do not move"
        self.told(self.lab.move(vm, host))

    def repair(self, vm: str) -> None:
        """Restart a VM's crashed agent, and clear its entry in the router."""
        assert self.lab is not None, "recordings cannot be repaired"
        self.told(self.lab.repair(vm))

    def told(self, state: LabState) -> None:
        """VCenter knows the lab as it is now."""
        assert self.vcenter is not None, "it is there with the lab"
        self.vcenter.follow(state)


@contextmanager
def running(
    directory: Path,
    *,
    port: int = 0,
    replay: bool = False,
    logs: Path | None = None,
    faults: Mapping[str, str] = DEMO,
    vcenter: Stands = played,
    metrics: bool = False,
) -> Iterator[Stage]:
    """A demonstration whose files lie in ``directory``, until the block ends; ``faults`` says what is wrong with whom.

    ``vcenter`` is who stands for the lab's vCenter; recordings bring their own. ``metrics``: each process listens on a
    port of its own loopback, which its log names, and tells how it is.

    Raises:
        RuntimeError: a part did not come up; the text is the end of its log.
    """
    logs = logs or directory
    with ExitStack() as ends:
        server = ends.enter_context(Server.running(directory / "queue"))
        slack = ends.enter_context(StandIn.start(port, manifest=MANIFEST))
        master = secrets.token_bytes(32)
        common = _common(server, metrics=metrics)
        environment = {
            **common,
            "RULEOUT_MASTER_KEYS": master.hex(),
            "RULEOUT_VCENTERS": VCENTER,
            "RULEOUT_SLACK_BOT_TOKEN": slack.bot_token,
            "RULEOUT_SLACK_APP_TOKEN": slack.app_token,
            "RULEOUT_SLACK_API": slack.base_url,
            "RULEOUT_RULES_FILE": str(_rules(directory, slack)),
            "RULEOUT_CASES_DIR": str(directory / "cases"),
            **ends.enter_context(_downloads()),
        }
        clock = SystemClock()
        queue = RedisQueue(server.url, [master], clock.new_id("stage"), clock)
        ends.callback(queue.close)
        stage = Stage(slack, server, queue, environment, logs, None, None, None, {})

        def keys(*queues: str) -> dict[str, str]:
            pairs = (f"{name}={queue_key(master, name).hex()}" for name in queues)
            return {**common, "RULEOUT_QUEUE_KEYS": ",".join(pairs)}

        def start(name: str, argv: list[str], env: Mapping[str, str], node: str | None = None) -> None:
            out = ends.enter_context((logs / f"{name}.log").open("wb"))
            command = [sys.executable, "-m", *argv]
            if stage.lab and node:
                # In earnest an agent has a machine of its own; here a person's acknowledgement comes before its work.
                command = stage.lab.argv(node, ["nice", "-n", "10", *command])
            stage.environments[name] = dict(env)
            process = subprocess.Popen(command, env=dict(env), stdin=subprocess.DEVNULL, stdout=out, stderr=out)
            stage.processes[name] = process

        if not replay:
            try:
                stage.lab = ends.enter_context(Lab.running(directory / "lab", snmp=True))
            except Unsupported as reason:
                stage.why_no_lab = str(reason)
        if stage.lab:
            for vm, fault in faults.items():
                stage.lab.apply(fault, vm)
            state = stage.lab.apply("clean_vmotion", MOVED)
            stage.vcenter = ends.enter_context(vcenter(state, directory))
        ends.callback(_end, stage.processes)  # before lab and vCenter end: agents say goodbye, a worker logs out
        if stage.lab and stage.vcenter:
            start("vcenter", [*stage.vcenter.worker], {**_vcenter(keys), **stage.vcenter.environment})
            for segment in ("prod", "office"):
                name = f"{segment}-1"
                start(name, ["bot", "agent"], {
                    **keys(f"segment.{segment}", f"agent.{name}"),
                    "RULEOUT_AGENT_NAME": name, "RULEOUT_SEGMENT": segment, "RULEOUT_INTERFACE": "eth0",
                }, node=f"agent-{segment}")  # fmt: skip
            stage.snmp = state["snmp"]
            file = directory / "network.toml"
            file.write_text(snmp.settings(state))
            names = {"RULEOUT_NETWORK_NAME": NETWORK, "RULEOUT_NETWORK_FILE": str(file)}
            start("network", ["bot", "network"], keys(f"network.{NETWORK}") | names, node=MANAGEMENT)
            environment["RULEOUT_NETWORKS"] = NETWORK
        else:
            queues = ("segment.prod", "agent.prod-1", "segment.office", "agent.office-1", f"vcenter.{VCENTER}")
            start("replay", ["deploy.demo.replay"], keys(*queues, f"network.{NETWORK}"))
            environment["RULEOUT_NETWORKS"] = NETWORK
        start("bot", ["bot", "bot"], environment)
        _wait_ready(stage, logs)
        yield stage


def ask(slack: StandIn, channel: str, text: str, *, user: str = "ana", within_s: float = 30.0) -> dict[str, Any]:
    """Type a slash command and wait for the card that it brings to end: the message, with ``rendered``.

    Raises:
        RuntimeError: there is no card; the text is what was shown to the asker instead.
        TimeoutError: it did not end in time.
    """
    before = slack.look(lambda workspace: workspace.new_ts())
    said = slack.type(user, channel, text)
    if not said.get("ok") or said.get("messages"):
        raise RuntimeError(str(said))
    return final_card(slack, channel, after=before, within_s=within_s)


def final_card(slack: StandIn, channel: str, *, after: str, within_s: float) -> dict[str, Any]:
    """The first card posted into the channel after this timestamp id, once it has ended.

    Raises:
        TimeoutError: it did not end in time.
    """

    def ended(workspace: Workspace) -> str | None:
        where = workspace.channel(channel)
        every = where.messages.values() if where else ()
        cards = [m for m in every if m.user == BOT_USER and m.viewer is None and m.ts > after]
        return cards[0].ts if cards and not cards[0].text.startswith(RUNNING) else None

    ts = slack.wait_for(ended, within_s)
    return next(message for message in slack.messages(channel) if message["ts"] == ts)


def _common(server: Server, *, metrics: bool) -> dict[str, str]:
    """What every process is started with."""
    listen = "127.0.0.1:0" if metrics else ""
    told = {"RULEOUT_LOG_JSON": "yes", "RULEOUT_METRICS_LISTEN": listen, "PYTHONUNBUFFERED": "1"}
    return {"RULEOUT_REDIS_URL": server.url, **told}


def _vcenter(keys: Any) -> dict[str, str]:
    return {**keys(f"vcenter.{VCENTER}"), "RULEOUT_VCENTER_NAME": VCENTER}


@contextmanager
def _downloads() -> Iterator[dict[str, str]]:
    """A port of loopback where the bot hands captures out; kept for it until the block ends.

    The kernel gives a bound port to nobody who asks for any, and to whoever asks for it by its number while none
    listens on it and both allow reuse (socket(7)), as ThreadingHTTPServer does.
    """
    with socket.socket() as kept:
        kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        kept.bind(("127.0.0.1", 0))
        at = f"127.0.0.1:{kept.getsockname()[1]}"
        yield {"RULEOUT_DOWNLOAD_LISTEN": at, "RULEOUT_DOWNLOAD_URL": f"http://{at}"}


def _rules(directory: Path, slack: StandIn) -> Path:
    """Rules by which everybody here may do everything, one machine needs two persons, and files are shared."""
    people = json.dumps(_people(slack))
    file = directory / "rules.toml"
    file.write_text(
        f'[[grant]]\nname = "everybody here"\nmay = "download"\npeople = {people}\n'
        f'[[two_persons]]\nprefixes = ["{TWO_PERSONS}"]\n'
        '[upload]\nprefixes = ["10.0.0.0/8"]\nlargest_kib = 8192\n'
    )
    return file


def _people(slack: StandIn) -> list[str]:
    return slack.look(lambda workspace: [f"{user.team}/{user.id}" for user in workspace.users.values() if not user.bot])


def _wait_ready(stage: Stage, logs: Path) -> None:
    """Return when every agent is heard and the bot's socket is open."""
    wanted, ends_at = {"prod-1", "office-1", f"vcenter.{VCENTER}"}, time.monotonic() + READY_WITHIN_S
    if "RULEOUT_NETWORKS" in stage.environment:
        wanted.add(f"network.{NETWORK}")
    while True:
        for name, process in stage.processes.items():
            if process.poll() is not None:
                raise RuntimeError(f"{name} ended: {_tail(logs / f'{name}.log')}")
        agents = {agent.name for agent in stage.queue.agents()}
        if wanted <= agents and stage.slack.look(lambda _: bool(stage.slack.slack.sockets.connections)):
            return
        if time.monotonic() > ends_at:
            raise RuntimeError(f"after {READY_WITHIN_S:.0f} s only {', '.join(sorted(agents)) or 'nobody'} was heard")
        time.sleep(0.05)


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-2000:]


def _end(processes: Mapping[str, "subprocess.Popen[Any]"]) -> None:
    """Tell all of them before waiting for any: every one may finish what it has begun, within the same time."""
    for process in processes.values():
        process.terminate()
    until = time.monotonic() + ENDS_WITHIN_S
    for name, process in processes.items():
        try:
            process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            print(f"{name} had not ended after {ENDS_WITHIN_S:g} s and was killed.", file=sys.stderr)
            process.kill()
            process.wait()

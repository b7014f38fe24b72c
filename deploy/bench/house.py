"""A whole ruleout for one fault: a lab that has it, a queue, a vCenter with its worker, an agent on every segment."""

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from typing import Any

from bot.queue.bot_side import RedisQueue
from bot.queue.seal import queue_key
from bot.system import SystemClock
from deploy.demo.server import Server
from deploy.demo.vcenter.standing import Stands
from deploy.lab import snmp
from deploy.lab.client import Lab, LabError
from deploy.lab.faults import FAULTS
from deploy.lab.state import LabState
from deploy.lab.topology import MANAGEMENT
from deploy.lab.vcenter import NAME

READY_WITHIN_S = 20.0
VMS = tuple(f"app{number:02d}" for number in range(2, 12))


@contextmanager
def house(directory: Path, fault: str, seed: int, vcenter: Stands) -> Iterator[tuple[LabState, dict[str, str]]]:
    """The lab's state with the fault staged, everything that looks at it, and the environment of whoever asks."""
    with ExitStack() as ends:
        server = ends.enter_context(Server.running(directory / "queue"))
        lab = ends.enter_context(Lab.running(directory / "lab", seed=seed, uplinks=FAULTS[fault].uplinks, snmp=True))
        state = _apply(lab, fault, seed)
        master = secrets.token_bytes(32)
        common = {"RULEOUT_REDIS_URL": server.url, "PATH": os.defpath}

        def start(command: list[str], own: dict[str, str], *queues: str) -> None:
            keys = ",".join(f"{queue}={queue_key(master, queue).hex()}" for queue in queues)
            log = ends.enter_context((directory / f"{queues[-1]}.log").open("wb"))
            process = subprocess.Popen(
                command,
                env={**common, **own, "RULEOUT_QUEUE_KEYS": keys},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
            ends.callback(_end, process)

        stands = ends.enter_context(vcenter(state, directory))
        command = [sys.executable, "-m", *stands.worker]
        start(command, {"RULEOUT_VCENTER_NAME": NAME, **stands.environment}, f"vcenter.{NAME}")
        for agent in state["agents"]:
            name = f"{agent['segment']}-1"
            own = {"RULEOUT_AGENT_NAME": name, "RULEOUT_SEGMENT": agent["segment"], "RULEOUT_INTERFACE": "eth0"}
            command = lab.argv(agent["name"], [sys.executable, "-m", "bot", "agent"])
            start(command, own, f"segment.{agent['segment']}", f"agent.{name}")
        wanted = {f"vcenter.{NAME}", *(f"{one['segment']}-1" for one in state["agents"])}
        asked = {**common, "RULEOUT_MASTER_KEYS": master.hex(), "RULEOUT_VCENTERS": NAME}
        file = directory / "network.toml"
        file.write_text(snmp.settings(state))
        command = lab.argv(MANAGEMENT, [sys.executable, "-m", "bot", "network"])
        start(command, {"RULEOUT_NETWORK_NAME": NAME, "RULEOUT_NETWORK_FILE": str(file)}, f"network.{NAME}")
        wanted.add(f"network.{NAME}")
        asked["RULEOUT_NETWORKS"] = NAME
        _wait_ready(server.url, master, wanted)
        yield state, asked


def _apply(lab: Lab, fault: str, seed: int) -> LabState:
    """The fault on a VM that can have it, chosen by the seed."""
    refused = "no VM was tried"
    for vm in Random(f"{seed}/{fault}").sample(VMS, len(VMS)):
        try:
            return lab.apply(fault, vm)
        except LabError as error:
            refused = str(error)
    raise RuntimeError(f"no VM can have {fault}: {refused}")


def _wait_ready(url: str, master: bytes, wanted: set[str]) -> None:
    clock = SystemClock()
    queue = RedisQueue(url, [master], clock.new_id("benchmark"), clock)
    ends_at = time.monotonic() + READY_WITHIN_S
    try:
        while not wanted <= (heard := {agent.name for agent in queue.agents()}):
            if time.monotonic() > ends_at:
                raise RuntimeError(
                    f"after {READY_WITHIN_S:.0f} s only {', '.join(sorted(heard)) or 'nobody'} was heard"
                )
            time.sleep(0.05)
    finally:
        queue.close()


def _end(process: "subprocess.Popen[Any]") -> None:
    process.terminate()
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()

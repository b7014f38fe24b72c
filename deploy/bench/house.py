"""A whole ruleout for one fault: a lab that has it, a queue, a vCenter with its worker, an agent on every segment."""

import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from typing import Any

from bot.queue.bot_side import RedisQueue
from bot.queue.seal import queue_key
from bot.system import SystemClock
from deploy.demo.server import Server
from deploy.lab import snmp, vcsim
from deploy.lab.client import Lab, LabError
from deploy.lab.faults import FAULTS
from deploy.lab.scenario import scenario
from deploy.lab.state import LabState
from deploy.lab.topology import MANAGEMENT
from deploy.lab.vcenter import NAME, everything

READY_WITHIN_S = 20.0
VMS = tuple(f"app{number:02d}" for number in range(2, 12))

Vcenter = Callable[[LabState, Path, ExitStack], tuple[list[str], dict[str, str]]]
"""Sets a vCenter up that holds the lab's facts: the command of its worker, and what that needs in its environment."""


def simulated(state: LabState, directory: Path, ends: ExitStack) -> tuple[list[str], dict[str, str]]:
    """The real worker in front of the vCenter simulator."""
    vcenter = ends.enter_context(vcsim.running(scenario(state), directory / "vcenter"))
    return [sys.executable, "-m", "bot", "vcenter"], {
        "RULEOUT_VCENTER_HOST": f"127.0.0.1:{vcenter.port}",
        "RULEOUT_VCENTER_USER": "reader",
        "RULEOUT_VCENTER_PASSWORD": secrets.token_hex(8),
        "RULEOUT_VCENTER_CA_FILE": str(vcenter.ca_file),
    }


def played(state: LabState, directory: Path, _ends: ExitStack) -> tuple[list[str], dict[str, str]]:
    """A worker that answers from a snapshot of the lab."""
    snapshot = directory / "vcenter.json"
    snapshot.write_text(json.dumps(everything(state)))
    return [sys.executable, "-m", "deploy.demo.vcenter", str(snapshot)], {}


@contextmanager
def house(directory: Path, fault: str, seed: int, vcenter: Vcenter) -> Iterator[tuple[LabState, dict[str, str]]]:
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

        command, own = vcenter(state, directory, ends)
        start(command, {"RULEOUT_VCENTER_NAME": NAME, **own}, f"vcenter.{NAME}")
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

"""Processes of a stage that die without a word, and are started again as a supervisor would."""

import signal
import subprocess
from typing import Any

from deploy.demo.stage import Stage


def restarted(house: Stage, name: str) -> None:
    """Kill a process of the stage without a word, and start it again as its supervisor would."""
    process = house.processes[name]
    argv: Any = process.args
    environment = house.environments[name]
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    connections = house.slack.slack.sockets.connections
    if name == "bot":
        house.slack.wait_for(lambda _: not connections or None, 10)
    with (house.logs / f"{name}.again.log").open("ab") as out:
        house.processes[name] = subprocess.Popen(
            argv, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out
        )
    if name == "bot":
        house.slack.wait_for(lambda _: bool(connections) or None, 30)

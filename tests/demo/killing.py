"""Processes of a stage that die without a word, and are started again as a supervisor would."""

import signal
import subprocess
from typing import Any

from deploy.demo.stage import Stage


def restarted(house: Stage, *names: str) -> None:
    """Kill processes of the stage at once and without a word, and start them again as their supervisor would."""
    for name in names:
        house.processes[name].send_signal(signal.SIGKILL)
    for name in names:
        house.processes[name].wait(10)
    connections = house.slack.slack.sockets.connections
    if "bot" in names:
        house.slack.wait_for(lambda _: not connections or None, 10)
    for name in names:
        argv: Any = house.processes[name].args
        with (house.logs / f"{name}.again.log").open("ab") as out:
            house.processes[name] = subprocess.Popen(
                argv, env=house.environments[name], stdin=subprocess.DEVNULL, stdout=out, stderr=out
            )
    if "bot" in names:
        house.slack.wait_for(lambda _: bool(connections) or None, 30)

"""An agent in a process of its own, so that a test can kill it.

``python -m tests.bot.queue.agent_process URL NAME QUEUE,QUEUE LOG`` runs until it is killed. A job's ``names`` say
what to do: ``listen 2.5`` goes on so long, ``until FILE`` until that file is there, ``die`` kills the process. Each
start is a line in LOG.
"""

import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from bot.agents.runner import Runner
from bot.model.job import Artifact, Probe
from bot.ports import Work
from bot.queue.agent_side import RedisIntake
from tests.contracts.bench import agent, evidence, keys_of


def main(url: str, name: str, queues: str, log: str) -> None:
    """Be the agent."""

    def ability(work: Work) -> Sequence[tuple[Artifact, bytes]]:
        with Path(log).open("a") as lines:
            lines.write(f"{work.job.id} {name} {time.monotonic()}\n")
        for order in work.job.options.names:
            match order.split(maxsplit=1):
                case ["die"]:
                    os.kill(os.getpid(), signal.SIGKILL)
                case ["listen", seconds]:
                    end = time.monotonic() + float(seconds)
                    while time.monotonic() < end and not work.stopped():
                        time.sleep(0.02)
                case ["until", file]:
                    while not Path(file).exists() and not work.stopped():
                        time.sleep(0.02)
        return [evidence(work.job, f"seen by {name}".encode(), name)]

    described = agent(name, *queues.split(","))
    intake = RedisIntake(url, keys_of(described.queues), described)
    Runner(intake, {Probe.CAPTURE: ability}, described, slots=4).run(threading.Event())


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Agents that stand by a file of settings, each a process of its own, as a service manager starts them.

``python -m tests.bot.roles.standing FILE`` captures nothing and reports at once, until it is told to stop.
"""

import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from bot.model.job import Artifact, Probe
from bot.ports import Work
from bot.roles.metering import instruments
from bot.roles.process import stand
from bot.settings import Settings
from tests.contracts.bench import evidence

ROOT = Path(__file__).parents[3]


def start(file: Path, ends: ExitStack) -> subprocess.Popen[bytes]:
    """The process; it is ended with ``ends`` if it did not end before."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bot.roles.standing", str(file)], cwd=ROOT, stderr=subprocess.DEVNULL
    )
    ends.callback(end, process)
    return process


def end(process: subprocess.Popen[bytes]) -> None:
    """As a service manager ends it."""
    process.terminate()
    process.wait(15)


def main(file: Path) -> None:
    """Be the agent of this file."""
    settings = Settings.beside(file)
    name = settings.text("RULEOUT_AGENT_NAME")

    def ability(work: Work) -> Sequence[tuple[Artifact, bytes]]:
        return [evidence(work.job, f"seen by {name}".encode(), name)]

    stand(settings, name, {Probe.CAPTURE: ability}, told=instruments(settings, "agent", name))


if __name__ == "__main__":
    main(Path(sys.argv[1]))

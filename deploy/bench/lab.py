"""Stages every fault live and asks about it through the real queue and agents: ``deploy/lab/benchmark --seeds 3``.

Every fault gets a fresh lab; what stands in it (MACs, delays, who lies, which VM it is where several can have it) comes
from the seed. Printed are the confusion matrix, the wrong accusations (none is allowed: else the exit status is 1) and
every answer that an honest check would not have given.
"""

import argparse
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from bot.model.verdict import Answer
from bot.queue.bot_side import RedisQueue
from bot.queue.seal import queue_key
from bot.system import SystemClock
from deploy.demo.server import Server
from deploy.lab.client import Lab, LabError
from deploy.lab.faults import FAULTS
from deploy.lab.state import FaultState, LabState
from deploy.lab.vcenter import NAME, everything

AT_ONCE = 2
READY_WITHIN_S = 20.0
VMS = tuple(f"app{number:02d}" for number in range(2, 12))
SIDES = ("guest", "network", "hypervisor", "none")
ANSWERS = ("guest", "network", "hypervisor", "inconclusive", "healthy")


@dataclass(frozen=True, slots=True)
class Result:
    """One fault, staged and asked about."""

    staged: FaultState
    seed: int
    answer: str
    cause: str | None

    @property
    def side(self) -> str:
        """Who is at fault; "none" where nothing is wrong."""
        return self.staged["side"] or "none"

    @property
    def accused(self) -> bool:
        """Whether somebody was blamed."""
        return self.answer not in (Answer.INCONCLUSIVE, Answer.HEALTHY)

    @property
    def wrong(self) -> bool:
        """Whether somebody was blamed who has no part in it."""
        return self.accused and self.answer != self.side

    @property
    def decidable(self) -> bool:
        """Whether what we measure tells the fault from its twins."""
        return self.staged["answer"] == self.side

    @property
    def right(self) -> bool:
        """Whether the answer is the honest one, with the right cause where one is named."""
        return self.answer == self.staged["answer"] and (not self.accused or self.cause == self.staged["cause"])


def main() -> int:
    """Run it and print."""
    parser = argparse.ArgumentParser(prog="deploy/lab/benchmark", description=__doc__)
    parser.add_argument("--seeds", type=int, default=1, help="how many seeds")
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("faults", nargs="*", metavar="fault", help="all, unless named")
    asked = parser.parse_args()
    wanted = asked.faults or sorted(FAULTS)
    if unknown := set(wanted) - set(FAULTS):
        parser.error(f"no such fault: {', '.join(sorted(unknown))}; there are {', '.join(sorted(FAULTS))}")
    runs = [(fault, asked.first_seed + number) for number in range(asked.seeds) for fault in wanted]
    results = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for result in pool.map(lambda run: stage(*run), runs):
            results.append(result)
            print("." if result.right else "x", end="", flush=True)
    print()
    return report(results)


def stage(fault: str, seed: int) -> Result:
    """Stage it on a fresh lab and ask, as somebody with a terminal would."""
    with tempfile.TemporaryDirectory(prefix="lab-") as place, house(Path(place), fault, seed) as (state, environment):
        staged = state["faults"][-1]
        argv = [sys.executable, "-m", "bot", "check", staged["address"], "--json"]
        said = subprocess.run(argv, env=environment, capture_output=True, text=True, check=False)
    if said.returncode:
        raise RuntimeError(f"{fault}, seed {seed}: {said.stdout}{said.stderr}")
    verdict = json.loads(said.stdout)
    return Result(staged, seed, verdict["verdict"], verdict["cause"])


@contextmanager
def house(directory: Path, fault: str, seed: int) -> Iterator[tuple[LabState, dict[str, str]]]:
    """A lab with the fault, its queue, its vCenter and its agents; and the environment of whoever asks."""
    with ExitStack() as ends:
        server = ends.enter_context(Server.running(directory / "queue"))
        lab = ends.enter_context(Lab.running(directory / "lab", seed=seed))
        state = _apply(lab, fault, seed)
        snapshot = directory / "vcenter.json"
        snapshot.write_text(json.dumps(everything(state)))
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

        player = [sys.executable, "-m", "deploy.demo.vcenter", str(snapshot)]
        start(player, {"RULEOUT_VCENTER_NAME": NAME}, f"vcenter.{NAME}")
        for segment in ("prod", "office"):
            name = f"{segment}-1"
            own = {"RULEOUT_AGENT_NAME": name, "RULEOUT_SEGMENT": segment, "RULEOUT_INTERFACE": "eth0"}
            command = lab.argv(f"agent-{segment}", [sys.executable, "-m", "bot", "agent"])
            start(command, own, f"segment.{segment}", f"agent.{name}")
        _wait_ready(server.url, master, {f"vcenter.{NAME}", "prod-1", "office-1"})
        yield state, {**common, "RULEOUT_MASTER_KEYS": master.hex(), "RULEOUT_VCENTERS": NAME}


def report(results: Iterable[Result]) -> int:
    """Print the confusion matrix and what is to be mended; 1 where somebody was accused wrongly."""
    results = list(results)
    counted = Counter((result.side, result.answer) for result in results)
    print(f"\n{'at fault':12}" + "".join(f"{answer:>14}" for answer in ANSWERS))
    for side in SIDES:
        print(f"{side:12}" + "".join(f"{counted[side, answer]:>14}" for answer in ANSWERS))
    wrong = [result for result in results if result.wrong]
    decidable = [result for result in results if result.decidable and result.side != "none"]
    decided = sum(result.right for result in decidable)
    print(f"\nwrong accusations: {len(wrong)} of {len(results)}")
    print(f"decidable faults decided with the right cause: {decided} of {len(decidable)}")
    for result in results:
        if not result.right:
            truth = f"{result.staged['answer']} {result.staged['cause'] or ''}".strip()
            got = f"{result.answer} {result.cause or ''}".strip()
            print(f"  {result.staged['fault']}, seed {result.seed}, {result.staged['vm']}: {got}, not {truth}")
    return 1 if wrong else 0


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


if __name__ == "__main__":
    sys.exit(main())

"""Stages every fault live and asks about it through the real queue and agents: ``deploy/lab/benchmark --seeds 3``.

Every fault gets a fresh lab; what stands in it (MACs, delays, who lies, which VM it is where several can have it) comes
from the seed. Its vCenter is the simulator of tests/vcsim, read by the real worker (``--player``: a snapshot). Printed
are the confusion matrix, the wrong accusations, the look-alikes that were accused, and every answer that an honest
check would not have given. The exit status is 1 where anybody was accused wrongly, or where fewer than nine in ten of
the faults that can be decided were decided with the right cause.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from bot.model.verdict import Answer
from deploy.bench.house import house
from deploy.demo.vcenter.played import played
from deploy.demo.vcenter.simulated import simulated
from deploy.demo.vcenter.standing import Stands
from deploy.lab import ns, vcsim
from deploy.lab.faults import FAULTS
from deploy.lab.state import FaultState

AT_ONCE = 2
ENOUGH = 0.9  # of the decidable faults have to be decided with the right cause
SIDES = ("guest", "network", "hypervisor", "none")
ANSWERS = ("guest", "network", "hypervisor", "inconclusive", "healthy")


@dataclass(frozen=True, slots=True)
class Result:
    """One fault, staged and asked about; ``separates`` are the causes that the named next test tells apart.

    ``tables``: whether the tables of routers and switches could be read.
    """

    staged: FaultState
    seed: int
    answer: str
    cause: str | None
    separates: tuple[str, ...] = ()
    tables: bool = False

    @property
    def honest(self) -> tuple[str, str | None]:
        """The answer that honest evidence gives, and the cause that is true."""
        told = self.staged["tabled"] if self.tables else None
        return (told["answer"], told["cause"]) if told else (self.staged["answer"], self.staged["cause"])

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
        return self.honest[0] == self.side

    @property
    def right(self) -> bool:
        """Whether the answer is the honest one, with the right cause, or a next test that can find the right side."""
        if self.accused:
            told = self.cause == self.honest[1]
        else:
            told = self.side == "none" or self.side in {cause.partition(".")[0] for cause in self.separates}
        return told and self.answer == self.honest[0]


def main() -> int:
    """Run it and print."""
    parser = argparse.ArgumentParser(prog="deploy/lab/benchmark", description=__doc__)
    parser.add_argument("--seeds", type=int, default=1, help="how many seeds")
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--player", action="store_true", help="play vCenter from a snapshot: needs no Go")
    parser.add_argument("faults", nargs="*", metavar="fault", help="all, unless named")
    asked = parser.parse_args()
    wanted = asked.faults or sorted(FAULTS)
    if unknown := set(wanted) - set(FAULTS):
        parser.error(f"no such fault: {', '.join(sorted(unknown))}; there are {', '.join(sorted(FAULTS))}")
    if asked.seeds < 1:
        parser.error(f"--seeds {asked.seeds}: there must be at least one")
    if reason := ns.doctor():
        parser.error(reason)
    if not asked.player:
        try:
            vcsim.build()
        except vcsim.VcsimMissing as error:
            parser.error(f"{error}; install it, or use --player to play vCenter from a snapshot")
    vcenter = played if asked.player else simulated
    runs = [(fault, asked.first_seed + number) for number in range(asked.seeds) for fault in wanted]
    results = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for result in pool.map(lambda run: stage(vcenter, *run), runs):
            results.append(result)
            print("." if result.right else "x", end="", flush=True)
    print()
    return report(results)


def stage(vcenter: Stands, fault: str, seed: int) -> Result:
    """Stage it on a fresh lab and ask, as somebody with a terminal would."""
    with (
        tempfile.TemporaryDirectory(prefix="lab-") as place,
        house(Path(place), fault, seed, vcenter) as (state, environment),
    ):
        staged = state["faults"][-1]
        argv = [sys.executable, "-m", "bot", "check", staged["address"], "--json"]
        said = subprocess.run(argv, env=environment, capture_output=True, text=True, check=False)
    if said.returncode:
        raise RuntimeError(f"{fault}, seed {seed}: {said.stdout}{said.stderr}")
    verdict = json.loads(said.stdout)
    separates = tuple((verdict["next_test"] or {}).get("separates", ()))
    return Result(staged, seed, verdict["verdict"], verdict["cause"], separates, tables=state["snmp"] is not None)


def report(results: Iterable[Result]) -> int:
    """Print the confusion matrix and what is to be mended; 1 where somebody was accused wrongly or too little told."""
    results = list(results)
    counted = Counter((result.side, result.answer) for result in results)
    print(f"\n{'at fault':12}" + "".join(f"{answer:>14}" for answer in ANSWERS))
    for side in SIDES:
        print(f"{side:12}" + "".join(f"{counted[side, answer]:>14}" for answer in ANSWERS))
    wrong = [result for result in results if result.wrong]
    decidable = [result for result in results if result.decidable and result.side != "none"]
    decided = sum(result.right for result in decidable)
    print(f"\nwrong accusations: {len(wrong)} of {len(results)}")
    alike = [result for result in results if result.side == "none"]
    print(f"look-alikes accused: {sum(result.accused for result in alike)} of {len(alike)}")
    print(f"decidable faults decided with the right cause: {decided} of {len(decidable)}")
    for result in results:
        if not result.right:
            truth = " ".join(filter(None, result.honest))
            got = f"{result.answer} {result.cause or ' or '.join(result.separates)}".strip()
            print(f"  {result.staged['fault']}, seed {result.seed}, {result.staged['vm']}: {got}, not {truth}")
    return 1 if wrong or decided < ENOUGH * len(decidable) else 0


if __name__ == "__main__":
    sys.exit(main())

"""``python -m deploy.chaos --seed N``: one run after the other, a line of a table each, and every broken promise."""

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot import log
from bot.queue.seal import queue_key
from deploy.chaos import forgotten
from deploy.chaos.asked import Fault, Second
from deploy.chaos.evidence import Evidence, gather
from deploy.chaos.figures import quantiles
from deploy.chaos.happen import happen, settle
from deploy.chaos.plan import SHORT, Kind, Size, plan
from deploy.chaos.promises import held
from deploy.chaos.world import running
from deploy.demo.stage import RUNNING


@dataclass
class Result:
    """What came of one run. Latencies are in seconds, from the question to the final card."""

    seed: int
    asked: int = 0
    accepted: int = 0
    busy: int = 0
    unacknowledged: Counter[str] = field(default_factory=Counter)
    incidents: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)
    begun_anew: int = 0
    judged_again: int = 0
    seconds: list[Second] = field(default_factory=list)
    latencies_s: list[float] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    forgotten: list[Fault] = field(default_factory=list)
    recoveries_s: list[float] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)
    took_s: float = 0.0

    def row(self) -> str:
        """A line of the table."""
        p50, p95, most = quantiles(self.latencies_s)
        outcomes = " ".join(f"{name} {n}" for name, n in sorted(self.outcomes.items()))
        return (
            f"{self.seed:>5} {self.asked:>5} {self.accepted:>8} {self.busy:>4} {sum(self.unacknowledged.values()):>7} "
            f"{self.begun_anew:>6} {self.judged_again:>6} {len(self.seconds):>6} {p50:>6.1f} {p95:>6.1f} {most:>6.1f} "
            f"{len(self.faults):>6} {self.took_s:>6.0f}  {outcomes}"
        )


HEAD = " seed asked accepted busy unacked rebegun judged second    p50    p95    max faults took_s  outcomes"


def run(seed: int, size: Size, directory: Path) -> Result:
    """One run in this directory. Every other seed is of a workspace where the bot may read its channels."""
    result, began, history = Result(seed), time.monotonic(), seed % 2 == 0
    with running(directory, seed, size, history=history) as world:
        happen(world, plan(seed, size))
        unfinished = settle(world)
        stuck = world.end_bots()
        if left := world.nest.end():
            stuck.append(f"{left} agents")
        result.faults += (Fault("every process ends when told", name, "it had to be killed") for name in stuck)
        seen = gather(world, unfinished, button_key=queue_key(world.master, "slack.buttons"), history=history)
    _judge(seen, result)
    result.trouble, result.took_s = list(world.chronicle.trouble), time.monotonic() - began
    return result


def _judge(seen: Evidence, result: Result) -> None:
    questions = seen.chronicle.questions
    result.asked, result.incidents = len(questions), len(seen.incidents)
    result.accepted = sum(one.accepted for one in questions)
    result.busy = sum("ruleout is busy" in one.told for one in questions)
    found = held(seen)
    result.seconds += found.seconds
    result.begun_anew, result.judged_again = found.begun_anew, found.judged_again
    result.unacknowledged = found.unacknowledged
    gone = forgotten.incidents(seen)
    for fault in found.faults:
        name = fault.whose.rpartition(":")[2].partition(".")[0]  # of a job, or of a key, its incident
        (result.forgotten if name in gone else result.faults).append(fault)
    posted = seen.chronicle.cards()
    for number, entry in found.lines.items():
        states = [one for every in posted.get((entry.incident or "", "card"), {}).values() for one in every]
        finals = [one.at for one in states if not one.text.startswith(RUNNING)]
        if finals and questions[number].said.partition(" ")[0] != "stop":
            result.latencies_s.append(max(0.0, min(finals) - questions[number].at))
    shown = sorted(one.at for one in seen.chronicle.shown if one.mark and not one.text.startswith(RUNNING))
    for one in seen.chronicle.done:
        if one.happening.kind is Kind.FAILED_OVER and (later := [at for at in shown if at > float(one.what)]):
            result.recoveries_s.append(later[0] - float(one.what))
    for incident in seen.incidents.values():
        result.outcomes[str(incident.closed.outcome) if incident.closed else "open"] += 1
        if incident.verdict:
            result.verdicts[str(incident.verdict.verdict)] += 1


def told(result: Result) -> str:
    """Everything about one run that its line of the table has no room for."""
    again = ", ".join(f"{one:.1f}" for one in result.recoveries_s)
    lines = [f"  seconds from each failover to the next card that ends: {again}"] if again else []
    lines += [f"  second card, unavoidable: {one.incident}: {one.why}" for one in result.seconds]
    lines += [f"  forgotten with the only bot that knew: {one.promise}: {one.whose}" for one in result.forgotten]
    lines += [f"  could not be done: {one}" for one in result.trouble]
    lines += [f"  BROKEN: {one}" for one in result.faults]
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    """The exit status: 1 where a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m deploy.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="the first seed")
    parser.add_argument("--runs", type=int, default=1, help="how many runs, each with the next seed")
    for name, value in (("requests", 500), ("channels", 20), ("agents", 20), ("bots", 2)):
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--short", action="store_true", help="a small house for a minute, as CI runs it")
    parser.add_argument("--plan", action="store_true", help="print what would happen, and do nothing")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep logs, cases and audit of every run there")
    given = parser.parse_args(argv)
    size = SHORT if given.short else Size(given.requests, given.channels, given.agents, given.bots)
    if given.plan:
        print(*plan(given.seed, size), sep="\n")
        return 0
    log.setup("ERROR")  # what retention says of each capture is no news here
    print(f"{size}, faults: {', '.join(kind for kind in Kind)}\n{HEAD}", flush=True)
    broken = 0
    for seed in range(given.seed, given.seed + given.runs):
        with tempfile.TemporaryDirectory(prefix="chaos", ignore_cleanup_errors=True) as temporary:
            directory = given.keep / str(seed) if given.keep else Path(temporary)
            result = run(seed, size, directory)
        broken += len(result.faults)
        more = told(result)
        print(result.row() + (f"\n{more}" if more else ""), flush=True)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())

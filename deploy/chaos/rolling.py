"""``python -m deploy.chaos.rolling``: every process is replaced, one after the other, while people go on asking.

Two rounds of both bots and every agent: told to end as an operator does it (``--hard``: killed), waited for, started
anew, waited for until it is ready. Slack hands its deliveries to whichever socket is open, as it does. Then a table of
what came of the questions, phase by phase, and everything that the chaos suite holds a run against. Exit status 1:
something was lost, doubled, told to an asker as an error of Slack's, or took longer than it may.
"""

import argparse
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot import log
from bot.queue.seal import queue_key
from bot.system import SystemClock
from deploy.chaos import rolled
from deploy.chaos.asked import Fault
from deploy.chaos.evidence import gather
from deploy.chaos.happen import ask, settle
from deploy.chaos.load import Load
from deploy.chaos.plan import Happening, Kind, Size, address, bots, channels
from deploy.chaos.rolled import Phase, Report, Stop
from deploy.chaos.world import READY_WITHIN_S, World, running

STOPS_WITHIN_S = 10.0
USUAL = Size(agents=8, channels=12)


@dataclass(frozen=True, slots=True)
class Roll:
    """How a run goes: ``per_s`` questions a second, ``calm_s`` before and after, ``rounds`` of replacing everything.

    What is asked within ``lead_s`` before a restart may meet it, and does not count as calm. Of the agents each
    ``nth`` one is replaced. ``watches`` False: only one thing is watched, from the beginning to the end.
    """

    size: Size = USUAL
    per_s: float = 4.0
    calm_s: float = 20.0
    lead_s: float = 8.0
    rounds: int = 2
    nth: int = 1
    watches: bool = True
    hard: bool = False


SHORT = Roll(Size(agents=6, channels=6), per_s=3.0, calm_s=2.0, lead_s=2.0, rounds=1, nth=2, watches=False)


@dataclass
class Rolling:
    """A house whose processes are being replaced."""

    world: World
    hard: bool
    phases: list[Phase] = field(default_factory=list)
    stops: list[Stop] = field(default_factory=list)

    def enter(self, phase: str) -> None:
        """What is asked from now on belongs to this phase."""
        self.phases.append(Phase(phase, time.time()))

    def bot(self, name: str) -> None:
        """Replace a bot."""
        at, process = time.time(), self.world.alive[name]
        process.send_signal(signal.SIGKILL if self.hard else signal.SIGTERM)
        began = time.monotonic()
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        took_s, code = time.monotonic() - began, process.returncode
        self.world.start_bot(name)
        file = self.world.directory / f"{name}.{self.world.lives}.log"
        ready_s = self._ready(lambda: b'"bot_ready"' in file.read_bytes(), name)
        kind = Kind.BOT_KILLED if self.hard else Kind.BOT_TOLD_TO_END
        self._done(at, kind, name, took_s, ready_s)
        if code and not self.hard:
            self.world.chronicle.trouble.append(f"{name} ended with status {code}")

    def agent(self, name: str) -> None:
        """Replace an agent."""
        at, nest, began = time.time(), self.world.nest, time.monotonic()
        if self.hard:
            nest.order("SIGKILL", name)
        else:
            nest.retire(name)
        took_s, since = time.monotonic() - began, SystemClock().now()
        nest.order("start", name)

        def stands() -> bool:
            return any(one.name == name and one.heard_at >= since for one in self.world.queue.agents())

        kind = Kind.AGENT_KILLED if self.hard else Kind.AGENT_TOLD_TO_END
        self._done(at, kind, name, took_s, self._ready(stands, name))

    def _ready(self, claim: Callable[[], bool], name: str) -> float:
        began = time.monotonic()
        self.world.wait(claim, READY_WITHIN_S, f"{name} ready")
        return time.monotonic() - began

    def _done(self, at: float, kind: Kind, name: str, took_s: float, ready_s: float) -> None:
        self.stops.append(Stop(name, took_s, ready_s))
        self.world.chronicle.did(at, Happening(0, kind, name), f"ended after {took_s:.2f} s")


def run(seed: int, roll: Roll, directory: Path, *, history: bool = False) -> Report:
    """One run in this directory. ``history``: Slack lets the bot read its channels."""
    began = time.monotonic()
    with running(directory, seed, roll.size, history=history) as world:
        it, load = Rolling(world, roll.hard), Load(world, seed, roll.per_s, watches=roll.watches)
        it.enter("calm")
        _watch(world, roll)
        load.begin()
        time.sleep(roll.calm_s)
        for _ in range(roll.rounds):
            it.enter("bots rolled")
            if len(it.phases) == 2:
                time.sleep(roll.lead_s)
            for name in bots(roll.size):
                it.bot(name)
            it.enter("agents rolled")
            for one in world.stations[:: roll.nth]:
                it.agent(one.name)
        load.be_brief()
        time.sleep(roll.lead_s)  # what hangs on the last of them is not calm yet
        it.enter("calm again")
        time.sleep(roll.calm_s)
        load.end()
        unfinished = settle(world)
        it.enter("asked again")
        key = queue_key(world.master, "slack.buttons")
        _ask_again(world, rolled.doubtful(gather(world, unfinished, button_key=key, history=history), it.phases))
        unfinished += [name for name in settle(world) if name not in unfinished]
        stuck = world.end_bots()
        if left := world.nest.end():
            stuck.append(f"{left} agents")
        seen = gather(world, unfinished, button_key=key, history=history)
    faults = [Fault("every process ends when told", name, "it had to be killed") for name in stuck]
    report = rolled.report(seen, it.phases, it.stops, hard=roll.hard, stops_within_s=STOPS_WITHIN_S)
    return replace(report, faults=(*faults, *report.faults), took_s=time.monotonic() - began)


def _watch(world: World, roll: Roll) -> None:
    """A watch that outlives every process of the house, and a short one of the same machine to compare it with."""
    each_s = roll.size.bots * 4 + len(world.stations) // roll.nth * 3
    lasts_s = roll.calm_s + 2 * roll.lead_s + roll.rounds * each_s
    first, *_, last = channels(roll.size)
    for where, for_s in ((first, max(10, min(3600, int(lasts_s)))), (last, 10)):
        ask(world, Happening(0, Kind.ASK, where, f"/watch {address(0, 5)} for {for_s}s"), 0)


def _ask_again(world: World, doubtful: Sequence[str]) -> None:
    """What ended badly under restarts is asked once more in peace, wherever and by whomever."""
    places = channels(world.size)
    for number, text in enumerate(doubtful):
        ask(world, Happening(0, Kind.ASK, places[number % len(places)], text), number)
        time.sleep(0.1)


def main(argv: Sequence[str] | None = None) -> int:
    """The exit status: 1 where a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m deploy.chaos.rolling", description=__doc__.partition("\n")[0])
    usual = Roll()
    parser.add_argument("--seed", type=int, default=1, help="of what is asked")
    parser.add_argument("--per-s", type=float, default=usual.per_s, help="questions a second")
    parser.add_argument("--calm-s", type=float, default=usual.calm_s, help="seconds of peace before and after")
    parser.add_argument("--rounds", type=int, default=usual.rounds, help="how often everything is replaced")
    parser.add_argument("--agents", type=int, default=usual.size.agents)
    parser.add_argument("--channels", type=int, default=usual.size.channels)
    parser.add_argument("--hard", action="store_true", help="kill them instead")
    parser.add_argument("--history", action="store_true", help="the bot may read its channels")
    parser.add_argument("--short", action="store_true", help="as CI runs it")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep logs, cases and audit there")
    given = parser.parse_args(argv)
    size = Size(agents=given.agents, channels=given.channels)
    roll = SHORT if given.short else Roll(size, given.per_s, given.calm_s, rounds=given.rounds)
    log.setup("ERROR")
    with tempfile.TemporaryDirectory(prefix="rolling", ignore_cleanup_errors=True) as temporary:
        directory = given.keep or Path(temporary)
        report = run(given.seed, replace(roll, hard=given.hard), directory, history=given.history)
    print(report)
    return 1 if report.faults else 0


if __name__ == "__main__":
    sys.exit(main())

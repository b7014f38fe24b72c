"""How soon after a failover of the queue server somebody who asks has a verdict again.

``python -m deploy.bench.failover`` prints it: two bots and eight agents as in the chaos suite, a pair of servers behind
one address, half a second of writes lost each time, the old primary killed or demoted.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

from bot import log
from deploy.chaos.chronicle import Shown
from deploy.chaos.happen import fail_over
from deploy.chaos.plan import SHORT, Happening, Kind, address, channels
from deploy.chaos.recordings import target
from deploy.chaos.world import PEOPLE, World, running
from deploy.demo.stage import RUNNING

COMMAND = "python -m deploy.bench.failover"
TIMES = 5
_PATIENCE_S = 60.0
_FAILED = "could not be carried out"


def measure(world: World, old: str) -> tuple[float, float]:
    """Seconds since the address leads to the new primary, until a question is taken and until it has its verdict."""
    led_at = float(fail_over(world, Happening(0.0, Kind.FAILED_OVER, "server", f"{old} 0.50", 0.0)))
    channel, question = channels(SHORT)[0], target(f"/arpcheck {address(0, 1)}")
    while time.time() - led_at < _PATIENCE_S:
        asked_at = time.time()
        told = world.slack.type(PEOPLE[0], channel, question)
        if told.get("messages") or told.get("error"):  # what is told instead of a card
            time.sleep(0.1)
            continue
        taken_at = time.time()
        ended = _end(world, asked_at)
        if ended is None or _FAILED not in ended.text:
            break
    if ended is None:
        raise TimeoutError(f"no verdict within {_PATIENCE_S:g} s after the old primary was {old}")
    return taken_at - led_at, ended.at - led_at


def _end(world: World, asked_at: float) -> Shown | None:
    """The first card that ended since then, waited for."""
    until = time.monotonic() + _PATIENCE_S
    while time.monotonic() < until:
        shown = [one for one in world.chronicle.shown if one.at > asked_at and one.mark]
        if ended := [one for one in shown if not one.text.startswith(RUNNING)]:
            return ended[0]
        time.sleep(0.02)
    return None


def main() -> None:
    """Print the medians and the longest."""
    log.setup("ERROR")
    with (
        tempfile.TemporaryDirectory(prefix="failover") as temporary,
        running(Path(temporary), 1, SHORT, history=True) as world,
    ):
        for old in ("killed", "demoted"):
            taken_s, judged_s = zip(*(measure(world, old) for _ in range(TIMES)), strict=True)
            for what, took_s in (("a question is taken", taken_s), ("it has its verdict", judged_s)):
                median_s, most_s = statistics.median(took_s), max(took_s)
                sys.stdout.write(
                    f"old primary {old}: {what} after {median_s:.1f} s (of {TIMES}), at most {most_s:.1f}\n"
                )
            sys.stdout.flush()


if __name__ == "__main__":
    main()

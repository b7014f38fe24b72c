"""How long a person waits: ack, first evidence, verdict; alone, and with a hundred requests in flight.

``python -m deploy.bench.check`` prints it: the whole house on real packets in the lab, each role a process of its own.
With ``--metrics`` every role tells how it is, and the bot is scraped every second.
"""

import argparse
import json
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.request import urlopen

from bot import archive
from bot.incidents import bundle, planning
from bot.model.incident import Closed, Requested
from bot.model.job import JobOptions, Media, Probe
from bot.probes import duration_s
from deploy.demo import stage
from deploy.demo.slack.records import BOT_USER
from deploy.demo.slack.workspace import Workspace
from deploy.demo.stage import RUNNING, Stage

COMMAND = "python -m deploy.bench.check"
CHANNEL = "inc-network"
ALONE = 10
BETWEEN_S = 2.5  # by then the channel may take three new messages again
IN_FLIGHT = 100
MEANWHILE = 50
ADDRESSES = [f"10.0.0.{number}" for number in range(2, 12)]
CROWD = [f"10.0.0.{number}" for number in range(2, 2 + IN_FLIGHT)]
"""Each asked for once: the same question asked twice at one moment is one check, and its answer goes to both."""


@dataclass(frozen=True, slots=True)
class Waited:
    """One check alone, in seconds after the command was typed; ``late`` counts from the end of listening."""

    ack: float
    card: float
    evidence: float
    verdict: float
    late: float


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__)
    parser.add_argument("--metrics", action="store_true", help="every role tells how it is, and the bot is scraped")
    told = parser.parse_args().metrics
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as place,
        stage.running(Path(place), metrics=told) as house,
        _scraped(Path(place), told),
    ):
        if house.why_no_lab:
            print(house.why_no_lab, file=sys.stderr)
            return 1
        house.slack.faults(limits=False)
        cases = Path(place) / "cases"
        _alone(house, "10.0.0.6", cases)  # warms up: the agents' and the bot's imports are not the question
        alone = [_alone(house, ADDRESSES[n % len(ADDRESSES)], cases) for n in range(ALONE)]
        burst, acks, seconds, outcomes = _crowd(house, cases)
    window_s = duration_s(Probe.ARP, JobOptions(listen_s=planning.LISTEN_S))
    print(f"{COMMAND}: seconds after the command was typed; the longest listening is planned to take {window_s:.2f} s")
    for name in ("ack", "card", "evidence", "verdict", "late"):
        _row(f"{name:9} alone, {ALONE} checks", [getattr(one, name) for one in alone])
    _row(f"{'ack':9} of {IN_FLIGHT} at one moment", burst)
    _row(f"{'ack':9} while these are in flight", acks)
    _row(f"{'verdict':9} {IN_FLIGHT} in flight", seconds)
    print(f"how the {IN_FLIGHT} ended: {', '.join(f'{count} {how}' for how, count in sorted(outcomes.items()))}")
    print(f"ratio of a verdict's median to the planned listening: {_median(alone, 'verdict') / (window_s or 1):.2f}")
    return 0


@contextmanager
def _scraped(logs: Path, told: bool) -> Iterator[None]:
    """Ask the bot for its figures every second, as nobody who is sane does."""
    over = threading.Event()

    def scrape(port: int) -> None:
        while not over.wait(1.0):
            with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
                answer.read()

    if told:
        lines = map(json.loads, (logs / "bot.log").read_text().splitlines())
        port = next(int(line["port"]) for line in lines if line["event"] == "metrics_served")
        threading.Thread(target=scrape, args=(port,), name="scraper", daemon=True).start()
    try:
        yield
    finally:
        over.set()


def _alone(house: Stage, address: str, cases: Path) -> Waited:
    time.sleep(BETWEEN_S)
    seen: dict[str, float] = {}
    before = house.slack.look(lambda workspace: workspace.new_ts())
    known = set(cases.iterdir()) if cases.is_dir() else set()
    start = time.monotonic()

    def watch(workspace: Workspace) -> str | None:
        channel = workspace.channel(CHANNEL)
        cards = [m for m in channel.messages.values() if m.user == BOT_USER and m.ts > before] if channel else []
        if not cards:
            return None
        now, over = time.monotonic() - start, not cards[0].text.startswith(RUNNING)
        seen.setdefault("card", now)
        if over or "Established so far" in json.dumps(cards[0].blocks):
            seen.setdefault("evidence", now)
        return cards[0].ts if over else None

    with ThreadPoolExecutor(1) as typing:
        typed = typing.submit(house.slack.type, "ana", CHANNEL, f"/arpcheck {address}")
        house.slack.wait_for(watch, 30)
        verdict = time.monotonic() - start
        ack = typed.result()["ack_ms"] / 1000
    (case_at,) = _until_new(cases, known)
    case, _ = bundle.unpack(archive.load(case_at))
    asked, closed = _moment(case, Requested), _moment(case, Closed)
    stopped = max(artifact.stopped_at for artifact in case.artifacts if artifact.media is Media.PCAP)
    shown = (asked + timedelta(seconds=verdict)) - closed  # typing to accepting is the ack, a few milliseconds
    return Waited(ack, seen["card"], seen["evidence"], verdict, (closed - stopped + shown).total_seconds())


def _crowd(house: Stage, cases: Path) -> tuple[list[float], list[float], list[float], Counter[str]]:
    """Acks of a hundred at once, acks of others typed one after the other meanwhile, and how the hundred end."""
    known = set(cases.iterdir())
    with ThreadPoolExecutor(IN_FLIGHT) as typing:
        typed = [typing.submit(house.slack.type, "ana", CHANNEL, f"/arpcheck {address}") for address in CROWD]
        burst = [one.result()["ack_ms"] / 1000 for one in typed]
    late = [house.slack.type("ben", CHANNEL, "/arpcheck 10.9.9.9")["ack_ms"] / 1000 for _ in range(MEANWHILE)]
    outcomes: Counter[str] = Counter()
    seconds = []
    for case_at in _until_new(cases, known, IN_FLIGHT):  # what nobody covers is refused and leaves no case
        case, _ = bundle.unpack(archive.load(case_at))
        seconds.append((_moment(case, Closed) - _moment(case, Requested)).total_seconds())
        outcomes[f"{case.verdict.verdict} {case.verdict.grade}" if case.verdict else "without verdict"] += 1
    return burst, late, seconds, outcomes


def _until_new(cases: Path, known: set[Path], count: int = 1) -> list[Path]:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        new = {path for path in cases.iterdir() if not path.name.startswith(".")} - known if cases.is_dir() else set()
        if len(new) >= count:
            return sorted(new)
        time.sleep(0.02)
    raise TimeoutError(f"fewer than {count} checks ended within a minute")


def _moment(case: bundle.Case, kind: type[Requested] | type[Closed]) -> datetime:
    return next(event.at for event in case.timeline if isinstance(event, kind))


def _row(name: str, values: list[float]) -> None:
    ranked = sorted(values)
    p99 = ranked[min(len(ranked) - 1, round(0.99 * (len(ranked) - 1)))]
    print(f"  {name:36} p50 {statistics.median(ranked):6.3f}  p99 {p99:6.3f}  worst {ranked[-1]:6.3f}")


def _median(waits: list[Waited], name: str) -> float:
    return float(statistics.median(getattr(one, name) for one in waits))


if __name__ == "__main__":
    sys.exit(main())

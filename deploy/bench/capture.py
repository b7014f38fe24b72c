"""How fast a segment may be before a capture loses frames: the agent's beside tcpdump's, on a cable of its own.

``python -m deploy.bench.capture`` as root prints it: tcpdump cannot run in a namespace of an ordinary user, the agent
can. Both have the same filter and the same 256 bytes of each frame, write to the same disk, and stand on the second
processor beside the sender's first. A rate counts when nothing was lost in two of three turns.
"""

import argparse
import multiprocessing
import multiprocessing.dummy
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from ipaddress import IPv4Address
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

from pyroute2 import IPRoute

from bot.agents import capture_filter
from bot.agents.bounds import CaptureBounds
from bot.agents.capture import HEADER_BYTES
from bot.agents.recorder import Recorder
from bot.agents.ring import Ring
from bot.agents.spool import Spool
from bot.agents.wire import Wire
from bot.frames.craft import craft
from bot.frames.frame import EchoFrame
from bot.model.addresses import Mac
from bot.model.capture import Filter
from bot.system import SystemClock
from deploy.bench.flood import flood, multiply
from deploy.lab.links import Links
from deploy.lab.ns import Namespaces

COMMAND = "python -m deploy.bench.capture"
FIRST_RATE, MOST_RATE = 100_000, 1_600_000  # frames a second
CLOSE_ENOUGH = 1.05  # how far the rate that was borne may lie below one that was not
TURNS, ENOUGH = 3, 2
GOAL = 0.9
COPIES = 8
_HOST, _PEER = IPv4Address("10.0.0.5"), IPv4Address("10.0.0.1")
_FILTER = Filter((_HOST,))
_BOUNDS = CaptureBounds(frames=1 << 40, size_bytes=1 << 40)
_FRAME = craft(
    EchoFrame(
        to=Mac("00:50:56:8a:00:10"),
        transmitter=Mac("00:00:0c:00:00:01"),
        source=_PEER,
        destination=_HOST,
        reply=False,
        ident=1,
        seq=1,
        size_bytes=86,
    )
)


class Turn(NamedTuple):
    """Frames sent a second, how many of all are missing, how many the listener says that it lost, and what it used."""

    rate: float
    missing: int
    said: int
    cpu_us: float  # for each frame


Listener = Callable[[Connection, Path], None]
"""Says that it hears; when it is told, says what it kept and lost."""


def _agent(line: Connection, directory: Path, *, busy: bool = False) -> None:
    """The agent's own recording; ``busy``: while it turns what it has into a file for people, again and again."""
    program = capture_filter.program(_FILTER, HEADER_BYTES, payload=False)
    with Spool(directory) as spool, Ring("eth0", program) as ring:
        recorder = Recorder(ring, spool, replace(_BOUNDS, spool=directory), SystemClock(), 3600)
        if busy:
            multiprocessing.dummy.Process(target=_convert_for_ever, args=(spool,)).start()
        line.send(None)
        recorder.run(lambda: "told" if line.poll() else None)
        line.send((recorder.frames, recorder.dropped))


def _convert_for_ever(spool: Spool) -> None:
    with spool.reader() as reader:
        while True:
            reader.pcapng("eth0", 0, most_frames=100_000, most_bytes=8 << 20)


def _python(line: Connection, _: Path) -> None:
    """What a check does: every frame is an object of Python's."""
    kept = 0
    with Wire("eth0") as wire:
        line.send(None)
        while not line.poll() or wire.dropped() < 0:
            kept += sum(1 for _ in wire.hear(0.05))
        while more := sum(1 for _ in wire.hear(0.1)):
            kept += more
        line.send((kept, wire.dropped()))


def _tcpdump(line: Connection, directory: Path) -> None:
    command = ["tcpdump", "-i", "eth0", "-n", "-Z", "root", "-s", str(HEADER_BYTES), "-w", str(directory / "tcpdump")]
    with subprocess.Popen([*command, str(_FILTER)], stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None
        said = running.stderr.readline()
        while "listening on" not in said:
            said = running.stderr.readline()
        line.send(None)
        line.recv()
        time.sleep(1.1)  # its own buffer is handed over after a second
        running.send_signal(signal.SIGINT)
        told = running.stderr.read()
    counts = dict(re.findall(r"(\d+) packets (captured|dropped by kernel)", told))
    by_kind = {kind: int(count) for count, kind in counts.items()}
    line.send((by_kind["captured"], by_kind["dropped by kernel"]))


def _turn(namespaces: Namespaces, listener: Listener, rate: float, *, duration_s: float, directory: Path) -> Turn:
    ours, theirs = multiprocessing.Pipe()

    def listen() -> None:
        os.sched_setaffinity(0, {(os.cpu_count() or 1) - 1})
        listener(theirs, directory)

    pid = namespaces.fork("hears", listen, keep=(theirs.fileno(),))
    ours.recv()
    with namespaces.inside("sends"):
        sent = COPIES * flood("feed", _FRAME, rate / COPIES, duration_s)
    ours.send(None)
    kept, lost = ours.recv()
    _, _, used = os.wait4(pid, 0)
    for file in directory.iterdir():
        file.unlink()
    return Turn(sent / duration_s, sent - kept, lost, (used.ru_utime + used.ru_stime) / sent * 1e6)


def _bears(turn: Callable[[float], Turn], rate: float) -> tuple[bool, Turn]:
    """Whether nothing was lost at this rate in enough turns; one of these, or the one that lost most."""
    turns: list[Turn] = []
    while len(turns) < TURNS and sum(not one.missing for one in turns) < ENOUGH:
        turns.append(turn(rate))
    good = [one for one in turns if not one.missing]
    fine = len(good) >= ENOUGH
    return fine, good[-1] if fine else max(turns, key=lambda one: one.missing)


def _drop_free(turn: Callable[[float], Turn]) -> tuple[Turn | None, Turn | None]:
    """The fastest turn without loss, and one that was meant a little faster and had some (None: none was)."""
    best, over, rate, failed = None, None, float(FIRST_RATE), float("inf")
    while best is None or failed / best.rate > CLOSE_ENOUGH:
        fine, seen = _bears(turn, rate)
        if fine:
            best = seen
            if seen.rate < rate / CLOSE_ENOUGH or rate >= MOST_RATE:
                return best, None
        else:
            over, failed = seen, rate
            if rate < FIRST_RATE / 100:
                return None, over
        low = best.rate if best else 0.0
        rate = (low + failed) / 2 if over else low * 2
    return best, over


@contextmanager
def _cable() -> Iterator[Namespaces]:
    """What is put on ``feed`` at one end arrives so many times on ``eth0`` at the other."""
    namespaces = Namespaces("sends", "hears")
    links = Links(namespaces)
    ends = (("sends", "feed"), ("hears", "sink"), ("sends", "eth0"), ("hears", "eth0"))
    for (node, name), (peer, peer_name) in (ends[:2], ends[2:]):
        links.veth(node, name, peer, peer_name)
    for node, name in ends:
        namespaces.sysctl(node, {f"ipv6/conf/{name}/disable_ipv6": 1})
        links.up(node, name)
    links.wait_ready(("sends", "hears"))
    with namespaces.inside("sends"), IPRoute() as netlink:
        multiply(netlink, links.index("sends", "feed"), links.index("sends", "eth0"), COPIES)
    links.close()
    yield namespaces
    namespaces.close()


def main() -> int:
    """Measure and print; returns the exit code: 1 where the agent bears less than the goal."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=1.0, help="how long each rate is sent")
    parser.add_argument("--directory", type=Path, help="where both write; default: the temporary directory")
    given = parser.parse_args()
    if os.geteuid() or not shutil.which("tcpdump"):
        print("This needs root and tcpdump (Debian: apt install tcpdump), or there is nothing to compare with.")
        return 2
    print(f"$ {COMMAND}   # Python {sys.version.split()[0]}, {os.cpu_count()} cores, frames of {len(_FRAME)} bytes")
    print(f"filter: {_FILTER}")
    listeners: dict[str, Listener] = {
        "tcpdump": _tcpdump,
        "agent": _agent,
        "agent that converts": partial(_agent, busy=True),
        "an object a frame": _python,
    }
    os.sched_setaffinity(0, {0})
    borne, lost_by = dict[str, float](), dict[str, bool]()
    with _cable() as namespaces, tempfile.TemporaryDirectory(dir=given.directory) as directory:
        for name, listener in listeners.items():
            turn = partial(_turn, namespaces, listener, duration_s=given.seconds, directory=Path(directory))
            best, over = _drop_free(turn)
            borne[name], lost_by[name] = best.rate if best else 0.0, over is not None
            beyond = "nothing faster could be sent"
            if over:
                lost = over.missing / (over.rate * given.seconds)
                beyond = f"at {over.rate:,.0f} it lost {lost:.1%} and said {over.said:,} of {over.missing:,}"
            used = f"{best.cpu_us:5.2f} us of CPU a frame" if best else ""
            print(f"{name:20} {borne[name]:9,.0f} frames/s without loss, {used}; {beyond}", flush=True)
    ratio = borne["agent"] / borne["tcpdump"]
    print(f"agent / tcpdump      {ratio:9.2f} (goal: at least {GOAL})")
    if not lost_by["agent"]:
        print("The agent bore whatever could be sent: what is below 1 is the sender's, not its own.")
    return int(ratio < GOAL and lost_by["agent"])


if __name__ == "__main__":
    sys.exit(main())

"""The smallest segment: an agent on one end of a cable, and on the other whatever a test puts there.

Everything here runs in a process that has entered namespaces of its own (``deploy.lab.ns.apart``).
"""

import heapq
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from ipaddress import IPv4Address
from math import inf
from typing import Self

from bot.agents.bounds import Bounds
from bot.agents.station import discover
from bot.agents.wire import Wire
from bot.errors import RuleoutError
from bot.frames.captured import Captured
from bot.frames.craft import craft
from bot.frames.decode import decode
from bot.frames.frame import REPLY, REQUEST, ArpFrame, EchoFrame
from bot.model.addresses import Mac, parse_mac
from bot.model.job import Artifact, Job, JobOptions, Probe, Vantage
from bot.model.observation import Observation
from bot.ports import Ability, Clock, Work
from bot.probes import read
from bot.system import SystemClock
from deploy.lab.links import Links
from deploy.lab.ns import Apart, Namespaces, Unsupported, apart
from tests.fixtures.tools import missing

AGENT, GATEWAY, TARGET, FAR = (IPv4Address(ip) for ip in ("10.77.0.9", "10.77.0.1", "10.77.0.5", "10.99.0.5"))
AGENT_MAC, GATEWAY_MAC = Mac("02:aa:00:00:00:09"), Mac("00:00:0c:00:00:01")
FIRST_MAC, SECOND_MAC = Mac("00:50:56:8a:00:10"), Mac("00:50:56:8a:00:11")


@dataclass(frozen=True, slots=True)
class Station:
    """A machine that answers for its addresses, its ARP ``late_s`` after it was asked."""

    mac: Mac
    ips: tuple[IPv4Address, ...]
    late_s: float = 0.0
    lost_by: Mapping[IPv4Address, tuple[int, ...]] = field(default_factory=dict)  # sequence numbers not answered


@dataclass(slots=True)
class Done:
    """What came of a job: the artifacts with their bytes, every early report, how far it was, and what it cost."""

    sealed: Sequence[tuple[Artifact, bytes]] = ()
    early: list[Sequence[tuple[Artifact, bytes]]] = field(default_factory=list)
    progress: list[tuple[int, int, int | None, float]] = field(default_factory=list)
    wall_s: float = 0.0
    cpu_s: float = 0.0
    refusal: RuleoutError | None = None

    def observations(self) -> list[Observation]:
        return [fact for artifact, data in self.sealed for fact in read(artifact, data)]


@contextmanager
def child() -> Iterator[Apart]:
    """A process with namespaces of its own for one test module."""
    try:
        with apart() as run:
            yield run
    except Unsupported as reason:
        missing(str(reason))


class Cell:
    """A context manager: two nodes, a cable, and the stations at its far end."""

    def __init__(self, *stations: Station) -> None:
        self.namespaces = Namespaces("agent", "far")
        self.links = Links(self.namespaces)
        self.links.veth("far", "eth0", "agent", "eth0", peer_mac=AGENT_MAC)
        self.links.address("agent", "eth0", f"{AGENT}/24")
        for node in ("agent", "far"):
            self.links.up(node, "eth0")
        self.links.wait_ready(("agent", "far"))
        with self.namespaces.inside("far"):
            self.far = Wire("eth0")
        self.stations = stations
        self._over = threading.Event()
        self._serving = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._serving.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._serving.join()
        self.far.close()
        self.links.close()
        self.namespaces.close()

    def far_end(self, frames: Sequence[bytes]) -> None:
        """Put frames on the cable that nobody asked for."""
        for frame in frames:
            self.far.send(frame)

    @contextmanager
    def vantage(self, pool: Sequence[IPv4Address] = ()) -> Iterator[Vantage]:
        """The calling thread stands at the agent's end."""
        with self.namespaces.inside("agent"):
            yield discover("eth0", "lab", "agent-1", GATEWAY, pool)

    def do(
        self,
        ability: Callable[[Vantage, Bounds, Clock], Ability],
        job: Job,
        *,
        bounds: Bounds = Bounds(),  # noqa: B008  frozen
        stopped: Callable[[], bool] = lambda: False,
        stop_reason: Callable[[], str | None] = lambda: None,
        left_s: float = inf,
    ) -> Done:
        """Carry the job out at the agent's end."""
        with self.vantage() as vantage:
            return self.do_here(
                ability, vantage, job, bounds=bounds, stopped=stopped, stop_reason=stop_reason, left_s=left_s
            )

    @staticmethod
    def do_here(
        ability: Callable[[Vantage, Bounds, Clock], Ability],
        vantage: Vantage,
        job: Job,
        *,
        bounds: Bounds = Bounds(),  # noqa: B008  frozen
        stopped: Callable[[], bool] = lambda: False,
        stop_reason: Callable[[], str | None] = lambda: None,
        left_s: float = inf,
    ) -> Done:
        """Carry the job out where the calling thread stands."""
        done = Done()
        doing = ability(vantage, bounds, SystemClock())
        wall_s, cpu_s = time.monotonic(), time.thread_time()
        try:
            done.sealed = doing(
                Work(
                    job,
                    stopped,
                    done.early.append,
                    lambda *far: done.progress.append(far),
                    stop_reason,
                    lambda: left_s,
                )
            )
        except RuleoutError as refusal:
            done.refusal = refusal
        done.wall_s, done.cpu_s = time.monotonic() - wall_s, time.thread_time() - cpu_s
        return done

    def _serve(self) -> None:
        due: list[tuple[float, int, bytes]] = []
        while not self._over.is_set():
            pause_s = min(due[0][0] - time.monotonic(), 0.02) if due else 0.02
            for captured in self.far.hear(pause_s):
                for late_s, answer in self._answers(captured):
                    heapq.heappush(due, (time.monotonic() + late_s, captured.number, answer))
            while due and due[0][0] <= time.monotonic():
                self.far.send(heapq.heappop(due)[2])

    def _answers(self, captured: Captured) -> Iterator[tuple[float, bytes]]:
        match decode(captured.data):
            case ArpFrame(operation=1) as asked:
                for station in self.stations:
                    if asked.target_ip in station.ips and asked.to in ("ff:ff:ff:ff:ff:ff", station.mac):
                        yield station.late_s, craft(_is_at(station.mac, asked))
            case EchoFrame(reply=False) as asked:
                for station in self.stations:
                    if asked.to == station.mac and asked.seq not in station.lost_by.get(asked.destination, ()):
                        yield 0.0, craft(_echo(asked))
            case _:
                return


@cache
def standing() -> Cell:
    """One cell for all calls in this process; its links take a second to come up."""
    return Cell().__enter__()


def job(probe: Probe, target: IPv4Address = TARGET, *, listen_s: float = 1.0, echoes: int = 5) -> Job:
    """A job as the bot would put it on a queue."""
    asked_at = SystemClock().now()
    options = JobOptions(listen_s=listen_s, echoes=echoes)
    return Job("job-1", "inc-1", probe, "lab", target, options, asked_at, asked_at)


def _is_at(mac: Mac, asked: ArpFrame) -> ArpFrame:
    assert asked.operation == REQUEST
    return ArpFrame(asked.sender_mac, mac, REPLY, mac, asked.target_ip, asked.sender_mac, asked.sender_ip)


def _echo(asked: EchoFrame) -> EchoFrame:
    return EchoFrame(
        to=asked.transmitter,
        transmitter=parse_mac(str(asked.to)),
        source=asked.destination,
        destination=asked.source,
        reply=True,
        ident=asked.ident,
        seq=asked.seq,
    )

"""Agents on the real queue with the real runner, which bring what was recorded: ``python -m deploy.chaos.agents FILE``.

One process loads everything and forks an agent for every order that it reads, so that twenty agents start in a moment
and each can be killed by itself. FILE is JSON: what every agent is started with (see ``Station``).
"""

import ctypes
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from random import Random
from typing import Any

from bot import __version__, log
from bot.agents.runner import Runner
from bot.errors import InstrumentError
from bot.model.job import Agent, Artifact, Media, Probe, Vantage
from bot.ports import Ability, Work
from bot.queue.agent_side import RedisIntake
from bot.roles.process import until_told
from bot.system import SystemClock
from deploy.chaos.plan import SCENES
from deploy.chaos.recordings import Scene, scene
from deploy.demo.server import PR_SET_PDEATHSIG
from deploy.demo.vcenter import SnapshotAbility

Scenes = Mapping[int, Scene]
Brought = Sequence[tuple[Artifact, bytes]]
_TURN_S = 0.05
_WORD_S = 1.0
SLOTS = 32


@dataclass(frozen=True, slots=True)
class Ran:
    """The log of one life of an agent: a line when an ability begins and one when it has ended."""

    path: Path
    agent: str
    life: str

    def note(self, what: str, work: Work) -> None:
        """In one write, so that a killed agent leaves no half line."""
        job = work.job
        line = {"what": what, "at": time.time(), "agent": self.agent, "life": self.life, "job": job.id,
                "incident": job.incident, "queue": job.queue, "expires_at": job.expires_at.timestamp()}  # fmt: skip
        with self.path.open("ab", buffering=0) as file:
            file.write(json.dumps(line).encode() + b"\n")


@dataclass(frozen=True, slots=True)
class Brings:
    """bot.ports.Ability that takes its time and brings what was recorded of the target."""

    probe: Probe
    here: Vantage
    scenes: Scenes
    chance: Random

    def __call__(self, work: Work) -> Brought:
        """The artifacts as this agent's."""
        found = _recorded(self.scenes, work)
        lasts = self.probe in (Probe.WATCH, Probe.CAPTURE)
        ended = _wait(work, work.job.options.listen_s if lasts else self.chance.uniform(0.1, 1.2), told=lasts)
        there = Probe.ARP if self.here.segment.startswith("prod") else Probe.ICMP
        recorded = [one for one in found.of(there) if not lasts or one[0].media is Media.PCAP]
        short = None if ended else "It was told to stop before its time was up."
        return tuple(
            (replace(one, job=work.job.id, probe=self.probe, vantage=self._stood(one.vantage), incomplete=short), data)
            for one, data in recorded
        )

    def _stood(self, recorded: Vantage) -> Vantage:
        return replace(recorded, agent=self.here.agent, segment=self.here.segment)


@dataclass(frozen=True, slots=True)
class Knows:
    """bot.ports.Ability that plays the vCenter of whichever recording the target is of."""

    here: Vantage
    scenes: Scenes
    chance: Random

    def __call__(self, work: Work) -> Brought:
        """What its inventory says."""
        found = _recorded(self.scenes, work)
        _wait(work, self.chance.uniform(0.05, 0.4), told=False)
        newest = found.of(Probe.VCENTER)[-1][1]
        return SnapshotAbility(lambda: json.loads(newest), self.here, SystemClock())(work)


def _recorded(scenes: Scenes, work: Work) -> Scene:
    target = work.job.target
    if target is None or (found := scenes.get(target.packed[1])) is None:
        raise InstrumentError(f"Nothing was recorded of {target}.")
    return found


def _wait(work: Work, for_s: float, *, told: bool) -> bool:
    """Whether nobody stopped it before; ``told``: how far it is is said meanwhile."""
    until, word_at = time.monotonic() + for_s, time.monotonic() + _WORD_S
    while (left_s := until - time.monotonic()) > 0:
        if work.stopped():
            return False
        if told and time.monotonic() > word_at:
            word_at += _WORD_S
            work.progress(int((for_s - left_s) * 10), int((for_s - left_s) * 640), 0, left_s)
        time.sleep(min(_TURN_S, left_s))
    return True


def _noted(ability: Ability, ran: Ran) -> Ability:
    def call(work: Work) -> Brought:
        ran.note("begun", work)
        try:
            return ability(work)
        finally:
            ran.note("ended", work)

    return call


def place(name: str, segment: int | None) -> Vantage:
    """Where an agent says that it stands: its segment holds the networks of all its recorded machines."""
    if segment is None:
        kind = name.partition("-")[0]
        return (
            Vantage(name, "dc1", "")
            if kind == "vcenter"
            else Vantage(name, kind, "eth0", prefix=_OFFICE, gateway=_OFFICE[1])
        )
    first = IPv4Address(bytes((10, segment * SCENES, 0, 0)))
    return Vantage(name, f"prod{segment}", "eth0", prefix=IPv4Network((first, 12)))


_OFFICE = IPv4Network("172.20.0.0/16")


def stand(station: Mapping[str, Any], scenes: Scenes, life: str) -> None:
    """Be this agent until told to stop."""
    stop, clock = until_told(), SystemClock()
    name, here = station["name"], place(station["name"], station["segment"])
    chance, ran = Random(f"{station['seed']} {name}"), Ran(Path(station["ran"]), name, life)
    kinds: tuple[Probe, ...] = (Probe.ARP, Probe.WATCH, Probe.CAPTURE)
    if name.startswith("office"):
        kinds = (Probe.ICMP, Probe.WATCH)
    abilities: dict[Probe, Ability] = {kind: _noted(Brings(kind, here, scenes, chance), ran) for kind in kinds}
    if name.startswith("vcenter"):
        abilities = {Probe.VCENTER: _noted(Knows(here, scenes, chance), ran)}
    vantages = () if Probe.VCENTER in abilities else (here,)
    queue_keys = {queue: (bytes.fromhex(key),) for queue, key in station["keys"].items()}
    agent = Agent(name, tuple(queue_keys), tuple(abilities), vantages, __version__, clock.now())
    Runner(RedisIntake(station["url"], queue_keys, agent), abilities, agent, slots=SLOTS).run(stop)


def _born(station: Mapping[str, Any], scenes: Scenes, life: str) -> int:
    """A child that is this agent; its process id."""
    if pid := os.fork():
        return pid
    status = 1
    try:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        out = os.open(station["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        nowhere = os.open(os.devnull, os.O_RDONLY)
        for there, here in ((nowhere, 0), (out, 1), (out, 2)):
            os.dup2(there, here)
        log.setup("INFO", as_json=True)
        stand(station, scenes, life)
        status = 0
    finally:
        os._exit(status)


class Brood:
    """The agents that were forked here; ``living`` are their process ids."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        self._stations = {one["name"]: one for one in told["stations"]}
        self._scenes = {octet: scene(octet) for octet in told["octets"]}
        self._patience_s: float = told["patience_s"]
        self.living: dict[str, int] = {}
        self._born = 0

    def start(self, name: str) -> None:
        """One more life of this agent."""
        self._born += 1
        self.living[name] = _born(self._stations[name], self._scenes, f"{name}/{self._born}")

    def signal(self, name: str, number: signal.Signals) -> None:
        """Send it this signal; one that kills is waited for."""
        os.kill(self.living[name], number)
        if number is signal.SIGKILL:
            os.waitpid(self.living.pop(name), 0)

    def retire(self, name: str) -> float:
        """Tell it to end and wait until it has; the seconds that it took."""
        began = time.monotonic()
        self.signal(name, signal.SIGTERM)
        self._wait({name})
        return time.monotonic() - began

    def end(self) -> int:
        """Tell all of them to end; how many had to be killed."""
        for name in self.living:
            self.signal(name, signal.SIGTERM)
        return self._wait(set(self.living))

    def _wait(self, names: set[str]) -> int:
        ends_at = time.monotonic() + self._patience_s
        while (left := names & self.living.keys()) and time.monotonic() < ends_at:
            for name in left:
                if os.waitpid(self.living[name], os.WNOHANG) != (0, 0):
                    self.living.pop(name)
            time.sleep(0.01)
        for name in left:
            self.signal(name, signal.SIGKILL)
        return len(left)


def main(file: str) -> None:
    """Carry out orders, a line each: ``start NAME``, ``SIGNAL NAME`` as the kernel names it, and ``end``.

    ``retire NAME`` tells it to end and waits until it has; the answer says how many seconds that took.
    """
    brood = Brood(json.loads(Path(file).read_text()))
    print("ready", flush=True)
    for line in sys.stdin:
        word, _, name = line.strip().partition(" ")
        if word == "end":
            break
        if word == "retire":
            print(f"done {brood.retire(name):.3f}", flush=True)
            continue
        if word == "start":
            brood.start(name)
        else:
            brood.signal(name, signal.Signals[word])
        print(f"done {brood.living.get(name, 0)}", flush=True)
    print(f"left {brood.end()}", flush=True)


if __name__ == "__main__":
    assert threading.active_count() == 1, "forked from one thread alone"
    main(sys.argv[1])

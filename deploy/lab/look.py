"""What an agent in a node would bring back: one job in on standard input, its artifacts out, both as JSON."""

import base64
import json
import sys
from collections.abc import Callable
from typing import Any

from bot.agents.bounds import Bounds
from bot.agents.routed import RoutedAbility
from bot.agents.segment import SegmentAbility
from bot.agents.station import discover
from bot.model import codec
from bot.model.job import Artifact, Job, Probe, Vantage
from bot.ports import Ability, Clock, Work
from bot.system import SystemClock

_ABILITIES: dict[Probe, Callable[[Vantage, Bounds, Clock], Ability]] = {
    Probe.ARP: SegmentAbility,
    Probe.ICMP: RoutedAbility,
}


def order(job: Job, agent: str, segment: str) -> str:
    """What to write to this program's standard input."""
    return json.dumps({"job": codec.encode(job), "agent": agent, "segment": segment})


def brought(text: str) -> tuple[tuple[Artifact, bytes], ...]:
    """The artifacts and their bytes in what this program printed."""
    return tuple((codec.decode(Artifact, row["artifact"]), base64.b64decode(row["data"])) for row in json.loads(text))


def _look(asked: dict[str, Any]) -> list[dict[str, Any]]:
    job = codec.decode(Job, asked["job"])
    vantage = discover("eth0", asked["segment"], asked["agent"])
    ability = _ABILITIES[job.probe](vantage, Bounds(), SystemClock())
    found = ability(Work(job, stopped=lambda: False, report=lambda _evidence: None))
    return [{"artifact": codec.encode(artifact), "data": base64.b64encode(data).decode()} for artifact, data in found]


if __name__ == "__main__":
    json.dump(_look(json.load(sys.stdin)), sys.stdout)

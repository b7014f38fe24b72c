"""What an agent in a node would bring back: jobs in on standard input, their artifacts out, a JSON line for each."""

import base64
import json
import signal
import sys
from contextlib import redirect_stdout
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

from bot.agents.bounds import Bounds, CaptureBounds
from bot.agents.capture import CaptureAbility
from bot.agents.routed import RoutedAbility
from bot.agents.segment import SegmentAbility
from bot.agents.station import discover
from bot.model import codec
from bot.model.job import Artifact, Job, Probe, Vantage
from bot.ports import Ability, Work
from bot.roles.network import abilities
from bot.system import SystemClock

_ANYWHERE = CaptureBounds(prefixes=(IPv4Network("0.0.0.0/0"),))
LISTENING = "listening\n"
"""What a capture says on standard error once it hears."""


def order(job: Job, agent: str, segment: str, interface: str = "eth0") -> str:
    """What to write to this program's standard input; a reader of tables has its file as its ``interface``."""
    return json.dumps({"job": codec.encode(job), "agent": agent, "segment": segment, "interface": interface})


def brought(text: str) -> tuple[tuple[Artifact, bytes], ...]:
    """The artifacts and their bytes in what this program printed."""
    return tuple((codec.decode(Artifact, row["artifact"]), base64.b64decode(row["data"])) for row in json.loads(text))


class _Announced:
    """No reason to stop before SIGINT; says that a capture hears when that first asks: once its socket is open."""

    said, enough = False, False

    def __call__(self) -> str | None:
        if not self.said:
            self.said = True
            sys.stderr.write(LISTENING)
            sys.stderr.flush()
        return "Enough was heard." if self.enough else None

    def end(self, *_: object) -> None:
        """What to do on a signal."""
        self.enough = True


def _ability(probe: Probe, vantage: Vantage) -> Ability:
    clock = SystemClock()
    if probe is Probe.NETWORK:
        return abilities(vantage.agent, Path(vantage.interface))[probe]
    if probe is Probe.CAPTURE:
        return CaptureAbility(vantage, _ANYWHERE, clock)
    return (SegmentAbility if probe is Probe.ARP else RoutedAbility)(vantage, Bounds(), clock)


def _look(asked: dict[str, Any]) -> list[dict[str, Any]]:
    job = codec.decode(Job, asked["job"])
    agent, segment, interface = asked["agent"], asked["segment"], asked["interface"]
    # Who only listens needs no address, and behind a mirror port has none.
    tap, reads = job.probe is Probe.CAPTURE, job.probe is Probe.NETWORK
    vantage = Vantage(agent, segment, interface) if tap or reads else discover(interface, segment, agent)
    reason = _Announced()
    signal.signal(signal.SIGINT, reason.end)
    found = _ability(job.probe, vantage)(
        Work(job, stopped=lambda: False, report=lambda _evidence: None, stop_reason=reason if tap else lambda: None)
    )
    return [{"artifact": codec.encode(artifact), "data": base64.b64encode(data).decode()} for artifact, data in found]


if __name__ == "__main__":
    for line in sys.stdin:
        with redirect_stdout(sys.stderr):  # what is logged is no artifact
            answer = _look(json.loads(line))
        print(json.dumps(answer), flush=True)

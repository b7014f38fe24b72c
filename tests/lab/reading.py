"""What a test sees by way of a check's own instruments: one of them, standing in a node of the lab."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from ipaddress import IPv4Address

from bot import probes
from bot.agents.evidence import seal
from bot.model.addresses import parse_mac
from bot.model.job import Artifact, Job, JobOptions, Media, Probe, Vantage
from bot.model.observation import Observation
from bot.system import SystemClock
from deploy.lab import look, snmp, vcenter
from deploy.lab.client import ROOT, Lab
from deploy.lab.state import LabState
from deploy.lab.topology import MANAGEMENT

_CLOCK = SystemClock()


@dataclass
class Looker:
    """An instrument that does one job after another, without a new start for each."""

    process: "subprocess.Popen[str]"
    agent: str
    segment: str
    interface: str

    def look(self, job: Job) -> list[Observation]:
        """Do the job; what there was to see."""
        self.begin(job)
        return self.ended()

    def begin(self, job: Job) -> None:
        """Begin the job; a capture hears from now on."""
        assert self.process.stdin is not None
        assert self.process.stderr is not None
        print(look.order(job, self.agent, self.segment, self.interface), file=self.process.stdin, flush=True)
        if job.probe is Probe.CAPTURE:
            assert self.process.stderr.readline() == look.LISTENING

    def ended(self) -> list[Observation]:
        """What the job that was begun has seen, once it is done."""
        return [one for artifact, data in self.brought() for one in probes.read(artifact, data)]

    def enough(self) -> list[Observation]:
        """End the capture that was begun; what it has heard."""
        self.process.send_signal(signal.SIGINT)
        return self.ended()

    def brought(self) -> Sequence[tuple[Artifact, bytes]]:
        """The same, as it arrives at the bot."""
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        line = self.process.stdout.readline()
        assert line, self.process.stderr.read()
        return look.brought(line)


@contextmanager
def looker(lab: Lab, node: str, segment: str = "", interface: str = "eth0") -> Iterator[Looker]:
    """An agent in this node."""
    argv = [sys.executable, "-m", look.__name__]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with lab.popen(node, argv, cwd=ROOT, text=True, **pipes) as process:
        assert process.stdin is not None
        yield Looker(process, node, segment, interface)
        process.stdin.close()  # it ends once it has read all of it


@contextmanager
def reader(lab: Lab) -> Iterator[Looker]:
    """A reader of routers and switches beside the network of management."""
    file = lab.directory / "network.toml"
    file.write_text(snmp.settings(lab.state()))
    with looker(lab, MANAGEMENT, interface=str(file)) as found:
        yield found


def job(probe: Probe, target: str, *, macs: Sequence[str] = (), listen_s: float = 0.0, echoes: int = 0) -> Job:
    """A job for it."""
    now = _CLOCK.now()
    options = JobOptions(listen_s=listen_s, echoes=echoes, macs=tuple(map(parse_mac, macs)))
    number = _CLOCK.new_id("job")
    return Job(number, "inc-lab", probe, "lab", IPv4Address(target), options, now, now + timedelta(seconds=30))


def whose(state: LabState, target: str) -> list[Observation]:
    """What the lab's vCenter says of the target."""
    asked = replace(job(Probe.VCENTER, target), queue="vcenter.dc1")
    data = json.dumps(vcenter.snapshot(state, [target])).encode()
    at = _CLOCK.now()
    sealed = seal(
        asked, Vantage("vcenter.dc1", "dc1", ""), Media.VCENTER, data, started_at=at, stopped_at=at, dropped=None
    )
    return list(probes.read(*sealed))

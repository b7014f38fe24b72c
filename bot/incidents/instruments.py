"""The instruments of an incident, a line each: who looks for what, and how far it is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.incidents import dropping, folds, noted, pasting, watch_card
from bot.model.incident import Expired, Failed, Incident, Lost, Progressed, Queued, Reported, Started
from bot.model.job import Job, Probe
from bot.model.request import LOOK_UP

_SILENT_S = 4.0
_LOOKS_FOR = {
    Probe.ARP: "ARP on the segment",
    Probe.ICMP: "ping through the router",
    Probe.VCENTER: "who owns it",
    Probe.CAPTURE: "capture",
    Probe.NETWORK: "tables on the way",
    Probe.UCS: "the fabric under the hosts",
    Probe.REPORT: "what people know",
    Probe.WATCH: "ARP and ping, without a pause",
}


class Stage(StrEnum):
    """How far an instrument is. Reported, failed and expired are final."""

    WAITING = "waiting"
    LOOKING = "looking"
    REPORTED = "reported"
    FAILED = "failed"
    LOST = "lost"
    EXPIRED = "expired"

    @property
    def final(self) -> bool:
        """Whether nothing more is awaited."""
        return self in (Stage.REPORTED, Stage.FAILED, Stage.EXPIRED)


@dataclass(frozen=True, slots=True)
class Instrument:
    """One job as a line: who looks for what, and how far it is. ``reason`` is a sentence where it failed.

    ``far`` is how far a capture is, in words, with the age of that word.
    """

    name: str
    looks_for: str
    stage: Stage = Stage.WAITING
    reason: str | None = None
    attempt: int = 1
    far: str | None = None

    def __str__(self) -> str:
        ending = {
            Stage.FAILED: f": {self.reason}",
            Stage.LOST: ": nobody who could look is alive",
            Stage.EXPIRED: ": no report in time",
            Stage.LOOKING: (f", attempt {self.attempt}" if self.attempt > 1 else "")
            + (f": {self.far}" if self.far else ""),
        }
        return f"{self.stage}{ending.get(self.stage, '')}"


def instruments(incident: Incident, progress: Mapping[str, Progressed], now: datetime | None) -> Iterator[Instrument]:
    """One line for each job; ``progress`` is the last word on each capture that runs."""
    lines = {job.id: Instrument(_place(job), _looks_for(incident, job)) for job in folds.jobs(incident)}
    probes = {job.id: job.probe for job in folds.jobs(incident)}
    heard: dict[str, datetime] = {}
    for event in incident.timeline:
        if not isinstance(event, Started | Reported | Failed | Lost | Expired) or event.job not in lines:
            continue
        if not lines[event.job].stage.final:  # late and duplicate reports add nothing
            lines[event.job], heard[event.job] = _moved(lines[event.job], event, probes[event.job]), event.at
    for job, line in lines.items():
        if line.stage is Stage.LOOKING:
            word = progress.get(job)
            yield replace(line, far=_far(word, now) if word else _silent(heard[job], now))
        else:
            yield line


def _moved(line: Instrument, event: Started | Reported | Failed | Lost | Expired, probe: Probe) -> Instrument:
    if isinstance(event, Started | Reported | Failed) and probe is not Probe.VCENTER:
        line = replace(line, name=event.agent)
    if isinstance(event, Started):
        return replace(line, stage=Stage.LOOKING, attempt=event.attempt)
    if isinstance(event, Reported):
        return replace(line, stage=Stage.REPORTED if event.final else Stage.LOOKING)
    if isinstance(event, Failed):
        return replace(line, stage=Stage.FAILED, reason=event.reason)
    return replace(line, stage=Stage.LOST if isinstance(event, Lost) else Stage.EXPIRED)


def _silent(heard_at: datetime, now: datetime | None) -> str | None:
    """How long nothing was heard, once that is worth a word."""
    age_s = (now - heard_at).total_seconds() if now else 0.0
    return f"heard {age_s:.0f} s ago" if age_s >= _SILENT_S else None


def watchers(incident: Incident, now: datetime | None) -> Iterator[Instrument]:
    """One line for each place, however many pieces it was asked for."""
    for queue, agent, said, bad in watch_card.states(incident, now):
        kind, _, name = queue.partition(".")
        stage = Stage.FAILED if bad else Stage.REPORTED if incident.closed else Stage.LOOKING
        called = f"vCenter {name}" if kind == "vcenter" else agent or name
        looks_for = "moves and alarms" if kind == "vcenter" else _LOOKS_FOR[Probe.WATCH]
        yield Instrument(called, looks_for, stage=stage, reason=said if bad else None, far=None if bad else said)


def _far(word: Progressed, now: datetime | None) -> str:
    dropped = "drops not known" if word.dropped is None else f"{word.dropped:,} dropped"
    age_s = max(0.0, (now - word.at).total_seconds()) if now else 0.0
    left = f"{max(word.left_s - age_s, 0.0):.0f} s left"
    heard = f"heard {age_s:.0f} s ago"
    return f"{word.packets:,} packets, {word.size_bytes:,} bytes, {dropped}, {left}, {heard}"


def _looks_for(incident: Incident, job: Job) -> str:
    if job.queue == pasting.QUEUE:
        return pasting.looked_for(incident.request, job)
    if job.queue.startswith(noted.QUEUE):
        return noted.looked_for(job)
    first = next(event for event in incident.timeline if isinstance(event, Queued))
    further = incident.request.command == LOOK_UP and job not in first.jobs
    if job.probe is Probe.NETWORK and (job.options.listen_s or job.options.macs):
        return "the same tables, while it is asked for" if job.options.listen_s else "where its other MACs are"
    return "who else has it" if further else _LOOKS_FOR[job.probe]


def _place(job: Job) -> str:
    """Who will look, in words: the queue ``segment.dc1-a`` is "segment dc1-a" until an agent takes the job."""
    if job.queue == dropping.QUEUE:
        return "the shared file"
    kind, _, name = job.queue.partition(".")
    return {"vcenter": f"vCenter {name}", "agent": name}.get(kind, f"{kind} {name}".strip())

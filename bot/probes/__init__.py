"""How to ask, and how to read what came back. No sockets: a plan is data, and reading is pure."""

from bot.frames.captured import heard
from bot.frames.pcap import Recording
from bot.model.job import Artifact, JobOptions, Media, Probe
from bot.model.observation import Listened, Observation
from bot.probes import arp, icmp, neighbours, report, vcenter


def read(artifact: Artifact, data: bytes) -> tuple[Observation, ...]:
    """Everything that the artifact's bytes say, as dated facts.

    Raises:
        BundleError: the bytes are not what the artifact says they are.
    """
    match artifact.media:
        case Media.PCAP:
            return _capture(artifact, data)
        case Media.NEIGHBOURS:
            return neighbours.read(artifact, data)
        case Media.VCENTER:
            return vcenter.read(artifact, data)
        case Media.REPORT:
            return report.read(artifact, data)


def duration_s(probe: Probe, options: JobOptions) -> float | None:
    """How long the job takes at most, once an agent has it; None where it depends on whom one asks (a vCenter)."""
    match probe:
        case Probe.ARP:
            return arp.duration_s(options)
        case Probe.ICMP:
            return icmp.duration_s(options)
        case Probe.CAPTURE:
            return options.listen_s
        case Probe.VCENTER | Probe.REPORT:
            return None


def _capture(artifact: Artifact, data: bytes) -> tuple[Observation, ...]:
    frames = tuple(heard(Recording(data)))
    listened = Listened(
        seen_at=artifact.stopped_at,
        vantage=artifact.vantage,
        artifact=artifact.digest,
        locator="capture",
        started_at=artifact.started_at,
        dropped=artifact.dropped,
    )
    return (listened, *arp.read(artifact, frames), *icmp.read(artifact, frames))

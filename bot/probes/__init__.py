"""How to ask, and how to read what came back. No sockets: a plan is data, and reading is pure."""

from ipaddress import IPv4Address

from bot.errors import BundleError
from bot.frames.hearing import MOST_FRAMES, Hearing, hear
from bot.model.job import Artifact, JobOptions, Media, Probe
from bot.model.observation import Listened, Observation
from bot.probes import arp, icmp, neighbours, passing, pasted, report, tables, ucs, vcenter

Blob = bytes | Hearing
"""What an artifact holds: its bytes, or of a large capture what was already read from them."""


def read(artifact: Artifact, data: Blob, about: IPv4Address | None = None) -> tuple[Observation, ...]:
    """Everything that the artifact's bytes say, as dated facts; of packets those from and to ``about``.

    Raises:
        BundleError: the bytes are not what the artifact says they are.
    """
    if artifact.media is Media.PCAP:
        return _capture(artifact, data if isinstance(data, Hearing) else hear(data, about))
    if isinstance(data, Hearing):
        raise BundleError(f"This is a capture and not, as it is called, {artifact.media}.")
    match artifact.media:
        case Media.NEIGHBOURS:
            return neighbours.read(artifact, data)
        case Media.VCENTER:
            return vcenter.read(artifact, data)
        case Media.NETWORK:
            return tables.read(artifact, data)
        case Media.PASTED:
            return pasted.read(artifact, data)
        case Media.UCS:
            return ucs.read(artifact, data)
        case Media.REPORT:
            return report.read(artifact, data)
        case Media.EXPORT:
            raise BundleError("This is a whole incident; `ruleout judge` judges the cases in it one by one.")


def duration_s(probe: Probe, options: JobOptions) -> float | None:
    """How long the job takes at most, once an agent has it; None where it depends on whom one asks (a vCenter)."""
    match probe:
        case Probe.ARP:
            return arp.duration_s(options)
        case Probe.ICMP:
            return icmp.duration_s(options)
        case Probe.CAPTURE | Probe.WATCH:
            return options.listen_s
        case Probe.NETWORK:
            return options.listen_s
        case Probe.VCENTER | Probe.UCS | Probe.REPORT:
            return None


def _capture(artifact: Artifact, hearing: Hearing) -> tuple[Observation, ...]:
    listened = Listened(
        seen_at=artifact.stopped_at,
        vantage=artifact.vantage,
        artifact=artifact.digest,
        locator="capture",
        started_at=artifact.started_at,
        dropped=_dropped(artifact, hearing),
        unread=_unread(hearing),
        ahead_ms=artifact.ahead_ms,
    )
    readers = (arp.read, icmp.read, passing.read)
    return (listened, *(one for read_frames in readers for one in read_frames(artifact, hearing.frames)))


def _dropped(artifact: Artifact, hearing: Hearing) -> int | None:
    """What the agent counted. A file that somebody else recorded can tell of loss, but its zero tells of no fitness."""
    if artifact.dropped is not None or hearing.end is None:
        return artifact.dropped
    return hearing.end.dropped or None


def _unread(hearing: Hearing) -> str | None:
    if hearing.end is None:
        return f"only its first {MOST_FRAMES} frames of ARP and ping were read"
    if hearing.end.cut_short:
        return "it is cut off inside a frame"
    return f"{hearing.end.untimed} of its frames carry no time" if hearing.end.untimed else None

"""A shared capture as an incident: the file is fetched as if an agent had brought it, and the vCenters are asked."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from ipaddress import IPv4Address

from bot import probes
from bot.errors import BundleError, RequestError
from bot.incidents import planning
from bot.incidents.planning import Known, Plan
from bot.model.dropped import DroppedFile
from bot.model.job import Artifact, Job, JobOptions, Media, Probe, Vantage, digest_of

QUEUE = "dropped"
"""Where the fetching stands among the jobs; no agent takes it."""
FETCH_S = 60.0
MOST_BYTES = 64 << 20


def choose(files: Iterable[DroppedFile]) -> DroppedFile:
    """The one capture among shared files.

    Raises:
        RequestError: there is none, or more than one, or it is too large.
    """
    named = tuple(files)
    captures = [file for file in named if file.looks_like_capture] or list(named)
    if not captures:
        raise RequestError(
            "There is no file to judge: share the capture and mention me in the same message or in its thread, for "
            "example `@ruleout judge this 10.0.0.5`."
        )
    if len(captures) > 1:
        names = ", ".join(file.name for file in captures)
        raise RequestError(f"There are {len(captures)} files ({names}); share the one in question by itself.")
    file = captures[0]
    if file.size_bytes > MOST_BYTES:
        raise RequestError(
            f"{file.name} has {file.size_bytes >> 20} MiB; I read at most {MOST_BYTES >> 20} MiB from a channel. "
            f"`ruleout judge {file.name} --target 10.0.0.5` reads a file of any size in a terminal."
        )
    return file


def plan(incident: str, target: IPv4Address, *, known: Known, first: int) -> Plan:
    """The fetching of the file, which is the first job, and the questions to vCenters and tables."""
    expires_at = known.now + timedelta(seconds=FETCH_S)
    looking = planning.plan_first_look(incident, target, known=known, first=first + 1)
    fetching = planning.jobs(
        incident, [(Probe.CAPTURE, QUEUE, target, JobOptions())], known=known, first=first, expires_at=expires_at
    )
    gaps = ("Only the shared file was read; no agent asked on the wire.", *looking.gaps)
    jobs = [replace(job, expires_at=expires_at) for job in looking.jobs]  # nobody is held up by them
    return Plan((*fetching, *jobs), gaps)


def artifact(job: Job, file: DroppedFile, data: bytes, at: datetime) -> Artifact:
    """The file as evidence: nobody knows where it was taken, nor what was lost there."""
    vantage = Vantage(file.name, "", "")
    return Artifact(job.id, job.probe, vantage, Media.PCAP, digest_of(data), len(data), at, at, None)


def unreadable(evidence: Artifact, data: bytes) -> str | None:
    """Why the file cannot be judged, as a sentence; None: it is a capture."""
    try:
        probes.read(evidence, data)
    except BundleError as error:
        return f"{evidence.vantage.agent} cannot be judged: {error}"
    return None

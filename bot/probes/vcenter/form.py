"""A snapshot as bytes and back; strict, for the bytes may come from anybody."""

from datetime import datetime

from bot.model.job import Artifact, Job, Media, Probe, Vantage, digest_of
from bot.probes import strict
from bot.probes.vcenter.snapshot import Snapshot


def dump(snapshot: Snapshot) -> bytes:
    """The snapshot as the bytes of an artifact."""
    return strict.dump(snapshot)


def deliver(job: Job, vantage: Vantage, snapshot: Snapshot, stopped_at: datetime) -> tuple[Artifact, bytes]:
    """The snapshot as the artifact that answers the job; looking began at the snapshot's ``read_at``."""
    data = dump(snapshot)
    artifact = Artifact(
        job=job.id,
        probe=Probe.VCENTER,
        vantage=vantage,
        media=Media.VCENTER,
        digest=digest_of(data),
        size_bytes=len(data),
        started_at=snapshot.read_at,
        stopped_at=stopped_at,
        dropped=None,
    )
    return artifact, data


def parse(data: bytes) -> Snapshot:
    """The snapshot in these bytes.

    Raises:
        BundleError: they hold no such snapshot; the text names the first thing that is wrong.
    """
    return strict.parse(data, Snapshot, "vCenter snapshot")

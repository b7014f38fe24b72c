"""Bytes into artifacts: named by their digest, dated, and tied to job and vantage."""

from datetime import datetime

from bot.model.job import Artifact, Job, Media, Vantage, digest_of


def seal(
    job: Job,
    vantage: Vantage,
    media: Media,
    data: bytes,
    *,
    started_at: datetime,
    stopped_at: datetime,
    dropped: int | None,
    incomplete: str | None = None,
) -> tuple[Artifact, bytes]:
    """The artifact of these bytes, and the bytes."""
    artifact = Artifact(
        job=job.id,
        probe=job.probe,
        vantage=vantage,
        media=media,
        digest=digest_of(data),
        size_bytes=len(data),
        started_at=started_at,
        stopped_at=stopped_at,
        dropped=dropped,
        incomplete=incomplete,
    )
    return artifact, data

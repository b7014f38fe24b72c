"""A way to the bytes of a capture for one person and a short time."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Link:
    """An address from which its person alone can fetch the file until ``expires_at``; ``digest`` names the bytes."""

    filename: str
    url: str
    digest: str
    size_bytes: int
    expires_at: datetime

"""Captures that are kept, and the links by which they leave."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class KeptCapture:
    """A capture's bytes in a case: the file's name there, and what it holds ("sha256:<hex>")."""

    filename: str
    digest: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Link:
    """An address at which one person can fetch one capture once, until it expires."""

    filename: str
    url: str
    digest: str
    size_bytes: int
    expires_at: datetime

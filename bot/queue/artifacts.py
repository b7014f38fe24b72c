"""The bytes of artifacts on their way from an agent to the bot: in chunks, beside the reports."""

import math
import secrets
from collections.abc import Iterable, Sequence

from bot.errors import InstrumentError
from bot.model.job import Artifact, digest_of
from bot.queue import keys
from bot.queue.server import Client

Evidence = Sequence[tuple[Artifact, bytes]]


class DamagedError(ValueError):
    """The bytes are gone, too many, or not those that the digest names."""


def check_sizes(evidence: Evidence, limit_bytes: int) -> None:
    """Refuse evidence that is too large to travel.

    Raises:
        InstrumentError: one of the artifacts is larger than the limit.
    """
    for artifact, data in evidence:
        if len(data) > limit_bytes:
            raise InstrumentError(
                f"The {artifact.probe} evidence of agent {artifact.vantage.agent} has {len(data) / 1e6:.0f} MB, more "
                f"than the {limit_bytes / 1e6:.0f} MB that may travel: listen for a shorter time."
            )


def upload(client: Client, evidence: Evidence) -> str:
    """Write every artifact's chunks; returns the name under which the report says they lie."""
    name = secrets.token_hex(8)
    for artifact, data in evidence:
        key = keys.artifact(artifact.digest, name)
        for number in range(chunks(len(data))):
            start = number * keys.CHUNK_BYTES
            with client.pipeline(transaction=True) as pipe:  # else who dies in between leaves a chunk for ever
                pipe.hset(key, str(number), data[start : start + keys.CHUNK_BYTES])
                pipe.expire(key, keys.ARTIFACT_S)
                pipe.execute()
    return name


def fetch(client: Client, artifact: Artifact, name: str, limit_bytes: int) -> bytes:
    """The artifact's bytes, proven by its digest.

    Raises:
        DamagedError: they are not there, not whole or too many.
    """
    if not 0 <= artifact.size_bytes <= limit_bytes:
        raise DamagedError(f"{artifact.size_bytes} bytes are more than the {limit_bytes} that may travel")
    key = keys.artifact(artifact.digest, name)
    data = b"".join(client.hget(key, str(number)) or b"" for number in range(chunks(artifact.size_bytes)))
    check(artifact, data)
    return data


def check(artifact: Artifact, data: bytes | None) -> None:
    """Compare the bytes with their name.

    Raises:
        DamagedError: they differ.
    """
    if data is None or digest_of(data) != artifact.digest:
        raise DamagedError(f"{len(data or b'')} of {artifact.size_bytes} bytes arrived, or others than were sent")


def remove(client: Client, uploads: Iterable[str]) -> None:
    """Give the server its memory back."""
    if names := tuple(uploads):
        client.unlink(*names)


def chunks(size_bytes: int) -> int:
    """How many chunks carry so many bytes."""
    return math.ceil(size_bytes / keys.CHUNK_BYTES)

"""Reads what one device answered over SNMP."""

from bot.model.job import Artifact
from bot.model.observation import Observation


def read(artifact: Artifact, data: bytes) -> tuple[Observation, ...]:
    """Every row in it."""
    raise NotImplementedError(f"{artifact.media} of {len(data)} bytes")

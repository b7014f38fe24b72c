"""Where in a capture something was seen: what every observation of a frame says of itself."""

from typing import Any

from bot.frames.captured import Heard
from bot.model.job import Artifact


def place(artifact: Artifact, one: Heard) -> dict[str, Any]:
    """When it was seen, from where, and in which frame of which artifact ("frame 14")."""
    return {
        "seen_at": one.seen_at,
        "vantage": artifact.vantage,
        "artifact": artifact.digest,
        "locator": f"frame {one.number}",
    }

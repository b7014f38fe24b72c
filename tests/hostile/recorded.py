"""The recorded cases of the house as samples: small ones of every side, and with every kind of artifact."""

import json
from functools import cache
from pathlib import Path

from bot import archive
from bot.incidents import bundle
from bot.incidents.bundle import Case
from bot.model.job import Media, digest_of

SCENARIOS = Path(__file__).parents[1] / "scenarios"
MOST_BYTES = 400_000


@cache
def names() -> tuple[str, ...]:
    """Their directories, below the scenarios."""
    found = [path.parent for path in sorted(SCENARIOS.glob("*/*/case.json"))]
    small = [one for one in found if sum(file.stat().st_size for file in one.iterdir()) < MOST_BYTES]
    assert len(small) > 20, "most of them are small"
    return tuple(str(one.relative_to(SCENARIOS)) for one in small)


@cache
def case(name: str) -> tuple[Case, dict[str, bytes]]:
    """The case, and its blobs by digest."""
    return bundle.unpack(archive.load(SCENARIOS / name))


@cache
def artifact_of(media: Media) -> bytes:
    """The bytes of the first artifact of this kind that is not empty."""
    for name in names():
        recorded, blobs = case(name)
        for artifact in recorded.artifacts:
            if artifact.media is media and artifact.digest in blobs and len(blobs[artifact.digest]) > 10:
                return blobs[artifact.digest]
    raise LookupError(media)


def digest_lies_not(index: bytes, old: bytes, new: bytes) -> bytes:
    """The index that names the new bytes where it named the old ones, as whoever made the file would write it."""
    told = json.loads(index.replace(digest_of(old).encode(), digest_of(new).encode()))
    for row in told["artifacts"]:
        if row["artifact"]["digest"] == digest_of(new):
            row["artifact"]["size_bytes"] = len(new)
    return json.dumps(told).encode()

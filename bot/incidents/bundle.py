"""A case on disk: ``case.json`` and the artifacts' bytes beside it, as files by name.

The same form serves a closed incident, a scenario of the tests and what a colleague mails around.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Any

from bot.errors import BundleError
from bot.frames.recording import suffix
from bot.model import codec
from bot.model.incident import AnyEvent
from bot.model.job import Artifact, Media, digest_of
from bot.model.verdict import Verdict

FORMAT = "ruleout.case/1"
INDEX = "case.json"
_SUFFIX = {
    Media.PCAP: "pcap",
    Media.NEIGHBOURS: "neighbours.json",
    Media.VCENTER: "vcenter.json",
    Media.REPORT: "report.json",
}


@dataclass(frozen=True, slots=True)
class Case:
    """What was brought back about one target, what was not looked at, and what was said then."""

    target: IPv4Address
    artifacts: tuple[Artifact, ...]
    gaps: tuple[str, ...] = ()
    timeline: tuple[AnyEvent, ...] = ()
    verdict: Verdict | None = None


def pack(case: Case, blobs: Mapping[str, bytes]) -> dict[str, bytes]:
    """The case as files by name; an artifact whose bytes are gone is listed without a file."""
    files: dict[str, bytes] = {}
    rows = []
    for number, artifact in enumerate(case.artifacts, 1):
        agent = re.sub(r"[^\w.-]", "_", artifact.vantage.agent)  # a foreign string must not choose the path
        data = blobs.get(artifact.digest)
        ending = suffix(data) if data is not None and artifact.media is Media.PCAP else _SUFFIX[artifact.media]
        name = f"{number}-{agent}-{artifact.probe}.{ending}"
        if data is not None:
            files[name] = data
        rows.append({"file": name if data is not None else None, "artifact": codec.encode(artifact)})
    index = {
        "format": FORMAT,
        "target": str(case.target),
        "artifacts": rows,
        "gaps": list(case.gaps),
        "timeline": [codec.encode(event, AnyEvent) for event in case.timeline],
        "verdict": codec.encode(case.verdict) if case.verdict else None,
    }
    return {INDEX: json.dumps(index, indent=1).encode(), **files}


def unpack(files: Mapping[str, bytes]) -> tuple[Case, dict[str, bytes]]:
    """The case in these files, and its blobs by digest.

    Raises:
        BundleError: the files are not a case, or the bytes of an artifact are not those that were recorded.
    """
    index = _index(files)
    try:
        rows = [(row["file"], codec.decode(Artifact, row["artifact"])) for row in index["artifacts"]]
        case = Case(
            IPv4Address(index["target"]),
            tuple(artifact for _, artifact in rows),
            tuple(str(gap) for gap in index["gaps"]),
            tuple(codec.decode(AnyEvent, event) for event in index["timeline"]),  # type: ignore[arg-type]
            codec.decode(Verdict, index["verdict"]) if index["verdict"] else None,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BundleError(f"{INDEX} is not a {FORMAT} index: {error}.") from error
    blobs = {}
    for name, artifact in rows:
        if name is None:
            continue
        if name not in files:
            raise BundleError(f"{INDEX} lists {name}, but the case does not hold it.")
        if digest_of(files[name]) != artifact.digest:
            raise BundleError(f"{name} is not the file that was recorded: its digest differs from {INDEX}'s.")
        blobs[artifact.digest] = files[name]
    return case, blobs


def _index(files: Mapping[str, bytes]) -> dict[str, Any]:
    if INDEX not in files:
        raise BundleError(f"That is no case: it holds no {INDEX}.")
    try:
        index = json.loads(files[INDEX])
    except ValueError as error:
        raise BundleError(f"{INDEX} is not JSON: {error}.") from error
    if not isinstance(index, dict) or index.get("format") != FORMAT:
        raise BundleError(f"{INDEX} is not of format {FORMAT}, the only one that this version reads.")
    return index

"""A case on disk: ``case.json`` and the artifacts' bytes beside it, as files by name.

The same form serves a closed incident, a scenario of the tests and what a colleague mails around.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Any

from bot.errors import BundleError
from bot.frames.recording import suffix
from bot.model import codec
from bot.model.download import KeptCapture
from bot.model.incident import AnyEvent, Incident
from bot.model.job import Artifact, Media, digest_of
from bot.model.verdict import Verdict

FORMAT = "ruleout.case/1"
INDEX = "case.json"
LOOK_UP_FORMAT = "ruleout.look-up/1"
LOOK_UP_INDEX = "look-up.json"
EXPORT_FORMAT = "ruleout.export/1"
EXPORT_INDEX = "export.json"
_PLAIN = re.compile(r"[\w-][\w.-]*")
_SUFFIX = {
    Media.PCAP: "pcap",
    Media.NEIGHBOURS: "neighbours.json",
    Media.VCENTER: "vcenter.json",
    Media.NETWORK: "network.json",
    Media.PASTED: "pasted.json",
    Media.UCS: "ucs.json",
    Media.REPORT: "report.json",
    Media.EXPORT: "zip",
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
    index = {
        "format": FORMAT,
        "target": str(case.target),
        **_artifacts(case.artifacts, blobs, files),
        "gaps": list(case.gaps),
        "timeline": [codec.encode(event, AnyEvent) for event in case.timeline],
        "verdict": codec.encode(case.verdict) if case.verdict else None,
    }
    return {INDEX: json.dumps(index, indent=1).encode(), **files}


def pack_look_up(
    incident: Incident, artifacts: Iterable[Artifact], gaps: Iterable[str], blobs: Mapping[str, bytes]
) -> dict[str, bytes]:
    """A look-up's snapshots and what was made of them; it holds no verdict and is no case to be judged."""
    owners, files = incident.owners, dict[str, bytes]()
    index = {
        "format": LOOK_UP_FORMAT,
        "target": str(incident.request.target),
        **_artifacts(artifacts, blobs, files),
        "gaps": list(gaps),
        "timeline": [codec.encode(event, AnyEvent) for event in incident.timeline],
        "owners": codec.encode(owners) if owners else None,
    }
    return {LOOK_UP_INDEX: json.dumps(index, indent=1).encode(), **files}


def pack_export(artifact: Artifact, filename: str, data: bytes) -> dict[str, bytes]:
    """An exported incident as it lies in the archive until it was fetched; its bytes go when those of captures go."""
    rows = [{"file": filename, "artifact": codec.encode(artifact)}]
    return {EXPORT_INDEX: json.dumps({"format": EXPORT_FORMAT, "artifacts": rows}, indent=1).encode(), filename: data}


def _artifacts(
    artifacts: Iterable[Artifact], blobs: Mapping[str, bytes], files: dict[str, bytes]
) -> dict[str, list[dict[str, Any]]]:
    """The index's part on artifacts; the bytes that are here become ``files`` by name."""
    rows = []
    for number, artifact in enumerate(artifacts, 1):
        agent = re.sub(r"[^\w.-]", "_", artifact.vantage.agent)  # a foreign string must not choose the path
        data = blobs.get(artifact.digest)
        ending = suffix(data) if data is not None and artifact.media is Media.PCAP else _SUFFIX[artifact.media]
        name = f"{number}-{agent}-{artifact.probe}.{ending}"
        if data is not None:
            files[name] = data
        rows.append({"file": name if data is not None else None, "artifact": codec.encode(artifact)})
    return {"artifacts": rows}


def unpack(files: Mapping[str, bytes]) -> tuple[Case, dict[str, bytes]]:
    """The case in these files, and its blobs by digest.

    Raises:
        BundleError: the files are not a case, or the bytes of an artifact are not those that were recorded.
    """
    index = _index(files)
    try:
        rows = _rows(index)
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
            raise BundleError(f"{INDEX} lists {name[:60]!r}, but the case does not hold it.")
        if digest_of(files[name]) != artifact.digest:
            raise BundleError(f"{name[:60]!r} is not the file that was recorded: its digest differs from {INDEX}'s.")
        blobs[artifact.digest] = files[name]
    return case, blobs


def listed(index: bytes) -> tuple[tuple[str, Artifact], ...]:
    """The files that the index of a case or look-up names, and what they hold; a name that is no plain one is no file.

    Raises:
        BundleError: it is no index.
    """
    try:
        rows = _rows(codec.loads(index))
    except (KeyError, TypeError, ValueError) as error:
        raise BundleError(f"That is no index of a case: {error}.") from error
    return tuple((name, artifact) for name, artifact in rows if name and _PLAIN.fullmatch(name))


def captures(index: bytes) -> tuple[KeptCapture, ...]:
    """The captures among the files that the index names, and exports, which hold captures.

    Raises:
        BundleError: it is no index.
    """
    return tuple(
        KeptCapture(name, artifact.digest, artifact.size_bytes)
        for name, artifact in listed(index)
        if artifact.media in (Media.PCAP, Media.EXPORT)
    )


def without_captures(index: bytes) -> bytes:
    """The index once the captures' bytes are deleted: listed without a file, as whatever is gone.

    Raises:
        BundleError: it is no index.
    """
    gone, whole = {one.filename for one in captures(index)}, json.loads(index)
    for row in whole["artifacts"]:
        row["file"] = None if row["file"] in gone else row["file"]
    return json.dumps(whole, indent=1).encode()


def _rows(index: Mapping[str, Any]) -> list[tuple[str | None, Artifact]]:
    """The index's part on artifacts, as ``_artifacts`` wrote it: each with the name of its file, None if it is gone."""
    rows = [(row["file"], codec.decode(Artifact, row["artifact"])) for row in index["artifacts"]]
    if any(not isinstance(name, str | None) for name, _ in rows):
        raise ValueError("the name of a file is a text")
    return rows


def _index(files: Mapping[str, bytes]) -> dict[str, Any]:
    if LOOK_UP_INDEX in files:
        raise BundleError("That is a look-up in vCenter, which is not judged; its snapshots lie beside its index.")
    if INDEX not in files:
        raise BundleError(f"That is no case: it holds no {INDEX}.")
    try:
        index = codec.loads(files[INDEX])
    except ValueError as error:
        raise BundleError(f"{INDEX} is not JSON: {error}.") from error
    if not isinstance(index, dict) or index.get("format") != FORMAT:
        raise BundleError(f"{INDEX} is not of format {FORMAT}, the only one that this version reads.")
    return index

"""``ruleout judge``: the verdict on a case, a capture or reported incidents, offline."""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import AddressValueError, IPv4Address
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from bot import archive
from bot.archive import FileSource, file_digest
from bot.errors import BundleError, RequestError
from bot.frames.hearing import hear
from bot.incidents import bundle, field_cases, judging, pasting, story
from bot.incidents.bundle import Case
from bot.incidents.chart import chart_of
from bot.incidents.printed import entries, printable, verdict_as_text
from bot.incidents.rejudge import Rejudged, as_text, rejudge
from bot.model import codec
from bot.model.job import Artifact, Media, Probe, Vantage, digest_of
from bot.model.observation import Observation
from bot.model.path import Path as TablePath
from bot.probes import Blob
from bot.roles import judge_bundle, table_files
from bot.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command line of this role."""
    parser.add_argument("path", type=Path, nargs="?", help="a case directory, or a pcap or pcapng file")
    parser.add_argument("--target", help="the IPv4 address in question; needed for a capture")
    parser.add_argument("--vcenter", type=Path, help="a vCenter snapshot (JSON) that belongs to the capture")
    parser.add_argument("--report", type=Path, help="what people reported about it (JSON), beside the capture")
    table_files.argument(parser)
    parser.add_argument(
        "--field-cases", type=Path, help="incidents known by report alone (a JSON list) instead of PATH"
    )
    parser.add_argument("--story", action="store_true", help="print also what the captures show, with their frames")
    parser.add_argument("--picture", type=Path, help="draw what the captures show over time into this PNG file")
    parser.add_argument("--json", action="store_true", help="print the verdict as JSON")


def run(_settings: Settings, given: argparse.Namespace) -> int:
    """Print the verdict, or with field cases a verdict each."""
    if given.field_cases is not None:
        if given.story or given.picture:
            raise RequestError("--story and --picture are about captures, and field cases have none: leave them out.")
        return _field_cases(given.field_cases, as_json=given.json)
    if given.path is None:
        raise RequestError(
            "Say what to judge: ruleout judge CASE_DIRECTORY, or ruleout judge FILE.pcap --target 10.0.0.5"
        )
    if judge_bundle.is_zip(given.path):
        if given.story or given.picture or given.target or given.tables:
            raise RequestError("A bundle has many cases: unpack it, and judge one by its directory below cases/.")
        return judge_bundle.judge(given.path, as_json=given.json)
    if given.path.is_dir():
        case, kept = bundle.unpack(archive.load(given.path))
        blobs: dict[str, Blob] = {**kept}
    else:
        case, blobs = _dropped(given.path, given.target, given.vcenter, given.report)
    added = tuple(pasting.artifact_of(one, "file") for one in table_files.read(given.tables))
    case = replace(case, artifacts=(*case.artifacts, *(artifact for artifact, _ in added)))
    blobs.update({artifact.digest: data for artifact, data in added})
    again = rejudge(case, blobs, more=bool(added))
    observations = judging.read(case.artifacts, blobs, case.target)[0] if given.story or given.picture else ()
    lines = story.tell_of(case.target, observations, case.artifacts).lines if given.story else ()
    if given.json:
        print(json.dumps(_as_json(again, lines), indent=1))
    else:
        sys.stdout.write(as_text(again) + printable(tuple(entries("What the captures show", lines))))
    if given.picture is not None:
        _draw(case, observations, again.path if again.asked_for_path else None, given.picture)
    return 0


def _as_json(again: Rejudged, lines: Sequence[str]) -> dict[str, Any]:
    verdict: dict[str, Any] = codec.encode(again.now)
    if lines:
        verdict["story"] = list(lines)
    if again.gone:
        verdict["gone"] = list(again.gone)
    if again.path and again.asked_for_path:
        verdict["path"] = codec.encode(again.path)
    if again.then is None:
        return verdict
    return {**verdict, "then": codec.encode(again.then), "changes": list(again.changes)}


def _draw(case: Case, observations: Sequence[Observation], traced: TablePath | None, path: Path) -> None:
    shown = chart_of(case.target, observations, case.artifacts)
    if shown is None and traced is None:
        raise RequestError(f"There is no capture of {case.target} here, so {path} was not drawn.")
    from bot.drawing import path_picture, timeline  # who wants no picture need not wait for Pillow

    try:
        if traced is not None:
            path.write_bytes(path_picture.draw(traced))
        elif shown is not None:
            path.write_bytes(timeline.draw(shown))
    except OSError as error:
        raise RequestError(
            f"{path} cannot be written: {error.strerror}. Name a file in a directory of yours."
        ) from error


def _field_cases(path: Path, *, as_json: bool) -> int:
    try:
        told = [(case, field_cases.verdict(case)) for case in field_cases.read(path.read_bytes())]
    except OSError as error:
        raise BundleError(f"{path} cannot be read: {error.strerror}.") from error
    if as_json:
        print(json.dumps([{"id": case.id, **codec.encode(verdict)} for case, verdict in told], indent=1))
    for case, verdict in [] if as_json else told:
        sys.stdout.write(f"{case.id}\n{verdict_as_text(verdict)}\n")
    return 0


def _dropped(
    capture: Path, target: str | None, snapshot: Path | None, reports: Path | None
) -> tuple[Case, dict[str, Blob]]:
    """A file that nobody's agent recorded, as a case: where it was taken is not known."""
    if target is None:
        raise RequestError(f"Say which address {capture} is about: ruleout judge {capture} --target 10.0.0.5")
    try:
        address = IPv4Address(target)
    except AddressValueError:
        raise RequestError(f"--target {target} is not an IPv4 address, such as 10.0.0.5.") from None
    blobs: dict[str, Blob] = {}
    artifacts = [_capture(capture, address, blobs)]
    files = []
    if snapshot is not None:
        files.append((snapshot, Media.VCENTER, Probe.VCENTER))
    if reports is not None:
        files.append((reports, Media.REPORT, Probe.REPORT))
    for path, media, probe in files:
        with _readable(path):
            data = path.read_bytes()
        digest = digest_of(data)
        blobs[digest] = data
        artifacts.append(_artifact(path, media, probe, digest))
    gaps = () if snapshot else ("No vCenter snapshot came with the capture, so no MAC can be traced to a VM.",)
    return Case(address, tuple(artifacts), gaps), blobs


def _capture(path: Path, target: IPv4Address, blobs: dict[str, Blob]) -> Artifact:
    """Read while its digest is computed: both take their time for a file of gigabytes, on a core each.

    In a process of its own, for a thread that digests waits 5 ms for the one that reads, piece by piece.
    """
    with _readable(path), ProcessPoolExecutor(1, get_context("fork")) as beside:
        digesting = beside.submit(file_digest, path)
        hearing = hear(FileSource(path), target)
        digest = digesting.result()
    blobs[digest] = hearing
    return _artifact(path, Media.PCAP, Probe.CAPTURE, digest)


def _artifact(path: Path, media: Media, probe: Probe, digest: str) -> Artifact:
    status = path.stat()
    touched = datetime.fromtimestamp(status.st_mtime, UTC)
    vantage = Vantage(path.name, "", "")
    return Artifact("file", probe, vantage, media, digest, status.st_size, touched, touched, None)


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BundleError(f"{path} cannot be read: {error.strerror}.") from error

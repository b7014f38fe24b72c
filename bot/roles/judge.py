"""``ruleout judge PATH``: the verdict on a case or a capture, offline."""

import argparse
import json
import sys
from datetime import UTC, datetime
from ipaddress import AddressValueError, IPv4Address
from pathlib import Path

from bot import archive
from bot.errors import BundleError, RequestError
from bot.incidents import bundle, judging
from bot.incidents.bundle import Case
from bot.incidents.card import verdict_as_text
from bot.model import codec
from bot.model.job import Artifact, Media, Probe, Vantage, digest_of
from bot.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command line of this role."""
    parser.add_argument("path", type=Path, help="a case directory, or a pcap or pcapng file")
    parser.add_argument("--target", help="the IPv4 address in question; needed for a capture")
    parser.add_argument("--vcenter", type=Path, help="a vCenter snapshot (JSON) that belongs to the capture")
    parser.add_argument("--json", action="store_true", help="print the verdict as JSON")


def run(_settings: Settings, given: argparse.Namespace) -> int:
    """Print the verdict."""
    if given.path.is_dir():
        case, blobs = bundle.unpack(archive.load(given.path))
    else:
        case, blobs = _dropped(given.path, given.target, given.vcenter)
    verdict, _ = judging.judge_artifacts(case.target, case.artifacts, blobs, case.gaps)
    if given.json:
        print(json.dumps(codec.encode(verdict), indent=1))
    else:
        sys.stdout.write(verdict_as_text(verdict))
    return 0


def _dropped(capture: Path, target: str | None, snapshot: Path | None) -> tuple[Case, dict[str, bytes]]:
    """A file that nobody's agent recorded, as a case: where it was taken is not known."""
    if target is None:
        raise RequestError(f"Say which address {capture} is about: ruleout judge {capture} --target 10.0.0.5")
    try:
        address = IPv4Address(target)
    except AddressValueError:
        raise RequestError(f"--target {target} is not an IPv4 address, such as 10.0.0.5.") from None
    files = [(capture, Media.PCAP, Probe.CAPTURE)]
    if snapshot is not None:
        files.append((snapshot, Media.VCENTER, Probe.VCENTER))
    artifacts, blobs = [], {}
    for path, media, probe in files:
        try:
            data, touched = path.read_bytes(), datetime.fromtimestamp(path.stat().st_mtime, UTC)
        except OSError as error:
            raise BundleError(f"{path} cannot be read: {error.strerror}.") from error
        digest = digest_of(data)
        blobs[digest] = data
        vantage = Vantage(path.name, "", "")
        artifacts.append(Artifact("file", probe, vantage, media, digest, len(data), touched, touched, None))
    gaps = () if snapshot else ("No vCenter snapshot came with the capture, so no MAC can be traced to a VM.",)
    return Case(address, tuple(artifacts), gaps), blobs

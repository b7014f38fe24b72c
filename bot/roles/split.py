"""``ruleout split``: what the affected machines have in common and the others have not."""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from bot.errors import BundleError
from bot.model import codec
from bot.model.job import Artifact, Media, Probe, Vantage, digest_of
from bot.model.observation import Observation
from bot.probes import ucs, vcenter
from bot.settings import Settings
from bot.split.conclusion import split
from bot.split.fabrics import fill_fabric
from bot.split.form import read
from bot.split.inventory import fill
from bot.split.report import as_report
from bot.split.text import as_text, look_at, says


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command line of this role."""
    parser.add_argument(
        "table",
        type=Path,
        help="CSV or JSON: machine, affected (yes, no, empty: not known), and a column for each attribute; `;` parts "
        "several values, and `guest: NAME`, `network: NAME` or `hypervisor: NAME` says whose an attribute is",
    )
    parser.add_argument("--vcenter", type=Path, help="a vCenter snapshot (JSON), for what it knows of the machines")
    parser.add_argument(
        "--ucs", type=Path, action="append", default=[],
        help="what a UCS Manager told (ucs.json of a case): the fabric of each machine, with --vcenter",
    )  # fmt: skip
    parser.add_argument("--report", type=Path, help="write a side that stands alone here, for ruleout judge --report")
    parser.add_argument("--json", action="store_true", help="print the outcome as JSON")


def run(_settings: Settings, given: argparse.Namespace) -> int:
    """Print the outcome."""
    with _usable(given.table, "read"):
        table = read(given.table.read_bytes())
    missing: tuple[str, ...] = ()
    if given.vcenter is not None:
        with _usable(given.vcenter, "read"):
            snapshot = vcenter.parse(given.vcenter.read_bytes())
        table, missing = fill(table, snapshot)
        if given.ucs:
            table, untold = fill_fabric(table, snapshot, _fabrics(given.ucs))
            missing = (*missing, *untold)
    elif given.ucs:
        raise BundleError("--ucs needs --vcenter: over which uplinks a machine goes only a vCenter knows.")
    outcome = split(table)
    report = as_report(outcome)
    if given.report is not None:
        with _usable(given.report, "written"):
            given.report.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    if given.json:
        sentences = {"says": list(says(outcome)), "look_at": list(look_at(outcome)), "missing": missing}
        print(json.dumps({**codec.encode(outcome), **sentences, "report": report}, indent=1))
    else:
        sys.stdout.write(as_text(outcome, missing))
    return 0


def _fabrics(paths: Iterable[Path]) -> tuple[Observation, ...]:
    observations: list[Observation] = []
    for path in paths:
        with _usable(path, "read"):
            data = path.read_bytes()
        at = max((one.at for one in ucs.parse(data).told), default=datetime.min.replace(tzinfo=UTC))
        nobody = Vantage(str(path), "", "")
        artifact = Artifact("", Probe.UCS, nobody, Media.UCS, digest_of(data), len(data), at, at, None)
        observations += ucs.read(artifact, data)
    return tuple(observations)


@contextmanager
def _usable(path: Path, what: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BundleError(f"{path} cannot be {what}: {error.strerror}.") from error

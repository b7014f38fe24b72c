"""Every recorded case is judged as it must be, from its bytes alone."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from bot import archive
from bot.incidents import bundle, judging
from bot.incidents.bundle import INDEX
from bot.model.job import Media

SCENARIOS = Path(__file__).parent / "scenarios"
CASES = sorted(path.parent for path in SCENARIOS.glob(f"*/*/{INDEX}"))


def named(case: Path) -> str:
    return f"{case.parent.name}/{case.name}"


def expected(case: Path) -> dict[str, Any]:
    return tomllib.loads((case / "expect.toml").read_text())


@pytest.mark.parametrize("case", CASES, ids=named)
def test_a_recorded_case_is_judged_as_expected(case: Path) -> None:
    """A directory is a test: artifacts, expectation, origin."""
    recorded, blobs = bundle.unpack(archive.load(case))
    verdict, _ = judging.judge_artifacts(recorded.target, recorded.artifacts, blobs, recorded.gaps)
    wanted = expected(case)
    assert wanted["origin"]
    assert (verdict.verdict, verdict.grade, verdict.cause) == (
        wanted["verdict"], wanted["grade"], wanted.get("cause"),
    )  # fmt: skip
    if verdict.grade == "proven":
        sides = {"guest", "network", "hypervisor"} - {str(verdict.verdict)}
        assert {str(out.side) for out in verdict.ruled_out} == sides
        assert all(item.witnesses for item in verdict.evidence if item.weighs == "for")


@pytest.mark.parametrize("case", CASES, ids=named)
def test_without_vcenter_nobody_is_accused_wrongly(case: Path) -> None:
    """The owner of a MAC unresolved: only the sides that the wire itself allows may be named, and rather none."""
    recorded, blobs = bundle.unpack(archive.load(case))
    wire = [artifact for artifact in recorded.artifacts if artifact.media is not Media.VCENTER]
    verdict, _ = judging.judge_artifacts(recorded.target, wire, blobs, ("vCenter dc1 could not be asked.",))
    assert verdict.verdict in {*expected(case)["acceptable_without_vcenter"], "inconclusive", "healthy"}
    if wanted_fault := expected(case).get("cause"):
        assert not (verdict.verdict == "healthy" and wanted_fault), "a fault on the wire was called healthy"


def test_every_first_story_has_its_recording() -> None:
    """A cause without a recorded case is a claim without a test."""
    assert {case.name for case in CASES} >= {
        "crashed_agent", "duplicate_ip", "foreign_device", "healthy", "vm_powered_off", "vnic_disconnected",
    }  # fmt: skip

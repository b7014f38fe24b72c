"""Every recorded case is judged as it must be, from its bytes alone."""

import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from bot import archive
from bot.incidents import bundle, judging
from bot.incidents.bundle import INDEX
from bot.model.cause import Side
from bot.model.finding import Evidence
from bot.model.job import Media, Vantage
from bot.model.observation import ReportedFact
from deploy.lab.faults import FAULTS

SCENARIOS = Path(__file__).parent / "scenarios"
TABLES = ".tables"
"""The end of the name of a recording in which the tables of routers and switches were read as well."""

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


@pytest.mark.parametrize("case", [case for case in CASES if "settled_by" in expected(case)], ids=named)
def test_where_one_fact_is_missing_that_fact_decides(case: Path) -> None:
    """Twins on the wire stay undecided until somebody takes the one measurement that tells them apart."""
    recorded, blobs = bundle.unpack(archive.load(case))
    observations, unreadable = judging.read(recorded.artifacts, blobs)
    kind, value = expected(case)["settled_by"]
    report = ReportedFact(
        seen_at=recorded.artifacts[-1].stopped_at, vantage=Vantage("ana", "", ""), artifact="sha256:ana",
        locator="report 1", kind=kind, value=value or None, domain=None, measured=True, reporter="ana",
    )  # fmt: skip
    verdict, _ = judging.judge_evidence(Evidence(recorded.target, (*observations, report), unreadable))
    assert expected(case)["verdict"] == "inconclusive"
    assert (verdict.verdict, verdict.cause) == (expected(case)["side"], expected(case)["true_cause"])


def test_every_fault_of_the_lab_has_its_recording() -> None:
    """A cause without a recorded case is a claim without a test."""
    assert {case.name: expected(case).get("true_cause") for case in CASES if case.suffix != TABLES} == {
        fault.id: fault.cause for fault in FAULTS.values()
    }


def test_what_tables_decide_has_a_recording_with_tables_beside_the_one_without() -> None:
    """The same fault is undecided without them, and its recording with them shows what they add."""
    told = {case.stem: expected(case) for case in CASES if case.suffix == TABLES}
    decided = {fault.id: fault.tabled for fault in FAULTS.values() if fault.tabled}
    assert {name: (one["grade"], one["cause"]) for name, one in told.items() if name in decided} == decided
    assert all(FAULTS[name].grade == "undecided" for name in decided)


def test_the_lab_stages_enough_of_every_side() -> None:
    """A judge that saw one side oftener than the others would learn to blame it."""
    sides = Counter(fault.side for fault in FAULTS.values())
    assert min(sides[side] for side in Side) >= 8
    assert sum(sides[side] for side in Side) >= 30
    assert all(fault.origin and fault.cause for fault in FAULTS.values() if fault.side)


def test_the_lab_stages_what_only_looks_like_a_fault() -> None:
    """Teaming, shared addresses and addresses that move on purpose are what tools cry wolf about."""
    alike = {fault.id for fault in FAULTS.values() if fault.side is None}
    assert alike >= {
        "balance_alb", "bond_failover", "virtual_router", "virtual_router_asks", "clean_vmotion", "proxy_arp_harmless",
        "dhcp_reuse", "rebuilt_elsewhere", "nlb_unicast", "nlb_multicast", "device_tracking",
    }  # fmt: skip
    assert not any(FAULTS[name].origin or FAULTS[name].residual for name in alike)

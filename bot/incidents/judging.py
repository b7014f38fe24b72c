"""Bytes to verdict: read, establish, judge. Live, offline and in tests it is this one path."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from ipaddress import IPv4Address

from bot import causes, findings, judge, probes
from bot.errors import BundleError
from bot.findings.reported import contradictions
from bot.model.finding import Evidence, Finding
from bot.model.job import Artifact
from bot.model.observation import Observation, ReportedFact
from bot.model.verdict import Verdict
from bot.probes import Blob


def read(
    artifacts: Iterable[Artifact], blobs: Mapping[str, Blob], about: IPv4Address | None = None
) -> tuple[tuple[Observation, ...], tuple[str, ...]]:
    """Every observation in the artifacts, and a sentence for each artifact that could not be read.

    Of packets only those from and to the address that it is ``about`` are observed.
    """
    observations: list[Observation] = []
    gaps = []
    for artifact in artifacts:
        data = blobs.get(artifact.digest)
        if data is None:
            gaps.append(gone(artifact))
            continue
        try:
            observations += probes.read(artifact, data, about)
        except BundleError as error:
            gaps.append(f"What {artifact.vantage.agent} brought back could not be read: {error}")
    return tuple(observations), tuple(gaps)


def gone(artifact: Artifact) -> str:
    """The sentence about an artifact whose bytes are not here any more."""
    return (
        f"The bytes of what {artifact.vantage.agent} brought back for {artifact.probe} ({artifact.size_bytes:,} bytes, "
        f"{artifact.digest[:19]}…) are not kept any more, so nothing is read from them."
    )


def judge_evidence(evidence: Evidence, *, case: str | None = None) -> tuple[Verdict, tuple[Finding, ...]]:
    """The verdict on this evidence with today's catalogue, and the findings it rests on."""
    established = findings.establish(evidence)
    gaps = (*evidence.gaps, *contradictions.sentences(evidence.of(ReportedFact)))
    verdict = judge.judge(evidence.target, established, gaps, causes.ALL, causes.CATALOGUE)
    return replace(verdict, case=case), established


def judge_artifacts(
    target: IPv4Address,
    artifacts: Iterable[Artifact],
    blobs: Mapping[str, Blob],
    gaps: Iterable[str] = (),
    *,
    case: str | None = None,
) -> tuple[Verdict, tuple[Finding, ...]]:
    """Read the artifacts and judge what they show about the target."""
    observations, unreadable = read(artifacts, blobs, target)
    return judge_evidence(Evidence(target, observations, (*gaps, *unreadable)), case=case)

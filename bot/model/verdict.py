"""What we tell the incident channel. The field names are the public JSON contract."""

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address

from bot.model.cause import Side
from bot.model.finding import Standing, Witness


class Answer(StrEnum):
    """The one word at the top of the card."""

    GUEST = "guest"
    NETWORK = "network"
    HYPERVISOR = "hypervisor"
    INCONCLUSIVE = "inconclusive"
    HEALTHY = "healthy"


class Grade(StrEnum):
    """How far the evidence carries."""

    PROVEN = "proven"
    LIKELY = "likely"
    UNDECIDED = "undecided"
    NOT_ENOUGH_EVIDENCE = "not_enough_evidence"
    NO_FAULT = "no_fault"


class Weighs(StrEnum):
    """Which way a piece of evidence pulls, seen from the verdict."""

    FOR = "for"
    AGAINST = "against"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class EvidenceItem:
    """A finding as the verdict used it."""

    finding: str
    standing: Standing
    says: str
    weighs: Weighs
    witnesses: tuple[Witness, ...]


@dataclass(frozen=True, slots=True)
class RuledOut:
    """A side that cannot be at fault on this evidence.

    ``because`` says why every cause of that side is out, a sentence each; ``by`` are the findings that exclude them,
    whose statements and witnesses stand among the evidence.
    """

    side: Side
    because: tuple[str, ...]
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NextTest:
    """The one measurement that separates the rivals best, who can take it, and which causes it separates."""

    do: str
    who: str
    separates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judgement on one target.

    ``target`` is None for an incident of which only reports are known. ``cause`` and ``claim`` are None when nothing is
    decided. ``missing`` says what was not looked at.
    ``trigger`` is what set the fault off, kept apart from the defect. ``case`` is None for an offline judgement.
    """

    target: IPv4Address | None
    verdict: Answer
    grade: Grade
    cause: str | None
    claim: str | None
    evidence: tuple[EvidenceItem, ...]
    ruled_out: tuple[RuledOut, ...]
    rivals: tuple[str, ...]
    missing: tuple[str, ...]
    trigger: str | None
    next_test: NextTest | None
    catalogue: str
    case: str | None = None

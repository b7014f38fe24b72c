"""A closed case judged again: the same bytes with today's catalogue, and what is different from what was said then."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.incidents import judging, tracing
from bot.incidents.bundle import Case
from bot.incidents.printed import entries, path_as_text, verdict_as_text
from bot.model.finding import Evidence
from bot.model.incident import Requested, Traced
from bot.model.path import Path
from bot.model.request import TRACE
from bot.model.verdict import EvidenceItem, Verdict, Weighs
from bot.probes import Blob

_REST = "What follows is judged from what is left."


@dataclass(frozen=True, slots=True)
class Rejudged:
    """``then`` is the verdict that the case was closed with, None where it had none; ``now`` is today's.

    ``changes`` are sentences, none where both say the same; ``unexpected`` says that they differ by one catalogue,
    which is a fault of ours: a verdict is a function of the bytes and the catalogue. ``gone`` are sentences, one for
    each artifact whose bytes were deleted since: ``now`` rests on what is left, and ``then`` on all of it. ``path`` is
    what the tables on the way held, read anew where their bytes are here, and ``asked_for_path`` that nothing else was
    asked for. ``more`` says that ``now`` rests on evidence that ``then`` had not.
    """

    then: Verdict | None
    now: Verdict
    changes: tuple[str, ...]
    gone: tuple[str, ...] = ()
    path: Path | None = None
    asked_for_path: bool = False
    more: bool = False

    @property
    def unexpected(self) -> bool:
        """Whether nothing explains the difference."""
        same = self.then is not None and self.then.catalogue == self.now.catalogue
        return same and bool(self.changes) and not (self.gone or self.more)


def rejudge(case: Case, blobs: Mapping[str, Blob], *, more: bool = False) -> Rejudged:
    """Judge the case's bytes again, and compare its tables again; ``more``: evidence was added since."""
    observations, unreadable = judging.read(case.artifacts, blobs, case.target)
    evidence = Evidence(case.target, observations, (*case.gaps, *unreadable))
    now, _ = judging.judge_evidence(evidence)
    gone = tuple(judging.gone(artifact) for artifact in case.artifacts if artifact.digest not in blobs)
    changes = tuple(_changes(case.verdict, now)) if case.verdict else ()
    kept = next((event.path for event in reversed(case.timeline) if isinstance(event, Traced)), None)
    path = tracing.trace(evidence) if tracing.has_tables(evidence) else kept
    asked = any(isinstance(event, Requested) and event.request.command == TRACE for event in case.timeline)
    return Rejudged(case.verdict, now, changes, gone, path, asked, more)


def as_text(again: Rejudged) -> str:
    """Today's verdict for a terminal, and below it the one that the case was closed with."""
    lines, before = [], ""
    traced = path_as_text(again.path) if again.path else ""
    if again.gone:
        _, *told = entries("Not kept any more", again.gone)
        before = "".join(f"{line}\n" for line in (*told, _REST, ""))
    if traced and again.asked_for_path and again.then is None:
        return before + traced
    if again.then is not None:
        lines = ["", f"When the case was closed (catalogue {again.then.catalogue})"]
        lines += [f"  {_short(again.then)}", *entries("What is different", again.changes)]
        if again.unexpected:
            lines += ["", "The catalogue is the same, so nothing should differ: please report this case."]
        elif again.gone:
            lines += ["  It was given with all of the evidence, and it stands."]
        elif not again.changes:
            lines += ["  The same bytes give the same verdict today."]
    text = before + verdict_as_text(again.now) + "".join(f"{line}\n" for line in lines)
    return f"{text}\n{traced}" if traced else text


def _changes(then: Verdict, now: Verdict) -> Iterator[str]:
    if (then.verdict, then.grade, then.cause) != (now.verdict, now.grade, now.cause):
        yield f"The verdict was {_short(then)}; it is {_short(now)}."
    elif then.claim != now.claim:
        yield f"It said: {then.claim}"
    sides_then, sides_now = {out.side for out in then.ruled_out}, {out.side for out in now.ruled_out}
    yield from (f"{side} was not ruled out; it is now." for side in sorted(sides_now - sides_then))
    yield from (f"{side} was ruled out; it is no longer." for side in sorted(sides_then - sides_now))
    yield from _evidence(then, now)
    if then.rivals != now.rivals:
        yield f"Still possible was: {'; '.join(then.rivals) or 'nothing else'}"
    if then.trigger != now.trigger:
        yield f"Set off by was: {then.trigger or 'nothing known'}"
    if then.next_test != now.next_test:
        yield f"The next test was: {then.next_test.do if then.next_test else 'none'}"


def _evidence(then: Verdict, now: Verdict) -> Iterator[str]:
    before, after = _weighty(then), _weighty(now)
    for id_ in sorted(before.keys() | after.keys()):
        old, new = before.get(id_), after.get(id_)
        if old is None and new is not None:
            yield f"New, {_pull(new)}: {new.says} ({id_})"
        elif new is None and old is not None:
            yield f"No longer weighed, {_pull(old)}: {old.says} ({id_})"
        elif old and new and (old.standing, old.weighs) != (new.standing, new.weighs):
            yield f"Weighed {_pull(old)}, now {_pull(new)}: {new.says} ({id_})"


def _weighty(verdict: Verdict) -> dict[str, EvidenceItem]:
    return {item.finding: item for item in verdict.evidence if item.weighs is not Weighs.NEITHER}


def _pull(item: EvidenceItem) -> str:
    return f"{item.weighs} the verdict"


def _short(verdict: Verdict) -> str:
    return ", ".join(
        [verdict.verdict.upper(), verdict.grade.replace("_", " "), *([verdict.cause] if verdict.cause else [])]
    )

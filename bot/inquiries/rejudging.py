"""Every case of a bundle judged again, and one line on each."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.errors import BundleError
from bot.incidents import bundle as cases
from bot.incidents.rejudge import Rejudged, rejudge
from bot.inquiries.bundle import Question, Read
from bot.model.verdict import Verdict
from bot.probes import Blob


class Held(StrEnum):
    """Whether a question's verdict was found again."""

    SAME = "same"
    DIFFERS = "differs"
    NOT_JUDGED = "not judged"  # its bytes are not here, so nobody can
    NOTHING = "no verdict"  # there was none


@dataclass(frozen=True, slots=True)
class Again:
    """One question: how its verdict fared, and the line that says so."""

    question: Question
    held: Held
    line: str


def again(read: Read) -> tuple[Again, ...]:
    """Each question of the bundle, in its order."""
    return tuple(_again(question) for question in read.questions)


def _again(question: Question) -> Again:
    called = f"{question.id} {question.command} {question.target}"
    if question.case is None:
        return Again(question, Held.NOTHING, f"{called}: it has no case, so there is nothing to judge.")
    if cases.LOOK_UP_INDEX in question.case:
        return Again(question, Held.NOTHING, f"{called}: a look-up, which is not judged.")
    try:
        case, blobs = cases.unpack(question.case)
    except BundleError as error:
        return Again(question, Held.NOT_JUDGED, f"{called}: {error}")
    if case.verdict is None:
        return Again(question, Held.NOTHING, f"{called}: no verdict was given, so there is nothing to compare.")
    said = short(case.verdict)
    if question.why:
        return Again(question, Held.NOT_JUDGED, f"{called}: {said}. {question.why}")
    known: Mapping[str, Blob] = {**blobs}
    told = rejudge(case, known)
    if told.gone:
        count = len(told.gone)
        what = f"{count} of its {len(case.artifacts)} artifacts {'is' if count == 1 else 'are'} not in the bundle"
        return Again(question, Held.NOT_JUDGED, f"{called}: {said}; it cannot be judged again, for {what}.")
    if not differs(told):
        return Again(question, Held.SAME, f"{called}: {said}, and the same when judged again.")
    why = _why(told)
    return Again(question, Held.DIFFERS, f"{called}: it was {said}; judged again it is {short(told.now)}. {why}")


def differs(told: Rejudged) -> bool:
    """Whether today's verdict is another one; how it is worded does not count."""
    return told.then is not None and _essence(told.then) != _essence(told.now)


def _essence(verdict: Verdict) -> tuple[object, ...]:
    out = frozenset(one.side for one in verdict.ruled_out)
    return verdict.verdict, verdict.grade, verdict.cause, out, verdict.rivals


def short(verdict: Verdict) -> str:
    """``GUEST, proven, guest.duplicate_ip (catalogue 6)``."""
    words = (verdict.verdict.upper(), verdict.grade.replace("_", " "), *([verdict.cause] if verdict.cause else []))
    return f"{', '.join(words)} (catalogue {verdict.catalogue})"


def _why(told: Rejudged) -> str:
    if told.then is not None and told.then.catalogue != told.now.catalogue:
        return f"The catalogue is another one: {told.then.catalogue} then, {told.now.catalogue} now."
    return "The catalogue is the same, so nothing should differ: please report this case."

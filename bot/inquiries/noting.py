"""What people write down: the words after ``/note``, or a filled form, read in the vocabulary of reported evidence."""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.errors import FormError, RequestError
from bot.findings.reported import contradictions, vocabulary
from bot.findings.reported.word import Word
from bot.incidents import noted
from bot.incidents.wording import listing
from bot.model.form import Choice
from bot.model.inquiry import Noted, Report
from bot.model.request import Person

LONGEST = 3000
USAGE = (
    "Write `/note the core was rebooted at 12:03`, or as evidence `/note evidence KIND=VALUE about 10.0.0.5 measured` "
    "and what you saw; `/note` alone opens a form with everything that can be reported, `/note withdraw ID` takes one "
    "back."
)
DOMAINS = ("guest", "network", "hypervisor")
SYMPTOM, DIAGNOSTIC = "symptom", "diagnostic"
STAGES = (
    Choice(SYMPTOM, "It was plain from the beginning, or came of simple trial"),
    Choice(DIAGNOSTIC, "I, or whoever wrote it, looked: a table, a log, a setting"),
)
ROOMS = (
    ("Addresses", vocabulary.ADDRESSES),
    ("Guest", vocabulary.GUEST),
    ("Network", vocabulary.NETWORK),
    ("Hypervisor", vocabulary.HYPERVISOR),
    ("Captures and trials", vocabulary.EXPERIMENTS),
    ("Who is affected", vocabulary.SCOPE),
    ("How it began, what helped", vocabulary.HISTORY),
    ("What is not so", tuple(one.word for one in contradictions.DENIALS)),
)
_WORDS = {word.id: word for _, words in ROOMS for word in words}
_KINDS = tuple(dict.fromkeys(kind for word in _WORDS.values() for kind in word.kinds))
_NAME = re.compile(r"[\w][\w.:\-]{0,63}")
_EVIDENCE = re.compile(r"evidence\s+", re.IGNORECASE)
_VALUE = 100


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wants to write down."""

    text: str
    report: Report | None = None


def choices() -> tuple[tuple[str, tuple[Choice, ...]], ...]:
    """Everything that can be reported, by the room that it belongs to."""
    return tuple((room, tuple(Choice(word.id, word.says) for word in words)) for room, words in ROOMS)


def words(text: str) -> dict[str, str]:
    """The fields in the words after ``/note``.

    Raises:
        RequestError: there is nothing, or no kind after "evidence".
    """
    said = text.strip()
    if not said:
        raise RequestError(USAGE)
    found = _EVIDENCE.match(said)
    if not found:
        return {"text": said}
    first, *rest = said[found.end() :].split(maxsplit=1) or [""]
    kind, _, value = first.partition("=")
    if not kind:
        raise RequestError(f"Say what you report after `evidence`. {USAGE}")
    return {"kind": kind.lower(), "value": value, **_options(rest[0] if rest else "")}


def _options(rest: str) -> dict[str, str]:
    """``about X``, ``domain Y`` and ``measured``, in any order, before the free text."""
    fields: dict[str, str] = {}
    while True:
        word, _, more = rest.partition(" ")
        key = word.lower()
        if key in ("about", "domain") and key not in fields and more.strip():
            fields[key], _, rest = more.strip().partition(" ")
        elif key == "measured":
            fields["stage"], rest = DIAGNOSTIC, more
        else:
            return {**fields, "text": rest.strip()}
        rest = rest.strip()


def read(fields: Mapping[str, str]) -> Draft:
    """What a filled form, or the fields of words, says.

    Raises:
        FormError: with a sentence for each field that is wrong.
    """
    given = {name: said.strip() for name, said in fields.items()}
    errors: dict[str, str] = {}
    text, about = given.get("text", ""), given.get("about", "")
    if len(text) > LONGEST:
        errors["text"] = f"That is {len(text):,} characters; a note holds {LONGEST:,}. Attach what is longer as a file."
    if about and not _NAME.fullmatch(about):
        errors["about"] = f"{about[:40]} is neither a machine's name nor its address, such as 10.0.0.5 or app01."
    if not given.get("says") and not given.get("kind"):
        errors |= _free(given)
        if errors:
            raise FormError(errors)
        return Draft(text)
    report = _report(given, errors)
    if errors or report is None:
        raise FormError(errors)
    return Draft(text, report)


def _free(given: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with a note that reports nothing."""
    errors = {}
    if not given.get("text"):
        errors["text"] = "Write down what you know, or choose above what you report."
    for name in ("value", "domain"):
        if given.get(name):
            errors[name] = "That belongs to a report: choose above what you report, or leave this empty."
    if given.get("about"):
        errors["about"] = "A note in free text is not weighed for any machine: name it in the text instead."
    return errors


def _report(given: Mapping[str, str], errors: dict[str, str]) -> Report | None:
    word, domain = _WORDS.get(given.get("says", "")), given.get("domain", "").lower()
    kind = given.get("kind") or (next(iter(word.kinds)) if word else "")
    field = "says" if given.get("says") else "kind"
    if domain and domain not in DOMAINS:
        errors["domain"] = f"{domain[:40]} is no domain; one of {listing(DOMAINS, 'or')} is."
    elif word and word.domain and domain not in ("", word.domain):
        errors["domain"] = f"What you chose speaks of the {word.domain}: choose that, or leave this empty."
    if kind not in _KINDS:
        errors[field] = f"{(given.get('says') or kind)[:40]} is nothing that can be reported. {_near(kind)}"
        return None
    domain = domain or (word.domain if word and word.domain else "")
    means = [word] if word else [one for one in _WORDS.values() if kind in one.kinds]
    if not domain and all(one.domain for one in means):
        errors["domain"] = f"Say which side it separates them by: {listing(DOMAINS, 'or')}."
    stage = given.get("stage") or SYMPTOM
    if stage not in (SYMPTOM, DIAGNOSTIC):
        errors["stage"] = f"{stage[:40]} says not how you know; {SYMPTOM} or {DIAGNOSTIC} does."
    value = _value(kind, given.get("value", ""), means, errors)
    return Report(kind, value, domain or None, stage == DIAGNOSTIC, given.get("about") or None)


def _value(kind: str, value: str, means: list[Word], errors: dict[str, str]) -> str | None:
    """The value as the vocabulary has it; the only one need not be said."""
    allowed = [one for word in means for one in word.kinds[kind]]
    free = any(not word.kinds[kind] for word in means)
    if len(value) > _VALUE:
        errors["value"] = f"That is {len(value)} characters; a value is a word or two. Write the rest into the text."
    elif free or value in allowed:
        return value or None
    elif not value and len(allowed) == 1:
        return allowed[0]
    elif value:
        errors["value"] = f"{value[:40]} is no value of {kind}; {_one_of(allowed)} is."
    else:
        errors["value"] = f"Say which: {_one_of(allowed)}."
    return None


def _one_of(values: list[str]) -> str:
    return " or ".join(dict.fromkeys(filter(None, values)))


def _near(kind: str) -> str:
    near = difflib.get_close_matches(kind, _KINDS, 3, 0.5)
    return f"Did you mean {listing(near, 'or')}?" if near else "`/note` alone opens a form with everything that can be."


def said(report: Report) -> str:
    """A report as a sentence of the vocabulary, with its value and the machine."""
    fact = noted.fact(report, "")
    means = [one for one in _WORDS.values() if one.means(fact)]
    word = min(means, key=lambda one: not one.kinds[report.kind], default=None)  # first what speaks of this very value
    words = word.says.removesuffix(".") if word else report.kind
    about = f" (about {report.about})" if report.about else ""
    return f"{words}{about}: {report.kind}{f'={report.value}' if report.value else ''}"


def told(note: Noted) -> str:
    """A note as a sentence: what it reports, and its text."""
    return " ".join(filter(None, (f"{said(note.report)}." if note.report else "", note.text)))


def beside(notes: tuple[Noted, ...], new: Noted) -> tuple[str, ...]:
    """What is to be said of a new report beside those that stand: who said the same, and who says the opposite."""
    near = [one for one in notes if noted.meets(new, one)]
    same = [one for one in near if _means(one) == _means(new)]
    lines = []
    if same:
        who = listing(noted.reporter(one) for one in same)
        lines.append(f"The same is {who} already; it counts once, whoever says it.")
    for one in near:
        lines += contradictions.sentences(noted.facts((one, new)))
    return tuple(dict.fromkeys(lines))


def _means(note: Noted) -> tuple[str, str | None, str | None] | None:
    return (note.report.kind, note.report.value, note.report.domain) if note.report else None


def note(draft: Draft, name: str, at: datetime, by: Person, source: "Source") -> Noted:
    """The draft as it is written down."""
    return Noted(
        at=at, note=name, by=by, text=draft.text, report=draft.report, message=source.message, author=source.author
    )


@dataclass(frozen=True, slots=True)
class Source:
    """The message that a note is taken from, and who wrote it; None: it is written for its own sake."""

    message: str | None = None
    author: Person | None = None

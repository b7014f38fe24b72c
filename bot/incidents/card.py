"""An incident as every front door shows it: a fold over the timeline, without a word of any chat's markup."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.incidents import folds, owned, path_words, reach_words, watch_card
from bot.incidents.captured import lost, whole
from bot.incidents.instruments import Instrument, instruments, watchers
from bot.incidents.wording import listing
from bot.model.incident import (
    Approved,
    AwaitsApproval,
    Compared,
    Declined,
    Incident,
    Joined,
    Outcome,
    Progressed,
    Queued,
    StopAsked,
    Watched,
)
from bot.model.job import Artifact
from bot.model.owners import Owners
from bot.model.path import Path
from bot.model.reach import Reach
from bot.model.request import CAPTURE, JUDGE, LOOK_UP, REACH, TRACE, WATCH, Person
from bot.model.verdict import Grade, Verdict

_UNSAID = {
    Grade.PROVEN: "The evidence leaves one side only.",
    Grade.LIKELY: "The evidence points to one side.",
    Grade.UNDECIDED: "The evidence fits more than one side, so nobody is to be blamed yet.",
    Grade.NOT_ENOUGH_EVIDENCE: "What was seen does not carry a verdict, so nobody is to be blamed yet.",
    Grade.NO_FAULT: "No instrument saw a fault.",
}
_DOING = {
    CAPTURE: "Capturing",
    LOOK_UP: "Looking up",
    JUDGE: "Reading a capture about",
    TRACE: "Reading the tables on the way to",
    WATCH: "Watching",
    REACH: "Comparing",
}
_ENDED_OTHERWISE = {
    (CAPTURE, Outcome.STOPPED): "The capture was stopped.",
    (CAPTURE, Outcome.FAILED): "The capture could not be carried out.",
    (WATCH, Outcome.FAILED): "The watch could not be carried out.",
    (REACH, Outcome.STOPPED): "The comparison was stopped before its answers were in.",
    (REACH, Outcome.FAILED): "The machines could not be compared.",
    (TRACE, Outcome.STOPPED): "The reading was stopped before the tables were in.",
    (TRACE, Outcome.FAILED): "The tables could not be read.",
}
_ENDED = {
    Outcome.ANSWERED: "Done.",
    Outcome.REFUSED: "The request was refused.",
    Outcome.STOPPED: "The check was stopped before it had an answer.",
    Outcome.FAILED: "The check could not be carried out.",
}


@dataclass(frozen=True, slots=True)
class Card:
    """Everything that is shown of one incident.

    ``ended`` is None while it runs. ``says`` is the claim of a verdict, or the one sentence that says why there is
    none; None while it runs. ``missing`` says what was not looked at. ``took_s`` counts from the question to the end,
    or to now where now was given. ``owners`` is what a look-up found and ``aged`` a sentence on how old that is.
    ``path`` is what the tables on the way hold: alone, or beside a verdict. ``watched`` is what a watch showed,
    ``reach`` how many machines compare, ``changed`` what is different since it was asked before, and ``joined`` who
    asked the same meanwhile.

    Of a capture: ``filter`` is what it takes, for how long (None before its address is known), ``waits`` the sentence
    and the end of the wait for a second person, ``decided`` who approved, declined or stopped it, in order, and
    ``files`` what was captured, a line each.
    """

    case: str
    command: str
    target: str
    asked_by: Person
    asked_at: datetime
    ended: Outcome | None
    headline: str
    says: str | None
    instruments: tuple[Instrument, ...]
    facts: tuple[str, ...]
    missing: tuple[str, ...]
    verdict: Verdict | None
    took_s: float | None
    owners: Owners | None = None
    path: Path | None = None
    aged: str | None = None
    filter: str | None = None
    waits: AwaitsApproval | None = None
    decided: tuple[Approved | Declined | StopAsked, ...] = ()
    files: tuple[str, ...] = ()
    watched: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    joined: tuple[Person, ...] = ()
    reach: Reach | None = None


def card(
    incident: Incident, facts: tuple[str, ...], now: datetime | None = None, progress: tuple[Progressed, ...] = ()
) -> Card:
    """The incident as it stands; ``facts`` are the statements established so far, ``progress`` how far captures are."""
    closed, request, target = incident.closed, incident.request, _target(incident)
    answered = closed is not None and closed.outcome is Outcome.ANSWERED
    verdict, owners, path, reach = (
        (incident.verdict, incident.owners, incident.path, incident.reach) if answered else (None, None, None, None)
    )
    until = closed.at if closed else now
    watches = request.command == WATCH
    lines = tuple(
        watchers(incident, None if closed else now)
        if watches
        else instruments(incident, {one.job: one for one in progress}, now)
    )
    said = _answer(incident, target) if answered else None
    said = said or _without_answer(incident, target, lines, now)
    return Card(
        case=incident.id,
        command=request.command,
        target=target,
        asked_by=request.person,
        asked_at=request.asked_at,
        ended=closed.outcome if closed else None,
        headline=said.headline,
        says=(said.says or _ended(request.command, closed.outcome)) if closed else None,
        instruments=lines,
        facts=watch_card.changes(incident) if watches else facts,
        watched=next((event.says for event in incident.timeline if isinstance(event, Watched)), ()),
        changed=next((event.says for event in incident.timeline if isinstance(event, Compared)), ()),
        joined=_joined(incident),
        missing=said.missing,
        verdict=verdict,
        took_s=(until - request.asked_at).total_seconds() if until else None,
        owners=owners,
        path=path,
        reach=reach,
        aged=owned.aged(owners.read_at, closed.at) if owners and closed else None,
        filter=_filter(incident),
        waits=folds.awaits(incident),
        decided=tuple(event for event in incident.timeline if isinstance(event, Approved | Declined | StopAsked)),
        files=tuple(map(_file, folds.captures(incident))) if closed else (),
    )


@dataclass(frozen=True, slots=True)
class _Said:
    """The head of a card, the sentence below it (None: nothing but how it ended), and what was not looked at."""

    headline: str
    says: str | None
    missing: tuple[str, ...]


def _answer(incident: Incident, target: str) -> _Said | None:
    """What was found, in the words of its kind; a path alone, for beside a verdict it only is a part of it."""
    if owners := incident.owners:
        return _Said(owned.headline(owners, target), owned.says(owners), owners.missing)
    if verdict := incident.verdict:
        says = incident.closed and incident.closed.sentence
        return _Said(verdict_headline(verdict, target), says or claim(verdict), verdict.missing)
    if path := incident.path:
        return _Said(path_words.headline(path, target), path.claim, path.missing)
    if reach := incident.reach:
        return _Said(reach_words.headline(reach), reach.claim, reach.missing)
    return None


def _without_answer(incident: Incident, target: str, lines: Sequence[Instrument], now: datetime | None) -> _Said:
    closed, missing = incident.closed, _planned_gaps(incident)
    if closed:
        return _Said(_end(incident, target, closed.outcome), closed.sentence, missing)
    return _Said(_running(incident, target, lines, now), None, missing)


def _joined(incident: Incident) -> tuple[Person, ...]:
    others = (event.by for event in incident.timeline if isinstance(event, Joined))
    return tuple(dict.fromkeys(one for one in others if one != incident.request.person))


def _ended(command: str, ended: Outcome) -> str:
    return _ENDED_OTHERWISE.get((command, ended), _ENDED[ended])


def _filter(incident: Incident) -> str | None:
    wish, address = incident.request.capture, incident.address
    if wish is None:
        return None
    what = f"`{wish.filter(address)}`" if address else f"what is about {incident.request.target}"
    where = f" at {listing(wish.at)}" if wish.at else ""
    return f"{what} for {wish.duration_s:g} s{where}"


def _file(artifact: Artifact) -> str:
    name = f"{artifact.vantage.agent}: {artifact.size_bytes:,} bytes, {lost((artifact,))}"
    return f"{name}, `{artifact.digest}`" + (f". {artifact.incomplete}" if artifact.incomplete else "")


def waiting(waits: AwaitsApproval) -> str:
    """What a capture waits for, and until when."""
    return f"{waits.why} Somebody else who may approve has until {waits.until:%H:%M} UTC."


def _planned_gaps(incident: Incident) -> tuple[str, ...]:
    """What the plan itself left out; an instrument that fails says so on its own line."""
    return tuple(gap for event in incident.timeline if isinstance(event, Queued) for gap in event.gaps)


def _target(incident: Incident) -> str:
    asked, known = incident.request.target, incident.address
    return str(asked) if asked.address or known is None else f"{asked} ({known})"


def _end(incident: Incident, target: str, ended: Outcome) -> str:
    command = incident.request.command
    if command == CAPTURE and ended is Outcome.ANSWERED and folds.captures(incident) and not whole(incident):
        return f"CAPTURE INCOMPLETE · {target}"
    if ended is Outcome.ANSWERED:
        return f"{command.upper()} DONE · {target}"
    return f"{'CAPTURE ' if command == CAPTURE else ''}{ended.upper()} · {target}"


def _running(incident: Incident, target: str, lines: Sequence[Instrument], now: datetime | None) -> str:
    if folds.awaits(incident) is not None:
        return f"Waiting for a second person · capture of {target}"
    command = incident.request.command
    doing = f"{_DOING.get(command, 'Checking')} {target}"
    if command == WATCH:
        return doing + _running_watch(incident, now)
    over = sum(line.stage.final for line in lines)
    return f"{doing} · {over} of {len(lines)} instruments done" if lines else doing


def claim(verdict: Verdict) -> str:
    """What the verdict says, in one sentence."""
    return verdict.claim or _UNSAID[verdict.grade]


def verdict_headline(verdict: Verdict, target: str) -> str:
    """The verdict in three words, and whose it is."""
    return f"{verdict.verdict.upper()} · {verdict.grade.replace('_', ' ')} · {target}"


def _running_watch(incident: Incident, now: datetime | None) -> str:
    flipped = watch_card.flipped(incident)
    changes = f"{flipped} change{'' if flipped == 1 else 's'}"
    return "".join(f" · {words}" for words in (watch_card.left(incident, now), changes) if words)

"""An incident as every front door shows it: a fold over the timeline, without a word of any chat's markup."""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.incidents import dropping, folds, noted, owned, pasting, path_lines, path_words, reach_words, watch_card
from bot.incidents.captured import lost, whole
from bot.incidents.wording import listing
from bot.model.finding import Standing, Witness
from bot.model.incident import (
    Approved,
    AwaitsApproval,
    Compared,
    Declined,
    Expired,
    Failed,
    Incident,
    Joined,
    Lost,
    Outcome,
    Progressed,
    Queued,
    Reported,
    Started,
    StopAsked,
    Watched,
)
from bot.model.job import Artifact, Job, Probe
from bot.model.owners import Owners
from bot.model.path import Path
from bot.model.reach import Reach
from bot.model.request import CAPTURE, JUDGE, LOOK_UP, REACH, TRACE, WATCH, Person
from bot.model.verdict import EvidenceItem, Grade, Verdict, Weighs

_SHOWN_WITNESSES = 3
_SILENT_S = 4.0
_LOOKS_FOR = {
    Probe.ARP: "ARP on the segment",
    Probe.ICMP: "ping through the router",
    Probe.VCENTER: "who owns it",
    Probe.CAPTURE: "capture",
    Probe.NETWORK: "tables on the way",
    Probe.UCS: "the fabric under the hosts",
    Probe.REPORT: "what people know",
    Probe.WATCH: "ARP and ping, without a pause",
}
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


class Stage(StrEnum):
    """How far an instrument is. Reported, failed and expired are final."""

    WAITING = "waiting"
    LOOKING = "looking"
    REPORTED = "reported"
    FAILED = "failed"
    LOST = "lost"
    EXPIRED = "expired"

    @property
    def final(self) -> bool:
        """Whether nothing more is awaited."""
        return self in (Stage.REPORTED, Stage.FAILED, Stage.EXPIRED)


@dataclass(frozen=True, slots=True)
class Instrument:
    """One job as a line: who looks for what, and how far it is. ``reason`` is a sentence where it failed.

    ``far`` is how far a capture is, in words, with the age of that word.
    """

    name: str
    looks_for: str
    stage: Stage = Stage.WAITING
    reason: str | None = None
    attempt: int = 1
    far: str | None = None

    def __str__(self) -> str:
        ending = {
            Stage.FAILED: f": {self.reason}",
            Stage.LOST: ": nobody who could look is alive",
            Stage.EXPIRED: ": no report in time",
            Stage.LOOKING: (f", attempt {self.attempt}" if self.attempt > 1 else "")
            + (f": {self.far}" if self.far else ""),
        }
        return f"{self.stage}{ending.get(self.stage, '')}"


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
    closed = incident.closed
    answered = closed is not None and closed.outcome is Outcome.ANSWERED
    verdict, owners = (incident.verdict, incident.owners) if answered else (None, None)
    path, reach = (incident.path, incident.reach) if answered else (None, None)
    until = closed.at if closed else now
    watches = incident.request.command == WATCH
    instruments = tuple(
        _watchers(incident, None if closed else now)
        if watches
        else _instruments(incident, {one.job: one for one in progress}, now)
    )
    says = closed and (closed.sentence or (verdict and (verdict.claim or _UNSAID[verdict.grade])))
    says = owned.says(owners) if owners else path.claim if path and not verdict else reach.claim if reach else says
    request, target = incident.request, _target(incident)
    return Card(
        case=incident.id,
        command=request.command,
        target=target,
        asked_by=request.person,
        asked_at=request.asked_at,
        ended=closed.outcome if closed else None,
        headline=owned.headline(owners, target)
        if owners
        else path_words.headline(path, target)
        if path and not verdict
        else reach_words.headline(reach)
        if reach
        else f"CAPTURE INCOMPLETE · {target}"
        if answered and folds.captures(incident) and not whole(incident)
        else _headline(
            request.command,
            target,
            closed.outcome if closed else None,
            verdict,
            instruments,
            waits=folds.awaits(incident) is not None,
        )
        + (_running_watch(incident, now) if watches and not closed else ""),
        says=(says or _unsaid(request.command, closed.outcome)) if closed else None,
        instruments=instruments,
        facts=watch_card.changes(incident) if watches else facts,
        watched=next((event.says for event in incident.timeline if isinstance(event, Watched)), ()),
        changed=next((event.says for event in incident.timeline if isinstance(event, Compared)), ()),
        joined=_joined(incident),
        missing=verdict.missing
        if verdict
        else owners.missing
        if owners
        else path.missing
        if path
        else reach.missing
        if reach
        else _planned_gaps(incident),
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


def _joined(incident: Incident) -> tuple[Person, ...]:
    others = (event.by for event in incident.timeline if isinstance(event, Joined))
    return tuple(dict.fromkeys(one for one in others if one != incident.request.person))


def _unsaid(command: str, ended: Outcome) -> str:
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


def where(witnesses: Sequence[Witness]) -> str:
    """The places where a reader can check a statement: "frames 14, 15 at dc1-a"; empty without witnesses."""
    by_vantage: dict[str, dict[str, None]] = {}
    for witness in witnesses:
        by_vantage.setdefault(witness.vantage, {})[witness.locator] = None
    return "; ".join(f"{_places(tuple(places))} at {vantage}" for vantage, places in by_vantage.items())


def _places(locators: Sequence[str]) -> str:
    shown, more = locators[:_SHOWN_WITNESSES], len(locators) - _SHOWN_WITNESSES
    if len(shown) > 1 and all(locator.startswith("frame ") for locator in shown):
        shown = [
            f"frames {shown[0].removeprefix('frame ')}",
            *(locator.removeprefix("frame ") for locator in shown[1:]),
        ]
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def grounds(verdict: Verdict) -> tuple[EvidenceItem, ...]:
    """What speaks for the verdict; where nothing is decided, whatever was established."""
    pro = tuple(item for item in verdict.evidence if item.weighs is Weighs.FOR)
    seen = tuple(item for item in verdict.evidence if item.standing is Standing.PRESENT)
    return pro or seen or tuple(item for item in verdict.evidence if item.standing is Standing.ABSENT)


def highlights(verdict: Verdict) -> tuple[EvidenceItem, ...]:
    """The grounds for a reader in a hurry: of each family the strongest first, without what the claim says already."""
    items = [item for item in grounds(verdict) if item.says not in (verdict.claim or "")]
    first = {item.finding.partition(".")[0]: item for item in reversed(items)}
    return tuple(sorted(items, key=lambda item: item not in first.values()))


def as_text(card: Card, width: int = 100) -> str:
    """The card for a terminal, without control characters of whatever a machine was named."""
    body = (
        (
            *entries("Since it was asked before", card.changed, width),
            *_verdict(card.verdict, width, card.path, card.watched),
        )
        if card.verdict
        else _owners(card, card.owners, width)
        if card.owners
        else _path(card.path, width)
        if card.path
        else _reach(card.reach, width)
        if card.reach
        else _without_verdict(card, width)
    )
    took = f", {card.took_s:.1f} s" if card.took_s is not None else ""
    catalogue = f", catalogue {card.verdict.catalogue}" if card.verdict else ""
    return printable((card.headline, *_entry(card.says or "", width), *body, "", f"case {card.case}{took}{catalogue}"))


def verdict_as_text(verdict: Verdict, width: int = 100) -> str:
    """A verdict that belongs to no incident, as of an offline judgement, for a terminal."""
    head = (
        _verdict_headline(verdict, str(verdict.target or verdict.case)),
        *_entry(verdict.claim or _UNSAID[verdict.grade], width),
    )
    return printable((*head, *_verdict(verdict, width), "", f"catalogue {verdict.catalogue}"))


def path_as_text(path: Path, width: int = 100) -> str:
    """A path that belongs to no running incident, as of a case, for a terminal."""
    head = (path_words.headline(path, str(path.target)), *_entry(path.claim, width))
    return printable((*head, *_path(path, width)))


def _path(path: Path, width: int) -> Iterator[str]:
    yield from _entry(path.because, width)
    if path.hops:
        yield from ("", *(f"  {row}" for row in path_lines.table(path, width - 2)))
    yield from entries("What differs", tuple(map(path_words.about, path_words.differing(path))), width)
    yield from entries("Clear, in this order", tuple(map(path_words.about, path.clear)), width, numbered=True)
    yield from entries("Neither right nor wrong", tuple(map(path_words.about, path_words.unclear(path))), width)
    yield from entries("Not looked at", path.missing, width)


def _reach(reach: Reach, width: int) -> Iterator[str]:
    yield from entries("Machines", [reach_words.line(row, reach.places) for row in reach.machines], width)
    yield from entries("Affected in each group", reach.groups, width)
    yield from entries("What separates them", reach.says, width)
    yield from entries("Look at", reach.look_at, width)
    yield from entries("Not known", tuple(reach_words.unknown(reach)), width)
    yield from entries("Not looked at", reach.missing, width)


def _verdict(verdict: Verdict, width: int, path: Path | None = None, watched: tuple[str, ...] = ()) -> Iterator[str]:
    shown = [f"{item.says} [{where(item.witnesses)}]".removesuffix(" []") for item in grounds(verdict)]
    yield from entries("What shows it" if verdict.cause else "What was seen", shown, width)
    yield from entries("While it was watched", watched, width)
    yield from entries("Ruled out", [f"{out.side}: {' '.join(out.because)}" for out in verdict.ruled_out], width)
    yield from entries("Still possible", verdict.rivals if verdict.cause is None else (), width)
    yield from entries("Set off by", [verdict.trigger] if verdict.trigger else [], width)
    if verdict.next_test:
        yield from entries("Next test", [f"{verdict.next_test.do} ({verdict.next_test.who})"], width)
    yield from entries("Tables on the way", path_lines.short(path) if path else (), width)
    yield from entries("Not looked at", verdict.missing, width)


def _owners(card: Card, owners: Owners, width: int) -> Iterator[str]:
    yield from entries("Further conflicts", [one.says for one in owners.conflicts[1:]], width)
    for owner in owners.owners:
        yield from entries(owned.heading(owner), (*owner.facts, *owner.interfaces), width)
    yield from entries("What vCenter shows", owners.established, width)
    for section in owners.sections:
        yield from entries(section.title.capitalize(), section.lines, width)
    yield from entries("Not seen", owners.missing, width)
    yield from ("", *_entry(card.aged or "", width))


def _without_verdict(card: Card, width: int) -> Iterator[str]:
    yield from entries("Takes", [card.filter] if card.filter else [], width)
    yield from entries("Waits", [waiting(card.waits)] if card.waits else [], width)
    yield from entries("Instruments", [f"{it.name} ({it.looks_for}): {it}" for it in card.instruments], width)
    yield from entries("Captured", card.files, width)
    yield from entries("Established so far", card.facts, width)
    yield from entries("Not looked at", card.missing, width)


def entries(title: str, texts: Sequence[str], width: int = 100, *, numbered: bool = False) -> Iterator[str]:
    """The texts as a list under a title, in lines of at most that width; nothing where there are none."""
    if texts:
        yield from ("", title)
        for number, text in enumerate(texts, 1):
            yield from _entry(text, width, f"  {number}. " if numbered else "  - ")


def _entry(text: str, width: int, mark: str = "  ") -> list[str]:
    return textwrap.wrap(text.replace("`", ""), width, initial_indent=mark, subsequent_indent=" " * len(mark))


def printable(lines: Sequence[str]) -> str:
    """The lines as a text that no character in them can make a terminal act on."""
    return "".join(f"{''.join(_printable(line))}\n" for line in lines)


def _printable(line: str) -> Iterator[str]:
    return (character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in line)


def _planned_gaps(incident: Incident) -> tuple[str, ...]:
    """What the plan itself left out; an instrument that fails says so on its own line."""
    return tuple(gap for event in incident.timeline if isinstance(event, Queued) for gap in event.gaps)


def _target(incident: Incident) -> str:
    asked, known = incident.request.target, incident.address
    return str(asked) if asked.address or known is None else f"{asked} ({known})"


def _headline(
    command: str,
    target: str,
    ended: Outcome | None,
    verdict: Verdict | None,
    instruments: Sequence[Instrument],
    *,
    waits: bool,
) -> str:
    if verdict:
        return _verdict_headline(verdict, target)
    if ended:
        word = f"{command.upper()} DONE" if ended is Outcome.ANSWERED else ended.upper()
        word = f"CAPTURE {ended.upper()}" if command == CAPTURE and ended is not Outcome.ANSWERED else word
        return f"{word} · {target}"
    doing = _DOING.get(command, "Checking")
    if waits:
        return f"Waiting for a second person · capture of {target}"
    if not instruments or command == WATCH:
        return f"{doing} {target}"
    over = sum(instrument.stage.final for instrument in instruments)
    return f"{doing} {target} · {over} of {len(instruments)} instruments done"


def _verdict_headline(verdict: Verdict, target: str) -> str:
    return f"{verdict.verdict.upper()} · {verdict.grade.replace('_', ' ')} · {target}"


def _instruments(incident: Incident, progress: Mapping[str, Progressed], now: datetime | None) -> Iterator[Instrument]:
    lines = {job.id: Instrument(_place(job), _looks_for(incident, job)) for job in folds.jobs(incident)}
    probes = {job.id: job.probe for job in folds.jobs(incident)}
    heard: dict[str, datetime] = {}
    for event in incident.timeline:
        if not isinstance(event, Started | Reported | Failed | Lost | Expired) or event.job not in lines:
            continue
        if not lines[event.job].stage.final:  # late and duplicate reports add nothing
            lines[event.job], heard[event.job] = _moved(lines[event.job], event, probes[event.job]), event.at
    for job, line in lines.items():
        if line.stage is Stage.LOOKING:
            word = progress.get(job)
            yield replace(line, far=_far(word, now) if word else _silent(heard[job], now))
        else:
            yield line


def _moved(line: Instrument, event: Started | Reported | Failed | Lost | Expired, probe: Probe) -> Instrument:
    if isinstance(event, Started | Reported | Failed) and probe is not Probe.VCENTER:
        line = replace(line, name=event.agent)
    if isinstance(event, Started):
        return replace(line, stage=Stage.LOOKING, attempt=event.attempt)
    if isinstance(event, Reported):
        return replace(line, stage=Stage.REPORTED if event.final else Stage.LOOKING)
    if isinstance(event, Failed):
        return replace(line, stage=Stage.FAILED, reason=event.reason)
    return replace(line, stage=Stage.LOST if isinstance(event, Lost) else Stage.EXPIRED)


def _silent(heard_at: datetime, now: datetime | None) -> str | None:
    """How long nothing was heard, once that is worth a word."""
    age_s = (now - heard_at).total_seconds() if now else 0.0
    return f"heard {age_s:.0f} s ago" if age_s >= _SILENT_S else None


def _watchers(incident: Incident, now: datetime | None) -> Iterator[Instrument]:
    """One line for each place, however many pieces it was asked for."""
    for queue, agent, said, bad in watch_card.states(incident, now):
        kind, _, name = queue.partition(".")
        stage = Stage.FAILED if bad else Stage.REPORTED if incident.closed else Stage.LOOKING
        called = f"vCenter {name}" if kind == "vcenter" else agent or name
        looks_for = "moves and alarms" if kind == "vcenter" else _LOOKS_FOR[Probe.WATCH]
        yield Instrument(called, looks_for, stage=stage, reason=said if bad else None, far=None if bad else said)


def _running_watch(incident: Incident, now: datetime | None) -> str:
    flipped = watch_card.flipped(incident)
    changes = f"{flipped} change{'' if flipped == 1 else 's'}"
    return "".join(f" · {words}" for words in (watch_card.left(incident, now), changes) if words)


def _far(word: Progressed, now: datetime | None) -> str:
    dropped = "drops not known" if word.dropped is None else f"{word.dropped:,} dropped"
    age_s = max(0.0, (now - word.at).total_seconds()) if now else 0.0
    left = f"{max(word.left_s - age_s, 0.0):.0f} s left"
    heard = f"heard {age_s:.0f} s ago"
    return f"{word.packets:,} packets, {word.size_bytes:,} bytes, {dropped}, {left}, {heard}"


def _looks_for(incident: Incident, job: Job) -> str:
    if job.queue == pasting.QUEUE:
        return pasting.looked_for(incident.request, job)
    if job.queue.startswith(noted.QUEUE):
        return noted.looked_for(job)
    first = next(event for event in incident.timeline if isinstance(event, Queued))
    further = incident.request.command == LOOK_UP and job not in first.jobs
    if job.probe is Probe.NETWORK and (job.options.listen_s or job.options.macs):
        return "the same tables, while it is asked for" if job.options.listen_s else "where its other MACs are"
    return "who else has it" if further else _LOOKS_FOR[job.probe]


def _place(job: Job) -> str:
    """Who will look, in words: the queue ``segment.dc1-a`` is "segment dc1-a" until an agent takes the job."""
    if job.queue == dropping.QUEUE:
        return "the shared file"
    kind, _, name = job.queue.partition(".")
    return {"vcenter": f"vCenter {name}", "agent": name}.get(kind, f"{kind} {name}".strip())

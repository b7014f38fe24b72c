"""An inquiry as one list: what was asked, answered, written down, decided and seen, with source and confidence.

Nothing stands in it twice, though a move is told by vCenter and in a watch, and nothing is left out but what says
nothing: that a job was queued or an agent began.
"""

from collections.abc import Iterable, Iterator, Sequence

from bot.incidents.card import card
from bot.inquiries.asked import called, windows
from bot.model.incident import (
    Approved,
    AwaitsApproval,
    Closed,
    Declined,
    Failed,
    Flipped,
    Incident,
    Judged,
    LookedUp,
    Measured,
    Outcome,
    Requested,
    StopAsked,
    TakenOver,
    Traced,
)
from bot.model.inquiry import Ended, Inquiry, Noted, Opened, Reopened, Withdrawn
from bot.model.summary import Confidence, Line


def timeline(inquiry: Inquiry, incidents: Iterable[Incident]) -> tuple[Line, ...]:
    """All of it by time; what happened at the same moment stands as it was written down."""
    spans = windows(inquiry)
    lines = list(_own(inquiry))
    for incident in incidents:
        lines += _of_question(incident)
    lines = list({(line.at, line.says.rstrip("."), line.incident, line.id): line for line in lines}.values())
    first = min(since for since, _ in spans)
    return tuple(sorted((line for line in lines if line.at >= first or line.id), key=lambda line: line.at))


def _own(inquiry: Inquiry) -> Iterator[Line]:
    gone = {one.note for one in inquiry.timeline if isinstance(one, Withdrawn)}
    for one in inquiry.timeline:
        match one:
            case Opened(text=text, by=by):
                yield Line(one.at, f"Incident opened: {text}{_groups(one)}", "", Confidence.SAID, by, id=inquiry.id)
            case Noted():
                yield _note(one, withdrawn=one.note in gone)
            case Withdrawn(note=note, by=by):
                yield Line(one.at, f"Note {note} withdrawn.", "", Confidence.SAID, by, id=note)
            case Ended(text=text, by=by):
                yield Line(one.at, f"Incident closed{_more(text)}", "", Confidence.SAID, by, id=inquiry.id)
            case Reopened(text=text, by=by):
                yield Line(one.at, f"Incident opened again{_more(text)}", "", Confidence.SAID, by, id=inquiry.id)
            case _:
                continue
    for seen in inquiry.happenings:
        yield Line(seen.when, seen.says, seen.source, Confidence.MEASURED, incident=seen.incident)


def _groups(opened: Opened) -> str:
    told = [
        f"{word} {', '.join(names)}"
        for word, names in (("affected", opened.affected), ("not affected", opened.unaffected))
        if names
    ]
    return f" ({'; '.join(told)})" if told else ""


def _more(text: str) -> str:
    return f": {text}" if text else "."


def _note(one: Noted, *, withdrawn: bool) -> Line:
    taken = " (withdrawn since)" if withdrawn else ""
    if one.report is None:
        return Line(one.at, f"{one.text}{taken}", "", Confidence.SAID, one.author or one.by, id=one.note)
    report = one.report
    what = " ".join(filter(None, (report.kind, report.value and f"= {report.value}")))
    about = f" about {report.about}" if report.about else ""
    text = f": {one.text}" if one.text else ""
    says = f"Evidence{about}: {what}{text}{taken}"
    return Line(one.at, says, "", Confidence.REPORTED, one.author or one.by, id=one.note)


def _of_question(incident: Incident) -> Iterator[Line]:
    for one in incident.timeline:
        match one:
            case Requested() | Approved() | Declined() | StopAsked():
                yield _of_person(incident, one)
            case AwaitsApproval():
                says = f"The capture of {called(incident)} waits for a second person. {one.why}"
                yield Line(one.at, says, "ruleout", Confidence.SAID, incident=incident.id)
            case TakenOver():
                says = f"The bot that carried {called(incident)} was gone; another one goes on with it."
                yield Line(one.at, says, "ruleout", Confidence.SAID, incident=incident.id)
            case Failed():
                says = f"Could not look at {called(incident)}: {one.reason}"
                yield Line(one.at, says, one.agent, Confidence.MEASURED, incident=incident.id)
            case Flipped() if incident.closed is None:  # once it has ended they stand among what happened
                yield Line(one.when, one.says, one.vantage, Confidence.MEASURED, incident=incident.id)
            case Closed():
                yield _end(incident, one)
            case _:
                continue


def _of_person(incident: Incident, one: Requested | Approved | Declined | StopAsked) -> Line:
    match one:
        case Requested(request=request):
            says, by = f"Asked: {request.command} {request.target}{' deep' if request.deep else ''}", request.person
        case Approved(by=by):
            says = f"Approved the capture of {called(incident)}."
        case Declined(by=by):
            says = f"Declined the capture of {called(incident)}."
        case StopAsked(by=by):
            says = f"Stopped {called(incident)} early."
    return Line(one.at, says, "", Confidence.SAID, by, incident.id)


def _end(incident: Incident, closed: Closed) -> Line:
    shown = card(incident, ())
    sure = Confidence.JUDGED if incident.verdict else Confidence.MEASURED
    answered = closed.outcome is Outcome.ANSWERED and any(
        isinstance(one, Judged | LookedUp | Traced | Measured) for one in incident.timeline
    )
    says = f"{shown.headline}. {shown.says or ''}".strip()
    return Line(closed.at, says, "ruleout", sure if answered else Confidence.SAID, incident=incident.id)


def newest(lines: Sequence[Line], most: int) -> tuple[tuple[Line, ...], int]:
    """The last ``most`` lines, and how many stand before them."""
    return tuple(lines[-most:]), max(0, len(lines) - most)

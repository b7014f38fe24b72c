"""What people noted as evidence in a channel, as jobs that are done: each report is an artifact of its own."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from bot.errors import FormError
from bot.incidents import folds, pasting
from bot.model.incident import Incident, Reported
from bot.model.inquiry import Noted, Report
from bot.model.job import Artifact, Job, JobOptions, Media, Probe, Vantage, digest_of
from bot.model.observation import GuestRowFound, NicFound, Observation, ReportedFact
from bot.model.pasted import PastedTable
from bot.probes.pasted import UNNAMED

QUEUE = "noted."
"""How the queue of a note begins; who noted it follows. No agent takes it."""

Evidence = tuple[Job, Reported, dict[str, bytes]]


def reporter(note: Noted) -> str:
    """Whose word it is, as verdicts name it: of whoever wrote the message, else of whoever noted it."""
    return f"noted by {(note.author or note.by).user}"


def names(incident: Incident, seen: Iterable[Observation]) -> frozenset[str]:
    """What the machine in question is called: its address, what was asked for, and the VMs that have the address."""
    called = {str(incident.request.target), *([str(incident.address)] if incident.address else [])}
    seen = tuple(seen)
    macs = frozenset(folds.named(incident.address, seen)) if incident.address else frozenset()
    for one in seen:
        if isinstance(one, NicFound | GuestRowFound) and (incident.address in one.addresses or one.mac in macs):
            called |= {one.vm_name, str(one.mac)}
    return frozenset(name.casefold() for name in called)


def about(notes: Iterable[Noted], called: frozenset[str]) -> tuple[Noted, ...]:
    """The notes that hold evidence on the machine with these names: a report on all machines, or on this one."""
    return tuple(
        note
        for note in notes
        if (note.report is None and tables(note))
        or (note.report is not None and (note.report.about is None or note.report.about.casefold() in called))
    )


def tables(note: Noted) -> tuple[PastedTable, ...]:
    """The tables in its text, as from the output of ``ip neigh`` or ``show ip arp``; none where it is prose."""
    try:
        found = pasting.read({"text": note.text}, (note.author or note.by).user, note.at).tables
    except FormError:
        return ()
    return tuple(replace(one, device=note.note) if one.device == UNNAMED else one for one in found)


def evidence(incident: Incident, notes: Sequence[Noted]) -> tuple[Evidence, ...]:
    """The notes that the incident has not taken in yet: each as a job that is done, its report, the bytes by digest."""
    known = {job.id for job in folds.jobs(incident)}
    return tuple(one for note in notes for one in _evidence(incident, note) if one[0].id not in known)


def _evidence(incident: Incident, note: Noted) -> Iterator[Evidence]:
    if note.report is not None:
        name, data = f"{incident.id}.{note.note}", _bytes(note)
        vantage = Vantage(note.note, "", "")
        artifact = Artifact(
            name, Probe.REPORT, vantage, Media.REPORT, digest_of(data), len(data), note.at, note.at, None
        )
        yield _done(incident, note, name, artifact, data)
    for number, table in enumerate(tables(note), 1):
        name = f"{incident.id}.{note.note}.table{number}"
        yield _done(incident, note, name, *pasting.artifact_of(table, name))


def _done(incident: Incident, note: Noted, name: str, artifact: Artifact, data: bytes) -> Evidence:
    queue = f"{QUEUE}{(note.author or note.by).user}"
    job = Job(name, incident.id, Probe.REPORT, queue, incident.address, JobOptions(), note.at, note.at)
    report = Reported(at=note.at, job=name, agent=artifact.vantage.agent, artifacts=(artifact,), final=True)
    return job, report, {artifact.digest: data}


def _bytes(note: Noted) -> bytes:
    """The report as ``bot.probes.report`` reads it, with the words that came with it."""
    assert note.report is not None, "only a report is one"
    row = {
        "kind": note.report.kind,
        "value": note.report.value,
        "domain": note.report.domain,
        "stage": "diagnostic" if note.report.measured else "symptom",
        "reporter": reporter(note),
        "note": note.note,
        "text": note.text,
    }
    return json.dumps([row], indent=1).encode()


def meets(one: Noted, other: Noted) -> bool:
    """Whether two notes are reports that some machine's verdict weighs together."""
    if one.report is None or other.report is None or one.note == other.note:
        return False
    mine, theirs = one.report.about, other.report.about
    return mine is None or theirs is None or mine.casefold() == theirs.casefold()


def facts(notes: Iterable[Noted]) -> tuple[ReportedFact, ...]:
    """The reports among the notes, as what they mean; where each stands is not told."""
    return tuple(fact(note.report, reporter(note)) for note in notes if note.report)


def fact(report: Report, by: str) -> ReportedFact:
    """What the report means; when it was said does not change that."""
    return ReportedFact(
        seen_at=datetime.min.replace(tzinfo=UTC), vantage=Vantage("", "", ""), artifact="", locator="",
        kind=report.kind, value=report.value, domain=report.domain, measured=report.measured, reporter=by,
    )  # fmt: skip


def looked_for(job: Job) -> str:
    """What stands on the card beside the note's id."""
    return f"noted by {job.queue.removeprefix(QUEUE)}"

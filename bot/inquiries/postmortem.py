"""The post-mortem in Markdown: what is known, how it came about, and where each sentence can be checked."""

import re
from collections.abc import Iterator, Sequence

from bot.findings.reported import contradictions
from bot.incidents import audited, noted
from bot.inquiries.asked import called, judged
from bot.inquiries.bundle import CASES, PICTURES, Export
from bot.inquiries.noting import told as told_of
from bot.inquiries.rejudging import short
from bot.inquiries.summary import summary
from bot.inquiries.timeline import timeline
from bot.model.incident import Incident
from bot.model.inquiry import Noted, Withdrawn
from bot.model.request import Person
from bot.model.summary import Line, Summary
from bot.model.verdict import EvidenceItem, Verdict, Weighs

_MARKS = re.compile(r"([\\`*_{}\[\]<>()#|~!])")
_WITNESSES = 4
REDACTED = (
    "Addresses, MACs and names in this bundle are others than they were, the same for the same thing throughout. In "
    "free text only names were replaced that instruments or people used elsewhere: read it before you hand it on."
)


def post_mortem(export: Export) -> str:
    """The whole text; nothing that people or machines wrote in it becomes mark-up."""
    told = summary(export.inquiry, export.incidents, export.at)
    parts = (
        _head(export, told), _sides(told), _timeline(export), _machines(export), _notes(export), _pictures(export),
        _gaps(export, told), _deeds(export), _again(export),
    )  # fmt: skip
    return "\n".join(line for part in parts for line in part) + "\n"


def plain(text: str) -> str:
    """One line in which nothing is mark-up."""
    return _MARKS.sub(r"\\\1", " ".join(text.split()))


def code(text: str) -> str:
    """One line as code; a table cell that holds it does not end at a bar."""
    return f"`{' '.join(text.replace('`', chr(39)).replace('|', '/').split())}`"


def _head(export: Export, told: Summary) -> Iterator[str]:
    yield f"# Post-mortem: {plain(told.opened.text)}"
    yield ""
    if export.redacted:
        yield f"> {plain(REDACTED)}"
        yield ""
    yield f"**{plain(told.gist)}**"
    yield ""
    yield f"* Opened {_moment(told.opened.at)} by {_person(told.opened.by)}"
    if told.ended:
        last = f": {plain(told.ended.text)}" if told.ended.text else ""
        yield f"* Closed {_moment(told.ended.at)} by {_person(told.ended.by)}{last}"
    else:
        yield "* Not closed yet"
    for word, names in (("Affected", told.opened.affected), ("Not affected", told.opened.unaffected)):
        if names:
            yield f"* {word}: {plain(', '.join(names))}"
    yield f"* {len(export.incidents)} questions, {len(told.notes)} notes; exported {_moment(export.at)}"
    yield f"* Incident {code(told.id)} of channel {code(told.opened.channel)}; all times are UTC"


def _sides(told: Summary) -> Iterator[str]:
    yield from ("", "## Who is at fault", "", "| Side | | Because |", "|---|---|---|")
    for side in told.sides:
        because = " ".join(f"{plain(one.says)}{_case(one.incident)}" for one in side.grounds)
        yield f"| {side.side.upper()} | {side.how} | {because} |"
    yield ""
    if told.lead:
        yield f"Leading cause: {plain(told.lead.says)}{_case(told.lead.incident)}."
        yield ""
    yield f"Next: {plain(told.next.do)} ({plain(told.next.who)})"
    yield ""
    yield plain(told.reboot)


def _timeline(export: Export) -> Iterator[str]:
    lines = timeline(export.inquiry, export.incidents)
    yield from ("", "## Timeline", "", "| Time | What | Who says so | How sure | Evidence |", "|---|---|---|---|---|")
    yield from (f"| {_moment(line.at)} | {plain(line.says)} | {_source(line)} | {line.confidence} | {_id(line)} |"
                for line in lines)  # fmt: skip


def _machines(export: Export) -> Iterator[str]:
    newest = judged(export.incidents)
    if newest:
        yield from ("", "## Machines")
    for incident in newest:
        if (verdict := incident.verdict) is not None:
            yield from _machine(export, incident, verdict)


def _machine(export: Export, incident: Incident, verdict: Verdict) -> Iterator[str]:
    yield from ("", f"### {plain(called(incident))}: {plain(short(verdict))}", "")
    if verdict.claim:
        yield from (plain(verdict.claim), "")
    if verdict.trigger:
        yield from (f"Set off by: {plain(verdict.trigger)}", "")
    for item in verdict.evidence:
        if item.weighs is not Weighs.NEITHER:
            yield f"* {item.weighs} the verdict: {plain(item.says)} {code(item.finding)}{_where(item)}"
    for out in verdict.ruled_out:
        yield f"* {out.side.upper()} ruled out: {plain(' '.join(out.because))}"
    where = f"{CASES}{incident.id}" if incident.id in export.cases else "no case was kept"
    yield from ("", f"Case {code(incident.id)}: {code(where)}")


def _where(item: EvidenceItem) -> str:
    places = [f"{one.locator} at {one.vantage} ({one.artifact[:19]})" for one in item.witnesses[:_WITNESSES]]
    more = len(item.witnesses) - len(places)
    rest = f" and {more} more" if more else ""
    return f" in {', '.join(map(code, places))}{rest}" if places else ""


def _notes(export: Export) -> Iterator[str]:
    notes = [one for one in export.inquiry.timeline if isinstance(one, Noted)]
    gone = {one.note: one for one in export.inquiry.timeline if isinstance(one, Withdrawn)}
    if not notes:
        return
    yield from ("", "## Notes", "")
    for note in notes:
        kind = "evidence" if note.report else "free text"
        taken = f", from the message {code(note.message)}" if note.message else ""
        back = (
            f"; withdrawn {_moment(gone[note.note].at)} by {_person(gone[note.note].by)}" if note.note in gone else ""
        )
        who = _person(note.author or note.by)
        yield f"* {_moment(note.at)} {who}, {kind}: {plain(told_of(note))} {code(note.note)}{taken}{back}"
    told = {sentence: None for one in export.inquiry.notes for sentence in _against(one, export.inquiry.notes)}
    yield from (f"* {plain(sentence)}" for sentence in told)


def _against(one: Noted, notes: Sequence[Noted]) -> Iterator[str]:
    yield from contradictions.sentences(noted.facts([one, *(other for other in notes if noted.meets(one, other))]))


def _pictures(export: Export) -> Iterator[str]:
    if export.pictures:
        yield from ("", "## Pictures")
    for name in export.pictures:
        yield from ("", f"![{plain(name)}]({PICTURES}{name})")


def _gaps(export: Export, told: Summary) -> Iterator[str]:
    missing = (*told.missing, *export.notes, *(f"{name}: {why}" for name, why in export.unjudged.items()))
    if missing:
        yield from ("", "## What is not here", "", *(f"* {plain(gap)}" for gap in missing))


def _deeds(export: Export) -> Iterator[str]:
    if export.audit:
        yield from ("", "## Who asked for what", "", *(f"* {code(audited.told(entry))}" for entry in export.audit))


def _again(export: Export) -> Iterator[str]:
    yield from ("", "## Judge it again", "")
    yield "`ruleout judge BUNDLE.zip` judges every case in the bundle again, without any network, and says of each"
    yield "whether it gives the same verdict."


def _case(incident: str | None) -> str:
    return f" ({code(incident)})" if incident else ""


def _id(line: Line) -> str:
    return " ".join(code(name) for name in (line.incident, line.id) if name)


def _source(line: Line) -> str:
    return _person(line.who) if line.who else plain(line.source)


def _person(person: Person) -> str:
    return "a terminal" if person.team == "terminal" else plain(f"@{person.user}")


def _moment(at: object) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}"

"""An inquiry as one file: gathered from the journal, the archive and the audit, redacted where asked, handed over."""

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot import log
from bot.clerk import Clerk, machines_of
from bot.drawing import path_picture, timeline
from bot.drawing.apart import apart
from bot.errors import BundleError, InstrumentError, RequestError
from bot.incidents import bundle as cases
from bot.incidents import judging, policy
from bot.incidents.chart import chart
from bot.incidents.policy import Capability
from bot.inquirer import Inquirer
from bot.inquiries import bundle, redact, zipped
from bot.inquiries.asked import judged, windows
from bot.inquiries.bundle import Export
from bot.inquiries.postmortem import post_mortem
from bot.model.audit import Deed, Entry
from bot.model.incident import Incident
from bot.model.inquiry import Inquiry
from bot.model.job import Artifact, Media, Probe, Vantage, digest_of
from bot.model.request import Person, Place
from bot.ports import Archive, Audit, Boards, Chat, Clock, Links

_log = log.get(__name__)

MOST_SHARED = 64 << 20
"""Bytes of a file that is still uploaded into a channel."""
_MOST_CASES = 256 << 20  # bytes of all cases together; then packets are left out, the oldest first
_MOST_DEEDS = 5_000
_MOST_PICTURES = 12
_SHARED = "The rules let no captures into the channel, so the packets were left out; their digests stand in the cases."
_LARGE = f"With its packets it is more than {MOST_SHARED >> 20} MiB, so they were left out; their digests stand there."
USAGE = "Say `/incident export`, or `/incident export redact` to replace addresses, MACs and names by others."


def gather(inquiry: Inquiry, incidents: Sequence[Incident], archive: Archive, audit: Audit, at: datetime) -> Export:
    """All there is of the inquiry; its notes say what could not be had."""
    found, notes, size = dict[str, Mapping[str, bytes]](), list[str](), 0
    for incident in sorted(incidents, key=lambda one: one.request.asked_at, reverse=True):
        try:
            files = archive.case(incident.id)
        except BundleError as error:
            notes.append(f"The case of {incident.id} is not here: {error}")
            continue
        if files is None:
            continue
        size += sum(map(len, files.values()))
        found[incident.id] = files
        if size > _MOST_CASES:
            bare = bundle.without_captures(Export(inquiry, (), at, {incident.id: files}), "").cases[incident.id]
            size -= sum(map(len, files.values())) - sum(map(len, bare.values()))
            found[incident.id] = bare
            notes.append(f"The packets of {incident.id} were left out: there are too many for one file.")
    try:
        deeds = _within(audit.of_channel(inquiry.channel, _MOST_DEEDS), inquiry, at)
    except InstrumentError as error:
        deeds = ()
        notes.append(f"The audit is not here: {error}")
    return Export(inquiry, tuple(incidents), at, found, deeds, notes=tuple(notes))


def _within(deeds: Iterable[Entry], inquiry: Inquiry, at: datetime) -> tuple[Entry, ...]:
    spans = [(since, until or at) for since, until in windows(inquiry)]
    return tuple(deed for deed in deeds if any(since <= deed.at <= until for since, until in spans))


def pictures(export: Export) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """What the newest verdicts rest on, drawn: who claimed the address when, and what the tables on the way hold."""
    drawn, notes = dict[str, bytes](), list[str]()
    for incident in judged(export.incidents)[-_MOST_PICTURES:]:
        try:
            if shown := _chart(export, incident):
                drawn[f"{incident.id}-timeline.png"] = shown
            if incident.path is not None and incident.path.hops:
                drawn[f"{incident.id}-tables.png"] = apart(path_picture.draw, incident.path)
        except (InstrumentError, BundleError) as error:
            notes.append(f"A picture of {incident.id} is not here: {error}")
    return drawn, tuple(notes)


def _chart(export: Export, incident: Incident) -> bytes | None:
    files = export.cases.get(incident.id)
    if files is None or cases.INDEX not in files:
        return None
    case, blobs = cases.unpack(files)
    seen, _ = judging.read(case.artifacts, blobs, case.target)
    shown = chart(incident, seen, case.artifacts)
    return apart(timeline.draw, shown) if shown else None


def packed(export: Export, *, redacted: bool) -> bytes:
    """The export as the bytes of one zip file, with its post-mortem."""
    if redacted:
        export = redact.redacted(export, secrets.token_bytes(32))
    else:
        drawn, notes = pictures(export)
        export = replace(export, pictures=drawn, notes=(*export.notes, *notes))
    return zipped.write(bundle.pack(export, post_mortem(export)), export.at)


def named(export: Export, *, redacted: bool) -> str:
    """The name of the file."""
    return f"{export.inquiry.id}{'-redacted' if redacted else ''}.zip"


@dataclass(frozen=True, slots=True)
class Exporter:
    """The door in the chat. ``apart`` as in the carrier."""

    inquirer: Inquirer
    archive: Archive
    audit: Audit
    links: Links
    chat: Chat
    boards: Boards
    clerk: Clerk
    clock: Clock
    apart: Callable[[Callable[[], None]], None]

    def export(self, text: str, person: Person, place: Place) -> str:
        """Make the file, apart, and share it in the channel; what is said at once.

        Packets are shared only where the rules let them into the channel. Whoever may download them gets a link to
        the whole, where there are downloads.

        Raises:
            RequestError: there is no incident, or another word was said.
        """
        word = text.strip().lower()
        if word not in ("", "redact", "redacted"):
            raise RequestError(f"I do not know what {word[:40]} means there. {USAGE}")
        rule = self.clerk.may(Capability.CHECK, person, place, said=f"incident export {word}".strip())
        inquiry = self.inquirer.newest(place.channel)
        self.clerk.record(Deed.REQUESTED, person=person, place=place, said=f"incident export {word}".strip(),
                          read_as=inquiry.id, rule=rule)  # fmt: skip
        self.apart(lambda: self._made(inquiry, person, place, redacted=bool(word)))
        return "I am putting it together; the file appears here in a moment."

    def _made(self, inquiry: Inquiry, person: Person, place: Place, *, redacted: bool) -> None:
        try:
            self._export(inquiry, person, place, redacted=redacted)
        except (RequestError, InstrumentError, BundleError) as error:
            self.boards.whisper(person, place, f"The incident was not exported: {error}")
        except Exception:  # noqa: BLE001  nobody waits for this thread's result
            reference = self.clock.new_id("bug")
            _log.exception("export_broke", inquiry=inquiry.id, reference=reference)
            self.boards.whisper(
                person, place, f"ruleout itself broke on this export; its operator can look up {reference}."
            )

    def _export(self, inquiry: Inquiry, person: Person, place: Place, *, redacted: bool) -> None:
        whole = gather(inquiry, self.inquirer.questions(inquiry), self.archive, self.audit, self.clock.now())
        name, shared, kept = named(whole, redacted=redacted), whole, None
        if whole.captures and not self._may_share(whole):
            kept, shared = whole, bundle.without_captures(whole, _SHARED)
        data = packed(shared, redacted=redacted)
        if len(data) > MOST_SHARED and shared.captures:
            kept, shared = whole, bundle.without_captures(whole, _LARGE)
            data = packed(shared, redacted=redacted)
        if len(data) > MOST_SHARED:
            size = f"{len(data) >> 20} MiB"
            self._offer(
                name, data, shared, person, place, f"It is {size}, and I share {MOST_SHARED >> 20} MiB at most."
            )
            return
        why = f" {shared.notes[-1]}" if kept else ""
        self.clerk.record(Deed.UPLOADED, incident=inquiry.id, person=person, place=place, read_as=name,
                          size_bytes=len(data), digest=digest_of(data))  # fmt: skip
        comment = f"Everything of {inquiry.id}: `ruleout judge {name}` judges its cases again.{why}"
        self.boards.share(place, name, data, comment)
        if kept:
            self._offer(name, packed(kept, redacted=redacted), kept, person, place, "")

    def _may_share(self, export: Export) -> bool:
        by = {one.id: one for one in export.incidents}
        return all(
            policy.may_upload(self.clerk.rules, machine, size, payload=_payload(by[case]))
            for case, _, size in export.captures
            for machine in machines_of(by[case])
        )

    def _offer(self, name: str, data: bytes, export: Export, person: Person, place: Place, why: str) -> None:
        """Links to the file for this person, if they may download every capture in it."""
        taken = tuple(dict.fromkeys(machine for one in export.incidents for machine in machines_of(one)))
        try:
            rule = self.clerk.may(Capability.DOWNLOAD, person, place, taken, said=f"download {name}")
        except RequestError as refusal:
            self.boards.whisper(person, place, f"{why} The whole of it with its packets is for whoever may download "
                                f"them. {refusal}".strip())  # fmt: skip
            return
        at, shelf = self.clock.now(), self.clock.new_id("export")
        artifact = Artifact(shelf, Probe.CAPTURE, Vantage(name, "", ""), Media.EXPORT, digest_of(data), len(data), at,
                            at, None)  # fmt: skip
        self.archive.save(shelf, cases.pack_export(artifact, name, data))
        links = self.links.offer(shelf, person, place)
        if not links:
            sentence = (
                f"{why} The whole of it with its packets can be had with `ruleout incident export {export.inquiry.id}` "
                "where ruleout runs; its operator has configured no address for downloads."
            )
            self.boards.whisper(person, place, sentence.strip())
            return
        for link in links:
            self.clerk.record(Deed.LINKED, incident=export.inquiry.id, person=person, place=place, rule=rule,
                              read_as=link.filename, size_bytes=link.size_bytes, digest=link.digest)  # fmt: skip
        self.chat.hand(person, place, links)


def _payload(incident: Incident) -> bool:
    return incident.request.capture is not None and incident.request.capture.payload

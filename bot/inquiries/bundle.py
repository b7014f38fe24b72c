"""A channel's incident as files: its index, its post-mortem, and the case of every question that has one.

``incident.json`` lists every other file with its digest. The cases lie below ``cases/``, each as ``ruleout judge``
reads it.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, cast

from bot.errors import BundleError
from bot.incidents import bundle as cases
from bot.model import codec
from bot.model.audit import Entry
from bot.model.incident import AnyEvent, Incident
from bot.model.inquiry import AnyDeed, Inquiry, Opened
from bot.model.job import digest_of

FORMAT = "ruleout.incident/1"
INDEX, POST_MORTEM = "incident.json", "POST-MORTEM.md"
CASES, PICTURES = "cases/", "pictures/"


@dataclass(frozen=True, slots=True)
class Export:
    """All there is of an inquiry at one moment.

    ``cases`` are the files of every question that has a case, by its id, and ``pictures`` the files of pictures.
    ``notes`` are sentences on what is not here although it once was. ``whole`` says that no packets were left out, and
    ``redacted`` that addresses, MACs and names are others than they were; ``unjudged`` are the cases, by id, that
    cannot be judged again because of that, each with the sentence that says why.
    """

    inquiry: Inquiry
    incidents: tuple[Incident, ...]
    at: datetime
    cases: Mapping[str, Mapping[str, bytes]]
    audit: tuple[Entry, ...] = ()
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    redacted: bool = False
    unjudged: Mapping[str, str] = field(default_factory=dict)

    @property
    def captures(self) -> tuple[tuple[str, str, int], ...]:
        """Case, file name and size of every capture whose bytes are here."""
        return tuple(
            (name, kept.filename, len(files[kept.filename]))
            for name, files in self.cases.items()
            for kept in cases.captures(_index_of(files))
            if kept.filename in files
        )


@dataclass(frozen=True, slots=True)
class Question:
    """One question in a bundle that was read: ``case`` are the files of its case, ``why`` says why it is not judged."""

    id: str
    command: str
    target: str
    case: Mapping[str, bytes] | None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """What a bundle holds."""

    inquiry: Inquiry
    questions: tuple[Question, ...]
    audit: tuple[Entry, ...]
    redacted: bool
    notes: tuple[str, ...]


def pack(export: Export, post_mortem: str) -> dict[str, bytes]:
    """The files by name."""
    files = {POST_MORTEM: post_mortem.encode()}
    for name, case in export.cases.items():
        files |= {f"{CASES}{name}/{file}": data for file, data in case.items()}
    files |= {f"{PICTURES}{name}": data for name, data in export.pictures.items()}
    index = {
        "format": FORMAT,
        "id": export.inquiry.id,
        "made_at": codec.encode(export.at),
        "redacted": export.redacted,
        "notes": list(export.notes),
        "timeline": [codec.encode(deed, AnyDeed) for deed in export.inquiry.timeline],
        "questions": [_question(export, incident) for incident in export.incidents],
        "audit": [codec.encode(entry) for entry in export.audit],
        "files": {name: digest_of(data) for name, data in sorted(files.items())},
    }
    return {INDEX: json.dumps(index, indent=1).encode(), **files}


def _question(export: Export, incident: Incident) -> dict[str, Any]:
    """A question's row; its timeline stands here only where no case holds it."""
    verdict, here = incident.verdict, incident.id in export.cases
    return {
        "id": incident.id,
        "command": incident.request.command,
        "target": str(incident.address or incident.request.target),
        "case": f"{CASES}{incident.id}" if here else None,
        "unjudged": export.unjudged.get(incident.id),
        "verdict": f"{verdict.verdict}, {verdict.grade}, {verdict.cause or 'no cause'}" if verdict else None,
        "catalogue": verdict.catalogue if verdict else None,
        "timeline": [] if here else [codec.encode(event, AnyEvent) for event in incident.timeline],
    }


def unpack(files: Mapping[str, bytes]) -> Read:
    """What these files hold, after each was compared with its digest.

    Raises:
        BundleError: they are no bundle, or a file is missing, changed or added.
    """
    index = _index(files)
    try:
        digests = {str(name): str(digest) for name, digest in index["files"].items()}
        rows = [(str(row["id"]), str(row["command"]), str(row["target"]), row["case"], row["unjudged"])
                for row in index["questions"]]  # fmt: skip
        timeline = tuple(codec.decode(cast(Any, AnyDeed), deed) for deed in index["timeline"])
        audit = tuple(codec.decode(Entry, entry) for entry in index["audit"])
        notes, redacted = tuple(map(str, index["notes"])), bool(index["redacted"])
        name = str(index["id"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BundleError(f"{INDEX} is not a {FORMAT} index: {error}.") from error
    if not timeline or not isinstance(timeline[0], Opened):
        raise BundleError(f"{INDEX} is not a {FORMAT} index: its timeline does not begin with an opening.")
    _check(files, digests)
    questions = tuple(
        Question(id_, command, target, _case(files, case), why) for id_, command, target, case, why in rows
    )
    return Read(Inquiry(name, timeline), questions, audit, redacted, notes)


def _check(files: Mapping[str, bytes], digests: Mapping[str, str]) -> None:
    for name, digest in digests.items():
        if name not in files:
            raise BundleError(f"{INDEX} lists {name[:60]!r}, but the bundle does not hold it.")
        if digest_of(files[name]) != digest:
            raise BundleError(f"{name[:60]!r} is not the file that was exported: its digest differs from {INDEX}'s.")
    if added := sorted(files.keys() - digests.keys() - {INDEX}):
        raise BundleError(f"The bundle holds {added[0]!r}, which {INDEX} does not list.")


def _case(files: Mapping[str, bytes], place: object) -> Mapping[str, bytes] | None:
    if place is None:
        return None
    below = f"{place}/"
    found = {name.removeprefix(below): data for name, data in files.items() if name.startswith(below)}
    if not found:
        raise BundleError(f"{INDEX} names the case {str(place)[:60]!r}, but the bundle does not hold it.")
    return found


def _index(files: Mapping[str, bytes]) -> dict[str, Any]:
    if INDEX not in files:
        raise BundleError(f"That is no bundle of an incident: it holds no {INDEX}.")
    try:
        index = codec.loads(files[INDEX])
    except ValueError as error:
        raise BundleError(f"{INDEX} is not JSON: {error}.") from error
    if not isinstance(index, dict) or index.get("format") != FORMAT:
        raise BundleError(f"{INDEX} is not of format {FORMAT}, the only one that this version reads.")
    return index


def without_captures(export: Export, why: str) -> Export:
    """The same without packets: their files are gone, and their digests still stand in the cases."""
    kept = {name: dict(_bare(files)) for name, files in export.cases.items()}
    gone = len(export.captures)
    return replace(export, cases=kept, notes=(*export.notes, why)) if gone else export


def _bare(files: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    gone = {kept.filename for kept in cases.captures(_index_of(files))}
    for name, data in files.items():
        if name in (cases.INDEX, cases.LOOK_UP_INDEX):
            yield name, cases.without_captures(data)
        elif name not in gone:
            yield name, data


def _index_of(files: Mapping[str, bytes]) -> bytes:
    return next(files[name] for name in (cases.INDEX, cases.LOOK_UP_INDEX) if name in files)

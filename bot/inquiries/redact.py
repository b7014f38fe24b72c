"""An export with other addresses, MACs and names in it: in the incident's timeline, in every case, in the audit.

Packets lose what they carried. What is neither text nor such packets (tables over SNMP, UCS Manager's answers, captures
of other links) is left out, and said to be. A case is
only called one that can be judged again where its verdict was found again from what is in the export.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from enum import StrEnum
from functools import cache
from ipaddress import IPv4Address
from typing import Any, cast, get_args

from bot import causes
from bot.errors import BundleError
from bot.findings import establish
from bot.incidents import bundle as cases
from bot.incidents.rejudge import rejudge
from bot.inquiries import packets as changing
from bot.inquiries.bundle import Export
from bot.inquiries.packets import Packets
from bot.inquiries.pseudonyms import Pseudonyms
from bot.inquiries.rejudging import differs
from bot.model import audit, capture, cause, codec, finding, incident, inquiry, job, network, summary, verdict, vsphere
from bot.model.audit import Entry
from bot.model.finding import Evidence
from bot.model.incident import AnyEvent, Incident
from bot.model.inquiry import AnyDeed, Inquiry, Noted
from bot.model.job import Media, digest_of

TEXTS = frozenset({Media.NEIGHBOURS, Media.VCENTER, Media.PASTED, Media.REPORT})
"""What is replaced word by word."""
LEFT_OUT = (
    "Where a case lacks bytes, addresses cannot be replaced in them: tables over SNMP, answers of UCS Manager, "
    "captures that are no plain Ethernet."
)
_UNJUDGED = "It cannot be judged again from this redacted bundle: the bytes that it rests on were left out."
_OTHERWISE = "It cannot be judged again from this redacted bundle: with other names its evidence says something else."
_NAMED = (
    "name", "vm", "vm_name", "host", "hostname", "cluster", "network", "portgroup", "datastore", "switch", "vcenter",
    "source", "agent", "segment", "device", "vantage", "reporter", "user", "team", "channel", "target", "queue",
    "about", "affected", "unaffected",
)  # fmt: skip
"""The fields of our JSON in which something is called by its name."""
_KEPT = frozenset({"api_version", "version", "format", "digest", "artifact", "catalogue"})
"""The fields whose words name nothing of anybody's, though they may look so."""
_ADDRESS = re.compile(r"[\d./]+|[0-9a-f:]*:[0-9a-f:.]*", re.IGNORECASE)
_INTERFACE = re.compile(r"(?:vmnic|vmk|eth|ens|eno|bond|team|lo|vethernet)\d*", re.IGNORECASE)
_ROOMS = (audit, capture, cause, finding, incident, inquiry, job, network, summary, vsphere, verdict)


def redacted(export: Export, salt: bytes) -> Export:
    """The export with other words, the same for the same thing throughout. ``salt`` is random, and kept by nobody.

    Raises:
        RequestError: there are more addresses than others for them.
        BundleError: a case cannot be read.
    """
    told = _Documents.of(export)
    words = Pseudonyms(told.strings(), told.names(), salt)
    digests = dict[str, tuple[str, int]]()
    files = {name: _artifacts(case, words, digests) for name, case in export.cases.items()}
    change = _Change(words, digests)
    done = {name: _index(export.cases[name], kept, change) for name, kept in files.items()}
    unjudged = {name: why for name, case in done.items() if (why := _fails(case))}
    return replace(
        export,
        inquiry=Inquiry(export.inquiry.id, tuple(_changed(deed, AnyDeed, change) for deed in export.inquiry.timeline)),
        incidents=tuple(
            Incident(one.id, tuple(_changed(event, AnyEvent, change) for event in one.timeline))
            for one in export.incidents
        ),
        cases=done,
        audit=tuple(_changed(entry, Entry, change) for entry in export.audit),
        pictures={},
        notes=(*(change.text(note) for note in export.notes), *([LEFT_OUT] if _UNJUDGED in unjudged.values() else [])),
        redacted=True,
        unjudged=unjudged,
    )


class _Documents:
    """Everything that will be in the export, as what ``json`` reads."""

    def __init__(self, documents: tuple[Any, ...], ids: frozenset[str]) -> None:
        self._documents, self._ids = documents, ids

    @classmethod
    def of(cls, export: Export) -> "_Documents":
        found: list[Any] = [codec.encode(deed, AnyDeed) for deed in export.inquiry.timeline]
        found += [codec.encode(event, AnyEvent) for one in export.incidents for event in one.timeline]
        found += [codec.encode(entry) for entry in export.audit] + list(export.notes)
        for case in export.cases.values():
            found += [json.loads(_index_file(case)[1]), *(_read(data) for data in _readable(case).values())]
            found += [word for packets in _captures(case).values() for word in changing.words(packets)]
        notes = (deed.note for deed in export.inquiry.timeline if isinstance(deed, Noted))
        return cls(tuple(found), frozenset((export.inquiry.id, *notes, *(one.id for one in export.incidents))))

    def strings(self) -> Iterator[str]:
        """Every text in them."""
        for document in self._documents:
            yield from (text for _, text in _leaves(document))

    def names(self) -> frozenset[str]:
        """What is called by its name somewhere, apart from the words that everybody uses."""
        found = {
            name
            for document in self._documents
            for key, text in _leaves(document)
            if key in _NAMED
            for name in (text.rpartition(" by ")[2] if key == "reporter" else text.partition(".")[2] if key == "queue"
                         else text,)
        }  # fmt: skip
        return frozenset(name for name in found - self._ids if _names_somebody(name))


def _names_somebody(name: str) -> bool:
    plain = name.strip()
    known = len(plain) < 2 or plain.isdigit() or plain.casefold() in _ours()
    return not (known or _ADDRESS.fullmatch(plain) or _INTERFACE.fullmatch(plain))


@cache
def _ours() -> frozenset[str]:
    """The words of our own vocabulary: a machine that is called so is not given away by it."""
    enums = {
        str(member)
        for room in _ROOMS
        for kind in vars(room).values()
        if isinstance(kind, type) and issubclass(kind, StrEnum)
        for member in kind
    }
    classes = {kind.__name__ for kind in (*get_args(AnyEvent), *get_args(AnyDeed))}
    ids = [*(one.id for one in causes.ALL), *(one.id for one in establish(Evidence(IPv4Address(0), ())))]
    return frozenset(
        word.casefold() for text in (*enums, *classes, *ids, "terminal", "ruleout") for word in (text, *text.split("."))
    )


class _Change:
    """How a text is changed: by other words, and by the digests of artifacts that were changed."""

    def __init__(self, words: Pseudonyms, digests: Mapping[str, tuple[str, int]]) -> None:
        self._words, self._digests = words, digests

    def text(self, text: str) -> str:
        """The text with other words."""
        if text in self._digests:
            return self._digests[text][0]
        return self._words.replaced(text)

    def document(self, document: Any) -> Any:
        """The same with other words, and with the new size beside a new digest."""
        changed = _walk(
            document, lambda key, text: text if key in _KEPT and text not in self._digests else self.text(text)
        )
        return _sized(changed, dict(self._digests.values()))


def _sized(document: Any, sizes: Mapping[str, int]) -> Any:
    if isinstance(document, dict):
        inner = {key: _sized(value, sizes) for key, value in document.items()}
        if inner.get("digest") in sizes and "size_bytes" in inner:
            inner["size_bytes"] = sizes[inner["digest"]]
        return inner
    return [_sized(one, sizes) for one in document] if isinstance(document, list) else document


def _artifacts(case: Mapping[str, bytes], words: Pseudonyms, digests: dict[str, tuple[str, int]]) -> dict[str, bytes]:
    """The artifacts that are text, changed, by the old digest; what became of their digests and sizes is noted down."""
    kept = {}
    change = _Change(words, {})
    for digest, data in _readable(case).items():
        changed = json.dumps(change.document(_read(data)), indent=1).encode()
        digests[digest] = (digest_of(changed), len(changed))
        kept[digest] = changed
    for digest, packets in _captures(case).items():
        kept[digest] = changing.redacted(packets, words)
        digests[digest] = (digest_of(kept[digest]), len(kept[digest]))
    return kept


def _captures(case: Mapping[str, bytes]) -> dict[str, Packets]:
    """The packets that can be changed, by the digest of their capture."""
    rows = cases.listed(_index_file(case)[1])
    read = ((artifact.digest, changing.read(case[name])) for name, artifact in rows
            if artifact.media is Media.PCAP and name in case)  # fmt: skip
    return {digest: packets for digest, packets in read if packets is not None}


def _readable(case: Mapping[str, bytes]) -> dict[str, bytes]:
    """The bytes of the artifacts that can be read as text, by digest."""
    rows = cases.listed(_index_file(case)[1])
    return {artifact.digest: case[name] for name, artifact in rows if artifact.media in TEXTS and name in case}


def _index(case: Mapping[str, bytes], kept: Mapping[str, bytes], change: _Change) -> dict[str, bytes]:
    """The changed index and its artifacts as files; what is left out is listed without a file."""
    name, data = _index_file(case)
    index, files = json.loads(data), dict[str, bytes]()
    for row in index["artifacts"]:
        digest, file = row["artifact"]["digest"], str(row["file"])
        named = re.sub(r"\.pcap$", ".pcapng", re.sub(r"[^\w.-]", "_", change.text(file)))
        row["file"] = named if digest in kept else None
        if digest in kept:
            files[row["file"]] = kept[digest]
    places = [row.pop("file") for row in index["artifacts"]]
    changed = change.document(index)
    for row, place in zip(changed["artifacts"], places, strict=True):
        row["file"] = place
    return {**files, name: json.dumps(changed, indent=1).encode()}


def _fails(case: Mapping[str, bytes]) -> str | None:
    """Why the changed case cannot be judged again; None: it can, or there is nothing to judge."""
    if cases.LOOK_UP_INDEX in case:
        return None
    try:
        again, blobs = cases.unpack(case)
        if again.verdict is None:
            return None
        if any(artifact.digest not in blobs for artifact in again.artifacts):
            return _UNJUDGED
        return _OTHERWISE if differs(rejudge(again, {**blobs})) else None
    except BundleError:
        return _OTHERWISE


def _read(data: bytes) -> Any:
    try:
        return codec.loads(data)
    except ValueError as error:
        raise BundleError(f"An artifact of the case is not JSON: {error}.") from error


def _index_file(case: Mapping[str, bytes]) -> tuple[str, bytes]:
    return next((name, case[name]) for name in (cases.INDEX, cases.LOOK_UP_INDEX) if name in case)


def _changed(noun: Any, kind: Any, change: _Change) -> Any:
    return codec.decode(cast(Any, kind), change.document(codec.encode(noun, kind)))


def _leaves(document: Any, key: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(document, Mapping):
        for name, value in document.items():
            yield from _leaves(value, str(name))
    elif isinstance(document, list | tuple):
        for value in document:
            yield from _leaves(value, key)
    elif isinstance(document, str):
        yield key, document


def _walk(document: Any, change: Callable[[str, str], str], key: str = "") -> Any:
    if isinstance(document, Mapping):
        return {name: _walk(value, change, str(name)) for name, value in document.items()}
    if isinstance(document, list | tuple):
        return [_walk(value, change, key) for value in document]
    return change(key, document) if isinstance(document, str) else document

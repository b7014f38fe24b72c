"""Tables that people paste: what was meant is read at the door, and each becomes evidence before anything is asked."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Address

from bot.errors import BundleError, FormError, RequestError
from bot.incidents import asking
from bot.incidents.wording import listing
from bot.model.incident import Reported
from bot.model.job import Artifact, Job, JobOptions, Media, Probe, Vantage, digest_of
from bot.model.network import ArpEntry, Role, Table
from bot.model.pasted import PastedTable
from bot.model.request import CHECK, JUDGE, TRACE, Request, Target
from bot.probes import pasted

QUEUE = "pasted"
"""Where a pasted table stands among the jobs; no agent takes it."""
COMMANDS = (CHECK, TRACE, JUDGE)
"""The questions that a table can be evidence for."""
MOST_BYTES = pasted.MOST_BYTES
PLATFORMS = pasted.PLATFORMS
USAGE = (
    "Mention me with the table, for example `@ruleout table core-1 core` and below it what `show ip arp` showed; do so "
    "in the thread of a card, or name the machine's address in the first line. A longer table can be attached as a "
    "file."
)

_NAME = re.compile(r"[\w][\w.:/-]{0,63}")
_ADDRESS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")


@dataclass(frozen=True, slots=True)
class Pasted:
    """What one paste came to: a table for each command in it, and what is to be said of it."""

    tables: tuple[PastedTable, ...]
    addresses: frozenset[IPv4Address]
    notes: tuple[str, ...]


def words(text: str) -> dict[str, str]:
    """The fields in ``core-1 core`` and the table below it, as they follow the word "table" in a mention.

    Raises:
        RequestError: the first line says something else.
    """
    head, text = _head(text)
    fields = {"text": text}
    for word in asking.words_of(head):
        name = _field(word)
        if name is None or name in fields:
            raise RequestError(f"I do not know what {word[:40]} means there. {USAGE}")
        fields[name] = word.lower() if name in ("role", "platform") else word
    return fields


def _head(text: str) -> tuple[str, str]:
    """The first line and what is below; all is the table where it begins with a prompt or a fence."""
    head, _, below = text.partition("\n")
    fence = head.find("```")
    if fence >= 0:
        return head[:fence], f"{head[fence:]}\n{below}"
    return ("", text) if re.search(r"\S[#>$%] ?\S", re.sub(r"<[^<>|]*\|[^<>]*>", "", head)) else (head, below)


def _field(word: str) -> str | None:
    if _ADDRESS.fullmatch(word):
        return "target"
    if word.lower() in set(Role):
        return "role"
    if word.lower() in PLATFORMS:
        return "platform"
    return "device" if _NAME.fullmatch(word) else None


def target(fields: Mapping[str, str]) -> Target | None:
    """The machine that the table is to be about; None: the one that the thread is about.

    Raises:
        FormError: it is none.
    """
    said = fields.get("target", "").strip()
    try:
        return asking.parse(said).target if said else None
    except RequestError as error:
        raise FormError({"target": str(error)}) from error


def read(fields: Mapping[str, str], reporter: str, at: datetime) -> Pasted:
    """The tables in a filled form, or in the fields of a mention.

    Raises:
        FormError: with a sentence for each field that is wrong.
    """
    errors: dict[str, str] = {}
    device, role = fields.get("device", "").strip(), fields.get("role", "").strip()
    if device and not _NAME.fullmatch(device):
        errors["device"] = f"{device[:40]} is no device's name: letters, digits, dots and dashes, at most 64."
    if role and role not in set(Role):
        errors["role"] = f"{role[:40]} is no role; one of {listing(Role)} is."
    paste = pasted.Paste(
        text=fields.get("text", ""),
        reporter=reporter,
        pasted_at=at,
        device=device or None,
        role=Role(role) if role and "role" not in errors else None,
        platform=fields.get("platform", "").strip() or None,
    )
    try:
        pasted.write(paste)
        found, notes = pasted.parts(paste)
    except BundleError as error:
        raise FormError({**errors, "text": str(error)}) from error
    if errors:
        raise FormError(errors)
    tables = tuple(_table(part, told) for part, told in found)
    rows = [row for _, told in found for _, row in told.rows]
    addresses = frozenset(row.ip for row in rows if isinstance(row, ArpEntry))
    whys = tuple(f"Of `{told.command}` not all is here: {told.why}." for _, told in found if told.why)
    return Pasted(tables, addresses, (*notes, *whys))


def _table(part: pasted.Paste, told: pasted.Told) -> PastedTable:
    assert part.device is not None, "every part has a name"
    return PastedTable(
        text=part.text,
        device=part.device,
        table=told.table,
        command=told.command,
        entries=len(told.rows),
        reporter=part.reporter,
        pasted_at=part.pasted_at,
        role=part.role,
        platform=told.platform or part.platform,
    )


def merged(before: Iterable[PastedTable], newer: Sequence[PastedTable]) -> tuple[PastedTable, ...]:
    """All of them, of each device and command the newer one.

    Raises:
        RequestError: together they are more than one incident carries.
    """
    latest = {_key(one): one for one in (*before, *newer)}
    if sum(len(one.text.encode(errors="replace")) for one in latest.values()) > MOST_BYTES:
        raise RequestError(
            f"Together these tables have more than {MOST_BYTES >> 20} MiB, the most that one question carries; paste "
            "only the rows in question, for example `show ip arp | include 10.0.0.5`."
        )
    return tuple(latest.values())


def _key(one: PastedTable) -> tuple[str, str]:
    return one.device.casefold(), one.command.casefold()


def evidence(request: Request) -> tuple[tuple[Job, Reported, dict[str, bytes]], ...]:
    """Each table as a job that is done, its report, and the bytes by digest."""
    return tuple(_evidence(request, number, one) for number, one in enumerate(request.tables, 1))


def _evidence(request: Request, number: int, one: PastedTable) -> tuple[Job, Reported, dict[str, bytes]]:
    at, name = request.asked_at, _job(request, number)
    job = Job(name, request.id, Probe.REPORT, QUEUE, request.target.address, JobOptions(), at, at)
    artifact, data = artifact_of(one, name)
    report = Reported(at=at, job=name, agent=one.device, artifacts=(artifact,), final=True)
    return job, report, {artifact.digest: data}


def artifact_of(one: PastedTable, job: str) -> tuple[Artifact, bytes]:
    """The table as evidence: it says what was so when it was pasted, and nobody knows more of when that was."""
    data = pasted.write(
        pasted.Paste(
            text=one.text, reporter=one.reporter, pasted_at=one.pasted_at, device=one.device, role=one.role,
            platform=one.platform, command=None,
        )
    )  # fmt: skip
    at, vantage = one.pasted_at, Vantage(one.device, "", "")
    return Artifact(job, Probe.REPORT, vantage, Media.PASTED, digest_of(data), len(data), at, at, None), data


def looked_for(request: Request, job: Job) -> str:
    """What stands on the card beside the device: what was pasted, and by whom."""
    names = {_job(request, number): one for number, one in enumerate(request.tables, 1)}
    one = names.get(job.id)
    return f"{one.command}, pasted by {one.reporter}" if one else "pasted"


def _job(request: Request, number: int) -> str:
    return f"{request.id}.pasted{number}"


def told(found: Pasted, about: Target) -> str:
    """What the reporter hears at once: how many entries of which tables, and what was not understood."""
    said = [f"I read {listing(_counted(one) for one in found.tables)}."]
    tables = {one.table for one in found.tables}
    if about.address and Table.ARP in tables and about.address not in found.addresses:
        said.append(f"{about.address} is not in it." if len(found.tables) == 1 else f"{about.address} is in none.")
    return " ".join((*said, *found.notes))


def _counted(one: PastedTable) -> str:
    return f"{one.entries} {'entry' if one.entries == 1 else 'entries'} of `{one.command}` of {one.device}"


def named(tables: Sequence[PastedTable]) -> str:
    """The tables for the audit: whose and which, never their text."""
    return listing(f"{one.device}: {one.command} ({one.entries})" for one in tables)

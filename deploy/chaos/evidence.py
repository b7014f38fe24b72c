"""What a run left behind, read once: timelines, audit, what the agents ran, what Slack shows, and the server's keys."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.audit import files
from bot.errors import InstrumentError
from bot.model import chain
from bot.model.audit import Entry
from bot.model.incident import Incident
from bot.queue import keys
from bot.queue.journal import RedisJournal
from deploy.chaos.chronicle import Chronicle, Question
from deploy.chaos.plan import Size
from deploy.chaos.world import World
from deploy.demo.slack.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Run:
    """A line that an agent wrote: it began or ended a job. Moments are of the wall clock, in seconds."""

    what: str
    at: float
    agent: str
    life: str
    job: str
    incident: str
    queue: str
    expires_at: float


@dataclass(frozen=True, slots=True)
class Left:
    """A key on the server: its type, how many entries it has, and its lifetime in seconds (None: it has none)."""

    name: str
    kind: str
    length: int
    lives_s: int | None
    pending: int = 0


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that the invariants are held against.

    ``incidents`` are those whose timeline can be read, ``unreadable`` sentences about the others. ``names`` are the ids
    of channels and people by name.
    """

    directory: Path
    size: Size
    chronicle: Chronicle
    log: tuple[Mapping[str, Any], ...]
    incidents: Mapping[str, Incident]
    unreadable: tuple[str, ...]
    unfinished: tuple[str, ...]
    audit: tuple[Entry, ...]
    runs: tuple[Run, ...]
    left: tuple[Left, ...]
    dead: tuple[Mapping[str, str], ...]
    names: Mapping[str, str]
    button_key: bytes
    history: bool
    files: tuple[tuple[str, str, str], ...] = ()
    """What was uploaded: channel, thread and file name."""

    def asker(self, question: Question) -> tuple[str, str]:
        """The ids of the channel and of the person."""
        return self.names[question.channel], self.names[question.user]


def gather(world: World, unfinished: list[str], *, button_key: bytes, history: bool) -> Evidence:
    """Read all of it; the bots and agents have ended, server and stand-in still run."""
    journal = RedisJournal(world.url)
    incidents, unreadable = dict[str, Incident](), list[str]()
    for key in sorted(world.client.scan_iter(keys.journal("*"), count=1000)):
        name = key.decode().partition(":")[2]
        try:
            found = journal.read(name)
        except InstrumentError as error:
            unreadable.append(str(error))
            continue
        if found:
            incidents[name] = found
    journal.close()
    ran = world.directory / "ran.jsonl"
    runs = tuple(Run(**json.loads(line)) for line in ran.read_text().splitlines()) if ran.exists() else ()
    names = world.slack.look(
        lambda workspace: (
            {one.name: one.id for one in workspace.channels.values()}
            | {one.name: one.id for one in workspace.users.values()}
        )
    )
    return Evidence(
        world.directory, world.size, world.chronicle, tuple(world.slack.log()), incidents, tuple(unreadable),
        tuple(unfinished), tuple(_audit(world.directory / "audit.jsonl")), runs, tuple(_left(world.client)),
        tuple({name.decode(): value.decode(errors="replace") for name, value in fields.items()}
              for _, fields in world.client.xrange(keys.DEAD)),
        names, button_key, history, tuple(world.slack.look(lambda workspace: list(_files(workspace)))),
    )  # fmt: skip


def _files(workspace: Workspace) -> Iterator[tuple[str, str, str]]:
    for channel in workspace.channels.values():
        for parent in channel.messages.values():
            for message in (parent, *parent.replies):
                yield from ((channel.id, message.thread_ts or "", str(file["name"])) for file in message.files)


def _audit(path: Path) -> list[Entry]:
    found = []
    for file in files(path):
        for line in file.read_bytes().split(b"\n")[:-1]:
            try:
                found.append(chain.read(line).entry)
            except ValueError:
                continue  # `ruleout audit verify` says what that is
    return found


def _left(client: Any) -> list[Left]:
    found = []
    for key in sorted(client.scan_iter(count=1000)):
        kind, lives_s, pending = client.type(key).decode(), client.ttl(key), 0
        if lives_s == -2:  # it has gone since it was listed
            continue
        length = {"stream": client.xlen, "zset": client.zcard, "hash": client.hlen}.get(kind, lambda _: 1)(key)
        if kind == "stream" and key.startswith(keys.jobs("").encode()):
            pending = sum(group["pending"] for group in client.xinfo_groups(key))
        found.append(Left(key.decode(), kind, length, lives_s if lives_s >= 0 else None, pending))
    return found

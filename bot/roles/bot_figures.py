"""What a bot tells beside what it counts: how things stand when somebody asks, and whether it is ready."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from bot.archive import CaseArchive
from bot.audit import FileAudit
from bot.doors import CountedDoors
from bot.errors import InstrumentError
from bot.meters import (
    ARCHIVE_BYTES,
    ARCHIVE_CASES,
    AUDIT_ENTRIES,
    AUDIT_SOUND,
    CONNECTED,
    DEAD,
    FREE_BYTES,
    HEARTBEAT,
    PENDING,
    QUEUED,
    UNSENT,
    Reading,
)
from bot.model.job import Agent
from bot.ports import Clock, Queue
from bot.queue.depths import Depths
from bot.queue.keys import DEAF_S
from bot.roles.metering import free_bytes
from bot.slack.publisher import Publisher
from bot.slack.runners import HttpRunner, SocketRunner

_ARCHIVE_EVERY_S = 300.0  # its size is the sum of its files, of which there may be many thousands


@dataclass(slots=True)
class BotFigures:
    """The parts of a bot that are asked. ``read_queues`` are those of the readers that its settings name."""

    coordinator: CountedDoors
    queue: Queue
    depths: Depths
    publisher: Publisher
    door: SocketRunner | HttpRunner
    archive: CaseArchive
    audit: FileAudit
    clock: Clock
    read_queues: frozenset[str]
    _archive: tuple[float, int, int] = field(default=(float("-inf"), 0, 0))

    def sources(self) -> dict[str, Callable[[], Iterator[Reading]]]:
        """By the name that stands in the log when one cannot be read."""
        return {
            "incidents": self.coordinator.readings,
            "slack": self._slack,
            "queues": self._queues,
            "archive": self._stored,
            "audit": self._audited,
        }

    def checks(self) -> tuple[Callable[[], str | None], ...]:
        """What has to be well for a bot to answer a question."""
        return (self._reached, lambda: self.coordinator.engine.trouble, self._turning)

    def _reached(self) -> str | None:
        return None if self.door.is_connected() else "Slack does not reach the bot: its socket is not open."

    def _turning(self) -> str | None:
        stood_s = time.monotonic() - self.coordinator.engine.turned_at
        return f"What agents bring was not looked at for {stood_s:.0f} s." if stood_s > DEAF_S else None

    def _slack(self) -> Iterator[Reading]:
        yield Reading(CONNECTED, self.door.is_connected())
        yield Reading(UNSENT, self.publisher.waiting)

    def _queues(self) -> Iterator[Reading]:
        agents = self._agents()
        now = self.clock.now()
        for agent in agents.values():
            yield Reading(HEARTBEAT, max(0.0, (now - agent.heard_at).total_seconds()), (agent.name,))
        queues = self.read_queues.union(*(agent.queues for agent in agents.values()))
        depths, dead = self.depths.of(queues)
        for depth in depths:
            yield Reading(QUEUED, depth.length, (depth.queue,))
            if depth.pending is not None:
                yield Reading(PENDING, depth.pending, (depth.queue,))
        yield Reading(DEAD, dead)

    def _agents(self) -> dict[str, Agent]:
        """Who is heard, and who was within a week."""
        return {agent.name: agent for agent in (*self.queue.roll(), *self.queue.agents())}

    def _stored(self) -> Iterator[Reading]:
        yield Reading(FREE_BYTES, free_bytes(self.archive.root), ("archive",))
        yield Reading(FREE_BYTES, free_bytes(self.audit.path), ("audit",))
        measured_at, cases, size_bytes = self._archive
        if time.monotonic() - measured_at > _ARCHIVE_EVERY_S:
            cases, size_bytes = self.archive.size()
            self._archive = (time.monotonic(), cases, size_bytes)
        yield Reading(ARCHIVE_CASES, cases)
        yield Reading(ARCHIVE_BYTES, size_bytes)

    def _audited(self) -> Iterator[Reading]:
        try:
            head, whole = self.audit.end()
        except InstrumentError:  # `ruleout audit verify` says what is wrong with it
            yield Reading(AUDIT_SOUND, 0)
            return
        yield Reading(AUDIT_ENTRIES, head.number)
        yield Reading(AUDIT_SOUND, whole)


def queues_of(vcenters: tuple[str, ...], networks: tuple[str, ...]) -> frozenset[str]:
    """The queues of the readers of these vCenters and networks."""
    return frozenset((*(f"vcenter.{name}" for name in vcenters), *(f"network.{name}" for name in networks)))

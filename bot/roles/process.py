"""What every long-running role does alike: end in order on SIGTERM, and stand as an agent on its queues."""

import signal
import threading
from collections.abc import Iterator, Mapping, Sequence
from types import FrameType
from typing import TYPE_CHECKING

from bot import __version__
from bot.agents.runner import Runner
from bot.meters import LEASED, Reading
from bot.model.job import Agent, Probe, Vantage
from bot.ports import Ability
from bot.queue.agent_side import RedisIntake
from bot.roles.logs import keep_logs
from bot.roles.metering import Instruments
from bot.settings import Settings
from bot.system import SystemClock

if TYPE_CHECKING:
    from bot.metrics.figures import Source
    from bot.metrics.server import Check


def until_told() -> threading.Event:
    """An event that SIGTERM or Ctrl-C sets."""
    stop = threading.Event()

    def set_it(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, set_it)
    signal.signal(signal.SIGINT, set_it)
    return stop


def stand(
    settings: Settings,
    name: str,
    abilities: Mapping[Probe, Ability],
    vantages: tuple[Vantage, ...] = (),
    *,
    told: Instruments,
    sources: "Mapping[str, Source] | None" = None,
    checks: "Sequence[Check]" = (),
) -> None:
    """Do the jobs of the queues whose keys were given, until told to stop; then finish what runs.

    ``told`` serves what this process tells of itself, ``sources`` and ``checks`` what its role adds to that.
    """
    keep_logs(settings)
    queue_keys = settings.queue_keys("RULEOUT_QUEUE_KEYS")
    agent = Agent(name, tuple(queue_keys), tuple(abilities), vantages, __version__, SystemClock().now())
    stop = until_told()
    intake = RedisIntake(
        settings.text("RULEOUT_REDIS_URL"),
        queue_keys,
        agent,
        ca_file=settings.text("RULEOUT_REDIS_CA_FILE") or None,
        meter=told.meter,
    )
    runner = Runner(intake, abilities, agent, slots=settings.number("RULEOUT_SLOTS"), meter=told.meter)

    def leased() -> Iterator[Reading]:
        yield Reading(LEASED, intake.trouble() is None)

    told.stands({"lease": leased, **(sources or {})}, (intake.trouble, *checks))
    try:
        runner.run(stop)
    finally:
        told.close()

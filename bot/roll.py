"""The roll: which agents are heard now, which were before, and what that lets the flow plan with."""

import threading
import time

from bot.incidents.planning import Known
from bot.model.job import Agent
from bot.ports import Clock, Queue

_AGENTS_FRESH_S = 1.0


class Roll:
    """``vcenters`` and ``networks`` are the readers that the settings name. Safe from several threads."""

    def __init__(self, queue: Queue, clock: Clock, vcenters: tuple[str, ...], networks: tuple[str, ...]) -> None:
        self._queue, self._clock = queue, clock
        self._vcenters, self._networks = vcenters, networks
        self._lock = threading.Lock()  # guards _agents and _heard
        self._heard: dict[str, Agent] = {}  # every agent as it was heard last
        self._read = False
        self._agents: tuple[float, tuple[Agent, ...]] = (-_AGENTS_FRESH_S, ())

    def call(self) -> tuple[Agent, ...]:
        """Everybody who is heard now; whoever falls silent later is missed.

        Raises:
            InstrumentError: the server is away.
        """
        agents = self._queue.agents()
        with self._lock:
            self._heard |= {agent.name: agent for agent in agents}
        return agents

    def ever(self) -> tuple[Agent, ...]:
        """Every agent that was heard lately, by this process or by one before it.

        Raises:
            InstrumentError: the server is away.
        """
        if not self._read:
            known = {agent.name: agent for agent in self._queue.roll()}
            with self._lock:
                self._heard, self._read = known | self._heard, True
        with self._lock:
            return tuple(self._heard.values())

    def known(self) -> Known:
        """What the flow is told of this moment; the agents in it may be a second old.

        Raises:
            InstrumentError: the server is away.
        """
        with self._lock:
            read_at, agents = self._agents
        if time.monotonic() - read_at > _AGENTS_FRESH_S:
            agents = self.call()
            with self._lock:
                self._agents = (time.monotonic(), agents)
        return Known(agents, self._vcenters, self._clock.now(), self._networks)

"""Who is in, what runs for whom, and what somebody may do: asked at a door, told to one person alone."""

from collections.abc import Callable
from dataclasses import dataclass

from bot import log
from bot.clerk import Clerk
from bot.errors import InstrumentError
from bot.incidents.policy import Capability
from bot.model.incident import Incident
from bot.model.job import Agent
from bot.model.request import Person, Place
from bot.model.roster import Home, Listing
from bot.ports import Clock, Journal
from bot.rosters.presence import Known, roster
from bot.rosters.rights import rights, sees_agents
from bot.rosters.running import running
from bot.rosters.usage import usage

_log = log.get(__name__)

_ELSEWHERE = 100
"""How many requests of other bots are read for one home: the newest."""


@dataclass(frozen=True, slots=True)
class Receptionist:
    """What it asks of the desk: ``heard`` gives the agents of this moment and ``before`` every one that was ever heard.

    ``remembered`` gives the questions that this bot has in memory.
    """

    journal: Journal
    clerk: Clerk
    clock: Clock
    vcenters: tuple[str, ...]
    networks: tuple[str, ...]
    remembered: Callable[[], tuple[Incident, ...]]
    heard: Callable[[], tuple[Agent, ...]]
    before: Callable[[], tuple[Agent, ...]]

    def agents(self, person: Person, place: Place) -> Listing:
        """Everybody who looks, for whoever may look something up here.

        Raises:
            RequestError: they may not.
            InstrumentError: the queue server is away, so nobody knows.
        """
        self.clerk.may(Capability.LOOK_UP, person, place, said="agents")
        return self._roster()

    def usage(self, person: Person, place: Place) -> str:
        """What there is to type, as far as this person may do it here.

        Raises:
            RequestError: they may do nothing here.
        """
        return usage(self.clerk.reach(person, place))

    def home(self, person: Person) -> Home:
        """The person's own requests, their rights, and the agents where they may see them.

        Raises:
            InstrumentError: the queue server is away.
        """
        member = self.clerk.directory.member(person)
        shown, more = running(self._unended(), person)
        rules = self.clerk.rules
        return Home(
            at=self.clock.now(),
            running=shown,
            more=more,
            rights=rights(rules, person, member),
            agents=self._roster() if sees_agents(rules, person, member) else None,
        )

    def _roster(self) -> Listing:
        heard = self.heard()
        known = Known(heard, self.before(), self.remembered(), self.vcenters, self.networks, self.clock.now())
        return roster(known)

    def _unended(self) -> tuple[Incident, ...]:
        """What runs here, and what other bots run as far as it can be read."""
        here = {one.id: one for one in self.remembered()}
        names = [name for name in self.journal.unfinished() if name not in here]
        found = [one for name in names[-_ELSEWHERE:] if (one := self._read(name))]
        return (*here.values(), *found)

    def _read(self, name: str) -> Incident | None:
        try:
            return self.journal.read(name)
        except InstrumentError as error:  # another version wrote it; the others are shown
            _log.warning("request_unreadable", incident=name, reason=str(error))
            return None

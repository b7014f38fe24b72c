"""The operator's rules as nouns: the ladder of rights, who stands on which step, and what captures need beyond it."""

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network

from bot.model.people import Channel, Member
from bot.model.request import Person, Place

TERMINAL = "terminal"
"""The team of somebody who runs ``ruleout check`` on the bot's own machine."""


class Capability(StrEnum):
    """A step of the ladder, from harmless to intrusive; whoever stands on one may do everything below it."""

    LOOK_UP = "look_up"
    CHECK = "check"
    CAPTURE = "capture"
    APPROVE = "approve"
    DOWNLOAD = "download"

    def reaches(self, needed: "Capability") -> bool:
        """Whether this step includes the needed one."""
        steps = list(Capability)
        return steps.index(self) >= steps.index(needed)


@dataclass(frozen=True, slots=True)
class Grant:
    """A right of some people. ``name`` is what colleagues call them: refusals and the audit say it.

    ``groups`` are ids of Slack user groups. ``prefixes`` None: every address. ``channels`` None: every channel that
    is not shared with another company.
    """

    name: str
    may: Capability
    people: frozenset[Person] = frozenset()
    groups: frozenset[str] = frozenset()
    prefixes: tuple[IPv4Network, ...] | None = None
    channels: frozenset[str] | None = None

    def holds_in(self, channel: str) -> bool:
        """Whether it counts in this channel."""
        return self.channels is None or channel in self.channels

    def holds_for(self, target: IPv4Address | None, needed: Capability) -> bool:
        """Whether it counts for this machine.

        None: nobody knows its address yet. Then a limited right is enough to ask for a capture, whose machine is
        asked about again before anything begins, and not enough for a check, which is not.
        """
        if self.prefixes is None:
            return True
        if target is None:
            return needed.reaches(Capability.CAPTURE)
        return any(target in prefix for prefix in self.prefixes)


@dataclass(frozen=True, slots=True)
class TwoPersons:
    """Machines that are captured only once a second person has agreed; ``because`` is the operator's reason."""

    prefixes: tuple[IPv4Network, ...]
    because: str | None = None


@dataclass(frozen=True, slots=True)
class Upload:
    """Which captures may be shared in the channel: of these machines, up to this size, and without payload."""

    prefixes: tuple[IPv4Network, ...]
    largest_bytes: int


@dataclass(frozen=True, slots=True)
class Policy:
    """The operator's rules.

    ``teams`` are Slack team ids, never names; everybody else is an outsider. ``channels`` None: every channel the bot
    is in. ``members`` is the step of every full member, of which no more counts than CHECK, because whoever captures
    is named; None: none. ``outside`` is the highest step, at most CHECK, in the ``outside_channels``: for guests and
    people of other companies, and for everybody where a channel is shared with another company; elsewhere they have
    none. ``barred`` people have no right at all, whatever group they are in. ``capturers`` may do everything; they
    stand for a rules file where there is none.
    """

    teams: tuple[str, ...]
    channels: tuple[str, ...] | None = None
    capturers: tuple[Person, ...] = ()
    members: Capability | None = Capability.CHECK
    outside: Capability | None = None
    outside_channels: frozenset[str] = frozenset()
    grants: tuple[Grant, ...] = ()
    barred: frozenset[Person] = frozenset()
    two_persons: tuple[TwoPersons, ...] = ()
    upload: Upload | None = None

    @property
    def all_grants(self) -> tuple[Grant, ...]:
        """The grants, and the one that RULEOUT_CAPTURERS stands for."""
        if not self.capturers:
            return self.grants
        return (*self.grants, Grant("RULEOUT_CAPTURERS", Capability.DOWNLOAD, people=frozenset(self.capturers)))

    @property
    def asks_groups(self) -> bool:
        """Whether any right hangs on a Slack user group."""
        return any(grant.groups for grant in self.grants)


@dataclass(frozen=True, slots=True)
class Asker:
    """Who wants something where, and what the chat says of both; None: it does not say."""

    person: Person
    place: Place
    member: Member | None
    channel: Channel | None

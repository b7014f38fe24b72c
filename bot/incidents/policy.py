"""Who may do what, and where. Refusals say whom to ask. Everything not allowed is refused."""

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network

from bot.errors import RequestError
from bot.model.people import Channel, Member
from bot.model.request import Person, Place

TERMINAL = "terminal"
"""The team of somebody who runs ``ruleout check`` on the bot's own machine."""


class Capability(StrEnum):
    """What a person may do, from harmless to intrusive; each includes those before it."""

    LOOK_UP = "look up"
    CHECK = "run checks"
    CAPTURE = "capture packets"
    APPROVE = "approve captures"
    DOWNLOAD = "download captures"


@dataclass(frozen=True, slots=True)
class Asker:
    """Who wants something where, and what the chat says of both; None: it does not say."""

    person: Person
    place: Place
    member: Member | None
    channel: Channel | None


@dataclass(frozen=True, slots=True)
class Policy:
    """The operator's rules.

    ``teams`` are Slack team ids, never names; a member of any other team is an outsider, whatever the channel.
    ``channels`` None: every channel the bot is in. ``capturers`` may capture; an empty tuple: nobody. Machines in
    ``second_for`` are captured only once a second person has agreed. ``upload``: captures may be shared in the channel.
    """

    teams: tuple[str, ...]
    channels: tuple[str, ...] | None = None
    capturers: tuple[Person, ...] = ()
    second_for: tuple[IPv4Network, ...] = ()
    upload: bool = True


def authorise(policy: Policy, capability: Capability, asker: Asker, target: IPv4Address | None = None) -> str:
    """The rule that lets the asker do this here, to this machine.

    Raises:
        RequestError: they may not; the text says why and who can change it.
    """
    person, place = asker.person, asker.place
    if person.team == TERMINAL:
        return "a terminal"  # whoever can start a process with the bot's keys could do it without the bot
    if person.team not in policy.teams:
        raise RequestError("Only members of this workspace may use ruleout; ask a colleague here to run it for you.")
    if policy.channels is not None and place.channel not in policy.channels:
        raise RequestError("ruleout answers only in the channels its operator listed; ask in an incident channel.")
    if capability in (Capability.LOOK_UP, Capability.CHECK):
        return "a member of the workspace"
    if person not in policy.capturers:
        raise RequestError(
            f"You may run checks but not {capability}; ask the operator of ruleout to add you to RULEOUT_CAPTURERS."
        )
    return "RULEOUT_CAPTURERS"


def needs_second(policy: Policy, target: IPv4Address) -> str | None:
    """The sentence of the rule by which a second person has to agree to a capture of this machine; None: nobody."""
    for network in policy.second_for:
        if target in network:
            return f"Captures in {network} need the agreement of a second person."
    return None


def may_upload(policy: Policy, target: IPv4Address, size_bytes: int, payload: bool) -> bool:
    """Whether a capture of this machine may be shared in the channel."""
    return policy.upload and not payload

"""Who may do what, and where. Refusals say whom to ask. Everything not allowed is refused."""

from dataclasses import dataclass
from enum import StrEnum

from bot.errors import RequestError
from bot.model.request import Person, Place

TERMINAL = "terminal"
"""The team of somebody who runs ``ruleout check`` on the bot's own machine."""


class Capability(StrEnum):
    """What a person may do, from harmless to intrusive."""

    CHECK = "run checks"
    CAPTURE = "capture packets"


@dataclass(frozen=True, slots=True)
class Policy:
    """The operator's rules.

    ``teams`` are Slack team ids, never names; a member of any other team is an outsider, whatever the channel.
    ``channels`` None: every channel the bot is in. ``capturers`` may capture; an empty tuple: nobody.
    """

    teams: tuple[str, ...]
    channels: tuple[str, ...] | None = None
    capturers: tuple[Person, ...] = ()


def authorise(policy: Policy, capability: Capability, person: Person, place: Place) -> None:
    """Return if the person may do this here.

    Raises:
        RequestError: they may not; the text says why and who can change it.
    """
    if person.team == TERMINAL:
        return  # whoever can start a process with the bot's keys could do it without the bot
    if person.team not in policy.teams:
        raise RequestError("Only members of this workspace may use ruleout; ask a colleague here to run it for you.")
    if policy.channels is not None and place.channel not in policy.channels:
        raise RequestError("ruleout answers only in the channels its operator listed; ask in an incident channel.")
    if capability is Capability.CAPTURE and person not in policy.capturers:
        raise RequestError(
            "You may run checks but not capture packets; ask the operator of ruleout to add you to RULEOUT_CAPTURERS."
        )

"""Who may do what, where, to which machine. Everything not allowed is refused, and a refusal says whom to ask.

What the chat does not say counts against the asker: without it nothing beyond a check is allowed. In channels shared
with other companies, and for guests and strangers, nothing is, unless the rules name the channel; captures never are.
"""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network

from bot.errors import RequestError
from bot.incidents import rights_refused as refused
from bot.incidents.rights import TERMINAL, Asker, Capability, Grant, Policy, TwoPersons, Upload
from bot.model.people import Membership
from bot.model.request import Place

__all__ = [
    "TERMINAL",
    "Asker",
    "Capability",
    "Grant",
    "Policy",
    "TwoPersons",
    "Upload",
    "authorise",
    "may_upload",
    "needs_second",
    "reach",
    "who_may",
]


def authorise(policy: Policy, capability: Capability, asker: Asker, target: IPv4Address | None = None) -> str:
    """The rule that lets the asker do this here, to this machine, in words for the audit.

    ``target`` None: its address is not known yet, so a capture has to be authorised again once it is. A capture of
    several machines is authorised for each.

    Raises:
        RequestError: they may not; the text says which right is missing here and whom to ask.
    """
    if asker.person.team == TERMINAL:
        return "a terminal on the bot's own machine"  # who can start a process with its keys could do without it
    _enter(policy, asker)
    if _outside(policy, asker):
        return _from_outside(policy, capability, asker)
    intrusive = capability.reaches(Capability.CAPTURE)
    if not intrusive and policy.members is not None and policy.members.reaches(capability):
        return f"members may {policy.members}"
    unknown = asker.member is None or asker.channel is None
    if unknown and intrusive and any(grant.may.reaches(capability) for grant in policy.all_grants):
        raise RequestError(refused.UNKNOWN_MEMBER if asker.member is None else refused.UNKNOWN_CHANNEL)
    own = tuple(grant for grant in _held(policy, asker) if grant.may.reaches(capability))
    for grant in own:
        if grant.holds_for(target, capability):
            return f"{grant.name} may {grant.may}"
    raise RequestError(refused.missing(capability, target, own, who_may(policy, capability, asker.place, target)))


def reach(policy: Policy, capability: Capability, asker: Asker) -> tuple[IPv4Network, ...] | None:
    """The machines to which the asker may do this here: None is every one, empty none. It says no more than allowed.

    Nothing is shown to anybody by what their grants look like: each is put to ``authorise`` itself.
    """
    everywhere = _passes(policy, capability, asker, None)
    own = [grant.prefixes for grant in _held(policy, asker) if grant.may.reaches(capability)]
    by_standing = asker.person.team == TERMINAL or _outside(policy, asker)
    harmless = not capability.reaches(Capability.CAPTURE)
    by_membership = harmless and policy.members is not None and policy.members.reaches(capability)
    if everywhere and (by_standing or by_membership or None in own):
        return None
    prefixes = dict.fromkeys(prefix for limited in own for prefix in limited or ())
    return tuple(one for one in prefixes if _passes(policy, capability, asker, one.network_address))


def _passes(policy: Policy, capability: Capability, asker: Asker, target: IPv4Address | None) -> bool:
    try:
        return bool(authorise(policy, capability, asker, target))
    except RequestError:
        return False


def who_may(policy: Policy, capability: Capability, place: Place, target: IPv4Address | None = None) -> tuple[str, ...]:
    """Whom the rules name for this, here and for this machine, as colleagues call them; empty: nobody."""
    return tuple(
        grant.name
        for grant in policy.all_grants
        if grant.may.reaches(capability) and grant.holds_in(place.channel) and grant.holds_for(target, capability)
    )


def needs_second(policy: Policy, target: IPv4Address) -> str | None:
    """The sentence of the rule by which a second person has to agree to a capture of this machine; None: nobody."""
    for rule in policy.two_persons:
        for prefix in rule.prefixes:
            if target in prefix:
                why = f" ({rule.because})" if rule.because else ""
                return f"Captures in {prefix}{why} need the agreement of a second person."
    return None


def may_upload(policy: Policy, target: IPv4Address, size_bytes: int, payload: bool) -> bool:
    """Whether a capture of this machine may be shared in the channel; never, unless the rules say so."""
    allowed = policy.upload
    return (
        allowed is not None
        and not payload
        and size_bytes <= allowed.largest_bytes
        and any(target in prefix for prefix in allowed.prefixes)
    )


def _enter(policy: Policy, asker: Asker) -> None:
    """Refuse whom no rule could help."""
    if asker.person in policy.barred:
        raise RequestError(refused.BARRED)
    if policy.channels is not None and asker.place.channel not in policy.channels:
        raise RequestError(refused.ELSEWHERE)
    if asker.channel is not None and asker.channel.archived:
        raise RequestError(refused.ARCHIVED)
    if asker.member is not None and asker.member.membership is Membership.BOT:
        raise RequestError(refused.BOT)
    if asker.member is not None and asker.member.membership is Membership.GONE:
        raise RequestError(refused.GONE)


def _outside(policy: Policy, asker: Asker) -> bool:
    foreign = asker.person.team not in policy.teams
    guest = asker.member is not None and asker.member.membership is not Membership.FULL
    return foreign or guest or (asker.channel is not None and asker.channel.shared)


def _from_outside(policy: Policy, capability: Capability, asker: Asker) -> str:
    """What guests, strangers and people in shared channels may: what the rules say of this very channel."""
    here = asker.place.channel in policy.outside_channels
    highest = min((policy.outside, Capability.CHECK), key=_step)  # also where a policy was made without a file
    if here and highest is not None and highest.reaches(capability):
        return f"outside may {highest} in this channel"
    if asker.person.team not in policy.teams:
        raise RequestError(refused.STRANGER)
    if asker.member is not None and asker.member.membership is not Membership.FULL:
        raise RequestError(refused.GUEST)
    raise RequestError(refused.SHARED_CAPPED if here else refused.SHARED)


def _step(capability: Capability | None) -> int:
    return -1 if capability is None else list(Capability).index(capability)


def _held(policy: Policy, asker: Asker) -> Iterator[Grant]:
    """The asker's grants in this channel, those that name them first: a group's members may be edited in Slack."""
    groups = asker.member.groups if asker.member else frozenset()
    here = [grant for grant in policy.all_grants if grant.holds_in(asker.place.channel)]
    yield from (grant for grant in here if asker.person in grant.people)
    yield from (grant for grant in here if asker.person not in grant.people and grant.groups & groups)

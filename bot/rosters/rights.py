"""What the rules grant a person in general, where no channel is asked about; the gate at each door decides."""

from collections.abc import Iterator

from bot.incidents import rights_refused as refused
from bot.incidents.rights import Capability, Grant, Policy
from bot.incidents.wording import listing
from bot.model.people import Member, Membership
from bot.model.request import Person
from bot.rosters.fitting import fitting

_NOBODY = {Membership.BOT: refused.BOT, Membership.GONE: refused.GONE}
_CHARACTERS = 3_000
NONE = "The rules of ruleout give you no right; its operator can change that."


def rights(policy: Policy, person: Person, member: Member | None) -> tuple[str, ...]:
    """Sentences for the person; a channel in them is ``#`` and its id. ``member`` None: the chat does not say."""
    if person in policy.barred:
        return (refused.BARRED,)
    if member is not None and member.membership in _NOBODY:
        return (_NOBODY[member.membership],)
    if member is None:
        return (refused.UNKNOWN_MEMBER,)
    if _from_outside(policy, person, member):
        return tuple(_outside(policy, person))
    found = tuple(_inside(policy, person, member))
    if not found:
        return (NONE,)
    shown, left = fitting((*found, *_elsewhere(policy)), _CHARACTERS)
    return (*shown, *((f"… and {left} rules more, which the operator of ruleout knows.",) if left else ()))


def sees_agents(policy: Policy, person: Person, member: Member | None) -> bool:
    """Whether the rules let the person look anything up in a channel of our own; not while nobody says who they are."""
    if member is None or person in policy.barred or _from_outside(policy, person, member):
        return False
    return policy.members is not None or any(_theirs(policy, person, member))


def _inside(policy: Policy, person: Person, member: Member) -> Iterator[str]:
    if policy.members is not None:
        step = min(policy.members, Capability.CHECK, key=list(Capability).index)
        yield f"As a member of this workspace you may {_steps(step)}, any machine, {_everywhere(policy)}."
    for grant in _theirs(policy, person, member):
        machines = "any machine" if grant.prefixes is None else f"only in {listing(f'`{p}`' for p in grant.prefixes)}"
        here = grant.channels if policy.channels is None or not grant.channels else grant.channels & {*policy.channels}
        where = _everywhere(policy) if here is None else f"in {_channels(here)}" if here else "in no channel of mine"
        yield f"As one of `{grant.name}` you may {_steps(grant.may)}, {machines}, {where}."


def _elsewhere(policy: Policy) -> Iterator[str]:
    if policy.outside is None or not policy.outside_channels:
        yield "In a channel that is shared with another company none of this is done."
    else:
        step = min(policy.outside, Capability.CHECK, key=list(Capability).index)
        yield (
            f"In a channel that is shared with another company none of this is done, but that everybody may "
            f"{_steps(step)} in {_channels(policy.outside_channels)}."
        )
    for rule in policy.two_persons:
        why = f" ({rule.because})" if rule.because else ""
        yield f"A capture in {listing(f'`{one}`' for one in rule.prefixes)}{why} needs a second person's agreement."


def _from_outside(policy: Policy, person: Person, member: Member) -> bool:
    return person.team not in policy.teams or member.membership is not Membership.FULL


def _outside(policy: Policy, person: Person) -> Iterator[str]:
    if policy.outside is None or not policy.outside_channels:
        yield refused.STRANGER if person.team not in policy.teams else refused.GUEST
        return
    step = min(policy.outside, Capability.CHECK, key=list(Capability).index)
    yield f"As a guest here you may {_steps(step)} in {_channels(policy.outside_channels)}, and nowhere else."


def _theirs(policy: Policy, person: Person, member: Member) -> Iterator[Grant]:
    return (grant for grant in policy.all_grants if person in grant.people or grant.groups & member.groups)


def _steps(highest: Capability) -> str:
    return listing(refused.DOING[step] for step in Capability if highest.reaches(step))


def _everywhere(policy: Policy) -> str:
    return "in every channel that I am in" if policy.channels is None else f"in {_channels(policy.channels)}"


def _channels(ids: frozenset[str] | tuple[str, ...]) -> str:
    return listing(f"#{one}" for one in sorted(ids))

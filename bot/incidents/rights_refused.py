"""Refusals: which right is missing here, and whom to ask.

People and groups are named as the operator's rules call them, never as a mention: a refusal may end on a card, where
``<@U1>`` or ``<!subteam^S1>`` would ring the telephones of everybody who is on call.
"""

from collections.abc import Sequence
from ipaddress import IPv4Address

from bot.incidents.rights import Capability, Grant

BARRED = "The rules of ruleout bar you from it; its operator can change that."
ELSEWHERE = "ruleout answers only in the channels its operator listed; ask in an incident channel."
ARCHIVED = "This channel is archived, so no answer could appear here; ask in an incident channel."
BOT = "ruleout takes no requests from other apps, because nobody could be asked why; ask yourself."
GONE = "Slack says that your account is deactivated, so nothing can be done for you."
STRANGER = "Only members of this workspace may use ruleout; ask a colleague here to run it for you."
GUEST = "Guests of this workspace may not use ruleout here; ask a colleague who is a full member."
SHARED = (
    "This channel is shared with another company, so ruleout shows nothing of our network here; ask in a channel of "
    "our own, or ask the operator of ruleout to name this channel under [outside] in the rules."
)
SHARED_CAPPED = (
    "This channel is shared with another company, so what you asked for is not done here; ask in a channel of our own."
)
UNKNOWN_MEMBER = (
    "Slack does not say at the moment who you are, member or guest, so nothing beyond a check is done; try again in "
    "a minute. If that stays so, the operator of ruleout has to give the app the scope users:read."
)
UNKNOWN_CHANNEL = (
    "Slack does not say at the moment whether this channel is shared with another company, so nothing beyond a check "
    "is done; try again in a minute. In a private channel, invite the app first."
)

DOING = {
    Capability.LOOK_UP: "look machines up",
    Capability.CHECK: "run checks",
    Capability.CAPTURE: "capture packets",
    Capability.APPROVE: "approve captures",
    Capability.DOWNLOAD: "download captures",
}


def missing(capability: Capability, target: IPv4Address | None, own: Sequence[Grant], others: Sequence[str]) -> str:
    """The refusal for a member of the house. ``own``: their grants here, of other machines; ``others``: who may."""
    of = "" if target is None else f" of {target}"
    right = f'the right "{capability}"{of} here'
    if own:
        reach = ", ".join(str(prefix) for grant in own for prefix in grant.prefixes or ())
        what = f"You may {DOING[capability]} here only in {reach}; you lack {right}."
        if target is None:
            what = f"You may {DOING[capability]} here only in {reach}, so say the machine's address."
    else:
        what = f"You may not {DOING[capability]} here: you lack {right}."
    if others and not (own and target is None):
        return f"{what} Ask {' or '.join(others)}, who have it."
    if own and target is None:
        return what
    return f"{what} Nobody has it; the operator of ruleout can grant it."

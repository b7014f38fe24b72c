"""The answer of a look-up as parts of the channel's message and as texts for its thread."""

from collections.abc import Iterator

from slack_sdk.models.blocks import Block

from bot.incidents import owned
from bot.incidents.card import Card
from bot.model.owners import Owner, Owners
from bot.slack.mrkdwn import fitted, marked
from bot.slack.pieces import LINE, SECTION, bullets, context, header, joined, listing, section

_OWNERS = 3
_LINES = 5
_CONFLICTS = 3
_ESTABLISHED = 5
_SECTIONS = 6


def parts(card: Card, owners: Owners) -> Iterator[Block]:
    """The message: conflicts first, then who has it and where, what vCenter shows, what was not seen, how old it is."""
    yield header("⚠️" if owners.conflicts else "📇" if _asked(owners) else "❓", card.headline)
    says = fitted(card.says or "", SECTION - 2)
    yield section(says if "`" in says else f"*{says}*")  # Slack shows the stars of bold text with code in it
    if also := [one.says for one in owners.conflicts[1:]]:
        yield listing("Also", bullets(also[:_CONFLICTS]), len(also) - _CONFLICTS, "in the thread")
    for owner in owners.owners[:_OWNERS]:
        alone = len(owners.owners) == 1 and not owners.conflicts  # then its first fact is the sentence above
        lines = [*owner.facts[1 if alone else 0 :], *owner.interfaces]
        title = fitted(owned.heading(owner), LINE)
        yield listing(title, bullets(lines[:_LINES]), len(lines) - _LINES, "in the thread")
    if (more := len(owners.owners) - _OWNERS) > 0:
        yield context(f"… and {more} more machines in the thread")
    if owners.established:
        shown = bullets(owners.established[:_ESTABLISHED])
        yield listing("What vCenter shows", shown, len(owners.established) - _ESTABLISHED, "in the thread")
    for each in [one for one in owners.sections if one.shown][:_SECTIONS]:
        yield listing(each.title, bullets(each.lines[:_LINES]), len(each.lines) - _LINES, "in the thread")
    if further := [one for one in owners.sections if not one.shown]:
        titles = ", ".join(f"{each.title} ({len(each.lines)})" for each in further)
        yield context(f"Also read, in the thread: {fitted(titles, LINE)}")
    if owners.missing:
        yield context(f"Not seen: {fitted(' '.join(owners.missing), LINE)}")
    yield context(fitted(card.aged or "", LINE))


def texts(card: Card, owners: Owners) -> Iterator[str]:
    """Everything that was found, for the thread."""
    if owners.conflicts:
        yield joined("*Conflicts*", "\n".join(bullets([one.says for one in owners.conflicts])))
    yield f"*Answer*\n{fitted(owners.claim, 2 * LINE)}"
    yield from map(_owner, owners.owners)
    if owners.established:
        yield joined("*What vCenter shows*", "\n".join(bullets(owners.established)))
    for each in owners.sections:
        yield joined(f"*{marked(each.title.capitalize())}*", "\n".join(bullets(each.lines)))
    yield joined("*Not seen*", "\n".join(bullets(owners.missing)) or "Nothing that vCenter could show.")
    yield fitted(card.aged or "", LINE)


def _owner(owner: Owner) -> str:
    return joined(f"*{fitted(owned.heading(owner), LINE)}*", "\n".join(bullets((*owner.facts, *owner.interfaces))))


def _asked(owners: Owners) -> bool:
    return any(owner.asked_for for owner in owners.owners)

"""A matrix of many machines as parts of the channel's message and as texts for its thread; it fits a phone."""

from collections.abc import Iterator

from slack_sdk.models.blocks import Block

from bot.incidents import reach_words as words
from bot.incidents.card import Card
from bot.model.reach import Reach
from bot.slack.mrkdwn import fitted
from bot.slack.pieces import LINE, SECTION, bullets, context, header, listing, section

_BAD, _LISTED, _LOOK = 10, 8, 4


def parts(card: Card, reach: Reach) -> Iterator[Block]:
    """The message: the claim, who is affected and how, the groups, what separates them, what would tell more."""
    bad = [row for row in reach.machines if row.affected is not False]
    yield header("⚠️" if any(row.affected for row in bad) else "❓" if bad else "✅", card.headline)
    yield section(f"*{fitted(card.says or '', SECTION - 2)}*")
    if bad:
        lines = bullets([words.line(row, reach.places) for row in bad[:_BAD]])
        yield listing("Not fine", lines, len(bad) - _BAD, "in the thread")
    if reach.groups:
        yield listing("Affected in each group", bullets(reach.groups[:_LISTED]), len(reach.groups) - _LISTED, "groups")
    if reach.says:
        yield listing("What separates them", bullets(reach.says[:_LISTED]), len(reach.says) - _LISTED, "in the thread")
    if reach.look_at:
        yield listing("👉 Look at", bullets(reach.look_at[:_LOOK]), len(reach.look_at) - _LOOK, "in the thread")
    if card.missing:
        yield context(f"Not looked at: {fitted(' '.join(card.missing), LINE)}")


def texts(reach: Reach) -> Iterator[str]:
    """Every machine, and all that was concluded, for the thread."""
    yield "\n".join(("*Every machine*", *bullets([words.line(row, reach.places) for row in reach.machines])))
    if more := (*reach.says, *reach.look_at):
        yield "\n".join(("*What separates them, and what to look at*", *bullets(more)))
    if dark := [*words.unknown(reach)]:
        yield "\n".join(("*Not known*", *bullets(dark)))

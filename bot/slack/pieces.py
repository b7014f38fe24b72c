"""A message and the few pieces that all our messages are made of; every piece stays within Slack's limits."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block, ContextBlock, HeaderBlock, SectionBlock
from slack_sdk.models.blocks.basic_components import MarkdownTextObject, PlainTextObject

from bot.incidents.instruments import Stage
from bot.model.finding import Witness
from bot.model.verdict import NextTest
from bot.slack.limits import check_message
from bot.slack.mrkdwn import code, fitted, marked, plain

LINE = 420
SECTION = 2900
_HEADER = 140
STAGES = {
    Stage.WAITING: "▫️",
    Stage.LOOKING: "🔎",
    Stage.REPORTED: "✅",
    Stage.FAILED: "❌",
    Stage.LOST: "🔌",
    Stage.EXPIRED: "⌛",
}


@dataclass(frozen=True, slots=True)
class Message:
    """What is posted: ``text`` for notifications, screen readers and clients that cannot show the blocks."""

    text: str
    blocks: tuple[dict[str, Any], ...] = ()


def plain_message(message: Message) -> Message:
    """The same in the simplest blocks there are, for a Slack that refused the better ones."""
    lines, chunks = message.text.splitlines(), [""]
    for line in lines:
        if len(chunks[-1]) + len(line) > SECTION:
            chunks.append("")
        chunks[-1] += f"{line}\n"
    return Message(message.text, tuple(section(chunk).to_dict() for chunk in chunks if chunk.strip()))


def checked(text: str, parts: Sequence[Block]) -> Message:
    """The message of these parts; where they break a limit after all, the plain form of its text."""
    try:
        message = Message(text, tuple(part.to_dict() for part in parts))
    except SlackObjectFormationError:  # a plain card beats none
        return plain_message(Message(text))
    return plain_message(message) if check_message(message.blocks) else message


def header(mark: str, headline: str) -> Block:
    """The headline, large, behind its mark."""
    return HeaderBlock(text=PlainTextObject(text=f"{mark} {plain(headline, _HEADER)}", emoji=True))


def section(text: str) -> Block:
    """A paragraph of mark-up, which must be within its limit."""
    return SectionBlock(text=MarkdownTextObject(text=text.strip()))


def context(text: str) -> Block:
    """Small print."""
    return ContextBlock(elements=[MarkdownTextObject(text=text)])


def listing(title: str, lines: Sequence[str], more: int, of_what: str) -> Block:
    """Lines under a title, and how many ``more`` there are that do not stand here."""
    rest = f"\n_… and {more} more {of_what}_" if more > 0 else ""
    return section(joined(f"*{title}*" if title else "", "\n".join(lines) + rest))


def bullets(texts: Sequence[str]) -> list[str]:
    """Foreign sentences as the lines of a list."""
    return [f"• {fitted(text, LINE)}" for text in texts]


def numbered(texts: Sequence[str]) -> list[str]:
    """Foreign sentences as the lines of a list whose order counts."""
    return [f"{number}. {fitted(text, LINE)}" for number, text in enumerate(texts, 1)]


def place(witness: Witness) -> str:
    """Where a reader can check a statement: the place, the vantage and the file."""
    algorithm, _, digest = witness.artifact.partition(":")
    return f"↳ {marked(witness.locator)} at {marked(witness.vantage)}, file {code(f'{algorithm}:{digest[:12]}')}"


def joined(title: str, body: str) -> str:
    """A title and marked-up lines in one section's length; when cut, the last line says how many are missing."""
    whole = f"{title}\n{body}".strip()
    if len(whole) <= SECTION:
        return whole
    lines, kept = whole.splitlines(), 0
    while sum(map(len, lines[: kept + 1])) + kept < SECTION - 40:
        kept += 1
    return "\n".join((*lines[:kept], f"… ({len(lines) - kept} more lines cut)"))


def next_test(test: NextTest) -> str:
    """What would decide, and who can do it."""
    return f"{fitted(test.do, 2 * LINE)}  _{fitted(test.who, LINE)}_"

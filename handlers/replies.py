"""A sentence for one person, in elements where nothing in it can become a mention, a link or an emoji."""

import html
from typing import Any

from slack_sdk import WebClient


def reply(sentence: str) -> dict[str, Any]:
    """The arguments of an ephemeral message; what stands in backticks is shown as code."""
    parts = sentence.split("`")
    elements = [
        {"type": "text", "text": part, "style": {"code": True}} if number % 2 else {"type": "text", "text": part}
        for number, part in enumerate(parts)
        if part
    ]
    section = {"type": "rich_text_section", "elements": elements}
    return {
        "text": html.escape(sentence, quote=False),
        "blocks": [{"type": "rich_text", "elements": [section]}],
    }


def whisper(client: WebClient, channel: str, user: str, thread: str | None, sentence: str) -> None:
    """Show a sentence to one person in the channel, or in this thread of it."""
    client.chat_postEphemeral(channel=channel, user=user, thread_ts=thread, **reply(sentence))

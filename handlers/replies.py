"""A sentence for one person, in elements where nothing in it can become a mention, a link or an emoji."""

import html
import time
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot import log
from bot.model.roster import Listing

_log = log.get(__name__)

_TRIES, _LONGEST_S = 4, 5.0
_TEXT = 3900  # Slack advises 4,000 characters of text beside blocks


def reply(sentence: str) -> dict[str, Any]:
    """The arguments of an ephemeral message; what stands in backticks is shown as code."""
    section = {"type": "rich_text_section", "elements": pieces(sentence)}
    return {
        "text": html.escape(sentence, quote=False),
        "blocks": [{"type": "rich_text", "elements": [section]}],
    }


def listed(listing: Listing) -> dict[str, Any]:
    """The same of a sentence and the lines below it."""
    return {
        "text": html.escape("\n".join((listing.head, *listing.lines)), quote=False)[:_TEXT],
        "blocks": [{"type": "rich_text", "elements": listing_elements(listing)}],
    }


def listing_elements(listing: Listing) -> list[dict[str, Any]]:
    """A sentence and its lines as the elements of rich text."""
    found: list[dict[str, Any]] = [{"type": "rich_text_section", "elements": pieces(listing.head)}]
    if listing.lines:
        lines = [{"type": "rich_text_section", "elements": pieces(line)} for line in listing.lines]
        found.append({"type": "rich_text_list", "style": "bullet", "elements": lines})
    return found


def pieces(sentence: str) -> list[dict[str, Any]]:
    """A sentence in elements; what stands in backticks is shown as code."""
    return [
        {"type": "text", "text": part, "style": {"code": True}} if number % 2 else {"type": "text", "text": part}
        for number, part in enumerate(sentence.split("`"))
        if part
    ]


def whisper(
    client: WebClient, channel: str, user: str, thread: str | None, sentence: str, *, tries: int = _TRIES
) -> bool:
    """Show a sentence to one person in the channel, or in this thread of it; see ``show``."""
    return show(client, channel, user, thread, reply(sentence), tries=tries)


def show(
    client: WebClient, channel: str, user: str, thread: str | None, shown: dict[str, Any], *, tries: int = _TRIES
) -> bool:
    """Show what ``reply`` or ``listed`` made to one person in the channel, or in this thread of it.

    Where Slack wants silence it is tried again, which may take seconds; what it does not take at all is logged, for
    there is no other way to the person. Whether it was taken.
    """
    for attempt in range(tries):
        try:
            client.chat_postEphemeral(channel=channel, user=user, thread_ts=thread, **shown)
        except (SlackClientError, OSError) as error:
            after_s = _again_after_s(error)
            if after_s is None or attempt + 1 == tries:
                _log.warning("not_told", channel=channel, reason=log.redact(str(error)))
                return False
            time.sleep(min(after_s, _LONGEST_S))
        else:
            return True
    return False


def _again_after_s(error: Exception) -> float | None:
    """When to try again; None: not at all."""
    status = error.response.status_code if isinstance(error, SlackApiError) else None
    if not isinstance(error, SlackApiError) or status is None or status < 429:
        return None
    wait = str(error.response.headers.get("Retry-After") or "1")
    return float(wait) if wait.isascii() and wait.isdigit() else 1.0

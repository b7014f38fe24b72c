"""Who asks, where, and with which words, as Slack's payloads say it; nothing is guessed."""

import html
import re
from collections.abc import Mapping
from typing import Any

from bot.errors import RequestError
from bot.model import naming
from bot.model.incident import MARK
from bot.model.request import Person, Place


def of_command(body: Mapping[str, Any]) -> tuple[Person, Place]:
    """Of a slash command, which Slack offers outside threads only."""
    return _person(body.get("team_id"), body.get("user_id")), place(body.get("channel_id"))


def of_mention(event: Mapping[str, Any], actor_team: str | None) -> tuple[Person, Place]:
    """Of a mention; ``actor_team`` is the asker's own team, which in a shared channel is not the installed one."""
    return _person(actor_team, event.get("user")), place(event.get("channel"), event.get("thread_ts"))


def name_of(body: Mapping[str, Any]) -> str | None:
    """What the incident of an event's question is called: told again, the same event asks for the same one."""
    return naming.derived("inc", event) if isinstance(event := body.get("event_id"), str) else None


def of_share(event: Mapping[str, Any], file: Mapping[str, Any], team: str | None) -> tuple[Person, Place]:
    """Of a shared file: the place is the thread of the message that shows it, as far as Slack says."""
    channel, thread = event["channel_id"], None
    for places in (file.get("shares") or {}).values():
        for shown in places.get(channel, ()):
            thread = shown.get("thread_ts") or shown.get("ts")
    return _person(team, event.get("user_id")), Place(channel, thread)


def of_button(body: Mapping[str, Any], *, in_thread: bool = False) -> tuple[Person, Place]:
    """Of a pressed button. The place is where its card stands or, ``in_thread``, the card's own thread.

    The team is the user's own: the body's ``team`` is the one that installed the app, also when somebody of another
    company pressed (slack_bolt 1.30, request/internals.py).
    """
    user, message = body["user"], body.get("message") or {}
    thread, own = message.get("thread_ts"), message.get("ts")
    if thread in (None, own):  # a card with replies is the parent of its thread and names itself there
        thread = own if in_thread else None
    return _person(user.get("team_id"), user.get("id")), place(body["channel"].get("id"), thread)


def of_home(event: Mapping[str, Any], team: str | None) -> Person:
    """Of an opened Home tab, which belongs to no channel."""
    return _person(team, event.get("user"))


def of_view(body: Mapping[str, Any]) -> Person:
    """Of a submitted modal; the team is the user's own, as with a button."""
    return _person(body["user"].get("team_id"), body["user"].get("id"))


def of_own_post(body: Mapping[str, Any]) -> tuple[str, str, str, str] | None:
    """Of a message of ours that has been posted: whose it is, which part of it, the channel and the message.

    None: another app posted it, whatever it is marked with.
    """
    event = body["event"]
    metadata = event.get("metadata") or {}
    mark = metadata.get("event_payload") or {}
    if event.get("app_id") != body.get("api_app_id") or metadata.get("event_type") != MARK:
        return None
    name, part, channel, message = (
        mark.get("id"), mark.get("part"), event.get("channel_id"), event.get("message_ts"),
    )  # fmt: skip
    if not (isinstance(name, str) and isinstance(part, str) and isinstance(channel, str) and isinstance(message, str)):
        return None
    return name, part, channel, message


def stop_words(text: str) -> str | None:
    """What follows ``stop`` where the text begins with it; None: it is about something else."""
    first, _, rest = text.strip().partition(" ")
    return rest.strip() if first.lower() == "stop" else None


def words_to(bot_user: str | None, text: str) -> tuple[str, str]:
    """What follows the mention of the bot: the first word in lower case without a slash, and the rest."""
    _, _, after = text.partition(f"<@{bot_user}")
    said = html.unescape(re.sub(r"^(\|[^>]*)?>[\s:,]*", "", after)).split(maxsplit=1)
    first, rest = (*said, "", "")[:2]
    return first.lower().removeprefix("/"), rest.strip()


def by_person(event: Mapping[str, Any]) -> bool:
    """Whether a person wrote it: two bots that answer each other would never end."""
    return bool(event.get("user")) and not event.get("bot_id")


def place(channel: object, thread: object = None) -> Place:
    """A place as a payload names it.

    Raises:
        RequestError: it names none.
    """
    if not channel or not isinstance(channel, str) or not isinstance(thread, str | None):
        raise RequestError("Slack does not say where you asked, so I cannot answer there; please ask again.")
    return Place(channel, thread)


def _person(team: object, user: object) -> Person:
    if not team or not user or not isinstance(team, str) or not isinstance(user, str):
        raise RequestError("Slack does not say which workspace you belong to, so I cannot know what you may do here.")
    return Person(team, user)

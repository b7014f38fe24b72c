"""A command with ``help`` or nothing behind it, and a mention that says nothing we know."""

from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient

from bot.errors import InstrumentError, RequestError
from bot.model.request import AGENTS, CAPTURE, IN_WORDS, INCIDENT, NOTE
from handlers.coordinator import Coordinator
from handlers.payloads import of_command, of_mention, words_to
from handlers.replies import reply, whisper

_HELP = ("", "help", "?", "-h", "--help")


def register(app: App, coordinator: Coordinator) -> None:
    """Answer whoever asks what there is with what they may do here; only they see it."""

    def usage(ack: Ack, body: dict[str, Any]) -> None:
        try:
            said = coordinator.receptionist.usage(*of_command(body))
        except (RequestError, InstrumentError) as refusal:
            said = str(refusal)
        ack(response_type="ephemeral", **reply(said))

    for command in IN_WORDS:
        app.command(f"/{command}", matchers=[_wants_usage])(usage)
    for command in (CAPTURE, AGENTS):  # these words alone do something
        app.command(f"/{command}", matchers=[_wants_usage_by_a_word])(usage)

    @app.event("app_mention", matchers=[_says_nothing_known])
    def mentioned(event: dict[str, Any], context: dict[str, Any], client: WebClient) -> None:
        try:
            said = coordinator.receptionist.usage(*of_mention(event, context.get("actor_team_id")))
        except (RequestError, InstrumentError) as refusal:
            said = str(refusal)
        if event.get("user"):
            whisper(client, event["channel"], event["user"], event.get("thread_ts"), said)


def _wants_usage(command: dict[str, Any]) -> bool:
    return (command.get("text") or "").strip().lower() in _HELP


def _wants_usage_by_a_word(command: dict[str, Any]) -> bool:
    return bool((command.get("text") or "").strip()) and _wants_usage(command)


def _says_nothing_known(event: dict[str, Any], context: dict[str, Any]) -> bool:
    first, rest = words_to(context.get("bot_user_id"), event.get("text") or "")
    by_person = not event.get("bot_id")  # two bots that explain themselves to each other would never end
    if first == AGENTS and not rest:
        return False
    return by_person and (first not in (*IN_WORDS, CAPTURE, INCIDENT, NOTE, AGENTS) or rest.lower() in _HELP)

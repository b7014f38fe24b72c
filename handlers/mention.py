"""``@ruleout arpcheck 10.0.0.5``: the same question where Slack has no slash commands, in threads."""

from typing import Any

from slack_bolt import App
from slack_sdk import WebClient

from bot.errors import InstrumentError, RequestError
from bot.model.request import CAPTURE, STOPPABLE
from handlers.coordinator import Coordinator
from handlers.payloads import by_person, name_of, of_mention, stop_words, words_to
from handlers.replies import whisper


def register(app: App, coordinator: Coordinator) -> None:
    """Take a question from a mention; asked in a thread, it is answered there."""

    @app.event("app_mention", matchers=[by_person])
    def mention(body: dict[str, Any], event: dict[str, Any], context: dict[str, Any], client: WebClient) -> None:
        command, text = words_to(context.get("bot_user_id"), event.get("text") or "")
        try:
            person, place = of_mention(event, context.get("actor_team_id"))
            if command in STOPPABLE and (wanted := stop_words(text)) is not None:
                coordinator.stop_named(command, wanted, person, place)
            elif command == CAPTURE:
                coordinator.capture(text, person, place, name=name_of(body))
            else:
                coordinator.ask(command, text, person, place, name=name_of(body))
        except (RequestError, InstrumentError) as refusal:
            whisper(client, event["channel"], event["user"], event.get("thread_ts"), str(refusal))

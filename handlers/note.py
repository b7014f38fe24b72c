"""``/note the core was rebooted at 12:03``: written down, weighed where it is evidence, and taken back."""

import html
from collections.abc import Mapping
from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.errors import FormError, InstrumentError, RequestError
from bot.model.request import NOTE, Person, Place
from handlers.coordinator import Coordinator, Noter
from handlers.form import beside, entered, kept, place_of
from handlers.note_form import FORM, LONGEST, note_form
from handlers.payloads import by_person, of_button, of_command, of_mention, of_view, words_to
from handlers.presses import pressed
from handlers.replies import reply, whisper


def register(app: App, coordinator: Coordinator) -> None:
    """Take the command, the word in a mention, the shortcut on a message, the form, and the button below a note."""
    _in_words(app, coordinator)

    @app.shortcut("add_evidence")
    def chosen(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        message = body["message"]
        text = html.unescape(str(message.get("text") or ""))
        try:
            person, place = of_button(body, in_thread=True)
            _open(_noter(coordinator), text, person, place, body, client, message)
        except (RequestError, InstrumentError) as refusal:
            whisper(client, body["channel"]["id"], body["user"]["id"], message.get("thread_ts"), str(refusal))

    @app.view(FORM)
    def submitted(ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        carried = kept(view)
        said, author = carried.get("message"), _author_of(carried)
        message = said if isinstance(said, str) else None
        try:
            _noter(coordinator).note(entered(view), of_view(body), place_of(view), message, author)
        except FormError as wrong:
            ack(response_action="errors", errors=beside(wrong.errors, view))
        except (RequestError, InstrumentError) as refusal:
            ack(response_action="errors", errors=beside({"text": str(refusal)}, view))
        else:
            ack()

    @app.action("withdraw_note")
    def withdrawn(ack: Ack, body: dict[str, Any], context: dict[str, Any], client: WebClient) -> None:
        pressed(_noter(coordinator).withdraw, ack, body, context, client)


def _in_words(app: App, coordinator: Coordinator) -> None:
    @app.command(f"/{NOTE}")
    def asked(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        text = (body.get("text") or "").strip()
        try:
            person, place = of_command(body)
            if text:
                _noter(coordinator).note_words(text, person, place)
                ack()
                return
            ack()
            _open(_noter(coordinator), "", person, place, body, client, {})
        except (RequestError, InstrumentError) as refusal:
            if text:
                ack(response_type="ephemeral", **reply(str(refusal)))
            else:
                whisper(client, body["channel_id"], body["user_id"], None, str(refusal))

    @app.event("app_mention", matchers=[_says_note])
    def mentioned(event: dict[str, Any], context: dict[str, Any], client: WebClient) -> None:
        _, text = words_to(context.get("bot_user_id"), event.get("text") or "")
        try:
            person, place = of_mention(event, context.get("actor_team_id"))
            _noter(coordinator).note_words(text, person, place, event.get("ts"))
        except (RequestError, InstrumentError) as refusal:
            whisper(client, event["channel"], event["user"], event.get("thread_ts"), str(refusal))


def _says_note(event: dict[str, Any], context: dict[str, Any]) -> bool:
    return by_person(event) and words_to(context.get("bot_user_id"), event.get("text") or "")[0] == NOTE


def _noter(coordinator: Coordinator) -> Noter:
    assert coordinator.noter is not None, "a bot with a channel has it"
    return coordinator.noter


def _open(
    noter: Noter, text: str, person: Person, place: Place, body: dict[str, Any], client: WebClient,
    message: Mapping[str, Any],
) -> None:  # fmt: skip
    """Open the form; ``message`` is the one that it is about, empty where there is none."""
    if len(text) > LONGEST:
        raise RequestError(
            f"This message has {len(text):,} characters, and a note holds {LONGEST:,}: note what matters of it with "
            f"`/{NOTE}`."
        )
    view = note_form(noter.form(text, person, place), place, message.get("ts"), _author(message, person))
    try:
        client.views_open(trigger_id=body["trigger_id"], view=view)
    except SlackApiError as error:
        raise RequestError(
            f"Slack did not open the form ({error.response['error']}); try again, or type it: `/{NOTE} what you saw`."
        ) from error


def _author_of(carried: Mapping[str, Any]) -> Person | None:
    """Whom the form carried as the author of its message."""
    match carried.get("author"):
        case [str(team), str(user)]:
            return Person(team, user)
    return None


def _author(message: Mapping[str, Any], chooser: Person) -> Person | None:
    """Who wrote the message; an app is nobody whose word counts."""
    user = message.get("user")
    return Person(str(message.get("team") or chooser.team), str(user)) if user and not message.get("bot_id") else None

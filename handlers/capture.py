"""``/capture 10.0.0.5 for 60s`` in words; alone, or from a card's button, it opens a form."""

from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.errors import InstrumentError, RequestError
from bot.model.request import CAPTURE, Person, Place
from handlers.coordinator import Coordinator
from handlers.form import capture_form, loading, refusal
from handlers.payloads import of_button, of_command, stop_words
from handlers.replies import reply, whisper


def register(app: App, coordinator: Coordinator) -> None:
    """Take the command and the button on a card."""

    @app.command(f"/{CAPTURE}")
    def asked(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        text = (body.get("text") or "").strip()
        try:
            person, place = of_command(body)
            said = _taken(coordinator, text, person, place) if text else None
        except (RequestError, InstrumentError) as no:
            said = str(no)
        if said:
            ack(response_type="ephemeral", **reply(said))
            return
        ack()
        if not text:
            _open(coordinator, None, person, place, body, client)

    @app.action("capture")
    def pressed(ack: Ack, body: dict[str, Any], context: dict[str, Any], client: WebClient) -> None:
        ack()
        try:
            person, place = of_button(body, in_thread=True)
        except RequestError as no:
            whisper(client, body["channel"]["id"], body["user"]["id"], None, str(no))
            return
        _open(coordinator, context["incident"], person, place, body, client)


def _taken(coordinator: Coordinator, text: str, person: Person, place: Place) -> str | None:
    """Set going or stop what the words say; what is to be said about it beside the card."""
    if (wanted := stop_words(text)) is None:
        coordinator.capture(text, person, place)
        return None
    ended = coordinator.stop_named(CAPTURE, wanted, person, place)
    return f"The capture `{ended}` is being stopped; what it has follows."


def _open(
    coordinator: Coordinator,
    incident: str | None,
    person: Person,
    place: Place,
    body: dict[str, Any],
    client: WebClient,
) -> None:
    """Open the form at once, before anybody is asked what stands in it: the trigger lives three seconds."""
    try:
        opened = client.views_open(trigger_id=body["trigger_id"], view=loading())
    except SlackApiError as error:
        sentence = (
            f"Slack did not open the form ({error.response['error']}); try again, or type it: "
            f"`/{CAPTURE} 10.0.0.5 for 60s`."
        )
        whisper(client, place.channel, person.user, place.thread, sentence)
        return
    try:
        view = capture_form(coordinator.form(incident, person, place), place)
    except (RequestError, InstrumentError) as no:
        view = refusal(str(no))
    client.views_update(view_id=opened["view"]["id"], view=view)

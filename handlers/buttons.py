"""The buttons on cards and beside them. Pressing is asking: the presser's own rights count, not the first asker's."""

from collections.abc import Callable
from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient

from bot.errors import InstrumentError, RequestError
from bot.model.incident import Incident
from bot.model.request import Person, Place
from handlers.coordinator import Coordinator
from handlers.payloads import of_button
from handlers.replies import whisper


def register(app: App, coordinator: Coordinator) -> None:
    """Take presses; ``context["incident"]`` was proven to come from a button of ours."""

    @app.action("check_again")
    def check_again(ack: Ack, body: dict[str, Any], context: dict[str, Any], client: WebClient) -> None:
        _pressed(coordinator.again, ack, body, context, client)

    @app.action("stop")
    def stop(ack: Ack, body: dict[str, Any], context: dict[str, Any], client: WebClient) -> None:
        _pressed(coordinator.stop, ack, body, context, client)

    @app.action("download")
    def download(ack: Ack, body: dict[str, Any], context: dict[str, Any], client: WebClient) -> None:
        _pressed(coordinator.download, ack, body, context, client)

    @app.action("approve")
    def approve(ack: Ack, body: dict[str, Any], context: dict[str, Any], client: WebClient) -> None:
        _pressed(coordinator.approve, ack, body, context, client)

    @app.action("decline")
    def decline(ack: Ack, body: dict[str, Any], context: dict[str, Any], client: WebClient) -> None:
        _pressed(coordinator.decline, ack, body, context, client)


def _pressed(
    door: Callable[[str, Person, Place], Incident | None],
    ack: Ack,
    body: dict[str, Any],
    context: dict[str, Any],
    client: WebClient,
) -> None:
    try:
        person, place = of_button(body)
        door(context["incident"], person, place)
    except (RequestError, InstrumentError) as refusal:
        ack()
        message = body.get("message") or {}
        whisper(client, body["channel"]["id"], body["user"]["id"], message.get("thread_ts"), str(refusal))
    else:
        ack()

"""The buttons on cards and beside them. Pressing is asking: the presser's own rights count, not the first asker's."""

from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient

from handlers.coordinator import Coordinator
from handlers.presses import pressed


def register(app: App, coordinator: Coordinator) -> None:
    """Take presses; ``context["incident"]`` was proven to come from a button of ours."""

    @app.action("check_again")
    def check_again(ack: Ack, body: dict[str, Any], context: dict[str, Any], client: WebClient) -> None:
        pressed(coordinator.again, ack, body, context, client)

    @app.action("stop")
    def stop(ack: Ack, body: dict[str, Any], context: dict[str, Any], client: WebClient) -> None:
        pressed(coordinator.stop, ack, body, context, client)

    @app.action("download")
    def download(ack: Ack, body: dict[str, Any], context: dict[str, Any], client: WebClient) -> None:
        pressed(coordinator.download, ack, body, context, client)

    @app.action("approve")
    def approve(ack: Ack, body: dict[str, Any], context: dict[str, Any], client: WebClient) -> None:
        pressed(coordinator.approve, ack, body, context, client)

    @app.action("decline")
    def decline(ack: Ack, body: dict[str, Any], context: dict[str, Any], client: WebClient) -> None:
        pressed(coordinator.decline, ack, body, context, client)

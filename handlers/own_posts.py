"""Slack tells where our own messages stand: a bot may have died before it could write that down."""

from typing import Any

from slack_bolt import App

from handlers.coordinator import Coordinator
from handlers.payloads import of_own_post


def register(app: App, coordinator: Coordinator) -> None:
    """Take what Slack says of messages with our mark; of whoever else marks theirs like ours, nothing."""

    @app.event("message_metadata_posted")
    def posted(body: dict[str, Any]) -> None:
        if found := of_own_post(body):
            coordinator.posted(*found)

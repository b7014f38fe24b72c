"""One file per thing a person can do in Slack. They know payloads and the coordinator, nothing else."""

from slack_bolt import App

from handlers import (
    agents,
    buttons,
    capture,
    capture_form,
    commands,
    dropped,
    help,
    home,
    incident,
    mention,
    note,
    own_posts,
    tables,
)
from handlers.coordinator import Coordinator

__all__ = ["ALL", "Coordinator", "register"]

# The first listener that matches is the one that answers, so a cry for help is heard before it becomes a target.
ALL = (
    dropped,
    tables,
    help,
    agents,
    home,
    commands,
    capture,
    capture_form,
    incident,
    note,
    mention,
    own_posts,
    buttons,
)


def register(app: App, coordinator: Coordinator) -> None:
    """Add every listener to the app."""
    for handler in ALL:
        handler.register(app, coordinator)

"""One file per thing a person can do in Slack. They know payloads and the coordinator, nothing else."""

from slack_bolt import App

from handlers import buttons, capture, capture_form, commands, dropped, help, incident, mention, note, tables
from handlers.coordinator import Coordinator

__all__ = ["ALL", "Coordinator", "register"]

# The first listener that matches is the one that answers, so a cry for help is heard before it becomes a target.
ALL = (dropped, tables, help, commands, capture, capture_form, incident, note, mention, buttons)


def register(app: App, coordinator: Coordinator) -> None:
    """Add every listener to the app."""
    for handler in ALL:
        handler.register(app, coordinator)

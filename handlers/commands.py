"""``/arpcheck``, ``/arptable`` and ``/vcenter 10.0.0.5``: the question, acknowledged as soon as it is on its way."""

from typing import Any

from slack_bolt import Ack, App

from bot.errors import InstrumentError, RequestError
from bot.model.request import IN_WORDS, STOPPABLE
from handlers.coordinator import Coordinator
from handlers.payloads import of_command, stop_words
from handlers.replies import reply


def register(app: App, coordinator: Coordinator) -> None:
    """Take every slash command; the card appears in the channel, a refusal is shown to the asker alone."""
    for command in IN_WORDS:
        _register(app, coordinator, command)


def _register(app: App, coordinator: Coordinator, command: str) -> None:
    @app.command(f"/{command}")
    def asked(ack: Ack, body: dict[str, Any]) -> None:
        try:
            person, place = of_command(body)
            text = body.get("text") or ""
            if command in STOPPABLE and (wanted := stop_words(text)) is not None:
                coordinator.stop_named(command, wanted, person, place)
            else:
                coordinator.ask(command, text, person, place)
        except (RequestError, InstrumentError) as refusal:
            ack(response_type="ephemeral", **reply(str(refusal)))
        else:
            ack()

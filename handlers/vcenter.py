"""``/vcenter 10.0.0.5``: who has it, as every vCenter knows it; no agent looks at a network for it."""

from typing import Any

from slack_bolt import Ack, App

from bot.errors import InstrumentError, RequestError
from handlers.coordinator import Coordinator
from handlers.payloads import of_command
from handlers.replies import reply


def register(app: App, coordinator: Coordinator) -> None:
    """Take the slash command; the card appears in the channel, a refusal is shown to the asker alone."""

    @app.command("/vcenter")
    def vcenter(ack: Ack, body: dict[str, Any]) -> None:
        try:
            person, place = of_command(body)
            coordinator.ask("vcenter", body.get("text") or "", person, place)
        except (RequestError, InstrumentError) as refusal:
            ack(response_type="ephemeral", **reply(str(refusal)))
        else:
            ack()

"""``/arpcheck 10.0.0.5``: the question, acknowledged as soon as it is on its way."""

from typing import Any

from slack_bolt import Ack, App

from bot.errors import InstrumentError, RequestError
from handlers.coordinator import Coordinator
from handlers.payloads import of_command
from handlers.replies import reply


def register(app: App, coordinator: Coordinator) -> None:
    """Take the slash command; the card appears in the channel, a refusal is shown to the asker alone."""

    @app.command("/arpcheck")
    def arpcheck(ack: Ack, body: dict[str, Any]) -> None:
        try:
            person, place = of_command(body)
            coordinator.ask("arpcheck", body.get("text") or "", person, place)
        except (RequestError, InstrumentError) as refusal:
            ack(response_type="ephemeral", **reply(str(refusal)))
        else:
            ack()

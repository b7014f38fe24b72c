"""The form of a capture: its preview says what would happen, and a second press makes it happen."""

from typing import Any

from slack_bolt import Ack, App

from bot.errors import FormError, InstrumentError, RequestError
from handlers.coordinator import Coordinator
from handlers.form import FORM, START, beside, entered, place_of, preview_view, refusal
from handlers.payloads import of_view


def register(app: App, coordinator: Coordinator) -> None:
    """Take the filled form and the preview; rights are looked up at each."""

    @app.view(FORM)
    def filled(ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        fields, place = entered(view), place_of(view)
        try:
            preview = coordinator.preview(fields, of_view(body), place)
        except FormError as wrong:
            ack(response_action="errors", errors=beside(wrong.errors, view))
        except (RequestError, InstrumentError) as no:
            ack(response_action="update", view=refusal(str(no)))
        else:
            ack(response_action="push", view=preview_view(preview, fields, place))

    @app.view(START)
    def seen(ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        try:
            coordinator.start(entered(view), of_view(body), place_of(view))
        except (RequestError, InstrumentError) as no:
            ack(response_action="update", view=refusal(str(no)))
        else:
            ack(response_action="clear")

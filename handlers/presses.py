"""What every pressed button has in common: its effect comes first, then the acknowledgement.

Slack tells a press once. Whoever's bot dies before it acknowledged sees Slack's own sign beside the button and presses
again; acknowledged first, a press that had no effect would look like one that had. So does whoever presses in vain and
cannot be told why.
"""

from collections.abc import Callable
from typing import Any

from slack_bolt import Ack, BoltResponse
from slack_sdk import WebClient

from bot.errors import InstrumentError, RequestError
from bot.model.request import Person, Place
from handlers.payloads import of_button
from handlers.replies import whisper


def pressed(
    door: Callable[[str, Person, Place], object],
    ack: Ack,
    body: dict[str, Any],
    context: dict[str, Any],
    client: WebClient,
) -> None:
    """Ask this door about the incident, or the note, that the button belongs to; a refusal is whispered."""
    message = body.get("message") or {}
    told = body["channel"]["id"], body["user"]["id"], message.get("thread_ts")
    try:
        person, place = of_button(body)
        door(context["incident"], person, place)
    except (RequestError, InstrumentError) as refusal:
        if whisper(client, *told, str(refusal), tries=1):
            ack()
        else:  # perhaps nobody lives to tell it later, and then Slack's sign is all that shows
            ack.response = BoltResponse(status=503, body="")
            whisper(client, *told, str(refusal))
    else:
        ack()

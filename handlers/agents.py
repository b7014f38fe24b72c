"""``/agents``, and ``@ruleout agents`` in a thread: who looks for us, and who of them is in trouble."""

from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient

from bot.errors import InstrumentError, RequestError
from bot.model.request import AGENTS, Person, Place
from handlers.coordinator import Coordinator
from handlers.payloads import by_person, of_command, of_mention, words_to
from handlers.replies import listed, reply, show

_USAGE = f"`/{AGENTS}` stands alone: it lists every agent, what it can look at, and whether it is well."


def register(app: App, coordinator: Coordinator) -> None:
    """List them to whoever asks, and to nobody else."""

    @app.command(f"/{AGENTS}")
    def asked(ack: Ack, body: dict[str, Any]) -> None:
        try:
            if (body.get("text") or "").strip():
                raise RequestError(_USAGE)
            person, place = of_command(body)
            shown = _answer(coordinator, person, place)
        except (RequestError, InstrumentError) as refusal:
            shown = reply(str(refusal))
        ack(response_type="ephemeral", **shown)

    @app.event("app_mention", matchers=[_asks_here])
    def mentioned(event: dict[str, Any], context: dict[str, Any], client: WebClient) -> None:
        try:
            person, place = of_mention(event, context.get("actor_team_id"))
            shown = _answer(coordinator, person, place)
        except (RequestError, InstrumentError) as refusal:
            shown = reply(str(refusal))
        show(client, event["channel"], event["user"], event.get("thread_ts"), shown)


def _asks_here(event: dict[str, Any], context: dict[str, Any]) -> bool:
    return by_person(event) and words_to(context.get("bot_user_id"), event.get("text") or "") == (AGENTS, "")


def _answer(coordinator: Coordinator, person: Person, place: Place) -> dict[str, Any]:
    return listed(coordinator.receptionist.agents(person, place))

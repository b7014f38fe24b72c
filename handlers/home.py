"""The app's Home tab: what runs for its person, what they may do, and who looks. Told anew each time it is opened."""

import re
from typing import Any

from slack_bolt import App
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.errors import InstrumentError, RequestError
from bot.model.roster import Home, Standing
from handlers.coordinator import Coordinator
from handlers.payloads import of_home
from handlers.replies import listing_elements, pieces

_CHANNEL = re.compile(r"(?<![\w#])#([CG][A-Z0-9]{5,})")
_BUG = "That is a bug in ruleout, not your mistake; its operator finds it in the log. Open this tab again in a minute."
_NOTHING_RUNS = "Nothing of yours runs."
_ASK = "Ask in an incident channel, for example `/arpcheck 10.0.0.5`."


def register(app: App, coordinator: Coordinator) -> None:
    """Publish the tab whenever somebody opens it; where nobody knows, it is one sentence that says so."""

    @app.event("app_home_opened")
    def opened(event: dict[str, Any], context: dict[str, Any], client: WebClient) -> None:
        if event.get("tab", "home") != "home":
            return
        try:
            home = coordinator.receptionist.home(of_home(event, context.get("actor_team_id") or context.get("team_id")))
            blocks = _blocks(home, client)
        except (RequestError, InstrumentError) as refusal:
            blocks = [_rich(_section(str(refusal)))]
        except Exception:
            _publish(client, event, [_rich(_section(_BUG))])  # an older view would look like the present
            raise
        _publish(client, event, blocks)


def _publish(client: WebClient, event: dict[str, Any], blocks: list[dict[str, Any]]) -> None:
    client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})


def _blocks(home: Home, client: WebClient) -> list[dict[str, Any]]:
    """Ten blocks at most, whatever there is; Slack takes a hundred."""
    running = [_section(f"{_NOTHING_RUNS} {_ASK}" if home.agents else _NOTHING_RUNS)]
    if home.running:
        lines = [{"type": "rich_text_section", "elements": _standing(one, client)} for one in home.running]
        running = [{"type": "rich_text_list", "style": "bullet", "elements": lines}]
        running += [_section(f"… and {home.more} more, which are older.")] if home.more else []
    rights = [{"type": "rich_text_section", "elements": _with_channels(one)} for one in home.rights]
    found = [
        _header("What runs for you"),
        _rich(*running),
        _header("What you may do"),
        _rich({"type": "rich_text_list", "style": "bullet", "elements": rights}),
    ]
    if home.agents:
        found += [_header("Who looks"), _rich(*listing_elements(home.agents))]
    said = f"As of {home.at:%Y-%m-%d %H:%M:%S} UTC. Open this tab again to see it anew; /arpcheck help says more."
    return [*found, {"type": "context", "elements": [{"type": "plain_text", "text": said, "emoji": False}]}]


def _standing(one: Standing, client: WebClient) -> list[dict[str, Any]]:
    link = _link(one, client)
    where: dict[str, Any] = {"type": "channel", "channel_id": one.channel}
    card = [{"type": "text", "text": ", "}, {"type": "link", "url": link, "text": "its card"}] if link else []
    return [*pieces(f"{one.says}, in "), where, *card]


def _link(one: Standing, client: WebClient) -> str | None:
    """The address of the card; None where it is not posted yet, or Slack does not say."""
    if one.card is None:
        return None
    try:
        return str(client.chat_getPermalink(channel=one.channel, message_ts=one.card)["permalink"])
    except (SlackApiError, OSError):  # the line says enough without it
        return None


def _with_channels(sentence: str) -> list[dict[str, Any]]:
    """A sentence in which ids of channels become their names."""
    found: list[dict[str, Any]] = []
    for piece in pieces(sentence):
        if "style" in piece:
            found.append(piece)
            continue
        for number, part in enumerate(_CHANNEL.split(piece["text"])):
            if number % 2:
                found.append({"type": "channel", "channel_id": part})
            elif part:
                found.append({"type": "text", "text": part})
    return found


def _header(text: str) -> dict[str, Any]:
    return {"type": "header", "text": {"type": "plain_text", "text": text}}


def _section(sentence: str) -> dict[str, Any]:
    return {"type": "rich_text_section", "elements": pieces(sentence)}


def _rich(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text", "elements": list(elements)}

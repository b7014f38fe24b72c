"""The workspace that the bot token belongs to: the way in, and whose members may ask."""

from dataclasses import dataclass

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.errors import InstrumentError
from bot.ports import NO_METER, Meter
from bot.slack.calls import watched

_TIMEOUT_S = 10


@dataclass(frozen=True, slots=True)
class Workspace:
    """An authenticated client and the id of its team."""

    client: WebClient
    team: str


def enter(token: str, base_url: str, meter: Meter = NO_METER) -> Workspace:
    """The workspace of this token, as Slack confirms it; every call of its client is counted.

    Raises:
        InstrumentError: Slack cannot be reached, or does not accept the token.
    """
    client = watched(WebClient(token=token, base_url=base_url, timeout=_TIMEOUT_S), meter)
    try:
        return Workspace(client, str(client.auth_test()["team_id"]))
    except SlackApiError as error:
        raise InstrumentError(f"Slack does not accept RULEOUT_SLACK_BOT_TOKEN: {error.response['error']}.") from error
    except (SlackClientError, OSError) as error:
        raise InstrumentError(f"Slack cannot be reached at {base_url}: {error}.") from error

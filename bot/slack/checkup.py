"""What Slack says of our two tokens: whose they are, what they may, and where the bot is a member."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.errors import InstrumentError, RequestError

SCOPES = (
    "app_mentions:read",
    "channels:read",
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "groups:read",
    "metadata.message:read",
    "pins:write",
    "usergroups:read",
    "users:read",
)
OPTIONAL = ("channels:history", "groups:history")
"""What deploy/slack-manifest.yaml asks for; a test holds them against each other."""
OF_THE_APP = ("connections:write",)

_TIMEOUT_S = 4
_SILENT = logging.Logger(__name__, level=logging.CRITICAL + 1)
_MOST_PAGES = 5


@dataclass(frozen=True, slots=True)
class Granted:
    """Whose the token is, and its scopes; None: Slack did not say."""

    name: str
    team: str
    scopes: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Joined:
    """A channel that the bot is a member of."""

    id: str
    name: str


def identify(token: str, base_url: str) -> Granted:
    """Whose bot token it is.

    Raises:
        RequestError: Slack does not accept it; the text is Slack's word for why.
        InstrumentError: Slack cannot be reached.
    """
    answer = _asked(base_url, lambda: _client(token, base_url).auth_test())
    return Granted(str(answer.get("user")), str(answer.get("team")), _scopes(answer.headers))


def open_socket(token: str, base_url: str) -> frozenset[str] | None:
    """Ask for the address of a socket, and open none; the token's scopes, None: Slack did not say.

    Raises:
        RequestError: Slack does not accept the app-level token for it.
        InstrumentError: Slack cannot be reached.
    """
    answer = _asked(base_url, lambda: _client(token, base_url).apps_connections_open(app_token=token))
    return _scopes(answer.headers)


def joined(token: str, base_url: str) -> tuple[Joined, ...]:
    """The channels that the bot is a member of, public and private, without archived ones.

    Raises:
        RequestError: the token lacks the scope.
        InstrumentError: Slack cannot be reached.
    """
    client, found, cursor = _client(token, base_url), list[Joined](), ""
    for _ in range(_MOST_PAGES):
        answer = _asked(
            base_url,
            lambda cursor=cursor: client.users_conversations(
                types="public_channel,private_channel", exclude_archived=True, limit=200, cursor=cursor
            ),
        )
        found += [Joined(str(one["id"]), str(one["name"])) for one in answer.get("channels") or ()]
        cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
        if not cursor:
            break
    return tuple(found)


def _client(token: str, base_url: str) -> WebClient:
    # The SDK would print what it cannot do, beside the line that says it.
    return WebClient(token=token, base_url=base_url, timeout=_TIMEOUT_S, retry_handlers=[], logger=_SILENT)


def _asked(base_url: str, ask: Any) -> Any:
    try:
        return ask()
    except SlackApiError as error:
        raise RequestError(str(error.response.get("error"))) from error
    except (SlackClientError, OSError) as error:
        raise InstrumentError(f"Slack cannot be reached at {base_url}: {error}.") from error


def _scopes(headers: Mapping[str, Any]) -> frozenset[str] | None:
    """The header of every answer to a bot token that names its scopes (docs.slack.dev, Using the Web API)."""
    found = next((value for name, value in headers.items() if name.lower() == "x-oauth-scopes"), None)
    if found is None:
        return None
    text = found if isinstance(found, str) else ",".join(found)
    return frozenset(part for part in (part.strip() for part in text.split(",")) if part)

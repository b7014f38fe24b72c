"""The files that people share: read with the bot's own token, from Slack's own hosts only."""

from http.client import HTTPException
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.errors import InstrumentError
from bot.model.dropped import DroppedFile

_TIMEOUT_S = 15.0
_PIECE = 1 << 18
_HOSTS = ("slack.com", "slack-files.com")


class SlackDrops:
    """bot.ports.Drops on Slack; needs the scope files:read."""

    def __init__(self, client: WebClient) -> None:
        self._client = client
        self._opener = build_opener(_NoRedirect)  # a redirect would carry the token to wherever it points

    def fetch(self, file: DroppedFile, most_bytes: int) -> bytes:
        """Ask Slack anew where the file lies: it may have been deleted since it was shared."""
        try:
            told = self._client.files_info(file=file.id).get("file")
        except SlackApiError as error:
            raise InstrumentError(f"Slack does not show me {file.name}: {_meaning(error.response['error'])}") from error
        except (SlackClientError, OSError) as error:
            raise InstrumentError(f"Slack cannot be asked for {file.name} now; please try again.") from error
        if not isinstance(told, dict):
            raise InstrumentError(f"Slack says nothing of {file.name} that I understand; please try again.")
        url = str(told.get("url_private_download") or told.get("url_private") or "")
        if not self._ours(url):
            raise InstrumentError(f"{file.name} does not lie in Slack itself, so I do not fetch it; upload it here.")
        return self._read(file, url, most_bytes)

    def _read(self, file: DroppedFile, url: str, most_bytes: int) -> bytes:
        request = Request(url, headers={"Authorization": f"Bearer {self._client.token}"})  # noqa: S310  checked by _ours
        try:
            with self._opener.open(request, timeout=_TIMEOUT_S) as answer:
                if answer.headers.get_content_type() == "text/html":  # Slack's sign-in page
                    raise InstrumentError(
                        f"Slack shows me a sign-in page instead of {file.name}: the app lacks the scope files:read."
                    )
                data = bytearray()
                while piece := answer.read(_PIECE):
                    data += piece
                    if len(data) > most_bytes:
                        raise InstrumentError(f"{file.name} is larger than {most_bytes >> 20} MiB, the most I read.")
                return bytes(data)
        except (OSError, HTTPException) as error:
            raise InstrumentError(f"{file.name} could not be fetched from Slack; please try again.") from error

    def _ours(self, url: str) -> bool:
        """Whether the token may go there: Slack's hosts by TLS, or the very server that the Web API is called on."""
        there, api = urlsplit(url), urlsplit(self._client.base_url)
        host = there.hostname or ""
        at_slack = there.scheme == "https" and any(host == name or host.endswith(f".{name}") for name in _HOSTS)
        return at_slack or (there.scheme, there.netloc) == (api.scheme, api.netloc)


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def _meaning(error: str) -> str:
    return {
        "missing_scope": "the app lacks the scope files:read; its operator adds it from deploy/slack-manifest.yaml.",
        "file_not_found": "it was deleted, or shared where I am not a member.",
        "file_deleted": "it was deleted.",
    }.get(error, f"{error}.")

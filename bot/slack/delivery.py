"""The Web API calls that the publisher makes, with every answer sorted into three kinds of failure."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot import log
from bot.model.incident import MARK
from bot.slack.calls import counting
from bot.slack.pieces import Message, plain_message

_log = log.get(__name__)

GONE = frozenset({"message_not_found", "cant_update_message", "is_archived", "channel_not_found", "not_in_channel"})
"""Errors after which a card can never be brought up to date."""

_BLOCKS_REFUSED = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"})
_SLACK_BROKE = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout"})
_LOOK_BACK_S = 300  # our clock and Slack's may differ
_LOOK_AT_MOST = 200


class RefusedError(Exception):
    """Slack answered no, and will answer the same again; ``error`` is its code."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


class RateLimitedError(Exception):
    """Slack did nothing and wants to be asked again after ``after_s``."""

    def __init__(self, after_s: float) -> None:
        super().__init__(f"again after {after_s} s")
        self.after_s = after_s


class UnansweredError(Exception):
    """No usable answer: what was asked for may or may not have happened.

    ``reached`` True: Slack itself failed on this call; False: nobody answered at all.
    """

    def __init__(self, reason: str, *, reached: bool) -> None:
        super().__init__(reason)
        self.reached = reached


class Delivery:
    """A Web API client that never repeats a call by itself.

    The SDK's own retry after a connection error would post a card twice when only the answer was lost, and its
    handler for rate limits sleeps in the calling thread.
    """

    def __init__(self, client: WebClient) -> None:
        self._client = WebClient(
            token=client.token,
            base_url=client.base_url,
            timeout=client.timeout,
            ssl=client.ssl,
            proxy=client.proxy,
            retry_handlers=counting(client),
        )

    def post(self, channel: str, thread: str | None, message: Message, mark: dict[str, str]) -> str:
        """Post the message and return its timestamp id; ``mark`` is kept as metadata that ``find`` looks for."""
        metadata = {"event_type": MARK, "event_payload": mark}
        answer = self._with_blocks(
            message,
            lambda it: self._client.chat_postMessage(
                channel=channel,
                thread_ts=thread,
                text=it.text,
                blocks=it.blocks,
                metadata=metadata,
                unfurl_links=False,
                unfurl_media=False,
            ),
        )
        return str(answer["ts"])

    def update(self, channel: str, ts: str, message: Message) -> None:
        """Replace a message that we posted; its mark stays."""
        self._with_blocks(
            message,
            lambda it: self._client.chat_update(channel=channel, ts=ts, text=it.text, blocks=it.blocks),
        )

    def delete(self, channel: str, ts: str) -> None:
        """Take back a message that we posted."""
        self._call(lambda: self._client.chat_delete(channel=channel, ts=ts))

    def pin(self, channel: str, ts: str) -> None:
        """Pin our message to its channel."""
        self._call(lambda: self._client.pins_add(channel=channel, timestamp=ts))

    def find(self, channel: str, thread: str | None, since: datetime, mark: dict[str, str]) -> str | None:
        """The timestamp id of the message with this mark, or None when there is none or we may not look."""
        for posted in self._read(channel, thread, since):
            metadata = posted.get("metadata") or {}
            if metadata.get("event_type") == MARK and metadata.get("event_payload") == mark:
                return str(posted["ts"])
        return None

    def find_file(self, channel: str, thread: str | None, since: datetime, title: str) -> str | None:
        """The id of the file of that title, or None when there is none or we may not look: a file has no mark.

        Slack shows a file some moments after it took it, so one that was just uploaded may not be found yet.
        """
        for posted in self._read(channel, thread, since):
            for file in posted.get("files") or ():
                if file.get("title") == title:
                    return str(file["id"])
        return None

    def _read(self, channel: str, thread: str | None, since: datetime) -> Sequence[Mapping[str, Any]]:
        """What was posted there since then; nothing where we may not look."""
        oldest = str(since.timestamp() - _LOOK_BACK_S)
        try:
            if thread:
                answer = self._call(
                    lambda: self._client.conversations_replies(
                        channel=channel, ts=thread, oldest=oldest, limit=_LOOK_AT_MOST, include_all_metadata=True
                    )
                )
            else:
                answer = self._call(
                    lambda: self._client.conversations_history(
                        channel=channel, oldest=oldest, limit=_LOOK_AT_MOST, include_all_metadata=True
                    )
                )
        except RefusedError as refused:
            _log.warning("cannot_look_for_own_message", channel=channel, error=refused.error)
            return ()
        found: Sequence[Mapping[str, Any]] = answer.get("messages") or ()
        return found

    def whisper(self, channel: str, thread: str | None, user: str, message: Message) -> None:
        """Show a message to one person in the channel."""
        self._with_blocks(
            message,
            lambda it: self._client.chat_postEphemeral(
                channel=channel,
                user=user,
                text=it.text,
                blocks=it.blocks,
                thread_ts=thread,
                unfurl_links=False,
                unfurl_media=False,
            ),
        )

    def upload(
        self,
        channel: str,
        thread: str | None,
        filename: str,
        data: bytes,
        comment: str,
        *,
        alt: str | None = None,
        title: str | None = None,
    ) -> str:
        """Share a file in the thread and return its id; ``alt`` describes a picture to who cannot see it.

        ``title`` None: it is called by its name.
        """
        answer = self._call(
            lambda: self._client.files_upload_v2(
                channel=channel,
                thread_ts=thread,
                filename=filename,
                content=data,
                initial_comment=comment,
                alt_txt=alt,
                title=title,
            )
        )
        return str(answer["files"][0]["id"])

    def _with_blocks(self, message: Message, send: Callable[[Message], Any]) -> Any:
        for attempt in (message, plain_message(message), Message(message.text)):
            try:
                return self._call(lambda attempt=attempt: send(attempt))  # type: ignore[misc]
            except RefusedError as refused:
                if refused.error not in _BLOCKS_REFUSED or not attempt.blocks:
                    raise
                _log.error("blocks_refused", error=refused.error, blocks=len(attempt.blocks))
        raise AssertionError("a message without blocks cannot have them refused")

    @staticmethod
    def _call(call: Callable[[], Any]) -> Any:
        try:
            return call()
        except SlackApiError as error:
            raise _sorted(error) from error
        except SlackClientError as error:  # the upload address answered something else than 200
            raise RefusedError(log.redact(str(error))[:200]) from error
        except HTTPError as error:  # only the upload address: the SDK turns every other status into an answer
            raise UnansweredError(f"HTTP {error.code}", reached=True) from error
        except (OSError, HTTPException) as error:
            raise UnansweredError(f"{type(error).__name__}: {error}", reached=False) from error


def _sorted(error: SlackApiError) -> RefusedError | RateLimitedError | UnansweredError:
    answer = error.response
    status = getattr(answer, "status_code", 200)
    code = str(answer.get("error") or "unknown") if hasattr(answer, "get") else "unknown"
    if status == 429 or code in ("ratelimited", "rate_limited"):
        return RateLimitedError(_seconds(answer.headers.get("Retry-After")))
    if status >= 500 or code in _SLACK_BROKE or code.startswith("Received a response in a non-JSON format"):
        return UnansweredError(f"{status} {code[:100]}", reached=True)
    return RefusedError(code)


def _seconds(header: Any) -> float:
    try:
        return max(float(header), 0.1)
    except (TypeError, ValueError):
        return 30.0

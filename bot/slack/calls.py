"""How many calls of the Web API went, and how they ended.

The SDK shows every answer and every failure to its retry handlers, whoever makes the call; Bolt hands them on to the
client that it makes for each request (slack_bolt 1.30, App._init_context). This one looks, and never asks for another.
"""

import re
from typing import Any
from urllib.parse import urlsplit

from slack_sdk import WebClient
from slack_sdk.http_retry import HttpRequest, HttpResponse, RetryHandler, RetryState

from bot.meters import SLACK_CALLS
from bot.ports import Meter

_METHOD = re.compile(r"[a-z][A-Za-z]{0,30}(\.[A-Za-z][A-Za-z0-9]{0,30}){1,4}")
_OTHER = "other"


class SlackCalls(RetryHandler):
    """Counts the calls of a client that has it among its retry handlers, before any other of them."""

    def __init__(self, meter: Meter) -> None:
        super().__init__(max_retry_count=0)
        self._meter = meter

    def can_retry(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        """Count it; the answer is always no."""
        self._meter.add(SLACK_CALLS, _method(request.url), _result(response))
        return False

    def __deepcopy__(self, _: dict[int, Any]) -> "SlackCalls":
        return self  # Bolt copies what belongs to a request; the count is one


def watched(client: WebClient, meter: Meter) -> WebClient:
    """The client, whose calls are counted from now on."""
    client.retry_handlers.insert(0, SlackCalls(meter))
    return client


def counting(client: WebClient) -> list[RetryHandler]:
    """What another client needs so that its calls are counted like this one's, and never repeated."""
    return [handler for handler in client.retry_handlers if isinstance(handler, SlackCalls)]


def _method(url: str) -> str:
    name = urlsplit(url).path.rpartition("/")[2]
    return name if _METHOD.fullmatch(name) else _OTHER


def _result(response: HttpResponse | None) -> str:
    if response is None:
        return "unanswered"
    if response.status_code == 429:
        return "rate_limited"
    if response.status_code >= 500:
        return "failed"
    return "ok" if response.status_code == 200 and (response.body or {}).get("ok", True) else "refused"

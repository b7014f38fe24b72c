"""Calls of the Web API and acknowledgements, counted at a real socket."""

import time
from collections.abc import Iterator

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.meters import ACKNOWLEDGED, SLACK_CALLS, SOCKETS
from bot.queue.once import MemoryOnce
from bot.slack.app import build_app
from bot.slack.arrivals import Arrivals
from bot.slack.calls import counting, watched
from bot.slack.delivery import Delivery, RateLimitedError, UnansweredError
from bot.slack.pieces import Message
from bot.slack.runners import SocketRunner
from deploy.demo.slack import StandIn
from tests.bot.counted import PaperMeter
from tests.bot.slack.test_runners import Listener
from tests.bot.slack.web_api import LOST, WebApi, web_api
from tests.contracts.bench import until

HELLO = Message("hello")


@pytest.fixture
def meter() -> PaperMeter:
    return PaperMeter()


@pytest.fixture
def api() -> Iterator[WebApi]:
    with web_api() as running:
        yield running


def calls(meter: PaperMeter) -> dict[tuple[str, str], int]:
    return {(key[1], key[2]): count for key, count in meter.counts.items() if key[0] == SLACK_CALLS.name}


def test_every_end_of_a_call_is_told_apart(api: WebApi, meter: PaperMeter) -> None:
    """429 is our own haste, 500 is Slack's trouble, silence is the network's, and a refusal is a mistake of ours."""
    delivery = Delivery(watched(api.client, meter))
    delivery.post("C1", None, HELLO, {})
    api.spoil("chat.postMessage", (429, 1), 500, "not_in_channel", LOST)
    with pytest.raises(RateLimitedError):
        delivery.post("C1", None, HELLO, {})
    with pytest.raises(UnansweredError):
        delivery.post("C1", None, HELLO, {})
    with pytest.raises(Exception, match="not_in_channel"):
        delivery.post("C1", None, HELLO, {})
    with pytest.raises(UnansweredError):
        delivery.post("C1", None, HELLO, {})
    ends = ("ok", "rate_limited", "failed", "refused", "unanswered")
    assert calls(meter) == {("chat.postMessage", end): 1 for end in ends}


def test_counting_asks_for_no_second_try(api: WebApi, meter: PaperMeter) -> None:
    """A card whose answer was lost must not be posted twice because somebody counts."""
    client = watched(api.client, meter)
    quiet = WebClient(client.token, client.base_url, retry_handlers=counting(client))
    api.spoil("chat.postMessage", (429, 1))
    with pytest.raises(SlackApiError):
        quiet.chat_postMessage(channel="C1", text="hello")
    assert len(api.of("chat.postMessage")) == 1


def test_an_address_that_is_no_method_makes_no_series(api: WebApi, meter: PaperMeter) -> None:
    """Where files go has a name of its own each time."""
    watched(api.client, meter).api_call("Upload-" + "x" * 50)
    assert {method for method, _ in calls(meter)} == {"other"}


def test_a_delivery_is_timed_to_its_acknowledgement_and_listeners_calls_are_counted(meter: PaperMeter) -> None:
    """Through Bolt, whose client for each request is a copy."""
    listener = Listener()
    with StandIn.start() as slack:
        client = watched(WebClient(token=slack.bot_token, base_url=slack.base_url), meter)
        app = build_app(client, key=b"k", once=MemoryOnce(), register=listener.register)
        runner = SocketRunner(app, slack.app_token, meter=meter)
        runner.connect()
        assert "taken" in str(slack.type("ana", "inc-network", "/arpcheck 10.0.0.5"))
        slack.type("ana", "inc-network", "/nothing")
        runner.close(5)
    (took, *_) = meter.took(ACKNOWLEDGED, "slash_commands")
    assert 0 < took < 3
    assert meter.of(SOCKETS) == 1
    assert calls(meter)[("apps.connections.open", "ok")] == 1
    assert calls(meter)[("auth.test", "ok")] >= 1
    assert meter.wrong == []


def test_a_reconnect_is_one_more_socket(meter: PaperMeter) -> None:
    """A loop of them is what `link_disabled` looks like from here."""
    with StandIn.start() as slack:
        client = WebClient(token=slack.bot_token, base_url=slack.base_url)
        app = build_app(client, key=b"k", once=MemoryOnce(), register=lambda _: None)
        runner = SocketRunner(app, slack.app_token, ping_interval_s=0.3, meter=meter)
        runner.connect()
        slack.faults(kill_sockets=True)
        until(lambda: meter.of(SOCKETS) == 2, 20)
        runner.close(1)


def test_time_counts_from_the_arrival_and_not_from_the_first_free_thread(meter: PaperMeter) -> None:
    """In a burst a delivery waits in the SDK's queue, and Slack's three seconds run."""
    arrivals = Arrivals(meter)
    arrivals.came('{"envelope_id": "e-1", "payload": {"text": "\\"envelope_id\\": \\"e-2\\""}}')
    time.sleep(0.05)
    arrivals.acknowledged("e-1", "interactive", time.monotonic())
    arrivals.acknowledged("e-2", "a type of tomorrow", time.monotonic())
    assert meter.took(ACKNOWLEDGED, "interactive")[0] >= 0.05
    assert meter.took(ACKNOWLEDGED, "other")[0] < 0.05


def test_what_was_answered_before_its_coming_was_told_waits_for_nothing(meter: PaperMeter) -> None:
    """The SDK queues a message first; whoever closes the socket would wait for its acknowledgement in vain."""
    arrivals = Arrivals(meter)
    arrivals.acknowledged("e-1", "interactive", time.monotonic())
    arrivals.came('{"envelope_id": "e-1"}')
    assert arrivals.waiting == 0
    arrivals.came('{"envelope_id": "e-2"}')
    assert arrivals.waiting == 1
    arrivals.given_up("e-2")
    assert arrivals.waiting == 0


@pytest.mark.parametrize("message", ["", "ping", "[1]", '{"type": "disconnect"}', '"hello"'])
def test_what_is_no_delivery_and_no_hello_counts_nothing(meter: PaperMeter, message: str) -> None:
    """Slack's pings are text."""
    Arrivals(meter).came(message)
    assert not meter.counts

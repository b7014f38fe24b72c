"""How Slack reaches the app, over real sockets."""

import http.client
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

import pytest
from slack_bolt import App
from slack_sdk.signature import SignatureVerifier
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.errors import InstrumentError, RequestError
from bot.queue.once import MemoryOnce
from bot.slack.app import build_app
from bot.slack.runners import HttpRunner, SocketRunner
from deploy.demo.slack import StandIn
from tests.bot.slack.web_api import web_api

SECRET = "s3cret"
COMMAND = {
    "command": "/arpcheck",
    "text": "10.0.0.5",
    "team_id": "T1",
    "user_id": "U7",
    "channel_id": "C1",
    "trigger_id": "1",
}


class Listener:
    """A command's listener that a test can hold back."""

    def __init__(self) -> None:
        self.entered, self.release, self.done = threading.Event(), threading.Event(), threading.Event()
        self.release.set()
        self.calls = 0

    def register(self, app: App) -> None:
        @app.command("/arpcheck")
        def arpcheck(ack: Any) -> None:
            self.calls += 1
            self.entered.set()
            assert self.release.wait(5)
            ack("taken")
            self.done.set()


@contextmanager
def http_runner(listener: Listener) -> Iterator[HttpRunner]:
    with web_api() as api:
        app = build_app(api.client, key=b"k", once=MemoryOnce(), register=listener.register, signing_secret=SECRET)
        runner = HttpRunner(app, signing_secret=SECRET, host="127.0.0.1", port=0)
        runner.connect()
        yield runner
        if runner.is_connected():
            runner.close(1)


def call(runner: HttpRunner, body: str, headers: dict[str, str], path: str = "/slack/events") -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", runner.port, timeout=5)
    connection.request("POST", path, body, headers)
    answer = connection.getresponse()
    result = answer.status, answer.read().decode()
    connection.close()
    return result


def signed(body: str, secret: str = SECRET, age_s: int = 0) -> dict[str, str]:
    timestamp = str(int(time.time()) - age_s)
    signature = SignatureVerifier(secret).generate_signature(timestamp=timestamp, body=body)
    return {
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": signature or "",
        "Content-Type": "application/x-www-form-urlencoded",
    }


def test_a_signed_request_is_answered() -> None:
    """The same app that works through a socket."""
    body = urlencode(COMMAND)
    with http_runner(Listener()) as runner:
        assert call(runner, body, signed(body)) == (200, "taken")


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="no signature"),
        pytest.param(signed(urlencode(COMMAND), "wrong"), id="another secret"),
        pytest.param(signed(urlencode(COMMAND), age_s=600), id="ten minutes old"),
        pytest.param(signed("text=10.0.0.6"), id="another body"),
    ],
)
def test_a_request_that_slack_did_not_sign_is_refused_without_a_word(headers: dict[str, str]) -> None:
    """The listener never runs, and a stranger learns nothing."""
    listener = Listener()
    with http_runner(listener) as runner:
        assert call(runner, urlencode(COMMAND), headers) == (401, "")
        assert not listener.entered.is_set()


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        pytest.param("/", {}, 404, id="another path"),
        pytest.param("/slack/events", {"Content-Length": "1048577"}, 413, id="too long"),
        pytest.param("/slack/events", {"Content-Length": "-1"}, 411, id="negative length"),
    ],
)
def test_what_is_no_request_of_slacks_is_refused_unread(path: str, headers: dict[str, str], status: int) -> None:
    """Nobody may fill our memory."""
    with http_runner(Listener()) as runner:
        assert call(runner, "", headers, path)[0] == status


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("[" * 100_000, id="nested"),
        pytest.param("[1]", id="a list"),
        pytest.param('{"authorizations": true, "user": 1, "channel": true}', id="other types"),
        pytest.param("payload=5", id="a number"),
        pytest.param("payload=[[", id="no JSON"),
        pytest.param("", id="nothing"),
    ],
)
def test_a_strangers_body_that_makes_no_sense_gets_an_answer_and_no_traceback(
    body: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """Bolt reads a body before it looks at the signature."""
    with http_runner(Listener()) as runner:
        status, said = call(runner, body, {"Content-Type": "application/json"})
    assert (status, said) in ((400, ""), (401, ""))
    assert "Traceback" not in capfd.readouterr().err


def test_http_without_a_signing_secret_does_not_start() -> None:
    """Anybody could speak as Slack."""
    with web_api() as api:
        app = build_app(api.client, key=b"k", once=MemoryOnce(), register=lambda _: None)
        with pytest.raises(RequestError, match="signing secret"):
            HttpRunner(app, signing_secret="", host="127.0.0.1", port=0)


def test_closing_lets_the_request_that_runs_finish() -> None:
    """A restart in the middle of an incident loses no question."""
    listener, answers = Listener(), list[tuple[int, str]]()
    listener.release.clear()
    body = urlencode(COMMAND)
    with http_runner(listener) as runner:
        asking = threading.Thread(target=lambda: answers.append(call(runner, body, signed(body))))
        asking.start()
        assert listener.entered.wait(5)
        closing = threading.Thread(target=runner.close)
        closing.start()
        listener.release.set()
        closing.join(5)
        asking.join(5)
        assert answers == [(200, "taken")]
        assert not runner.is_connected()


class Closing(threading.Thread):
    """Closes the runner, in a thread of its own."""

    def __init__(self, runner: SocketRunner) -> None:
        super().__init__()
        self.runner, self.begun = runner, threading.Event()

    def run(self) -> None:
        self.begun.set()
        self.runner.close()


@contextmanager
def socket_runner(listener: Listener) -> Iterator[tuple[StandIn, SocketRunner]]:
    from slack_sdk import WebClient

    with StandIn.start() as slack:
        client = WebClient(token=slack.bot_token, base_url=slack.base_url)
        app = build_app(client, key=b"k", once=MemoryOnce(), register=listener.register)
        runner = SocketRunner(app, slack.app_token)
        runner.connect()
        yield slack, runner
        runner.close(1)


def test_a_command_through_the_socket_is_answered() -> None:
    """Without any address that the internet could reach."""
    with socket_runner(Listener()) as (slack, runner):
        assert runner.is_connected()
        assert "taken" in str(slack.type("ana", "inc-network", "/arpcheck 10.0.0.5"))


def test_a_command_that_is_being_answered_when_the_process_ends_is_acknowledged() -> None:
    """The socket must stay open until the acknowledgement has left."""
    listener, seen = Listener(), list[Any]()
    listener.release.clear()
    with socket_runner(listener) as (slack, runner):
        asking = threading.Thread(target=lambda: seen.append(slack.type("ana", "inc-network", "/arpcheck 10.0.0.5")))
        asking.start()
        assert listener.entered.wait(5)
        closing = threading.Thread(target=runner.close)
        closing.start()
        listener.release.set()
        closing.join(10)
        asking.join(10)
        assert "taken" in str(seen)
        assert not runner.is_connected()


def test_what_comes_while_the_process_waits_for_another_answer_is_acknowledged_too() -> None:
    """Slack hands deliveries to every socket that is open, and tells whoever typed one that nobody acknowledged."""
    listener, seen = Listener(), list[Any]()
    listener.release.clear()

    def ask() -> None:
        seen.append(slack.type("ana", "inc-network", "/arpcheck 10.0.0.5"))

    with socket_runner(listener) as (slack, runner):
        first, second, closing = threading.Thread(target=ask), threading.Thread(target=ask), Closing(runner)
        first.start()
        assert listener.entered.wait(5)
        listener.entered.clear()
        closing.start()
        assert closing.begun.wait(5)
        second.start()
        assert listener.entered.wait(2), "it reaches the listener"
        listener.release.set()
        for thread in (first, second, closing):
            thread.join(10)
        assert [one["messages"][0]["text"] for one in seen] == ["taken", "taken"]


def test_a_socket_that_closes_takes_no_delivery_with_it() -> None:
    """While one of two processes is restarted, whatever is typed reaches one of them, once.

    Only what crosses the goodbye on its way, as one of these may, cannot be acknowledged.
    """
    listener = Listener()
    with socket_runner(listener) as (slack, runner):
        other = SocketRunner(runner._app, slack.app_token)
        other.connect()
        closing, answers = Closing(runner), list[str]()
        closing.start()
        while closing.is_alive() or len(answers) < 10:
            answers.append(str(slack.type("ana", "inc-network", "/arpcheck 10.0.0.5")))
        assert not runner.is_connected()
        assert other.is_connected()
        assert listener.calls == len(answers)
        assert sum("taken" not in one for one in answers) <= 1
        other.close(1)


def test_an_envelope_that_bolt_cannot_read_costs_one_line_in_the_log(
    capfd: pytest.CaptureFixture[str],
) -> None:
    """The socket stays, and the next delivery is answered."""
    listener = Listener()
    with web_api() as api:
        app = build_app(api.client, key=b"k", once=MemoryOnce(), register=listener.register)
        runner = SocketRunner(app, "xapp-1")
        request = SocketModeRequest(type="events_api", envelope_id="e1", payload={"event": True, "user": True})
        runner._handler.handle(runner._handler.client, request)
        assert runner._handler.leave(1.0), "nothing is being answered any more"
    assert "delivery_not_understood" in "".join(capfd.readouterr())


def test_a_wrong_app_token_is_one_sentence() -> None:
    """The operator sees what to change, not a traceback."""
    with StandIn.start() as slack:
        from slack_sdk import WebClient

        client = WebClient(token=slack.bot_token, base_url=slack.base_url)
        app = build_app(client, key=b"k", once=MemoryOnce(), register=lambda _: None)
        runner = SocketRunner(app, "xapp-wrong")
        with pytest.raises(InstrumentError, match="does not accept the app-level token"):
            runner.connect()
        runner.close(1)

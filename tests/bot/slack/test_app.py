"""The app around the listeners."""

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from slack_bolt import App, BoltRequest
from slack_sdk import WebClient

from bot.errors import InstrumentError
from bot.ports import Claim
from bot.queue.once import MemoryOnce
from bot.slack import tokens
from bot.slack.app import build_app
from tests.bot.slack.web_api import WebApi, web_api

KEY = b"k" * 32


def built(api: WebApi, **changes: Any) -> App:
    given: dict[str, Any] = {"key": KEY, "once": MemoryOnce(), "register": lambda _: None, **changes}
    return build_app(api.client, **given)


def body(**more: Any) -> dict[str, Any]:
    return {"team_id": "T1", "user_id": "U7", "channel_id": "C1", "trigger_id": "1.2", **more}


def press(action: str) -> dict[str, Any]:
    value = tokens.sign(KEY, action, "inc-1")
    return {
        "type": "block_actions",
        "user": {"id": "U7", "team_id": "T1"},
        "channel": {"id": "C1"},
        "team": {"id": "T1"},
        "actions": [{"action_id": action, "block_id": "b", "type": "button", "value": value}],
    }


def mention(event_id: str) -> dict[str, Any]:
    event = {"type": "app_mention", "user": "U7", "channel": "C1", "text": "<@UBOT> arpcheck 10.0.0.5"}
    return {"type": "event_callback", "event_id": event_id, "team_id": "T1", "event": event}


def at_a_mention(does: Callable[[], object]) -> Callable[[App], None]:
    """Registers a listener that does this."""

    def register(app: App) -> None:
        @app.event("app_mention")
        def mentioned() -> None:
            does()

    return register


def send(app: App, payload: dict[str, Any]) -> Any:
    return app.dispatch(BoltRequest(mode="socket_mode", body=payload))


def test_an_unknown_command_of_ours_is_answered() -> None:
    """Slack would show "dispatch_failed", which tells nobody anything."""
    with web_api() as api:
        answer = send(built(api), body(command="/reach", text=""))
        told = json.loads(answer.body)
        assert (answer.status, told["response_type"]) == (200, "ephemeral")
        assert "/reach" in told["text"]


def test_an_unknown_button_of_ours_is_acknowledged_and_answered() -> None:
    """A card of an older version may still be pressed."""
    with web_api() as api:
        assert send(built(api), press("retired")).status == 200
        assert "nothing that I can do" in api.of("chat.postEphemeral")[0]["text"]


def test_an_event_that_nobody_wants_is_acknowledged_in_silence() -> None:
    """Otherwise Slack would send it three more times, and may switch the subscription off."""
    with web_api() as api:
        event = {"type": "reaction_added", "user": "U7", "item": {"channel": "C1"}}
        assert (
            send(built(api), {"type": "event_callback", "event_id": "Ev1", "team_id": "T1", "event": event}).status
            == 200
        )
        assert api.of("chat.postEphemeral") == []


class Unreachable:
    """bot.ports.Once without its server."""

    def seen(self, name: str) -> bool:
        raise InstrumentError("The queue cannot be reached.")

    def claim(self, name: str) -> Claim:
        raise InstrumentError("The queue cannot be reached.")

    def done(self, name: str) -> None:
        raise InstrumentError("The queue cannot be reached.")


def test_a_question_is_taken_although_redelivery_cannot_be_checked() -> None:
    """Twice is better than never."""
    taken: list[str] = []

    def register(app: App) -> None:
        @app.command("/arpcheck")
        def listener(ack: Any, command: dict[str, Any]) -> None:
            taken.append(command["text"])
            ack()

    with web_api() as api:
        send(built(api, once=Unreachable(), register=register), body(command="/arpcheck", text="10.0.0.5"))
        assert taken == ["10.0.0.5"]
        mentions = built(api, once=Unreachable(), register=at_a_mention(lambda: taken.append("mention")))
        assert (send(mentions, mention("Ev1")).status, taken[1:]) == (200, ["mention"])


def test_an_event_is_acknowledged_when_it_has_had_its_effect() -> None:
    """Bolt would acknowledge it first, and Slack never tells again what was acknowledged."""
    once, had = MemoryOnce(), list[Claim]()
    with web_api() as api:
        app = built(api, once=once, register=at_a_mention(lambda: had.append(once.claim("event:Ev1"))))
        assert (send(app, mention("Ev1")).status, had, once.claim("event:Ev1")) == (200, [Claim.TAKEN], Claim.DONE)


def test_an_event_whose_effect_takes_too_long_is_told_again_and_has_it_once() -> None:
    """The bot may die of it yet; by the time of the second telling it has not."""
    release, times = threading.Event(), list[int]()

    def slow() -> None:
        times.append(1)
        assert release.wait(10)

    with web_api() as api:
        app = built(api, register=at_a_mention(slow))
        assert send(app, mention("Ev1")).status == 503, "no acknowledgement"
        release.set()
        assert (send(app, mention("Ev1")).status, times) == (200, [1])


def test_what_a_bot_died_of_the_next_one_does() -> None:
    """The first is as good as dead: it never comes back from its listener."""
    never, done = threading.Event(), list[str]()
    first = MemoryOnce("bot-1")
    second = MemoryOnce("bot-2", first)
    with web_api() as api:
        dying = built(api, once=first, register=at_a_mention(lambda: never.wait(20)))
        heir = built(api, once=second, register=at_a_mention(lambda: done.append("bot-2")))
        try:
            assert send(dying, mention("Ev1")).status == 503
            assert (send(heir, mention("Ev1")).status, done) == (503, []), "nobody knows yet that it is gone"
            first.dies()
            assert (send(heir, mention("Ev1")).status, done) == (200, ["bot-2"])
            assert (send(heir, mention("Ev1")).status, done) == (200, ["bot-2"])
        finally:
            never.set()


def test_a_broken_listener_is_told_once_and_not_tried_again() -> None:
    """It would break each time, and its asker knows."""

    def breaks() -> None:
        raise ZeroDivisionError

    with web_api() as api:
        app = built(api, register=at_a_mention(breaks))
        assert [send(app, mention("Ev1")).status for _ in range(2)] == [200, 200]
        assert len(api.of("chat.postEphemeral")) == 1


def test_many_slow_listeners_do_not_delay_an_acknowledgement() -> None:
    """Bolt's five threads would leave the sixth asker with an error."""
    release, started = threading.Event(), threading.Semaphore(0)

    def register(app: App) -> None:
        @app.event("app_mention")
        def slow() -> None:
            started.release()
            release.wait(10)

        @app.command("/arpcheck")
        def quick(ack: Any) -> None:
            ack("taken")

    with web_api() as api:
        app = built(api, register=register)
        deliveries = [threading.Thread(target=send, args=(app, mention(f"Ev{number}"))) for number in range(31)]
        for delivery in deliveries:
            delivery.start()
        try:
            assert all(started.acquire(timeout=5) for _ in range(31))
            assert send(app, body(command="/arpcheck", text="")).body == "taken"
        finally:
            release.set()
            for delivery in deliveries:
                delivery.join(5)
            app.listener_runner.listener_executor.shutdown()


def test_a_wrong_bot_token_is_one_sentence() -> None:
    """The operator sees what to change, not a traceback."""
    with web_api() as api:
        api.spoil("auth.test", "invalid_auth")
        with pytest.raises(InstrumentError, match="does not accept the bot token"):
            built(api)


def test_a_slack_out_of_reach_is_one_sentence() -> None:
    """It names the address, because a proxy is the usual reason."""
    away = WebClient(token="xoxb-test", base_url="http://127.0.0.1:1/api/", retry_handlers=[])
    with pytest.raises(InstrumentError, match=r"cannot be reached at http://127\.0\.0\.1:1/api/"):
        build_app(away, key=KEY, once=MemoryOnce(), register=lambda _: None)

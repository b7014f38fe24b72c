"""``/watch`` and its end, as a command, in a thread and by the button of its card."""

import json
from typing import Any

import pytest

from bot.errors import InstrumentError, RequestError
from bot.model.request import Person, Place
from tests.handlers.stage import command, mention, on_stage, press

ANA = Person("T1", "U7")


def watch(text: str, **changes: Any) -> dict[str, Any]:
    return command(text, command="/watch", **changes)


def test_a_watch_is_taken_as_typed() -> None:
    """The words are the coordinator's to read; the card is the answer."""
    with on_stage() as stage:
        answer = stage.send(watch("10.0.0.5 for 10m"))
        assert (answer.status, answer.body) == (200, "")
        assert stage.coordinator.asked == [("ask", "watch", "10.0.0.5 for 10m", ANA, Place("C1"))]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("stop", ""), ("  Stop ", ""), ("STOP inc-k3v9", "inc-k3v9"), ("stop `inc-k`", "`inc-k`")],
)
def test_stop_ends_the_watch_of_the_channel_or_the_one_that_is_named(text: str, wanted: str) -> None:
    """Nobody copies ids during an outage unless there are two."""
    with on_stage() as stage:
        answer = stage.send(watch(text))
        assert (answer.status, answer.body) == (200, "")
        assert stage.coordinator.asked == [("stop_named", "watch", wanted, ANA, Place("C1"))]


def test_stop_is_no_word_of_a_check() -> None:
    """A machine may be called so, and a check is over before anybody could stop it."""
    with on_stage() as stage:
        stage.send(command("stop"))
        assert stage.coordinator.asked == [("ask", "arpcheck", "stop", ANA, Place("C1"))]


@pytest.mark.parametrize("refusal", [RequestError("No watch runs in this channel."), InstrumentError("Redis is away.")])
@pytest.mark.parametrize("text", ["10.0.0.5 for 10m", "stop"])
def test_a_refusal_is_shown_to_the_asker_alone(refusal: Exception, text: str) -> None:
    """At once, and nothing in the channel."""
    with on_stage(refusal) as stage:
        body = json.loads(stage.send(watch(text)).body)
        assert (body["response_type"], body["text"]) == ("ephemeral", str(refusal))


@pytest.mark.parametrize("text", ["", "help", "?"])
def test_help_is_help_and_no_machine_of_that_name(text: str) -> None:
    """The usage says how to watch and how long."""
    with on_stage() as stage:
        body = json.loads(stage.send(watch(text)).body)
        assert "/watch 10.0.0.5 for 10m" in body["text"]
        assert stage.coordinator.asked == []


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        pytest.param("<@UBOT> watch 10.0.0.5 for 10m", ("ask", "watch", "10.0.0.5 for 10m"), id="watch"),
        pytest.param("<@UBOT> watch stop", ("stop_named", "watch", ""), id="stop"),
        pytest.param("<@UBOT> watch stop inc-1", ("stop_named", "watch", "inc-1"), id="stop one"),
    ],
)
def test_a_mention_in_a_thread_watches_and_stops_there(text: str, asked: tuple[str, ...]) -> None:
    """Slash commands do not work in threads."""
    with on_stage() as stage:
        stage.send(mention(text, thread_ts="1.0"))
        stage.finish()
        assert stage.coordinator.asked == [(*asked, ANA, Place("C1", "1.0"))]


def test_a_refused_stop_in_a_thread_is_whispered_there() -> None:
    """To whoever asked, where they asked."""
    with on_stage(RequestError("No watch runs in this channel.")) as stage:
        stage.send(mention("<@UBOT> watch stop", thread_ts="1.0"))
        stage.finish()
        assert [(w["user"], w["thread_ts"], w["text"]) for w in stage.whispers()] == [
            ("U7", "1.0", "No watch runs in this channel."),
        ]


def test_the_button_of_the_card_stops_it() -> None:
    """The same door as a check's."""
    with on_stage() as stage:
        stage.send(press("stop"))
        stage.finish()
        assert [(door, text) for door, _, text, _, _ in stage.coordinator.asked] == [("stop", "inc-k3v9")]

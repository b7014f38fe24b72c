"""The slash command that compares tables."""

import json

import pytest

from bot.errors import RequestError
from bot.model.request import Person, Place
from tests.handlers.stage import command, mention, on_stage


def test_the_question_reaches_the_coordinator_and_the_ack_is_empty() -> None:
    """The card in the channel is the answer."""
    with on_stage() as stage:
        answer = stage.send(command("app05", command="/arptable"))
        assert (answer.status, answer.body) == (200, "")
        assert stage.coordinator.asked == [("ask", "arptable", "app05", Person("T1", "U7"), Place("C1"))]


def test_a_refusal_is_the_reply_and_only_the_asker_sees_it() -> None:
    """A channel in an incident need not read it."""
    with on_stage(RequestError("10.0.0.300 is no address, say `/arptable 10.0.0.5`.")) as stage:
        body = json.loads(stage.send(command("x", command="/arptable")).body)
        assert (body["response_type"], "/arptable 10.0.0.5" in body["text"]) == ("ephemeral", True)


@pytest.mark.parametrize("text", ["", "  ", "help", "?"])
def test_help_and_nothing_show_the_usage(text: str) -> None:
    """It says what the command is for beside the others."""
    with on_stage() as stage:
        body = json.loads(stage.send(command(text, command="/arptable")).body)
        assert "/arptable 10.0.0.5" in body["text"]
        assert stage.coordinator.asked == []


@pytest.mark.parametrize("said", ["arptable 10.0.0.5", "/arptable 10.0.0.5", "ARPTABLE 10.0.0.5"])
def test_asked_by_mention_in_a_thread_it_is_answered_in_that_thread(said: str) -> None:
    """Slack has no slash commands in threads."""
    with on_stage() as stage:
        stage.send(mention(f"<@UBOT> {said}", thread_ts="1.0"))
        stage.finish()
        assert stage.coordinator.asked == [("ask", "arptable", "10.0.0.5", Person("T1", "U7"), Place("C1", "1.0"))]

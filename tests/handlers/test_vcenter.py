"""The slash command of look-ups."""

import json

import pytest

from bot.errors import InstrumentError, RequestError
from bot.model.request import Person, Place
from tests.handlers.stage import command, mention, on_stage


def test_the_question_reaches_the_coordinator_and_the_ack_is_empty() -> None:
    """The card in the channel is the answer."""
    with on_stage() as stage:
        answer = stage.send(command("app05", command="/vcenter"))
        assert (answer.status, answer.body) == (200, "")
        assert stage.coordinator.asked == [("ask", "vcenter", "app05", Person("T1", "U7"), Place("C1"))]


@pytest.mark.parametrize(
    "refusal",
    [
        pytest.param(RequestError("10.0.0.300 is no address, say `/vcenter 10.0.0.5`."), id="the person's"),
        pytest.param(InstrumentError("The queue cannot be reached at `redis`."), id="the instrument's"),
    ],
)
def test_a_refusal_is_the_reply_and_only_the_asker_sees_it(refusal: Exception) -> None:
    """A channel in an incident need not read it."""
    with on_stage(refusal) as stage:
        body = json.loads(stage.send(command("x", command="/vcenter")).body)
        assert (body["response_type"], body["text"]) == ("ephemeral", str(refusal))


def test_a_bug_is_acknowledged_with_a_reference() -> None:
    """Silence would look like Slack's fault."""
    with on_stage(ZeroDivisionError("boom")) as stage:
        body = json.loads(stage.send(command("app05", command="/vcenter")).body)
        assert "ref-" in body["text"]


@pytest.mark.parametrize("text", ["", "  ", "help", "?"])
def test_help_and_nothing_show_the_usage(text: str) -> None:
    """It says what the command is for beside the other one."""
    with on_stage() as stage:
        body = json.loads(stage.send(command(text, command="/vcenter")).body)
        assert body["response_type"] == "ephemeral"
        assert "/vcenter 10.0.0.5" in body["text"]
        assert stage.coordinator.asked == []


@pytest.mark.parametrize("said", ["vcenter 10.0.0.5", "/vcenter 10.0.0.5", "VCENTER 10.0.0.5"])
def test_asked_by_mention_in_a_thread_it_is_answered_in_that_thread(said: str) -> None:
    """Slack has no slash commands in threads, which is where owners are argued about."""
    with on_stage() as stage:
        stage.send(mention(f"<@UBOT> {said}", thread_ts="1.0"))
        stage.finish()
        assert stage.coordinator.asked == [("ask", "vcenter", "10.0.0.5", Person("T1", "U7"), Place("C1", "1.0"))]


def test_a_mention_of_the_command_alone_is_told_what_can_follow() -> None:
    """It must not be looked up as a VM without a name."""
    with on_stage() as stage:
        stage.send(mention("<@UBOT> vcenter"))
        stage.finish()
        assert stage.coordinator.asked == []
        assert "/vcenter 10.0.0.5" in stage.whispers()[0]["text"]

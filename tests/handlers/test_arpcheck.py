"""The slash command."""

import json

import pytest

from bot.errors import InstrumentError, RequestError
from bot.model.request import Person, Place
from tests.handlers.stage import command, on_stage


def test_the_question_reaches_the_coordinator_and_the_ack_is_empty() -> None:
    """The card in the channel is the answer; a second one to the asker alone would be noise."""
    with on_stage() as stage:
        answer = stage.send(command("10.0.0.5 deep"))
        assert (answer.status, answer.body) == (200, "")
        assert stage.coordinator.asked == [("ask", "arpcheck", "10.0.0.5 deep", Person("T1", "U7"), Place("C1"))]


@pytest.mark.parametrize(
    "refusal",
    [
        pytest.param(RequestError("10.0.0.300 is no address, say `/arpcheck 10.0.0.5`."), id="the person's"),
        pytest.param(InstrumentError("The queue cannot be reached at `redis`."), id="the instrument's"),
    ],
)
def test_a_refusal_is_the_reply_and_only_the_asker_sees_it(refusal: Exception) -> None:
    """Its text says what would be right; a channel in an incident need not read it."""
    with on_stage(refusal) as stage:
        answer = stage.send(command("x"))
        body = json.loads(answer.body)
        assert (answer.status, body["response_type"], body["text"]) == (200, "ephemeral", str(refusal))


def test_what_a_person_typed_cannot_call_the_channel_from_the_refusal() -> None:
    """The refusal repeats the input; `<!channel>` in it would wake everybody."""
    with on_stage(RequestError("<!channel> is no address, nor is 00:50:56:de:ad:be.")) as stage:
        body = json.loads(stage.send(command("<!channel>")).body)
        assert "<!channel>" not in body["text"]
        assert [it["type"] for it in body["blocks"][0]["elements"][0]["elements"]] == ["text"]


def test_a_command_without_a_team_is_refused() -> None:
    """Rights belong to (team, user); a user id alone could be anybody's."""
    with on_stage() as stage:
        body = json.loads(stage.send(command("10.0.0.5", team_id=None)).body)
        assert "workspace" in body["text"]
        assert stage.coordinator.asked == []


def test_a_bug_is_acknowledged_with_a_reference() -> None:
    """Silence would look like Slack's fault, and nobody could find the log line."""
    with on_stage(ZeroDivisionError("boom")) as stage:
        answer = stage.send(command("10.0.0.5"))
        body = json.loads(answer.body)
        assert (answer.status, body["response_type"]) == (200, "ephemeral")
        assert "ref-" in body["text"]
        assert "boom" not in body["text"]

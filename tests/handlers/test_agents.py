"""``/agents``: who looks, for one person alone."""

import json

import pytest

from bot.errors import InstrumentError, RequestError
from bot.model.request import Person, Place
from tests.handlers.stage import command, mention, on_stage


def test_the_agents_are_listed_to_the_asker_alone() -> None:
    """A line each, and names are code: nothing in them becomes a mention or an emoji."""
    with on_stage() as stage:
        body = json.loads(stage.send(command("", command="/agents")).body)
        assert stage.coordinator.asked == [("agents", "", "", Person("T1", "U7"), Place("C1"))]
        assert body["response_type"] == "ephemeral"
        head, lines = body["blocks"][0]["elements"]
        assert head["elements"] == [{"type": "text", "text": "One agent is heard, it is well."}]
        assert lines["elements"][0]["elements"][0] == {"type": "text", "text": "prod-1", "style": {"code": True}}


def test_a_mention_in_a_thread_is_answered_there() -> None:
    """Slack has no slash commands in threads."""
    with on_stage() as stage:
        stage.send(mention("<@UBOT> agents", thread_ts="1.1"))
        stage.finish()
        assert stage.coordinator.asked == [("agents", "", "", Person("T1", "U7"), Place("C1", "1.1"))]
        (whisper,) = stage.whispers()
        assert (whisper["user"], whisper["thread_ts"]) == ("U7", "1.1")
        assert whisper["text"].startswith("One agent is heard")


@pytest.mark.parametrize(
    "refusal", [RequestError("Guests may not."), InstrumentError("The queue server cannot be reached.")]
)
def test_a_refusal_is_the_answer(refusal: Exception) -> None:
    """Nobody waits for a list that cannot come."""
    with on_stage(refusal) as stage:
        assert json.loads(stage.send(command("", command="/agents")).body)["text"] == str(refusal)
        stage.send(mention("<@UBOT> agents"))
        stage.finish()
        assert [whisper["text"] for whisper in stage.whispers()] == [str(refusal)]


def test_a_word_behind_it_is_answered_with_what_is_right() -> None:
    """A name would look like a filter that there is not."""
    with on_stage() as stage:
        assert "stands alone" in json.loads(stage.send(command("prod-1", command="/agents")).body)["text"]
        assert stage.coordinator.asked == []

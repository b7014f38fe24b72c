"""``/incident audit``: the channel's deeds, for one person alone."""

import json
from typing import Any

import pytest

from bot.errors import RequestError
from bot.model.request import Person, Place
from tests.handlers.stage import command, mention, on_stage, press

DEED = "`2026-03-01 12:00:00Z` T1/U9 requested: `capture 10.0.0.5 T1/U8 <!channel>`, by: `on call may capture`"


def answer(
    text: str, deeds: tuple[str, ...] = (), refusal: Exception | None = None
) -> tuple[dict[str, Any], list[Any]]:
    with on_stage(refusal) as stage:
        stage.coordinator.deeds = deeds
        response = stage.send(command(text, command="/incident"))
        body = json.loads(response.body or "{}") if isinstance(response.body, str) else response.body
        return body, stage.coordinator.asked


def test_the_deeds_are_shown_to_the_asker_alone_and_people_by_their_names() -> None:
    """An id says nothing to a person; what somebody typed stays what it was, code."""
    body, asked = answer("audit", (DEED, DEED))
    assert asked == [("audit_of", "", "", Person("T1", "U7"), Place("C1"))]
    assert body["response_type"] == "ephemeral"
    begin, listed = body["blocks"][0]["elements"]
    assert begin["elements"][0]["text"] == "The newest 2 deeds of this channel:"
    assert len(listed["elements"]) == 2
    elements = listed["elements"][0]["elements"]
    assert [one for one in elements if one["type"] == "user"] == [{"type": "user", "user_id": "U9"}]
    assert {"type": "text", "text": "capture 10.0.0.5 T1/U8 <!channel>", "style": {"code": True}} in elements
    assert "<!channel>" not in body["text"], "the fallback is mrkdwn"


def test_a_channel_without_deeds_says_so() -> None:
    """Silence would look like a failure."""
    assert "Nothing was asked for" in answer("audit")[0]["text"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("", "/incident open", id="nothing"),
        pytest.param("help", "/incident open", id="help"),
        pytest.param("shut", "I know no /incident shut. `/incident open", id="unknown"),
        pytest.param("summary loudly", "`/incident summary share`", id="a-word-too-much"),
    ],
)
def test_other_words_are_answered_with_what_there_is(text: str, says: str) -> None:
    """Nobody is asked for rights for a question about the words."""
    body, asked = answer(text)
    assert says in body["text"]
    assert asked == []


def test_a_refusal_is_the_answer() -> None:
    """Whoever may not check here may not read who did."""
    assert answer("audit", refusal=RequestError("Guests may not."))[0]["text"] == "Guests may not."


@pytest.mark.parametrize(
    ("text", "door", "given", "says"),
    [
        ('open "odd VMs" affected app01', "open", '"odd VMs" affected app01', "Opened."),
        ("close the agent was restarted", "close", "the agent was restarted", "Closed."),
        ("reopen", "reopen", "", "Opened again"),
        ("summary", "summary", "", None),
        ("summary share", "summary", "share", None),
        ("timeline", "timeline", "", None),
        ("export redact", "export", "redact", "I am putting it together."),
    ],
)
def test_each_word_is_a_door(text: str, door: str, given: str, says: str | None) -> None:
    """What takes a moment comes by itself; the rest is answered at once, to its asker alone."""
    body, asked = answer(text)
    assert asked == [(door, "", given, Person("T1", "U7"), Place("C1"))]
    assert (body or {}).get("text", "").startswith(says or "")
    assert bool(body) == bool(says)


def test_the_same_words_in_a_mention() -> None:
    """Slack has no slash commands in threads."""
    with on_stage() as stage:
        stage.send(mention("<@UBOT> incident close all fine", thread_ts="1.1"))
        stage.finish()
        assert stage.coordinator.asked == [("close", "", "all fine", Person("T1", "U7"), Place("C1", "1.1"))]
        (whisper,) = stage.whispers()
        assert whisper["text"].startswith("Closed.")
        assert whisper["thread_ts"] == "1.1"


@pytest.mark.parametrize(("action", "door"), [("incident_summary", "summary"), ("incident_timeline", "timeline")])
def test_the_buttons_below_a_summary(action: str, door: str) -> None:
    """They show to whoever presses what everybody may see."""
    with on_stage() as stage:
        stage.send(press(action))
        assert [asked[0] for asked in stage.coordinator.asked] == [door]

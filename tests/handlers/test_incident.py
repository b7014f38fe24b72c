"""``/incident audit``: the channel's deeds, for one person alone."""

import json
from typing import Any

import pytest

from bot.errors import RequestError
from bot.model.request import Person, Place
from tests.handlers.stage import command, on_stage

DEED = "`2026-03-01 12:00:00Z` T1/U9 requested: `capture 10.0.0.5 T1/U8 <!channel>`, by: `on call may capture`"


def answer(
    text: str, deeds: tuple[str, ...] = (), refusal: Exception | None = None
) -> tuple[dict[str, Any], list[Any]]:
    with on_stage(refusal) as stage:
        stage.coordinator.deeds = deeds
        response = stage.send(command(text, command="/incident"))
        body = json.loads(response.body) if isinstance(response.body, str) else response.body
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
        pytest.param("", "/incident audit", id="nothing"),
        pytest.param("help", "/incident audit", id="help"),
        pytest.param("close", "I know no /incident close. `/incident audit`", id="unknown"),
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

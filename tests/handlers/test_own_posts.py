"""Where our own messages stand, as Slack tells it."""

from typing import Any

import pytest

from tests.handlers.stage import mention, on_stage

OURS, OTHERS = "A1", "A2"
MARK: dict[str, Any] = {"event_type": "ruleout_incident", "event_payload": {"id": "inc-k3v9", "part": "card"}}


def posted(metadata: object = MARK, *, app: str = OURS, **event: Any) -> dict[str, Any]:
    """Slack's word that a marked message was posted."""
    told = {
        "type": "message_metadata_posted", "app_id": app, "bot_id": "B1", "user_id": "UBOT", "team_id": "T1",
        "channel_id": "C1", "metadata": metadata, "message_ts": "5.5", "event_ts": "5.5", **event,
    }  # fmt: skip
    return {**mention(""), "api_app_id": OURS, "event": told}


def test_a_message_of_ours_is_told_to_the_coordinator() -> None:
    """Though it is an event of our own, which are no questions and go no further."""
    with on_stage() as stage:
        assert stage.send(posted()).status == 200
        stage.finish()
        assert stage.coordinator.posts == [("inc-k3v9", "card", "C1", "5.5")]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(posted(app=OTHERS, user_id="U8"), id="another app marks its messages like ours"),
        pytest.param(posted({**MARK, "event_type": "task_created"}), id="another mark"),
        pytest.param(posted({**MARK, "event_payload": {"id": 7, "part": "card"}}), id="no id"),
        pytest.param(posted({**MARK, "event_payload": None}), id="nothing in it"),
        pytest.param(posted(None), id="no mark"),
        pytest.param(posted(message_ts=None), id="no message"),
    ],
)
def test_what_is_not_ours_or_not_whole_tells_nothing(body: dict[str, Any]) -> None:
    """Whoever could point us at a message of theirs would have us write into it, or take ours back."""
    with on_stage() as stage:
        assert stage.send(body).status == 200
        stage.finish()
        assert stage.coordinator.posts == []


def test_the_word_is_acknowledged_when_it_was_taken() -> None:
    """Whoever dies of it before leaves it to the next one; Slack tells nobody again what was acknowledged."""
    with on_stage() as stage:
        for _ in range(2):
            assert stage.send(posted()).status == 200
            assert stage.coordinator.posts == [("inc-k3v9", "card", "C1", "5.5")]


def test_our_own_mention_of_ourselves_is_no_question() -> None:
    """A card that names us must not ask."""
    with on_stage() as stage:
        assert stage.send(mention("<@UBOT> arpcheck 10.0.0.5", user="UBOT")).status == 200
        stage.finish()
        assert stage.coordinator.asked == []

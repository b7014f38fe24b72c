"""Shared captures at Slack's door: payloads in, the coordinator asked, forms and refusals out."""

from typing import Any

import pytest

from bot.errors import RequestError
from bot.model.dropped import DroppedFile
from bot.model.request import Person, Place
from bot.slack import tokens
from tests.handlers.stage import KEY, Stage, mention, on_stage, press

CAPTURE = {"id": "F1", "name": "core.pcap", "size": 6480}
AS_FILE = DroppedFile("F1", "core.pcap", 6480)


def shared(**event: Any) -> dict[str, Any]:
    said = {"type": "file_shared", "file_id": "F1", "user_id": "U7", "channel_id": "C1", **event}
    return {"type": "event_callback", "team_id": "T1", "event_id": "Ev9", "event": said, "is_ext_shared_channel": False,
            "authorizations": [{"team_id": "T1", "user_id": "UBOT", "is_bot": True}]}  # fmt: skip


def submitted(metadata: str, target: str = "10.0.0.5") -> dict[str, Any]:
    values = {"judge_target": {"judge_target": {"type": "plain_text_input", "value": target}}}
    view = {"id": "V1", "type": "modal", "callback_id": "judge_form", "private_metadata": metadata,
            "state": {"values": values}, "hash": "h"}  # fmt: skip
    return {"type": "view_submission", "team": {"id": "T1"}, "user": {"id": "U7", "team_id": "T1"}, "view": view}


def describe(stage: Stage, file: dict[str, Any] | None = None) -> None:
    """What Slack says of the file."""
    stage.api.files["F1"] = file or {**CAPTURE, "shares": {"public": {"C1": [{"ts": "3.3"}]}}}


def test_what_is_shared_is_shown_to_the_coordinator_with_its_thread() -> None:
    """The offer belongs below the file."""
    with on_stage() as stage:
        describe(stage)
        stage.send(shared())
        stage.finish()
        assert stage.coordinator.asked == [("dropped", "", "", Person("T1", "U7"), Place("C1", "3.3"))]
        assert stage.coordinator.files == [(AS_FILE,)]


def test_our_own_upload_is_not_offered_back() -> None:
    """The bot shares captures itself."""
    with on_stage() as stage:
        describe(stage)
        stage.send(shared(user_id="UBOT"))
        stage.finish()
        assert stage.coordinator.asked == []


@pytest.mark.parametrize("words", ["judge this 10.0.0.5", "judge 10.0.0.5", "Judge it for 10.0.0.5", "/judge 10.0.0.5"])
def test_a_mention_with_a_file_asks_about_the_machine(words: str) -> None:
    """What people say between the word and the address means nothing."""
    with on_stage() as stage:
        stage.send(mention(f"<@UBOT> {words}", files=[CAPTURE]))
        stage.finish()
        assert stage.coordinator.asked == [("judge", "", "10.0.0.5", Person("T1", "U7"), Place("C1"))]
        assert stage.coordinator.files == [(AS_FILE,)]


def test_the_button_opens_a_form_that_keeps_file_and_thread() -> None:
    """The trigger lives three seconds; nothing is asked of Slack before the form is open."""
    with on_stage() as stage:
        stage.send(press("judge", tokens.sign(KEY, "judge", "F1 3.3")))
        stage.finish()
        view = stage.api.of("views.open")[0]["view"]
        assert view["private_metadata"] == "F1 C1 3.3"


def test_the_form_is_answered_in_place() -> None:
    """A refusal stands below the field, and nothing that was typed is lost."""
    with on_stage(RequestError("10.0.0.300 is not an IPv4 address.")) as stage:
        describe(stage)
        answer = stage.send(submitted("F1 C1 3.3", "10.0.0.300"))
        assert "not an IPv4 address" in answer.body
        assert "errors" in answer.body


def test_the_form_asks_where_the_file_was_shared() -> None:
    """The card belongs below the file, whoever pressed."""
    with on_stage() as stage:
        describe(stage)
        assert stage.send(submitted("F1 C1 3.3")).status == 200
        assert stage.coordinator.asked == [("judge", "", "10.0.0.5", Person("T1", "U7"), Place("C1", "3.3"))]


def test_a_file_that_is_gone_is_said_in_the_form() -> None:
    """It may be deleted while the form is open."""
    with on_stage() as stage:
        answer = stage.send(submitted("F1 C1 "))
        assert "does not show me this file" in answer.body
        assert stage.coordinator.asked == []

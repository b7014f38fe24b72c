"""Buttons on ended cards."""

import pytest

from bot.errors import RequestError
from bot.model.request import Person, Place
from bot.slack import tokens
from tests.handlers.stage import KEY, on_stage, press


@pytest.mark.parametrize(
    ("action", "door", "place"),
    [
        ("check_again", "again", Place("C1")),
        ("capture", "form", Place("C1", "5.5")),
        ("stop", "stop", Place("C1")),
        ("download", "download", Place("C1")),
        ("approve", "approve", Place("C1")),
        ("decline", "decline", Place("C1")),
    ],
)
def test_a_press_asks_for_the_cards_incident(action: str, door: str, place: Place) -> None:
    """The value holds only an id that this bot signed. A new check is a new card, a capture goes below the old one."""
    with on_stage() as stage:
        assert stage.send(press(action)).status == 200
        stage.finish()  # what is opened is opened after the acknowledgement
        assert stage.coordinator.asked == [(door, "", "inc-k3v9", Person("T1", "U7"), place)]


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("inc-k3v9", id="without proof"),
        pytest.param("inc-k3v9.00000000000000000000000000000000", id="wrong proof"),
        pytest.param(tokens.sign(KEY, "check_again", "inc-k3v9"), id="another button's proof"),
        pytest.param(tokens.sign(b"other", "capture", "inc-k3v9"), id="another key's proof"),
        pytest.param("", id="empty"),
    ],
)
@pytest.mark.parametrize("action", ["capture", "approve", "decline", "stop", "download"])
def test_a_value_that_we_did_not_make_for_this_button_does_nothing(value: str, action: str) -> None:
    """Otherwise the right to check would be the right to capture."""
    with on_stage() as stage:
        assert stage.send(press(action, value)).status == 200
        assert stage.coordinator.asked == []
        assert "not valid" in stage.whispers()[0]["text"]


def test_the_team_is_the_pressers_own() -> None:
    """The body's team is the installed one even when somebody of another company pressed."""
    with on_stage() as stage:
        stage.send(press("check_again", team="T999"))
        assert stage.coordinator.asked[0][3] == Person("T999", "U7")


def test_a_presser_without_a_team_is_refused() -> None:
    """Rights that cannot be looked up are not given."""
    with on_stage() as stage:
        assert stage.send(press("check_again", team=None)).status == 200
        stage.finish()
        assert stage.coordinator.asked == []
        assert "workspace" in stage.whispers()[0]["text"]


@pytest.mark.parametrize(
    ("message", "thread"),
    [
        pytest.param({}, None, id="card in the channel"),
        pytest.param({"thread_ts": "5.5"}, None, id="card in the channel, with replies"),
        pytest.param({"thread_ts": "1.0"}, "1.0", id="card in a thread"),
    ],
)
def test_the_new_card_goes_where_the_old_one_stands(message: dict[str, str], thread: str | None) -> None:
    """A card with replies names itself as its thread; the answer must not hide in there."""
    with on_stage() as stage:
        stage.send(press("check_again", **message))
        assert stage.coordinator.asked[0][4] == Place("C1", thread)


def test_a_refusal_is_acknowledged_and_whispered() -> None:
    """Without the acknowledgement the button shows a warning triangle."""
    with on_stage(RequestError("You may not capture.")) as stage:
        assert stage.send(press("approve")).status == 200
        stage.finish()
        assert [w["text"] for w in stage.whispers()] == ["You may not capture."]


def test_the_same_press_delivered_twice_asks_once() -> None:
    """A trigger id names one press."""
    with on_stage() as stage:
        stage.send(press("check_again"))
        stage.send(press("check_again"))
        assert len(stage.coordinator.asked) == 1


def test_a_refusal_is_told_before_the_press_is_acknowledged() -> None:
    """Of a bot that dies in between, Slack's own sign beside the button remains, and not a press without an effect."""
    with on_stage(RequestError("That was over before it could be stopped.")) as stage:
        assert stage.send(press("stop")).status == 200
        assert [one["text"] for one in stage.whispers()] == ["That was over before it could be stopped."]


def test_a_press_is_not_acknowledged_whose_refusal_slack_does_not_take_at_once() -> None:
    """The bot may not live to tell it; else the sentence comes beside Slack's own sign."""
    with on_stage(RequestError("That was over before it could be stopped.")) as stage:
        stage.api.spoil("chat.postEphemeral", (429, 1))
        assert stage.send(press("stop")).status == 503
        stage.finish()
        assert len(stage.whispers()) == 2

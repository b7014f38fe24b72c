"""The Home tab: published anew each time it is opened, and one sentence where nobody knows."""

import json
from typing import Any

import pytest

from bot.errors import InstrumentError, RequestError
from bot.model.request import Person, Place
from bot.model.roster import Home, Listing, Standing
from deploy.demo.slack.blocks_check import check_view
from tests.bot.slack.stories import ASKED_AT
from tests.handlers.stage import Stage, on_stage


def opened(event_id: str = "Ev1", tab: str = "home") -> dict[str, Any]:
    """Somebody opens a tab of the app."""
    event = {"type": "app_home_opened", "user": "U7", "channel": "D1", "tab": tab, "event_ts": "1.1"}
    authorised = [{"team_id": "T1", "user_id": "UBOT", "is_bot": True}]
    return {
        "type": "event_callback", "team_id": "T1", "event_id": event_id, "event": event, "authorizations": authorised,
    }  # fmt: skip


def published(stage: Stage) -> list[dict[str, Any]]:
    """The views so far, each taken by Slack."""
    views = []
    for call in stage.api.of("views.publish"):
        view = call["view"] if isinstance(call["view"], dict) else json.loads(call["view"])
        assert call["user_id"] == "U7"
        assert check_view(view) is None
        views.append(view)
    return views


def test_each_opening_publishes_it_anew() -> None:
    """What it says is as old as the last look at it."""
    with on_stage() as stage:
        for event_id in ("Ev1", "Ev2"):
            stage.send(opened(event_id))
        stage.finish()
        assert stage.coordinator.asked == 2 * [("home", "", "", Person("T1", "U7"), Place(""))]
        first, second = published(stage)
        assert first == second
        assert "Nothing of yours runs" in str(first)
        assert {"type": "channel", "channel_id": "C0123ABCD"} in first["blocks"][3]["elements"][0]["elements"][0][
            "elements"
        ]


def test_the_other_tab_is_none_of_its_business() -> None:
    """Slack sends the same event for the tab of messages."""
    with on_stage() as stage:
        stage.send(opened(tab="messages"))
        stage.finish()
        assert stage.coordinator.asked == []
        assert published(stage) == []


def test_a_running_request_links_to_its_card_if_slack_says_where_it_is() -> None:
    """Its card has what is known, and its Stop; a line without a link is better than no tab."""
    standing = [
        Standing(f"Checking 10.0.0.{number}", "C1", card) for number, card in ((5, "5.5"), (6, "6.6"), (7, None))
    ]
    with on_stage() as stage:
        stage.coordinator.home = Home(ASKED_AT, tuple(standing), 2, ("You may look.",), None)
        stage.api.spoil("chat.getPermalink", "message_not_found")
        stage.send(opened())
        stage.finish()
        (view,) = published(stage)
        lines, more = view["blocks"][1]["elements"]
        linked = ["link" in [piece["type"] for piece in line["elements"]] for line in lines["elements"]]
        assert linked == [False, True, False]
        assert "2 more" in str(more)
        assert "Who looks" not in str(view), "not for whoever may not look anything up"


@pytest.mark.parametrize(
    "refusal", [RequestError("Slack does not say who you are."), InstrumentError("The queue server cannot be reached.")]
)
def test_where_nobody_knows_it_is_one_sentence(refusal: Exception) -> None:
    """An older view would look like the present."""
    with on_stage(refusal) as stage:
        stage.send(opened())
        stage.finish()
        (view,) = published(stage)
        assert len(view["blocks"]) == 1
        assert str(refusal) in str(view)


def test_a_bug_is_said_too() -> None:
    """It is loud in the log, and the tab does not show yesterday."""
    with on_stage(ValueError("broken")) as stage:
        stage.send(opened())
        stage.finish()
        (view,) = published(stage)
        assert "That is a bug in ruleout" in str(view)


def test_the_longest_house_fits() -> None:
    """Slack refuses a view as a whole for one block or some characters too many."""
    listing = Listing("x" * 200, ("`a` " + "y" * 490,) * 10)
    standing = (Standing("z" * 150, "C0123456789", None),) * 15
    with on_stage() as stage:
        stage.coordinator.home = Home(ASKED_AT, standing, 9, ("r" * 300,) * 10, listing)
        stage.send(opened())
        stage.finish()
        (view,) = published(stage)
        assert len(view["blocks"]) <= 10

"""A watch at Slack's door: real agents, real moves in the lab, and processes that are killed in the middle of it."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from deploy.demo.slack.records import BOT_USER, Message
from deploy.demo.slack.workspace import Workspace
from deploy.demo.stage import Stage, final_card
from tests.demo.killing import restarted
from tests.demo.test_doors import CHANNEL, thread

pytestmark = [pytest.mark.lab, pytest.mark.server, pytest.mark.timeout(180)]


def begun(house: Stage, text: str, types: Callable[[str], object] | None = None) -> str:
    """The timestamp of the card of a watch that runs."""
    before = house.slack.look(lambda workspace: workspace.new_ts())
    if types:
        types(text)
    else:
        said = house.slack.type("ana", CHANNEL, text)
        assert not said.get("messages"), said

    def card(workspace: Workspace) -> str | None:
        channel = workspace.channel(CHANNEL)
        cards = [m for m in channel.messages.values() if m.user == BOT_USER and m.ts > before] if channel else []
        return next((m.ts for m in cards if m.text.startswith("Watching ") and "heard" in m.text), None)

    ts: str = house.slack.wait_for(card, 30)
    return ts


def until_left(house: Stage, ts: str, left_s: int) -> None:
    """Wait until the running card says that so many seconds are left, or fewer."""

    def found(workspace: Workspace) -> bool | None:
        channel = workspace.channel(CHANNEL)
        card = channel.find(ts) if channel else None
        assert card is not None, "it was posted"
        left = re.search(r"(\d+) s left", f"{card.text}\n{card.blocks}")
        return (left is not None and int(left[1]) <= left_s) or None

    house.slack.wait_for(found, 40)


def ended(house: Stage, ts: str, within_s: float) -> dict[str, Any]:
    """The card once it has ended."""
    return final_card(house.slack, CHANNEL, after=str(float(ts) - 0.000001), within_s=within_s)


def told(house: Stage, ts: str, words: str, within_s: float = 40) -> str:
    """The message in the card's thread that says this."""

    def found(workspace: Workspace) -> str | None:
        replies: list[Message] = thread(workspace, ts)
        return next((m.text for m in replies if words in m.text), None)

    try:
        text: str = house.slack.wait_for(found, within_s)
    except TimeoutError:
        said = house.slack.look(lambda workspace: [m.text for m in thread(workspace, ts)])
        pytest.fail(f"nobody said {words!r}, but {said}")
    return text


def test_moves_are_told_at_once_and_found_irrelevant(house: Stage) -> None:
    """The experiment of the story: B to C to D, and the trouble goes with the machine."""
    ts = begun(house, "/watch app05 for 55s")
    until_left(house, ts, 52)
    house.move("app05", "esx-a2")
    assert "app05 moved esx-a1" in told(house, ts, "app05 moved esx-a1")
    assert "is being watched here already" in str(house.slack.type("ben", CHANNEL, "/watch 10.0.0.5")["messages"])
    until_left(house, ts, 30)
    house.move("app05", "esx-b1")
    told(house, ts, "moved esx-a2")
    card = ended(house, ts, 60)
    assert "GUEST · proven" in card["rendered"]
    assert "The moves are irrelevant: packets are lost on" in card["rendered"]
    told(house, ts, "10.0.0.5 over time")


def test_stop_ends_it_with_what_was_seen(house: Stage) -> None:
    """Whoever may check may stop it; what it has is judged."""
    ts = begun(house, "/watch 10.0.0.6 for 100s")
    until_left(house, ts, 93)
    assert not house.slack.type("ben", CHANNEL, "/watch stop").get("messages")
    assert "HEALTHY" in ended(house, ts, 30)["rendered"]
    assert "No watch runs in this channel" in str(house.slack.type("ben", CHANNEL, "/watch stop")["messages"])


def test_a_bot_that_dies_is_followed_by_one_that_goes_on(house: Stage) -> None:
    """The same card ends with a verdict on all of it, and says when nobody watched."""
    ts = begun(house, "/watch 10.0.0.6 for 50s")
    until_left(house, ts, 40)
    restarted(house, "bot")
    card = ended(house, ts, 90)
    assert "HEALTHY" in card["rendered"], card["rendered"]


def test_an_agent_that_dies_costs_a_moment(house: Stage) -> None:
    """The next piece finds its successor; the time without it is said."""
    ts = begun(house, "/watch 10.0.0.6 for 40s")
    restarted(house, "prod-1")
    card = ended(house, ts, 70)
    assert "HEALTHY" in card["rendered"], card["rendered"]

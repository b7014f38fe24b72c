"""Usage, shown to the asker alone."""

import json

import pytest

from bot.errors import RequestError
from bot.model.request import Person, Place
from tests.handlers.stage import command, mention, on_stage


@pytest.mark.parametrize("text", ["", "  ", "help", "HELP", "?", "--help"])
def test_help_and_nothing_show_the_usage(text: str) -> None:
    """Nobody reads documentation during an incident."""
    with on_stage() as stage:
        body = json.loads(stage.send(command(text)).body)
        assert body["response_type"] == "ephemeral"
        assert body["text"].startswith("I look at one machine")
        assert stage.coordinator.asked == []
        assert stage.coordinator.usages == [(Person("T1", "U7"), Place("C1"))]


@pytest.mark.parametrize(
    "text",
    [
        "<@UBOT>",
        "<@UBOT> help",
        "<@UBOT> thanks!",
        "<@UBOT> arpcheck",
        "so <@UBOT> arpcheck help",
        "<@UBOT> agents help",
    ],
)
def test_a_mention_that_asks_nothing_known_is_told_what_is(text: str) -> None:
    """A word of thanks must not be looked up as a VM's name."""
    with on_stage() as stage:
        stage.send(mention(text, thread_ts="1.0"))
        stage.finish()
        assert stage.coordinator.asked == []
        assert stage.coordinator.usages == [(Person("T1", "U7"), Place("C1", "1.0"))]
        assert [(w["user"], w["thread_ts"]) for w in stage.whispers()] == [("U7", "1.0")]


def test_addresses_in_the_usage_are_code() -> None:
    """In plain text Slack would make emoji of a MAC's middle."""
    with on_stage() as stage:
        elements = json.loads(stage.send(command("help")).body)["blocks"][0]["elements"][0]["elements"]
        code = [element["text"] for element in elements if element.get("style", {}).get("code")]
        assert "/arpcheck 00:50:56:12:34:56" in code


@pytest.mark.parametrize(
    "command_name", ["/arpcheck", "/arptable", "/watch", "/reach", "/vcenter", "/capture", "/agents"]
)
def test_every_command_has_the_same_help(command_name: str) -> None:
    """Whichever of them somebody remembers leads to the others."""
    with on_stage() as stage:
        assert "I look at one machine" in json.loads(stage.send(command("help", command=command_name)).body)["text"]


def test_whoever_may_do_nothing_here_is_told_why() -> None:
    """A list of what is refused anyway helps nobody; the reason does."""
    with on_stage(RequestError("Guests may not use ruleout here.")) as stage:
        assert json.loads(stage.send(command("help")).body)["text"] == "Guests may not use ruleout here."
        stage.send(mention("<@UBOT> help"))
        stage.finish()
        assert [whisper["text"] for whisper in stage.whispers()] == ["Guests may not use ruleout here."]

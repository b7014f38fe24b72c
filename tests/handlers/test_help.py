"""Usage, shown to the asker alone."""

import json

import pytest

from tests.handlers.stage import command, mention, on_stage


@pytest.mark.parametrize("text", ["", "  ", "help", "HELP", "?", "--help"])
def test_help_and_nothing_show_the_usage(text: str) -> None:
    """Nobody reads documentation during an incident."""
    with on_stage() as stage:
        body = json.loads(stage.send(command(text)).body)
        assert body["response_type"] == "ephemeral"
        assert "/arpcheck 10.0.0.5" in body["text"]
        assert stage.coordinator.asked == []


@pytest.mark.parametrize(
    "text", ["<@UBOT>", "<@UBOT> help", "<@UBOT> thanks!", "<@UBOT> arpcheck", "so <@UBOT> arpcheck help"]
)
def test_a_mention_that_asks_nothing_known_is_told_what_is(text: str) -> None:
    """A word of thanks must not be looked up as a VM's name."""
    with on_stage() as stage:
        stage.send(mention(text, thread_ts="1.0"))
        stage.finish()
        assert stage.coordinator.asked == []
        assert [(w["user"], w["thread_ts"]) for w in stage.whispers()] == [("U7", "1.0")]


def test_addresses_in_the_usage_are_code() -> None:
    """In plain text Slack would make emoji of a MAC's middle."""
    with on_stage() as stage:
        elements = json.loads(stage.send(command("help")).body)["blocks"][0]["elements"][0]["elements"]
        code = [element["text"] for element in elements if element.get("style", {}).get("code")]
        assert "/arpcheck 00:50:56:12:34:56" in code

"""What a channel works on together, at Slack's door, through the real bot, queue, agents and vCenter."""

import pytest

from deploy.demo.slack.records import BOT_USER, Message
from deploy.demo.slack.workspace import Workspace
from deploy.demo.stage import Stage, ask

pytestmark = [pytest.mark.lab, pytest.mark.server]

CHANNEL = "inc-network"


def board(workspace: Workspace) -> Message | None:
    """The pinned summary."""
    channel = workspace.channel(CHANNEL)
    assert channel is not None, "the demo has it"
    return channel.find(channel.pins[-1]) if channel.pins else None


def every(workspace: Workspace) -> list[Message]:
    """What the bot said to all in the channel and its threads."""
    channel = workspace.channel(CHANNEL)
    return [m for m in channel.all_messages() if m.user == BOT_USER and m.viewer is None] if channel else []


def said(house: Stage, words: str) -> str:
    """What the asker alone reads at once."""
    (message,) = house.slack.type("ana", CHANNEL, f"/incident {words}")["messages"]
    assert message["is_ephemeral"]
    return str(message["text"])


def whispered(house: Stage, begins: str) -> str:
    """What the asker alone reads a moment later."""

    def told(workspace: Workspace) -> str | None:
        channel = workspace.channel(CHANNEL)
        found = [m.text for m in channel.messages.values() if m.viewer and m.user == BOT_USER] if channel else []
        return next((text for text in reversed(found) if begins in text), None)

    return house.slack.wait_for(told, 20)


def test_from_opening_to_closing(house: Stage) -> None:
    """One pinned message follows what is known; nobody has to ask for it."""
    assert said(house, '"odd VMs lose packets" affected app05 unaffected app06').startswith("I know no /incident")
    assert said(house, 'open "odd VMs lose packets" affected app05 unaffected app06').startswith("Opened.")
    shown = house.slack.wait_for(lambda workspace: found.text if (found := board(workspace)) else None, 20)
    assert "INCIDENT · odd VMs lose packets" in shown
    assert "Nothing was measured yet" in shown
    assert "is open in this channel already" in said(house, 'open "another one"')

    ask(house.slack, CHANNEL, "/arpcheck 10.0.0.5")
    ask(house.slack, CHANNEL, "/arpcheck 10.0.0.6")

    def known(workspace: Workspace) -> str | None:
        found = board(workspace)
        return found.text if found and "GUEST: suspect" in found.text and "2 questions" in str(found.blocks) else None

    assert "GUEST, proven" in house.slack.wait_for(known, 30)

    house.slack.type("ana", CHANNEL, "/incident summary")
    whispered(house, "GUEST, proven")
    house.slack.type("ana", CHANNEL, "/incident timeline")
    listed = whispered(house, "Incident opened")
    assert "Asked: arpcheck 10.0.0.5" in listed

    assert said(house, "close the agent was restarted").startswith("Closed.")

    def closed(workspace: Workspace) -> str | None:
        found = board(workspace)
        return found.text if found and found.text.startswith("CLOSED") else None

    house.slack.wait_for(closed, 20)
    assert "closed at" in said(house, "close")

"""A capture that somebody took elsewhere and shared in the channel, judged by the real bot and the demo's vCenter."""

from pathlib import Path

import pytest

from deploy.demo.slack.records import BOT_USER, Json, Message
from deploy.demo.slack.workspace import Workspace
from deploy.demo.stage import RUNNING, Stage
from tests.demo.test_doors import CHANNEL, thread

pytestmark = [pytest.mark.lab, pytest.mark.server]

SCENARIOS = Path(__file__).parents[1] / "scenarios"
TWO_MACS = (
    SCENARIOS / "guest.bonding_agent_answers_with_two_macs" / "crashed_agent" / "2-agent-prod-arp.pcap"
).read_bytes()
TARGET = "10.0.0.5"


def card_below(house: Stage, ts: str) -> str:
    """The text of the ended card in this thread."""

    def ended(workspace: Workspace) -> str | None:
        cards = [reply.text for reply in thread(workspace, ts) if reply.user == BOT_USER and "·" in reply.text]
        return cards[0] if cards and not cards[0].startswith(("Reading ", *RUNNING)) else None

    return house.slack.wait_for(ended, 30)


def offer_below(house: Stage, ts: str, user: str) -> Message:
    """What only the sharer sees below the file."""

    def offered(workspace: Workspace) -> Message | None:
        seen = [m for m in thread(workspace, ts) if m.viewer == workspace.user(user).id]  # type: ignore[union-attr]
        return seen[0] if seen else None

    return house.slack.wait_for(offered, 20)


def judged_by_form(house: Stage, user: str, target: str = TARGET) -> Json:
    """Fill in the form that is open."""
    return house.slack.submit(user, {"judge_target": target})


def test_a_shared_capture_is_offered_a_judgement_and_judged_by_its_button(house: Stage) -> None:
    """The same readers and findings as for an agent's capture, and the MACs go to vCenter."""
    shared = house.slack.upload("ben", CHANNEL, "from-the-switch.pcap", TWO_MACS)["ts"]
    offer = offer_below(house, shared, "ben")
    assert "from-the-switch.pcap" in offer.text
    assert house.slack.press("ben", CHANNEL, offer.ts, "judge")["ok"]
    assert judged_by_form(house, "ben")["ok"]
    shown = card_below(house, shared)
    assert f"GUEST · proven · {TARGET}" in shown
    assert "from-the-switch.pcap" in shown
    assert "no agent asked on the wire" in shown


@pytest.mark.parametrize("words", ["judge this 10.0.0.5", "judge 10.0.0.5", "judge this for app05"])
def test_a_mention_beside_the_file_is_enough(house: Stage, words: str) -> None:
    """One message, no clicking."""
    shared = house.slack.upload("ana", CHANNEL, "core.pcap", TWO_MACS, f"@ruleout {words}")["ts"]

    def ended(workspace: Workspace) -> str | None:
        channel = workspace.channel(CHANNEL)
        cards = [m.text for m in channel.messages.values() if m.user == BOT_USER and m.ts > shared] if channel else []
        return cards[0] if cards and not cards[0].startswith(("Reading ", *RUNNING)) else None

    assert "GUEST · proven" in house.slack.wait_for(ended, 30)


def test_the_messages_shortcut_lets_anybody_ask(house: Stage) -> None:
    """Whoever shared it may be asleep."""
    shared = house.slack.upload("ben", CHANNEL, "odd-name.bin", TWO_MACS)["ts"]
    assert house.slack.shortcut("ana", CHANNEL, shared, "judge_capture")["ok"]
    refused = judged_by_form(house, "ana", "10.0.0.300")
    assert "not an IPv4 address" in refused["errors"]["judge_target"]
    assert judged_by_form(house, "ana")["ok"]
    assert "GUEST · proven" in card_below(house, shared)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        pytest.param(b"%PDF-1.7 not packets", "notes.pcap cannot be judged", id="no capture"),
        pytest.param(b"", "notes.pcap cannot be judged", id="empty"),
    ],
)
def test_what_is_no_capture_ends_with_one_sentence(house: Stage, data: bytes, says: str) -> None:
    """A card that never ends, or a verdict on nothing, would both be lies."""
    shared = house.slack.upload("ana", CHANNEL, "notes.pcap", data)["ts"]
    assert house.slack.shortcut("ana", CHANNEL, shared, "judge_capture")["ok"]
    assert judged_by_form(house, "ana")["ok"]
    assert says in card_below(house, shared)


def test_a_mention_that_finds_no_file_says_what_to_do(house: Stage) -> None:
    """The right to read threads is optional, and may not have been granted."""
    parent = house.slack.type("ana", CHANNEL, "who has a capture?")["ts"]
    house.slack.type("ana", CHANNEL, "@ruleout judge this 10.0.0.5", parent)
    said = offer_below(house, parent, "ana")
    assert "mention me in the message that shares the file" in said.text

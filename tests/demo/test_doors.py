"""What a person at Slack's door gets for every kind of question, from the real bot and real agents."""

import pytest

from deploy.demo.slack.records import BOT_USER, Message
from deploy.demo.slack.workspace import Workspace
from deploy.demo.stage import Stage, ask, final_card

pytestmark = [pytest.mark.lab, pytest.mark.server]

CHANNEL = "inc-network"


def card(house: Stage, text: str) -> str:
    """The ended card's text."""
    rendered: str = ask(house.slack, CHANNEL, text)["rendered"]
    return rendered


def thread(workspace: Workspace, ts: str) -> list[Message]:
    """The replies to a message of the channel."""
    channel = workspace.channel(CHANNEL)
    parent = channel.find(ts) if channel else None
    return parent.replies if parent else []


@pytest.mark.parametrize(
    ("address", "headline", "names"),
    [
        pytest.param("10.0.0.5", "GUEST · proven", ("app05", "two of its own MACs"), id="crashed agent"),
        pytest.param("10.0.0.4", "GUEST · proven", ("app04", "app24"), id="duplicate IP"),
        pytest.param("10.0.0.2", "NETWORK · likely", ("app02", "no VM"), id="foreign device"),
        pytest.param("10.0.0.8", "HYPERVISOR · proven", ("app08", "disconnected"), id="vNIC disconnected"),
        pytest.param("10.0.0.9", "HYPERVISOR · proven", ("app09", "off"), id="VM powered off"),
        pytest.param("10.0.0.6", "HEALTHY · no fault", ("No fault seen",), id="healthy"),
    ],
)
def test_each_first_story_is_told_right(house: Stage, address: str, headline: str, names: tuple[str, ...]) -> None:
    """Six machines in one network, six different truths."""
    shown = card(house, f"/arpcheck {address}")
    assert f"{headline} · {address}" in shown
    for name in names:
        assert name in shown


def test_a_vm_name_is_resolved(house: Stage) -> None:
    """On-call knows names."""
    assert "GUEST · proven" in card(house, "/arpcheck APP05")


def test_a_mention_in_a_thread_is_answered_in_that_thread(house: Stage) -> None:
    """Slash commands do not work in threads."""
    parent = house.slack.type("ben", CHANNEL, "pings to app06 are lost, who can look?")["ts"]
    assert house.slack.type("ben", CHANNEL, "@ruleout arpcheck 10.0.0.6", parent)["ok"]

    def answered(workspace: Workspace) -> str | None:
        replies = thread(workspace, parent)
        return next((reply.text for reply in replies if reply.user == BOT_USER and "HEALTHY" in reply.text), None)

    assert "10.0.0.6" in house.slack.wait_for(answered, 20)


@pytest.mark.parametrize("command", ["arpcheck", "vcenter"])
@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("", " 10.0.0.5", id="nothing"),
        pytest.param("10.0.0.300", "not an IPv4 address", id="number over 255"),
        pytest.param("fe80::1", "IPv6", id="IPv6"),
        pytest.param("10.0.0.0/24", "is a network", id="network"),
        pytest.param("x" * 5000, "5,000 characters", id="5,000 characters"),
    ],
)
def test_bad_input_gets_one_sentence_at_once_that_only_the_asker_sees(
    house: Stage, command: str, text: str, says: str
) -> None:
    """No card, no noise in the channel."""
    said = house.slack.type("ana", CHANNEL, f"/{command} {text}")
    assert [message["is_ephemeral"] for message in said["messages"]] == [True]
    assert says in str(said["messages"])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("foo", "No vCenter knows a VM named foo", id="unknown name"),
        pytest.param("00:50:56:12:34:56", "No vCenter knows a VM with MAC", id="unknown MAC"),
        pytest.param("10.9.9.9", "Agents stand on 10.0.0.0/24 (prod), 10.0.1.0/24 (office)", id="not covered"),
        pytest.param("10.0.0.0", "network or broadcast address", id="network address"),
        pytest.param("10.0.0.250", "is the agent prod-1 itself", id="the agent"),
    ],
)
def test_what_turns_out_to_be_impossible_ends_the_card_with_one_sentence(house: Stage, text: str, says: str) -> None:
    """An accepted request ends in a final state."""
    assert says in card(house, f"/arpcheck {text}")


def test_check_again_works_from_the_card(house: Stage) -> None:
    """A new card, with today's evidence."""
    first = ask(house.slack, CHANNEL, "/arpcheck 10.0.0.6")["ts"]
    assert house.slack.press("ana", CHANNEL, first, "check_again")["ok"]
    assert "HEALTHY" in final_card(house.slack, CHANNEL, after=first, within_s=20)["rendered"]

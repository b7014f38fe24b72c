"""What a person at Slack's door gets for every kind of question, from the real bot and real agents."""

import pytest

from deploy.demo.slack.records import BOT_USER, Json, Message
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


@pytest.mark.parametrize(
    ("text", "headline", "says"),
    [
        pytest.param("10.0.0.5", "OWNER · 10.0.0.5 · VM app05", ("in cluster", "port group"), id="address"),
        pytest.param("APP05", "OWNER · APP05 · VM app05", ("Network adapter 2",), id="name"),
        pytest.param("10.0.0.4", "CONFLICT · 10.0.0.4", ("VM app04", "VM app24", "both have"), id="duplicate IP"),
        pytest.param("app04", "CONFLICT · app04", ("VM app24, which shares",), id="duplicate IP, by name"),
        pytest.param("10.0.0.8", "OWNER · 10.0.0.8 · VM app08", ("disconnected",), id="vNIC disconnected"),
        pytest.param("app09", "OWNER · app09 · VM app09", ("is powered off",), id="VM powered off"),
        pytest.param("10.9.9.9", "NO OWNER KNOWN · 10.9.9.9", ("proves little",), id="unknown, and no agent there"),
        pytest.param("00:50:56:12:34:56", "NO OWNER KNOWN", ("a physical machine",), id="unknown MAC"),
        pytest.param("foo", "NO OWNER KNOWN · foo", ("no VM named foo",), id="unknown name"),
    ],
)
def test_a_look_up_says_who_has_it_and_judges_nobody(
    house: Stage, text: str, headline: str, says: tuple[str, ...]
) -> None:
    """The same lab, seen through vCenter alone."""
    shown = card(house, f"/vcenter {text}")
    assert headline in shown
    for expected in (*says, "before this answer", "Look up again"):
        assert expected in shown
    assert not any(word in shown for word in ("GUEST", "NETWORK", "HYPERVISOR", "HEALTHY"))


def test_the_thread_of_a_look_up_holds_what_to_run_inside_the_guest(house: Stage) -> None:
    """What nobody outside can see, as text to copy; and the button asks again."""
    first = ask(house.slack, CHANNEL, "/vcenter app05")["ts"]

    def offered(workspace: Workspace) -> str | None:
        return next((str(reply.blocks) for reply in thread(workspace, first) if "```" in str(reply.blocks)), None)

    assert "cat /proc/net/bonding/" in house.slack.wait_for(offered, 20)
    assert house.slack.press("ana", CHANNEL, first, "check_again")["ok"]
    again = final_card(house.slack, CHANNEL, after=first, within_s=20)
    assert "OWNER · app05" in again["rendered"]


def test_a_look_up_by_mention_in_a_thread_is_answered_in_that_thread(house: Stage) -> None:
    """Owners are argued about in threads."""
    parent = house.slack.type("ben", CHANNEL, "whose is 10.0.0.6?")["ts"]
    assert house.slack.type("ben", CHANNEL, "@ruleout vcenter 10.0.0.6", parent)["ok"]

    def answered(workspace: Workspace) -> str | None:
        replies = thread(workspace, parent)
        return next((reply.text for reply in replies if reply.user == BOT_USER and "OWNER" in reply.text), None)

    assert "VM app06" in house.slack.wait_for(answered, 20)


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


def test_check_again_and_capture_work_from_the_card(house: Stage) -> None:
    """A capture without host access: the pcap lies in the thread."""
    first = ask(house.slack, CHANNEL, "/arpcheck 10.0.0.6")["ts"]
    assert house.slack.press("ana", CHANNEL, first, "check_again")["ok"]
    again = final_card(house.slack, CHANNEL, after=first, within_s=20)["ts"]
    assert house.slack.press("ana", CHANNEL, again, "capture")["ok"]

    def uploaded(workspace: Workspace) -> Json | None:
        files = [file for reply in thread(workspace, again) for file in reply.files]
        return files[0] if files else None

    assert house.slack.wait_for(uploaded, 25)["name"] == "10.0.0.6-prod-1.pcap"

"""Who has it: look-ups at Slack's door, from the real bot and the worker of a vCenter that is played from the lab."""

import pytest

from deploy.demo.slack.records import BOT_USER
from deploy.demo.slack.workspace import Workspace
from deploy.demo.stage import Stage, ask, final_card
from tests.demo.test_doors import CHANNEL, card, thread

pytestmark = [pytest.mark.lab, pytest.mark.server]


def test_the_thread_of_a_look_up_holds_what_to_run_inside_the_guest(house: Stage) -> None:
    """What nobody outside can see, as text to copy; and the button asks again.

    First of all here: details wait for a channel's cards, of which Slack takes one a second.
    """
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


@pytest.mark.parametrize(
    ("text", "headline", "says"),
    [
        pytest.param("10.0.0.5", "OWNER · 10.0.0.5 · VM app05", ("in cluster", "port group"), id="address"),
        pytest.param("APP05", "OWNER · APP05 · VM app05", ("Network adapter 2",), id="name"),
        pytest.param("10.0.0.4", "CONFLICT · 10.0.0.4", ("VM app04", "VM app24", "both have"), id="duplicate IP"),
        pytest.param("app04", "CONFLICT · app04", ("VM app24, which shares",), id="duplicate IP, by name"),
        pytest.param("10.0.0.8", "OWNER · 10.0.0.8 · VM app08", ("disconnected",), id="vNIC disconnected"),
        pytest.param(
            "10.0.0.5", "OWNER · 10.0.0.5 · VM app05",
            ("esx-a1 vmnic0 · 10000 Mbit/s", "carries DVS0 (Uplink 1)", "at p-esx-a1 of switch"), id="around it",
        ),
        pytest.param("app10", "OWNER · app10 · VM app10", ("Last moves", "app10 moved from esx-b"), id="moved"),
        pytest.param("app09", "OWNER · app09 · VM app09", ("is powered off",), id="VM powered off"),
        pytest.param("10.9.9.9", "NO OWNER KNOWN · 10.9.9.9", ("proves little",), id="unknown, and no agent there"),
        pytest.param("00:50:56:12:34:56", "NO OWNER KNOWN", ("a physical machine",), id="unknown MAC"),
        pytest.param("foo", "NO OWNER KNOWN · foo", ("no VM named foo",), id="unknown name"),
    ],
)  # fmt: skip
def test_a_look_up_says_who_has_it_and_judges_nobody(
    house: Stage, text: str, headline: str, says: tuple[str, ...]
) -> None:
    """The same lab, seen through vCenter alone."""
    shown = card(house, f"/vcenter {text}")
    assert headline in shown
    for expected in (*says, "before this answer", "Look up again"):
        assert expected in shown
    assert not any(word in shown for word in ("GUEST", "NETWORK", "HYPERVISOR", "HEALTHY"))

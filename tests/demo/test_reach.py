"""Many machines compared at Slack's door: real agents, real packets, a picture, and a line in the summary."""

import pytest

from deploy.demo.slack.records import BOT_USER
from deploy.demo.slack.workspace import Workspace
from deploy.demo.stage import Stage, ask, final_card
from tests.demo.test_doors import CHANNEL, thread

pytestmark = [pytest.mark.lab, pytest.mark.server, pytest.mark.timeout(120)]


def said_by_bot(workspace: Workspace, words: str) -> str | None:
    """The bot's message in the channel that says this, as it stands now."""
    channel = workspace.channel(CHANNEL)
    told = [f"{m.text} {m.blocks}" for m in channel.messages.values() if m.user == BOT_USER] if channel else []
    return next((one for one in told if words in one), None)


def test_packets_outweigh_what_was_said_and_the_summary_tells_it(house: Stage) -> None:
    """The app02 that nobody complains about has a second owner: it counts as affected, and the words are corrected."""
    opened = '/incident open "odd VMs lose packets" affected app03 app05 unaffected app02 app06'
    house.slack.type("ana", CHANNEL, opened)
    house.slack.wait_for(lambda workspace: said_by_bot(workspace, "odd VMs lose packets"), 30)
    before = house.slack.look(lambda workspace: workspace.new_ts())
    said = house.slack.type("ana", CHANNEL, "/reach app02 app03, app05 app06 10.0.0.10 app99")
    assert not said.get("messages"), said
    card = final_card(house.slack, CHANNEL, after=before, within_s=60)
    for part in (
        "REACH · 6 machines · 3 affected, 1 not known",
        "3 of 6 machines are affected (1 by the channel's word alone). Of 1 nobody can say.",
        "app02: said to be unaffected, but packets to it are lost now or a second MAC answers for it.",
        "app03: affected as the channel says; at this moment nothing is lost.",
        "cluster: cluster-a 2 of 2, cluster-b 1 of 3",
        "app99: no vCenter knows a VM of this name.",
        "[ Compare again ]",
    ):
        assert part in card["rendered"], card["rendered"]

    def picture(workspace: Workspace) -> str | None:
        files = [file for message in thread(workspace, card["ts"]) for file in message.files]
        return next((file["name"] for file in files if file["name"] == "reach.png"), None)

    house.slack.wait_for(picture, 30)
    told = house.slack.wait_for(lambda workspace: said_by_bot(workspace, "What separates them"), 30)
    assert "3 of 6 machines are affected" in told


def test_everything_that_runs_in_a_cluster_is_compared(house: Stage) -> None:
    """Nobody types the names of a whole cluster during an outage."""
    card = ask(house.slack, CHANNEL, "/reach from cluster cluster-a", within_s=60)
    assert "REACH · " in card["rendered"], card["rendered"]
    assert "app05" in card["rendered"]
    assert "cluster-b" not in card["rendered"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("app03", "at least 2 machines", id="one"),
        pytest.param("app03 app03", "at least 2 machines", id="one twice"),
        pytest.param("from cluster-a", "from cluster NAME", id="from what"),
        pytest.param("10.0.0.0/24 app03", "is no machine", id="a network"),
        pytest.param(" ".join(f"10.0.0.{n}" for n in range(1, 40)), "at most 32", id="too many"),
    ],
)
def test_what_cannot_be_compared_is_refused_to_the_asker_alone(house: Stage, text: str, says: str) -> None:
    """One sentence says what was wrong."""
    assert says in str(house.slack.type("ana", CHANNEL, f"/reach {text}")["messages"])

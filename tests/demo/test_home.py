"""Who looks, what runs and what one may do, at Slack's door, from the real bot and real agents."""

import signal
import time
from collections.abc import Callable

import pytest

from deploy.demo.slack.workspace import Workspace
from deploy.demo.stage import Stage, ask, final_card

pytestmark = [pytest.mark.lab, pytest.mark.server]

CHANNEL = "inc-network"
ANA = "U0ANA00001"


def typed(house: Stage, text: str) -> str:
    """What the asker alone reads at once."""
    (message,) = house.slack.type("ana", CHANNEL, text)["messages"]
    assert message["is_ephemeral"]
    return str(message["text"])


def home(house: Stage) -> str:
    """The Home tab, opened now."""
    before = house.slack.look(lambda workspace: (workspace.homes.get(ANA) or {}).get("hash"))
    house.slack.open_home("ana")

    def published(workspace: Workspace) -> bool | None:
        return (workspace.homes.get(ANA) or {}).get("hash") not in (before, None) or None

    house.slack.wait_for(published, 20)
    view = house.slack.home("ana")
    assert view is not None
    return str(view["rendered"])


def soon(read: Callable[[], str], wanted: Callable[[str], bool], within_s: float = 20) -> str:
    """What is read once it is as wanted."""
    ends_at = time.monotonic() + within_s
    while not wanted(shown := read()):
        assert time.monotonic() < ends_at, shown
        time.sleep(0.3)  # a person opens it no faster, and Slack counts
    return shown


def test_the_house_at_work_and_with_parts_of_it_gone(fragile_house: Stage) -> None:
    """One after the other: all well, a running request, an agent killed, the queue server gone and back."""
    house = fragile_house
    listed = typed(house, "/agents")
    assert "4 agents are heard, all are well." in listed
    for name, where in (("prod-1", "on segment prod, `eth0`"), ("vcenter.dc1", "asks vCenter dc1")):
        assert f"`{name}` {where}" in listed
    assert "/capture 10.0.0.5" in typed(house, "/arpcheck help"), "everybody here may do everything"

    quiet = home(house)
    assert "Nothing of yours runs." in quiet
    assert "As one of everybody here you may look machines up, run checks, capture packets" in quiet
    assert "4 agents are heard, all are well." in quiet

    before = house.slack.look(lambda workspace: workspace.new_ts())
    assert house.slack.type("ana", CHANNEL, "/watch 10.0.0.6 for 5m")["ok"]
    card = house.slack.wait_for(lambda workspace: _card(workspace, before), 20)
    busy = soon(lambda: home(house), lambda shown: "its card" in shown)  # once the bot heard where its card stands
    assert "Watching 10.0.0.6" in busy
    assert f"in #{CHANNEL}, its card (" in busy
    assert card in busy, "the link is the card's"

    house.processes["office-1"].send_signal(signal.SIGKILL)
    house.processes["office-1"].wait(10)
    listed = soon(lambda: typed(house, "/agents"), lambda shown: "SILENT" in shown)  # its lease ends by itself
    assert "3 agents are heard" in listed
    assert "SILENT: `office-1` on segment office, `eth0`; heard last at" in listed
    assert "nobody else stands on office" in listed
    assert "SILENT: office-1" in home(house)

    assert house.slack.type("ana", CHANNEL, "/watch stop")["ok"]
    final_card(house.slack, CHANNEL, after=before, within_s=30)
    assert "Nothing of yours runs." in home(house)

    house.server.kill()
    assert "queue server" in typed(house, "/agents")
    lost = home(house)
    assert "queue server" in lost
    assert "agents are heard" not in lost, "an older view would look like the present"
    house.server.start()
    assert "HEALTHY" in ask(house.slack, CHANNEL, "/arpcheck 10.0.0.6")["rendered"]
    assert "agents are heard" in home(house)


def _card(workspace: Workspace, after: str) -> str | None:
    where = workspace.channel(CHANNEL)
    posted = [one.ts for one in where.messages.values() if one.ts > after and not one.viewer] if where else []
    return posted[0] if posted else None

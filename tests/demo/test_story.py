"""An incident from the first complaint to the post-mortem, on real packets; and once more with ten deaths in it.

Its vCenter is the simulator, and every move is a vMotion there: ``ruleout vcenter`` reads it as it reads a real one.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from bot.inquiries import bundle, zipped
from bot.inquiries.rejudging import Held, again
from deploy.demo.slack.records import Message
from deploy.demo.slack.workspace import Workspace
from deploy.demo.stage import RUNNING, Stage, final_card
from deploy.lab.faults import STORY
from tests.demo.killing import restarted
from tests.demo.test_doors import CHANNEL
from tests.demo.test_incident import board, every
from tests.demo.test_terminal import ruleout
from tests.demo.test_watch import begun, until_left

pytestmark = [
    pytest.mark.lab, pytest.mark.server, pytest.mark.browser, pytest.mark.vcsim, pytest.mark.timeout(400)
]  # fmt: skip

ODD, EVEN = tuple(STORY), ("app02", "app04", "app06", "app08", "app10")
Dies = Callable[[int], None]
Types = Callable[[str], object]


def seen(house: Stage, *words: str, within_s: float = 60) -> Message:
    """The newest of these messages that says all of this, as it stands now."""

    def found(workspace: Workspace) -> Message | None:
        texts = ((m, f"{m.text} {m.blocks}") for m in reversed(every(workspace)))
        return next((m for m, text in texts if all(word in text for word in words)), None)

    try:
        message: Message = house.slack.wait_for(found, within_s)
    except TimeoutError:
        said = house.slack.look(lambda workspace: [m.text[:300] for m in every(workspace)])
        pytest.fail(f"nobody said {words!r}, but {said}")
    return message


def asked(house: Stage, types: Types, text: str, during: Callable[[], None] = lambda: None) -> dict[str, Any]:
    """The card of a question once it has ended; what happens meanwhile happens after it was taken."""
    before = house.slack.look(lambda workspace: workspace.new_ts())
    types(text)
    during()
    return final_card(house.slack, CHANNEL, after=before, within_s=180)


def alive(_point: int) -> None:
    """Nobody dies."""


def tell(house: Stage, types: Types, dies: Dies, tmp_path: Path) -> None:
    """The story; ana ``types``, and ``dies`` is called at ten points of it."""
    slack = house.slack
    types(f'/incident open "odd VMs lose packets" affected {" ".join(ODD)} unaffected {" ".join(EVEN)}')
    seen(house, "INCIDENT · odd VMs lose packets", "so nobody is to be blamed")
    # Without the scope to read the channel nobody finds a message whose place was not written down when its bot died.
    slack.wait_for(board, 30)
    dies(1)

    compared = asked(house, types, f"/reach {' '.join((*ODD, *EVEN))}", lambda: dies(2))
    assert "REACH · 10 machines · 5 affected" in compared["rendered"], compared["rendered"]
    confound = "cluster = cluster-a, odd number at the end of the address and odd number at the end of the name"
    assert f"{confound} separate equally" in " ".join(compared["rendered"].split()), compared["rendered"]
    seen(house, "What separates them", confound)
    dies(3)

    checked = asked(house, types, "/arpcheck app05", lambda: dies(4))
    assert "GUEST · proven" in checked["rendered"], checked["rendered"]
    assert slack.type("ben", CHANNEL, "/note the hosts were not rebooted")["ok"]
    seen(house, "the hosts were not rebooted")
    dies(5)

    ts = begun(house, "/watch app05 for 75s", types)
    until_left(house, ts, 70)
    dies(6)
    for point, source, host, left_s in (
        (7, "esx-a1", "esx-a2", 56),
        (8, "esx-a2", "esx-b1", 36),
        (0, "esx-b1", "esx-b2", 16),
    ):
        until_left(house, ts, left_s)
        house.move("app05", host)
        seen(house, f"app05 moved {source} → {host}")
        if point:
            dies(point)
    watched = final_card(slack, CHANNEL, after=str(float(ts) - 0.000001), within_s=90)
    assert "GUEST · proven" in watched["rendered"], watched["rendered"]
    assert "The moves are irrelevant: packets are lost on" in watched["rendered"], watched["rendered"]
    seen(house, "INCIDENT · odd VMs lose packets", "GUEST: suspect", "What separates them")

    house.repair("app05")
    dies(9)
    after = asked(house, types, "/arpcheck app05")
    assert "HEALTHY" in after["rendered"], after["rendered"]
    types("/incident timeline")
    types("/incident close the cluster agent of app05 was restarted")
    seen(house, "CLOSED · odd VMs lose packets", "app05 (10.0.0.5) was GUEST, proven", "and is fine since its check at")
    dies(10)

    types("/incident export")
    seen(house, "Everything of")
    data = next(file.data for file in slack.slack.files.values() if file.name.endswith(".zip"))
    assert data is not None
    files = zipped.read(data)
    read = bundle.unpack(files)
    # Where a vMotion begins is an event of the simulator, and of nobody else here.
    assert any(b"VmBeingHotMigratedEvent" in file for file in files.values())
    held = [one.held for one in again(read)]
    assert held.count(Held.SAME) >= 3, held
    assert set(held) <= {Held.SAME, Held.NOT_JUDGED, Held.NOTHING}, held
    path = tmp_path / "incident.zip"
    path.write_bytes(data)
    judged = ruleout("judge", str(path), environment=house.environment)
    assert judged.returncode == 0, judged.stdout + judged.stderr
    running = slack.look(lambda workspace: [m.text for m in every(workspace) if m.text.startswith(RUNNING)])
    assert running == []


def test_the_whole_story(story_house: Stage, browser: Browser, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """What cannot be told apart is named, the moves are irrelevant, the fix is seen, and the file judges the same."""
    page = browser.new_page(viewport={"width": 1180, "height": 980})
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(story_house.slack.page_url)
    composer = page.get_by_role("textbox").first

    def types(text: str) -> None:
        composer.fill(text)
        composer.press("Enter")

    tell(story_house, types, alive, tmp_path)
    summary = page.get_by_role("article").filter(has_text="What separates them").first
    expect(summary).to_contain_text("odd number at the end of the name separate equally")
    summary.scroll_into_view_if_needed()
    page.screenshot(path=request.config.getoption("--story-screenshot") or tmp_path / "story.png")
    assert not problems
    page.close()


def test_ten_deaths_lose_nothing_and_leave_no_card_running(story_house: Stage, tmp_path: Path) -> None:
    """The bot and the agent of the segment die together at each of ten points, without a word."""

    def types(text: str) -> None:
        said = story_house.slack.type("ana", CHANNEL, text)
        assert text.startswith("/incident") or not said.get("messages"), said

    points: list[int] = []

    def dies(point: int) -> None:
        points.append(point)
        restarted(story_house, "bot", "prod-1")

    tell(story_house, types, dies, tmp_path)
    assert points == list(range(1, 11))

"""A comparison of tables as people see it in the page: the card, its thread with the picture, on a desk and a phone."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from slack_sdk import WebClient

from bot.clerk import Clerk
from bot.handing import Handing
from bot.incidents.policy import Policy
from bot.model.incident import Incident, Requested
from bot.model.path import Path as TablePath
from bot.model.request import Person, Place
from bot.slack.publisher import Publisher
from deploy.demo.slack import StandIn
from tests.bot import paths
from tests.bot.house import PaperAudit, PaperDirectory
from tests.bot.incidents.ground import HandClock
from tests.bot.slack import stories

pytestmark = pytest.mark.browser

CHANNEL = "C0INCNET01"
WITHIN_MS = 20_000


@pytest.fixture
def publisher(slack: StandIn) -> Iterator[Publisher]:
    """The real publisher before the stand-in."""
    running = Publisher(
        WebClient(token=slack.bot_token, base_url=slack.base_url),
        key=b"k" * 32,
        published=lambda *_: None,
        delivered=lambda _: None,
        since=stories.ASKED_AT,
        now=lambda: stories.ASKED_AT,
    )
    running.start()
    yield running
    running.close(5)


def shown(publisher: Publisher, incident: Incident, path: TablePath) -> None:
    """The incident's card, its details and its picture, as the bot sends them."""
    publisher.show(incident, ())
    clerk = Clerk(Policy(teams=()), PaperDirectory(), PaperAudit(), HandClock())
    Handing(clerk, publisher).hand_path(incident, path)


def asked_there(incident: Incident) -> Incident:
    """The incident as Ana asked it in the channel."""
    request = replace(incident.request, place=Place(CHANNEL), person=Person("T0OAKRIDGE", "U0ANA00001"))
    return replace(incident, timeline=(Requested(at=request.asked_at, request=request), *incident.timeline[1:]))


@pytest.mark.parametrize("size", [pytest.param((1180, 900), id="desk"), pytest.param((390, 844), id="phone")])
def test_the_card_shows_the_table_and_its_thread_the_picture(
    slack: StandIn,
    publisher: Publisher,
    browser: Browser,
    size: tuple[int, int],
    tmp_path: Path,
) -> None:
    """No row of the table is broken or cut, and the picture has words for whoever cannot see it."""
    shown(publisher, asked_there(stories.traced(paths.stale())), paths.stale())
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(f"{slack.page_url}?user=ana")
    card = page.get_by_role("article").filter(has_text="2 of 4 entries differ · 10.0.0.5").first
    expect(card).to_be_visible(timeout=WITHIN_MS)
    table = card.locator("pre")
    assert table.evaluate("it => it.scrollWidth <= it.clientWidth"), "a row is cut"
    page.screenshot(path=tmp_path / "card.png")
    card.get_by_role("button", name="repl").last.click(timeout=WITHIN_MS)
    picture = page.locator("#thread").get_by_role("img", name="ARP tables on the way to 10.0.0.5")
    expect(picture).to_be_visible(timeout=WITHIN_MS)
    picture.scroll_into_view_if_needed()
    page.screenshot(path=tmp_path / "thread.png")
    assert not problems
    page.close()

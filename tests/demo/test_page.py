"""The whole house as a person meets it: a browser, a typed command, real packets, a card, a button."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from bot.incidents import guest_word
from deploy.demo.stage import Stage
from tests.bot.probes.pasted import outputs

pytestmark = [pytest.mark.lab, pytest.mark.server, pytest.mark.browser]

WITHIN_MS = 20_000


def test_a_typed_command_becomes_a_proven_verdict_and_its_button_works(
    house: Stage, browser: Browser, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """What deploy/try shows, pressed by a machine."""
    page = browser.new_page(viewport={"width": 1180, "height": 820})
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(house.slack.page_url)
    composer = page.get_by_role("textbox").first
    composer.fill("/arpcheck 10.0.0.5")
    composer.press("Enter")
    page.get_by_text(re.compile(r"GUEST · proven · 10\.0\.0\.5")).first.wait_for(timeout=WITHIN_MS)
    card = page.get_by_text("two of its own MACs").first
    expect(card).to_be_visible()
    expect(page.get_by_text(re.compile("repl(y|ies)")).first).to_be_visible(timeout=WITHIN_MS)
    picture = Path(request.config.getoption("--screenshot") or tmp_path / "card.png")
    page.screenshot(path=picture)
    assert picture.stat().st_size > 20_000
    page.get_by_role("button", name="Check again").first.click()
    expect(page.get_by_text(re.compile(r"GUEST · proven · 10\.0\.0\.5"))).to_have_count(2, timeout=WITHIN_MS)
    assert not problems
    page.close()


def test_a_look_up_is_offered_while_typing_and_its_commands_can_be_copied(house: Stage, browser: Browser) -> None:
    """The thread's code blocks keep their lines, as they go into a shell."""
    page = browser.new_page(viewport={"width": 1180, "height": 820})
    page.goto(house.slack.page_url)
    composer = page.get_by_role("textbox").first
    composer.fill("/vc")
    expect(page.get_by_role("option", name="/vcenter")).to_be_visible()
    composer.fill("/vcenter 10.0.0.4")
    composer.press("Enter")
    card = page.get_by_role("article").filter(has_text="CONFLICT · 10.0.0.4")
    expect(card).to_contain_text(re.compile("VM app04 .* and VM app24 .* both have"), timeout=WITHIN_MS)
    card.get_by_role("button", name=re.compile("repl(y|ies)")).last.click(timeout=WITHIN_MS)
    script = page.locator("#thread pre").first
    expect(script).to_be_visible(timeout=WITHIN_MS)
    assert script.text_content() == guest_word.LINUX
    page.close()


def test_a_capture_is_asked_for_approved_watched_stopped_and_delivered(
    house: Stage, browser: Browser, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Form, mistake, preview, another person, progress, stop, story, picture, file; nothing on any host."""
    page = browser.new_page(viewport={"width": 1180, "height": 1000})
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(house.slack.page_url)
    composer = page.get_by_role("textbox").first
    composer.fill("/capture")
    composer.press("Enter")
    form = page.get_by_role("dialog")
    form.get_by_label("Whose packets").fill("10.0.0.4")
    form.get_by_label("Seconds").fill("0")
    form.get_by_role("button", name="Preview").click()
    expect(form.get_by_text("no time to capture in")).to_be_visible(timeout=WITHIN_MS)
    form.get_by_label("Seconds").fill("50")
    form.get_by_role("button", name="Preview").click()
    expect(form.get_by_text("agreement of a second person")).to_be_visible(timeout=WITHIN_MS)
    form.get_by_role("button", name="Ask for it").click()
    card = page.get_by_role("article").filter(has_text="Waiting for a second person · capture of 10.0.0.4").first
    card.get_by_text(re.compile("1 reply")).click(timeout=WITHIN_MS)
    page.get_by_label("Who you are").select_option(label="Ben Okafor")
    page.get_by_text(re.compile("1 reply")).last.click(timeout=WITHIN_MS)
    page.get_by_role("button", name="Approve").click()
    running = page.get_by_role("article").filter(has_text="Capturing 10.0.0.4").first
    expect(running.get_by_text(re.compile(r"\d+ packets"))).to_be_visible(timeout=WITHIN_MS)
    composer.fill("/arpcheck 10.0.0.4")  # so that there is something to see
    composer.press("Enter")
    expect(page.get_by_text(re.compile(r"GUEST · proven · 10\.0\.0\.4")).first).to_be_visible(timeout=WITHIN_MS)
    running.get_by_role("button", name="Stop").click()
    stopped = page.get_by_role("article").filter(has_text="CAPTURE STOPPED · 10.0.0.4").first
    expect(stopped).to_contain_text("Stopped by a person", timeout=WITHIN_MS)
    thread = page.locator("#thread")
    expect(thread).to_contain_text("What the capture of 10.0.0.4 shows", timeout=WITHIN_MS)
    expect(thread).to_contain_text(re.compile(r"frames? \d"))
    picture = thread.get_by_role("img", name=re.compile("Who claimed 10.0.0.4 when"))
    expect(picture).to_be_visible(timeout=WITHIN_MS)
    expect(thread.get_by_text("10.0.0.4-prod-1.pcapng").first).to_be_visible(timeout=WITHIN_MS)
    picture.scroll_into_view_if_needed()
    shot = Path(request.config.getoption("--capture-screenshot") or tmp_path / "capture.png")
    page.screenshot(path=shot)
    assert shot.stat().st_size > 20_000
    assert not problems
    page.close()


def test_the_tables_on_the_way_are_laid_side_by_side_with_a_picture(
    house: Stage, browser: Browser, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """The router's own agent says that somebody pinned a wrong MAC, and the card what to remove."""
    page = browser.new_page(viewport={"width": 1320, "height": 1060})
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(house.slack.page_url)
    composer = page.get_by_role("textbox").first
    composer.fill("/arptable 10.0.0.7")
    composer.press("Enter")
    card = page.get_by_role("article").filter(has_text=re.compile(r"1 of \d entries differs · 10\.0\.0\.7")).first
    expect(card).to_contain_text("On router remove the static ARP entry of 10.0.0.7", timeout=WITHIN_MS)
    for device in ("router", "switch", "app07"):
        expect(card.locator("pre")).to_contain_text(device)
    card.get_by_role("button", name=re.compile("repl(y|ies)")).last.click(timeout=WITHIN_MS)
    picture = page.locator("#thread").get_by_role("img", name=re.compile("tables on the way to 10.0.0.7"))
    expect(picture).to_be_visible(timeout=WITHIN_MS)
    picture.scroll_into_view_if_needed()
    shot = Path(request.config.getoption("--path-screenshot") or tmp_path / "path.png")
    page.screenshot(path=shot)
    assert shot.stat().st_size > 20_000
    assert not problems
    page.close()


def test_a_check_shows_what_the_tables_add_to_its_verdict(house: Stage, browser: Browser) -> None:
    """The network team's tables look fine to them until one stands beside the live answer."""
    page = browser.new_page(viewport={"width": 1180, "height": 900})
    page.goto(house.slack.page_url)
    composer = page.get_by_role("textbox").first
    composer.fill("/arpcheck 10.0.0.7")
    composer.press("Enter")
    card = page.get_by_role("article").filter(has_text="NETWORK · likely · 10.0.0.7").first
    expect(card).to_contain_text("as a static entry", timeout=WITHIN_MS)
    expect(card).to_contain_text("remove the static ARP entry")
    page.close()


def test_a_table_is_pasted_into_the_form_of_a_card(house: Stage, browser: Browser) -> None:
    """What is no table is said beside the field; the right one becomes a card in the thread."""
    page = browser.new_page(viewport={"width": 1180, "height": 820})
    page.goto(house.slack.page_url)
    composer = page.get_by_role("textbox").first
    composer.fill("/arpcheck 10.0.0.5")
    composer.press("Enter")
    card = page.get_by_role("article").filter(has_text="GUEST · proven · 10.0.0.5").last
    card.get_by_role("button", name="Add tables").click(timeout=WITHIN_MS)
    form = page.locator("dialog.modal")
    expect(form).to_contain_text("At most 3,000 characters", timeout=WITHIN_MS)
    expect(form.get_by_label("Which machine is it about?")).to_have_value("10.0.0.5")
    shown = form.get_by_label("What it showed")
    shown.fill("our tables are fine")
    form.get_by_role("button", name="Read").click()
    expect(form).to_contain_text("I find no table in that", timeout=WITHIN_MS)
    shown.fill(outputs.IOS_ARP)
    form.get_by_label("What is that device?").select_option("core")
    form.get_by_role("button", name="Read").click()
    expect(form).to_have_count(0, timeout=WITHIN_MS)
    card.get_by_role("button", name=re.compile("repl(y|ies)")).last.click(timeout=WITHIN_MS)
    expect(page.locator("#thread")).to_contain_text("show ip arp, pasted by", timeout=WITHIN_MS)
    page.close()

"""The page in a real browser, before a real Bolt app: what a person sees and can do."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from slack_bolt import Ack, App
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from deploy.demo.slack import StandIn
from tests.fixtures.slack import Connect

pytestmark = pytest.mark.browser

CHANNEL = "C0INCNET01"
MAC = "00:50:56:de:ad:be"


def words(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}


SURE = {"title": words("Sure?"), "text": words("It listens."), "confirm": words("Start"), "deny": words("Not now")}


def card(count: int) -> list[dict[str, Any]]:
    buttons = [
        {"type": "button", "action_id": "again", "value": str(count), "text": words("Check again")},
        {"type": "button", "action_id": "capture", "text": words("Capture"), "confirm": SURE},
    ]
    return [
        {"type": "header", "text": words(f"GUEST, look number {count}")},
        {"type": "section", "text": {"type": "mrkdwn", "text": f"`{MAC}` and {MAC} <!channel> &lt;b&gt; *bold*"}},
        {"type": "actions", "elements": buttons},
    ]


VIEW = {
    "type": "modal",
    "callback_id": "capture",
    "title": words("Capture"),
    "submit": words("Start"),
    "blocks": [
        {
            "type": "input",
            "block_id": "f",
            "label": words("Filter"),
            "element": {"type": "plain_text_input", "action_id": "filter"},
        }
    ],
}


@pytest.fixture
def page(browser: Browser, slack: StandIn, app: App, connect: Connect) -> Iterator[Page]:
    """The page as Ana sees it, with a small app connected."""

    @app.command("/arpcheck")
    def arpcheck(ack: Ack, client: WebClient, command: dict[str, str]) -> None:
        ack(f"Checking {command['text']}")
        client.chat_postMessage(channel=command["channel_id"], text="card", blocks=card(1))

    @app.action("again")
    def again(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        count = int(body["actions"][0]["value"]) + 1
        client.chat_update(channel=CHANNEL, ts=body["message"]["ts"], text="card", blocks=card(count))

    @app.action("capture")
    def capture(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=VIEW)

    @app.view("capture")
    def submitted(ack: Ack, view: dict[str, Any], client: WebClient) -> None:
        ack()
        client.chat_postMessage(channel=CHANNEL, text=f"captures {view['state']['values']['f']['filter']['value']}")

    @app.event("app_mention")
    def mention(event: dict[str, Any], client: WebClient) -> None:
        client.chat_postMessage(channel=event["channel"], thread_ts=event.get("thread_ts"), text="I am here")

    connect(app, slack)
    opened = browser.new_page()
    troubles: list[str] = []
    opened.on("pageerror", lambda error: troubles.append(str(error)))
    opened.on("console", lambda line: troubles.append(line.text) if line.type == "error" else None)
    opened.on(
        "request", lambda asked: None if asked.url.startswith((slack.page_url, "data:")) else troubles.append(asked.url)
    )
    opened.goto(f"{slack.page_url}?user=ana")
    opened.wait_for_selector("body[data-ready]")
    yield opened
    opened.close()
    assert troubles == []


def type_into(page: Page, label: str, text: str) -> None:
    box = page.get_by_label(label, exact=True)
    box.fill(text)
    box.press("Enter")


def test_a_command_typed_in_the_page_becomes_a_card_with_a_thread(page: Page, slack: StandIn) -> None:
    """The whole way: composer, socket, card, button, thread, mention, and back."""
    type_into(page, "Message #inc-network", "/arpcheck 10.0.0.5")
    expect(page.get_by_text("Only visible to you")).to_be_visible()
    expect(page.get_by_role("heading", name="GUEST, look number 1")).to_be_visible()
    page.get_by_role("button", name="Check again").click()
    expect(page.get_by_role("heading", name="GUEST, look number 2")).to_be_visible()
    expect(page.get_by_text("(edited)")).to_be_visible()
    message = page.locator("article", has=page.get_by_role("heading"))
    message.hover()
    message.get_by_label("Reply in thread").click()
    type_into(page, "Reply…", "@ruleout help")
    expect(page.get_by_role("complementary", name="Thread").get_by_text("I am here")).to_be_visible()
    expect(page.get_by_role("button", name="2 replies")).to_be_visible()
    assert [ack["error"] for ack in slack.acks()] == [None, None, None]


def test_an_ephemeral_is_gone_after_a_reload(page: Page) -> None:
    """Whatever must last may not be an ephemeral."""
    type_into(page, "Message #inc-network", "/arpcheck 10.0.0.5")
    expect(page.get_by_text("Checking 10.0.0.5")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="GUEST, look number 1")).to_be_visible()
    expect(page.get_by_text("Checking 10.0.0.5")).to_have_count(0)


def test_a_bare_mac_turns_into_a_flag_and_foreign_text_stays_text(page: Page, app: App) -> None:
    """The trap is shown as Slack shows it, so that a card without code spans is noticed."""
    app.client.chat_postMessage(channel=CHANNEL, text="card", blocks=card(1))
    body = page.locator("article .section")
    expect(body.get_by_alt_text(":de:")).to_have_count(1)
    expect(body.locator("code")).to_have_text(MAC)
    expect(body).to_contain_text("@channel <b> bold")


def test_a_dangerous_button_asks_first_and_opens_a_modal(page: Page, app: App, slack: StandIn) -> None:
    """A confirm dialog stands between the press and the payload; a modal's answer goes back to the app."""
    app.client.chat_postMessage(channel=CHANNEL, text="card", blocks=card(1))
    page.get_by_role("button", name="Capture").click()
    page.get_by_role("dialog", name="Sure?").get_by_role("button", name="Not now").click()
    assert slack.acks() == []
    page.get_by_role("button", name="Capture").click()
    page.get_by_role("dialog", name="Sure?").get_by_role("button", name="Start").click()
    modal = page.get_by_role("dialog", name="Capture")
    modal.get_by_role("button", name="Start").click()
    expect(modal.get_by_text("Please complete this required field.")).to_be_visible()
    modal.get_by_label("Filter").fill("arp")
    modal.get_by_role("button", name="Start").click()
    expect(page.get_by_text("captures arp")).to_be_visible()
    expect(modal).to_have_count(0)


def test_a_refused_call_stands_in_the_developer_drawer(page: Page, app: App) -> None:
    """An app may only log such an error; here it is where the developer looks."""
    empty = [{"type": "section", "text": {"type": "mrkdwn", "text": ""}}]
    with pytest.raises(SlackApiError):
        app.client.chat_postMessage(channel=CHANNEL, text="card", blocks=empty)
    page.get_by_title("Developer drawer").click()
    row = page.get_by_role("region", name="Developer drawer").get_by_text("chat.postMessage")
    row.click()
    expect(page.get_by_text("must be more than 0 characters")).to_be_visible()


def test_people_see_their_own_side(page: Page, slack: StandIn) -> None:
    """The person is changed in the page; what was whispered to Ana is not shown to Ben."""
    type_into(page, "Message #inc-network", "/arpcheck 10.0.0.5")
    expect(page.get_by_text("Only visible to you")).to_be_visible()
    page.get_by_label("Who you are").select_option("Ben Okafor")
    expect(page.get_by_text("Only visible to you")).to_have_count(0)
    type_into(page, "Message #inc-network", "I see the card")
    expect(page.get_by_role("article", name="Ben Okafor")).to_be_visible()
    assert slack.messages(CHANNEL)[-1]["user"] == "U0BEN00001"

"""The contract with the real Bolt app over a real websocket: what the app may rely on here it may rely on in Slack."""

import json
import threading
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from slack_bolt import Ack, App, Respond
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

from deploy.demo.slack import StandIn
from deploy.demo.slack.limits import POST_BURST
from deploy.demo.slack.records import BOT_USER, Message
from deploy.demo.slack.slack import Refused
from deploy.demo.slack.workspace import Workspace
from tests.fixtures.slack import IMPATIENT, Connect, app_of

CHANNEL = "C0INCNET01"
BUTTON: dict[str, Any] = {
    "type": "button",
    "action_id": "again",
    "value": "case-7",
    "text": {"type": "plain_text", "text": "Check again"},
}
CARD: list[dict[str, Any]] = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "*GUEST*"}},
    {"type": "actions", "block_id": "acts", "elements": [BUTTON]},
]


def by_bot(text: str) -> Callable[[Workspace], Message | None]:
    def read(workspace: Workspace) -> Message | None:
        found = [m for m in workspace.channels[CHANNEL].all_messages() if m.user == BOT_USER and text in m.text]
        return found[-1] if found else None

    return read


def waited_for(seen: list[Any], count: int, arrived: threading.Condition) -> None:
    with arrived:
        assert arrived.wait_for(lambda: len(seen) >= count, timeout=10), f"only {len(seen)} of {count} came"


def test_an_app_starts_and_is_greeted(slack: StandIn, app: App, connect: Connect) -> None:
    """Start-up is auth.test, then a ticket, then a socket; all three come from the SDK itself."""
    connect(app, slack)
    called = [entry["name"] for entry in slack.log() if entry["kind"] == "api"]
    assert called[-1] == "apps.connections.open"
    assert app.client.auth_test()["user_id"] == BOT_USER
    assert slack.connected()


def test_a_ticket_opens_one_socket(slack: StandIn, app: App, connect: Connect) -> None:
    """A ticket that leaked into a log must be worthless."""
    handler = connect(app, slack)
    used = str(handler.client.wss_uri).replace("ws:", "http:")
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(used)


def test_a_slash_command_is_acked_with_a_message_for_its_asker(slack: StandIn, app: App, connect: Connect) -> None:
    """The ack's own payload is the quickest answer there is, and only one person sees it."""

    @app.command("/arpcheck")
    def arpcheck(ack: Ack, command: dict[str, Any]) -> None:
        ack(f"Checking {command['text']} for {command['user_name']}")

    connect(app, slack)
    said = slack.type("ana", "inc-network", "/arpcheck 10.0.0.5")
    assert said["messages"][0]["text"] == "Checking 10.0.0.5 for ana"
    assert said["messages"][0]["is_ephemeral"]
    assert slack.messages(CHANNEL) == []
    assert [m["text"] for m in slack.messages(CHANNEL, user="ana")] == ["Checking 10.0.0.5 for ana"]
    assert slack.acks()[-1]["ack_ms"] < 600


def test_a_command_that_nobody_acks_ends_in_an_error_for_its_asker(slack: StandIn, app: App, connect: Connect) -> None:
    """Slack shows `operation_timeout`; a handler that works before it acks is found here."""
    connect(app, slack)  # no listener: Bolt answers 404 and sends nothing back
    assert slack.type("ana", "inc-network", "/arpcheck x")["error"] == "operation_timeout"


def test_without_an_app_a_command_fails_at_once(slack: StandIn) -> None:
    """With no socket open there is nothing to wait for."""
    assert slack.type("ana", "inc-network", "/arpcheck x")["error"] == "dispatch_failed"


def test_an_event_whose_ack_was_lost_comes_again_with_the_same_id(slack: StandIn, app: App, connect: Connect) -> None:
    """The app has to recognise it by event_id, because the envelope is a new one."""
    seen: list[tuple[str, Any]] = []
    arrived = threading.Condition()

    @app.event("app_mention")
    def mention(body: dict[str, Any], request: Any) -> None:
        with arrived:
            seen.append((body["event_id"], request.headers.get("x-slack-retry-num")))
            arrived.notify_all()

    connect(app, slack)
    slack.faults(drop_acks=1)
    slack.type("ana", "inc-network", "@ruleout arpcheck 10.0.0.5")
    waited_for(seen, 2, arrived)
    assert seen == [(seen[0][0], ["0"]), (seen[0][0], ["1"])]
    slack.wait_for(lambda _: True if len(slack.slack.log) and _acked(slack, 1) else None)
    first, second = slack.acks()
    assert first["error"] == "operation_timeout"
    assert (second["attempt"], second["payload"]["event_id"]) == (1, seen[0][0])
    assert first["envelope_id"] != second["envelope_id"]


def _acked(stand_in: StandIn, attempt: int) -> bool:
    entries = [entry for entry in stand_in.slack.log if entry["kind"] == "envelope"]
    return any(entry["attempt"] == attempt and entry["ok"] for entry in entries)


def test_an_acked_event_can_be_delivered_twice(slack: StandIn, app: App, connect: Connect) -> None:
    """Slack promises at least once, so a handler must not count on exactly once."""
    seen: list[str] = []
    arrived = threading.Condition()

    @app.event("app_mention")
    def mention(body: dict[str, Any]) -> None:
        with arrived:
            seen.append(body["event_id"])
            arrived.notify_all()

    connect(app, slack)
    slack.type("ana", "inc-network", "<@ruleout> nothing, then @ruleout help")
    waited_for(seen, 1, arrived)
    slack.wait_for(lambda _: True if _acked(slack, 0) else None)
    assert slack.faults(redeliver=True)["redeliver"] == seen[0]
    waited_for(seen, 2, arrived)
    assert seen[0] == seen[1]


def test_a_mention_in_a_thread_says_so_and_a_domain_in_it_became_a_link(
    slack: StandIn, app: App, connect: Connect
) -> None:
    """Slash commands do not work in threads, so mentions are the way in, and Slack rewrites what was typed."""
    seen: list[dict[str, Any]] = []
    arrived = threading.Condition()

    @app.event("app_mention")
    def mention(event: dict[str, Any]) -> None:
        with arrived:
            seen.append(event)
            arrived.notify_all()

    connect(app, slack)
    parent = slack.type("ben", "inc-network", "db01 loses packets & I am <tired>")["ts"]
    slack.type("ana", "inc-network", "@ruleout arpcheck app01.example.com `a.example.com`", thread_ts=parent)
    waited_for(seen, 1, arrived)
    assert seen[0]["thread_ts"] == parent
    assert seen[0]["text"] == f"<@{BOT_USER}> arpcheck <http://app01.example.com|app01.example.com> `a.example.com`"
    assert slack.messages(CHANNEL)[0]["text"] == "db01 loses packets &amp; I am &lt;tired&gt;"
    assert slack.type("ana", "inc-network", "/arpcheck x", thread_ts=parent)["error"] == "not_in_threads"


def test_a_pressed_button_changes_its_message(slack: StandIn, app: App, connect: Connect) -> None:
    """block_actions carries the value that the app signed, and chat.update shows the new state to everybody."""

    @app.action("again")
    def again(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        action = body["actions"][0]
        told = f"{action['value']} {action['block_id']} {body['user']['id']} {body['user']['team_id']}"
        where = body["container"]
        client.chat_update(channel=where["channel_id"], ts=where["message_ts"], text=told, blocks=[])

    connect(app, slack)
    posted = app.client.chat_postMessage(channel=CHANNEL, text="card", blocks=CARD)
    assert slack.press("ben", "inc-network", str(posted["ts"]), "Check again")["ok"]
    message = slack.wait_for(by_bot("case-7"))
    assert message.text == "case-7 acts U0BEN00001 T0OAKRIDGE"
    assert (message.ts, message.blocks, bool(message.edited_ts)) == (posted["ts"], [], True)


def test_a_modal_is_opened_refused_and_submitted(slack: StandIn, app: App, connect: Connect) -> None:
    """Errors keep the modal open beside the field; a good answer closes it."""
    field = {"type": "plain_text_input", "action_id": "filter"}
    view = {
        "type": "modal",
        "callback_id": "capture",
        "title": {"type": "plain_text", "text": "Capture"},
        "submit": {"type": "plain_text", "text": "Start"},
        "blocks": [
            {"type": "input", "block_id": "f", "label": {"type": "plain_text", "text": "Filter"}, "element": field}
        ],
    }

    @app.command("/capture")
    def capture(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=view)

    @app.view("capture")
    def submitted(ack: Ack, view: dict[str, Any], client: WebClient) -> None:
        words = view["state"]["values"]["f"]["filter"]["value"]
        if words == "rm":
            ack(response_action="errors", errors={"f": "not a filter"})
        else:
            ack()
            client.chat_postMessage(channel=CHANNEL, text=f"captures {words}")

    connect(app, slack)
    slack.type("ana", "inc-network", "/capture")
    slack.wait_for(lambda _: slack.slack.stacks.get("U0ANA00001"))
    assert slack.submit("ana", {})["error"] == "required"
    assert slack.submit("ana", {"filter": "rm"})["errors"] == {"f": "not a filter"}
    assert len(slack.open_modals("ana")) == 1
    assert slack.submit("ana", {"filter": "arp"})["ok"]
    assert slack.open_modals("ana") == []
    assert slack.wait_for(by_bot("captures")).text == "captures arp"


def test_the_home_tab_is_published_for_one_person_and_kept(slack: StandIn, app: App, connect: Connect) -> None:
    """Each opening tells the app, and what it publishes stands there until the next."""
    openings: list[dict[str, Any]] = []

    @app.event("app_home_opened")
    def opened(event: dict[str, Any], client: WebClient) -> None:
        openings.append(event)
        text = {"type": "plain_text", "text": f"opening {len(openings)}"}
        client.views_publish(user_id=event["user"], view={"type": "home", "blocks": [{"type": "header", "text": text}]})

    connect(app, slack)
    assert slack.home("ana") is None
    for number in (1, 2):
        slack.open_home("ana")
        words = f"opening {number}"
        slack.wait_for(lambda at, words=words: words in str(at.homes.get("U0ANA00001")) or None)  # type: ignore[misc]
    assert [(event["user"], event["tab"]) for event in openings] == 2 * [("U0ANA00001", "home")]
    shown = slack.home("ana")
    assert shown is not None
    assert shown["rendered"] == "opening 2\n========="
    assert slack.home("ben") is None


def test_without_the_feature_there_is_no_home_tab(tmp_path: Path) -> None:
    """Slack refuses the view, and nobody can open what is not there."""
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps({"features": {"app_home": {"home_tab_enabled": False}}}))
    with StandIn.start(manifest=manifest) as slack:
        with pytest.raises(Refused, match="home_tab_disabled"):
            slack.open_home("ana")
        client = WebClient(token=slack.bot_token, base_url=slack.base_url)
        with pytest.raises(SlackApiError, match="not_enabled"):
            client.views_publish(user_id="U0ANA00001", view={"type": "home", "blocks": []})


def test_a_trigger_opens_one_modal(slack: StandIn, app: App, connect: Connect) -> None:
    """A trigger is spent by its first use; a second modal needs a second press."""
    view = {"type": "modal", "title": {"type": "plain_text", "text": "One"}, "blocks": []}
    refused: list[str] = []

    @app.command("/capture")
    def capture(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        client.views_open(trigger_id=body["trigger_id"], view=view)
        with pytest.raises(SlackApiError) as caught:
            client.views_open(trigger_id=body["trigger_id"], view=view)
        refused.append(caught.value.response["error"])
        ack()

    connect(app, slack)
    assert slack.type("ana", "inc-network", "/capture")["ok"]
    assert refused == ["exchanged_trigger_id"]


def test_a_response_url_works_five_times(slack: StandIn, app: App, connect: Connect) -> None:
    """It is for short notes; progress belongs into the card."""
    statuses: list[int] = []

    @app.command("/note")
    def note(ack: Ack, respond: Respond) -> None:
        statuses.extend(respond(f"note {number}").status_code for number in range(6))
        ack()

    connect(app, slack)
    slack.type("ana", "inc-network", "/note")
    assert statuses == [200] * 5 + [404]
    assert len(slack.messages(CHANNEL, user="ana")) == 5
    assert slack.messages(CHANNEL, user="ben") == []


def test_a_file_lands_in_the_thread_after_its_answer(slack: StandIn, app: App) -> None:
    """The answer to an upload carries no place yet; an app that reads one there breaks in Slack, too."""
    parent = str(app.client.chat_postMessage(channel=CHANNEL, text="card")["ts"])
    answer = app.client.files_upload_v2(
        channel=CHANNEL, thread_ts=parent, filename="seen.pcap", content=b"\xd4\xc3\xb2\xa1", initial_comment="frames"
    )
    message = slack.wait_for(by_bot("frames"))
    assert answer["file"]["shares"] == {}
    assert (message.thread_ts, message.files[0]["name"], message.files[0]["size"]) == (parent, "seen.pcap", 4)
    url = str(message.files[0]["url_private"])
    allowed = urllib.request.Request(url, headers={"Authorization": f"Bearer {slack.bot_token}"})
    assert urllib.request.urlopen(allowed).read() == b"\xd4\xc3\xb2\xa1"
    assert b"Sign in" in urllib.request.urlopen(url).read()


def test_a_dropped_file_is_told_to_the_app(slack: StandIn, app: App, connect: Connect) -> None:
    """A capture dropped with a mention is a question; the event carries the file."""
    seen: list[dict[str, Any]] = []
    arrived = threading.Condition()

    @app.event("app_mention")
    def mention(event: dict[str, Any]) -> None:
        with arrived:
            seen.append(event)
            arrived.notify_all()

    @app.event("file_shared")
    def shared() -> None: ...

    connect(app, slack)
    slack.upload("ana", "inc-network", "a.pcap", b"1234", "@ruleout judge this")
    waited_for(seen, 1, arrived)
    assert seen[0]["files"][0]["name"] == "a.pcap"


def test_a_rate_limit_is_waited_for(slack: StandIn, app: App) -> None:
    """429 carries Retry-After, and the SDK's own handler honours it."""
    app.client.retry_handlers.append(RateLimitErrorRetryHandler(max_retry_count=1))
    slack.faults(fail={"method": "chat.postMessage", "error": "ratelimited", "times": 1, "retry_after_s": 1})
    app.client.chat_postMessage(channel=CHANNEL, text="at last")
    statuses = [entry["status"] for entry in slack.log() if entry["name"] == "chat.postMessage"]
    assert statuses == [429, 200]


def test_posting_faster_than_slack_allows_is_refused(slack: StandIn, app: App) -> None:
    """One message a second for each channel, after a short burst."""
    for number in range(POST_BURST):
        app.client.chat_postMessage(channel=CHANNEL, text=str(number))
    with pytest.raises(SlackApiError) as caught:
        app.client.chat_postMessage(channel=CHANNEL, text="one too many")
    assert caught.value.response.status_code == 429
    assert int(caught.value.response.headers["Retry-After"]) >= 1


@pytest.mark.parametrize(
    "fault",
    [pytest.param({"kill_sockets": True}, id="killed"), pytest.param({"disconnect": "refresh_requested"}, id="asked")],
)
def test_a_lost_socket_is_replaced(slack: StandIn, app: App, connect: Connect, fault: dict[str, Any]) -> None:
    """The SDK comes back by itself, and the next command goes through the new socket."""

    @app.command("/arpcheck")
    def arpcheck(ack: Ack) -> None:
        ack("here")

    handler = connect(app, slack, ping_interval_s=1)
    before = str(handler.client.wss_uri)
    slack.faults(**fault)
    wanted = {"hello": 2, "closed": 1}
    slack.wait_for(
        lambda _: True if wanted.items() <= Counter(e["name"] for e in slack.slack.log).items() else None, 30
    )
    assert str(handler.client.wss_uri) != before
    assert slack.type("ana", "inc-network", "/arpcheck x")["messages"][0]["text"] == "here"


def test_a_payload_goes_to_one_of_several_sockets(slack: StandIn, app: App, connect: Connect) -> None:
    """Two bot processes share the work: nothing is done twice."""
    answers: list[str] = []

    @app.command("/who")
    def who(ack: Ack) -> None:
        ack("one")

    other = app_of(slack)

    @other.command("/who")
    def other_who(ack: Ack) -> None:
        ack("two")

    connect(app, slack)
    connect(other, slack)
    for _ in range(2):
        answers.extend(message["text"] for message in slack.type("ana", "inc-network", "/who")["messages"])
    assert sorted(answers) == ["one", "two"]


@pytest.mark.parametrize(
    ("call", "error"),
    [
        pytest.param(lambda c: c.chat_postMessage(channel="C0NOWHERE1", text="x"), "channel_not_found", id="channel"),
        pytest.param(lambda c: c.chat_postMessage(channel="C0GENERAL1", text="x"), "not_in_channel", id="not-in"),
        pytest.param(lambda c: c.api_call("chat.postMessage", json={"channel": CHANNEL}), "no_text", id="empty"),
        pytest.param(lambda c: c.chat_update(channel=CHANNEL, ts="1.000001", text="x"), "message_not_found", id="ts"),
        pytest.param(
            lambda c: c.chat_postEphemeral(channel=CHANNEL, user="U0NOBODY01", text="x"),
            "user_not_in_channel",
            id="user",
        ),
        pytest.param(
            lambda c: c.chat_postMessage(channel=CHANNEL, text="x", thread_ts="1.000001"),
            "thread_not_found",
            id="thread",
        ),
        pytest.param(lambda c: c.users_info(user="U0NOBODY01"), "user_not_found", id="users.info"),
        pytest.param(
            lambda c: c.views_open(trigger_id="1.2.3", view={"type": "modal"}), "invalid_arguments", id="view"
        ),
        pytest.param(
            lambda c: c.views_publish(user_id="U0ANA00001", view={"type": "modal", "blocks": []}),
            "invalid_arguments",
            id="home-modal",
        ),
        pytest.param(
            lambda c: c.views_publish(
                user_id="U0ANA00001", view={"type": "home", "blocks": [{"type": "divider"}] * 101}
            ),
            "invalid_arguments",
            id="home-long",
        ),
        pytest.param(
            lambda c: c.views_publish(user_id="U0NOBODY01", view={"type": "home", "blocks": []}),
            "user_not_found",
            id="home-user",
        ),
        pytest.param(
            lambda c: c.views_publish(user_id="U0ANA00001", view={"type": "home", "blocks": []}, hash="old"),
            "hash_conflict",
            id="home-hash",
        ),
        pytest.param(lambda c: c.files_info(file="F0NOTHING1"), "file_not_found", id="file"),
        pytest.param(lambda c: c.usergroups_users_list(usergroup="S0NOBODY01"), "no_such_subteam", id="group"),
        pytest.param(lambda c: c.api_call("chat.everything"), "unknown_method", id="method"),
        pytest.param(
            lambda c: c.api_call("conversations.info", json={"channel": CHANNEL}), "channel_not_found", id="json"
        ),
        pytest.param(lambda c: c.apps_connections_open(app_token=c.token), "not_allowed_token_type", id="bot-token"),
        pytest.param(lambda c: WebClient(token="xoxb-1", base_url=c.base_url).auth_test(), "invalid_auth", id="token"),
        pytest.param(lambda c: WebClient(base_url=c.base_url).auth_test(), "not_authed", id="no-token"),
    ],
)
def test_a_wrong_call_is_refused_in_slacks_words(app: App, call: Callable[[WebClient], Any], error: str) -> None:
    """The app sorts errors by their code, so the codes must be Slack's."""
    with pytest.raises(SlackApiError) as caught:
        call(app.client)
    assert caught.value.response["error"] == error


def test_invalid_blocks_are_refused_with_their_place(app: App) -> None:
    """The message names the very field, as Slack's does."""
    with pytest.raises(SlackApiError) as caught:
        app.client.chat_postMessage(
            channel=CHANNEL, text="x", blocks=[{"type": "section", "text": {"type": "mrkdwn", "text": "a" * 3001}}]
        )
    assert caught.value.response["error"] == "invalid_blocks"
    assert caught.value.response["errors"] == [
        "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    ]


def test_someone_elses_message_cannot_be_changed(slack: StandIn, app: App) -> None:
    """An app owns its own messages only; ephemerals it does not even find."""
    theirs = slack.type("ana", "inc-network", "mine")["ts"]
    whisper = str(app.client.chat_postEphemeral(channel=CHANNEL, user="U0ANA00001", text="psst")["message_ts"])
    with pytest.raises(SlackApiError, match="cant_update_message"):
        app.client.chat_update(channel=CHANNEL, ts=theirs, text="ours")
    with pytest.raises(SlackApiError, match="message_not_found"):
        app.client.chat_update(channel=CHANNEL, ts=whisper, text="louder")


def test_an_archived_channel_takes_no_messages(slack: StandIn, app: App) -> None:
    """The card of an incident whose channel was archived must give up, not retry for ever."""
    slack.faults(archive="inc-network")
    with pytest.raises(SlackApiError, match="is_archived"):
        app.client.chat_postMessage(channel=CHANNEL, text="x")


def test_outsiders_and_guests_are_marked(slack: StandIn, app: App, connect: Connect) -> None:
    """Someone from another company cannot type our commands, but can press our buttons."""
    seen: list[dict[str, Any]] = []

    @app.action("again")
    def again(ack: Ack, body: dict[str, Any]) -> None:
        seen.append(body["user"])
        ack()

    connect(app, slack)
    posted = app.client.chat_postMessage(channel=CHANNEL, text="card", blocks=CARD)
    slack.faults(external="ben", guest="mia", share_outside="inc-network")
    assert slack.type("ben", "inc-network", "/arpcheck x")["error"] == "unknown_command"
    slack.press("ben", "inc-network", str(posted["ts"]), "again")
    assert seen[0]["team_id"] == "T0ELSEWHERE"
    assert app.client.users_info(user="U0MIA00001")["user"]["is_restricted"]
    assert app.client.conversations_info(channel=CHANNEL)["channel"]["is_ext_shared"]


def test_own_messages_are_found_again_by_their_metadata(app: App) -> None:
    """After a restart the app looks for its card before it posts a second one."""
    mark = {"event_type": "ruleout_incident", "event_payload": {"id": "inc-1"}}
    parent = str(app.client.chat_postMessage(channel=CHANNEL, text="card", metadata=mark)["ts"])
    app.client.chat_postMessage(channel=CHANNEL, text="detail", thread_ts=parent)
    with_marks = app.client.conversations_history(channel=CHANNEL, include_all_metadata=True)["messages"]
    assert with_marks[0]["metadata"] == mark
    assert "metadata" not in app.client.conversations_history(channel=CHANNEL)["messages"][0]
    thread = app.client.conversations_replies(channel=CHANNEL, ts=parent)["messages"]
    assert [message["text"] for message in thread] == ["card", "detail"]


MANIFEST = """
display_information: {name: ruleout}
features:
  slash_commands: [{command: /arpcheck, usage_hint: "10.0.0.5", description: "Who has to act?"}]
oauth_config: {scopes: {bot: [commands, "chat:write"]}}
settings: {event_subscriptions: {bot_events: []}}
"""


def test_the_manifest_is_enforced(tmp_path: Path) -> None:
    """A scope, command or event that the manifest forgot is found here and not on the day of the installation."""
    (tmp_path / "manifest.yaml").write_text(MANIFEST, encoding="utf-8")
    with StandIn.start(manifest=tmp_path / "manifest.yaml", timing=IMPATIENT, state_dir=tmp_path) as slack:
        app = app_of(slack)
        with pytest.raises(SlackApiError) as caught:
            app.client.users_info(user="U0ANA00001")
        assert caught.value.response["needed"] == "users:read"
        assert slack.type("ana", "inc-network", "/capture")["error"] == "unknown_command"
        assert slack.type("ana", "inc-network", "/arpcheck x")["error"] == "dispatch_failed"
        assert slack.type("ana", "inc-network", "@ruleout help")["ok"]
        assert slack.acks()[1:] == []
        first = slack.connection()
    with StandIn.start(state_dir=tmp_path) as again:
        assert again.bot_token == first["bot_token"]


def test_only_the_loopback_address_is_served(slack: StandIn) -> None:
    """There is no real authentication in it; and a foreign name that leads here is turned away."""
    with pytest.raises(ValueError, match=r"127\.0\.0\.1 only"):
        StandIn.start(bind="0.0.0.0")
    rebound = urllib.request.Request(slack.page_url, headers={"Host": "evil.example:80"})
    with pytest.raises(urllib.error.HTTPError, match="421"):
        urllib.request.urlopen(rebound)

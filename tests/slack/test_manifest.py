"""The manifest and the code say the same: a command without a listener, or a scope without a use, is a defect."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from slack_bolt import App

import handlers
from bot.slack import blocks
from bot.slack.app import STARTS
from handlers import dropped, form, note_form, tables
from tests.handlers.stage import NOBODY

ROOT = Path(__file__).parents[2]
MANIFEST: dict[str, Any] = yaml.safe_load((ROOT / "deploy/slack-manifest.yaml").read_text(encoding="utf-8"))
SCOPES_OF_METHOD: dict[str, set[str]] = {
    "chat_delete": {"chat:write"},
    "chat_getPermalink": set(),
    "chat_postMessage": {"chat:write"},
    "chat_postEphemeral": {"chat:write"},
    "chat_update": {"chat:write"},
    "conversations_history": {"channels:history", "groups:history"},
    "conversations_info": {"channels:read", "groups:read"},
    "conversations_replies": {"channels:history", "groups:history"},
    "files_info": {"files:read"},
    "files_upload_v2": {"files:write"},
    "pins_add": {"pins:write"},
    "usergroups_list": {"usergroups:read"},
    "users_conversations": {"channels:read", "groups:read"},
    "users_info": {"users:read"},
    "views_open": set(),
    "views_publish": set(),
    "views_update": set(),
}
"""Every method that our code may call. Source: the method pages on docs.slack.dev."""


class Registrations:
    """Stands where the app stands when listeners register, and notes what they listen to."""

    def __init__(self) -> None:
        self.heard: dict[str, set[str]] = {
            "command": set(), "event": set(), "action": set(), "shortcut": set(), "view": set(),
        }  # fmt: skip

    def __getattr__(self, kind: str) -> Any:
        def listen(name: str, **_: Any) -> Any:
            self.heard[kind].add(name)
            return lambda listener: listener

        return listen


@pytest.fixture
def heard() -> dict[str, set[str]]:
    app: Any = Registrations()
    handlers.register(app, NOBODY)
    return dict(app.heard)


def test_every_command_has_a_listener_and_every_listener_its_command(heard: dict[str, set[str]]) -> None:
    """A command that nobody answers shows "operation_timeout"; one that is not listed cannot be typed."""
    assert {entry["command"] for entry in MANIFEST["features"]["slash_commands"]} == heard["command"]


def test_every_event_has_a_listener_and_every_listener_its_event(heard: dict[str, set[str]]) -> None:
    """An event that is not subscribed never comes."""
    assert set(MANIFEST["settings"]["event_subscriptions"]["bot_events"]) == heard["event"]


def test_the_home_tab_is_there_exactly_if_somebody_fills_it(heard: dict[str, set[str]]) -> None:
    """Without the feature Slack refuses the view and sends no event; with it and no listener the tab stays empty."""
    enabled = MANIFEST["features"]["app_home"]["home_tab_enabled"]
    assert enabled == ("app_home_opened" in heard["event"])
    assert ("app_home_opened" in MANIFEST["settings"]["event_subscriptions"]["bot_events"]) == enabled


def test_every_shortcut_has_a_listener(heard: dict[str, set[str]]) -> None:
    """One that nobody answers leaves its person waiting."""
    assert {entry["callback_id"] for entry in MANIFEST["features"].get("shortcuts", ())} == heard["shortcut"]


def test_every_button_has_a_listener(heard: dict[str, set[str]]) -> None:
    """The card and the handlers name the same actions in two rooms that do not know each other."""
    assert heard["action"] == set(blocks.ACTIONS)


def test_every_form_of_ours_has_a_listener(heard: dict[str, set[str]]) -> None:
    """A submitted form that nobody takes shows "we had some trouble connecting"; one starts something, once."""
    assert heard["view"] == {form.FORM, form.START, dropped.FORM, tables.FORM, note_form.FORM}
    assert form.START == STARTS


def test_every_web_api_call_has_its_scope_and_every_scope_its_call() -> None:
    """A missing scope fails in production only; a spare one is a right that a customer need not grant."""
    called = {
        method
        for folder in ("bot", "handlers")
        for path in (ROOT / folder).rglob("*.py")
        for method in re.findall(
            r"client\.((?:chat|conversations|files|usergroups|users|views|reactions|pins)_\w+)\(", path.read_text()
        )
    }
    needed = {scope for method in called for scope in SCOPES_OF_METHOD[method]}
    needed |= {"commands", "app_mentions:read", "metadata.message:read"}
    granted = MANIFEST["oauth_config"]["scopes"]
    assert needed == {*granted["bot"], *granted["bot_optional"]}
    assert called == set(SCOPES_OF_METHOD)


@pytest.mark.parametrize(
    ("path", "limit"),
    [
        pytest.param(("display_information", "name"), 35, id="name"),
        pytest.param(("display_information", "description"), 140, id="description"),
        pytest.param(("features", "bot_user", "display_name"), 80, id="bot name"),
        *(
            pytest.param(("features", "slash_commands", number, part), limit, id=f"{part} of command {number}")
            for number in range(len(MANIFEST["features"]["slash_commands"]))
            for part, limit in (("command", 32), ("description", 2000), ("usage_hint", 1000))
        ),
    ],
)
def test_texts_have_the_length_that_slack_takes(path: tuple[str | int, ...], limit: int) -> None:
    """Slack refuses the whole manifest for one long text. Source: slackapi/manifest-schema."""
    value: Any = MANIFEST
    for step in path:
        value = value[step]
    assert 0 < len(value) <= limit


def test_the_recorder_notes_what_a_real_app_would_accept() -> None:
    """The stand-in for the app must not accept a registration that Bolt has no method for."""
    assert all(callable(getattr(App, kind)) for kind in Registrations().heard)

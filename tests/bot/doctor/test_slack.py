"""Slack's tokens, scopes and channels, against the stand-in with the manifest that an app is made from."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.doctor import slack
from bot.doctor.line import Line, Standing
from bot.slack import checkup
from deploy.demo.slack import StandIn
from deploy.demo.slack.records import BOT_USER
from tests.bot.doctor.saying import standings, wrongs

MANIFEST = Path(__file__).parents[3] / "deploy/slack-manifest.yaml"


def scopes_of(manifest: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = yaml.safe_load(manifest.read_text(encoding="utf-8"))["oauth_config"]["scopes"]
    return found


@pytest.fixture
def installed() -> Iterator[StandIn]:
    """A workspace with the app as its manifest has it."""
    with StandIn.start(manifest=MANIFEST) as running:
        yield running


def changed(tmp_path: Path, *, without: str = "", beside: str = "") -> Path:
    """The manifest with a scope less or more."""
    told: dict[str, Any] = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
    scopes = told["oauth_config"]["scopes"]["bot"]
    told["oauth_config"]["scopes"]["bot"] = [one for one in scopes if one != without] + ([beside] if beside else [])
    path = tmp_path / "manifest.yaml"
    path.write_text(yaml.safe_dump(told), encoding="utf-8")
    return path


def test_the_scopes_that_are_looked_for_are_the_manifests() -> None:
    """The manifest does not come with the package."""
    granted = scopes_of(MANIFEST)
    assert set(granted["bot"]) == set(checkup.SCOPES)
    assert set(granted["bot_optional"]) == set(checkup.OPTIONAL)


def test_the_tokens_of_an_app_made_from_the_manifest_are_right(installed: StandIn) -> None:
    """Without its optional scopes, which is said."""
    lines = [*slack.bot_token(installed.bot_token, installed.base_url)]
    lines += slack.app_token(installed.app_token, installed.base_url)
    assert standings(lines) == {Standing.OK}
    assert any("without the optional channels:history" in line.says for line in lines)


@pytest.mark.parametrize(
    ("token", "says"),
    [
        pytest.param("xapp-1-A-2", "holds an app-level token", id="the other one"),
        pytest.param("xoxp-1-2", "holds a person's token", id="a person's"),
        pytest.param("abc", "does not have the form xoxb-", id="neither"),
        pytest.param("xoxb-1 2", "does not have the form xoxb-", id="a blank in it"),
        pytest.param("xoxb-1-2-3", "does not accept RULEOUT_SLACK_BOT_TOKEN: invalid_auth", id="nobody's"),
    ],
)
def test_a_bot_token_that_is_none_is_told_apart(installed: StandIn, token: str, says: str) -> None:
    """They look alike, and stand beside each other on two pages."""
    (line,) = slack.bot_token(token, installed.base_url)
    assert [says in one for one in wrongs([line])] == [True]
    assert token not in line.says


@pytest.mark.parametrize(
    ("token", "says"),
    [
        pytest.param("xoxb-1-2", "holds a bot token", id="the other one"),
        pytest.param("xapp-1-A-2", "does not accept RULEOUT_SLACK_APP_TOKEN: invalid_auth", id="nobody's"),
    ],
)
def test_an_app_token_that_is_none_is_told_apart(installed: StandIn, token: str, says: str) -> None:
    """The same the other way."""
    assert [says in one for one in wrongs(slack.app_token(token, installed.base_url))] == [True]


@pytest.mark.parametrize(
    "error", ["token_revoked", "account_inactive", "missing_scope", "not_allowed_token_type", "unheard_of"]
)
def test_each_of_slacks_refusals_has_a_cure(installed: StandIn, error: str) -> None:
    """The word alone helps nobody."""
    method = "apps.connections.open" if error in ("missing_scope", "not_allowed_token_type") else "auth.test"
    installed.faults(fail={"method": method, "error": error, "times": 1})
    look = slack.app_token if method != "auth.test" else slack.bot_token
    token = installed.app_token if method != "auth.test" else installed.bot_token
    (line,) = look(token, installed.base_url)
    assert error in wrongs([line])[0]
    assert "See docs.slack.dev" in (line.do or "") if error == "unheard_of" else "docs" not in (line.do or "")


def test_a_scope_too_few_and_one_too_many_are_named(tmp_path: Path) -> None:
    """Too few fails in the middle of an incident; too many is a right that nobody agreed to."""

    def looked(**how: str) -> list[str]:
        with StandIn.start(manifest=changed(tmp_path, **how)) as running:
            return wrongs(slack.bot_token(running.bot_token, running.base_url))

    assert looked(without="pins:write") == ["the bot token lacks scopes of the manifest: pins:write"]
    assert looked(beside="channels:join") == ["the bot token may more than the manifest asks for: channels:join"]


def test_where_slack_does_not_say_the_scopes_nobody_calls_them_right() -> None:
    """A stand-in without a manifest has none to tell."""
    with StandIn.start() as running:
        lines = list(slack.bot_token(running.bot_token, running.base_url))
    assert [line.standing for line in lines] == [Standing.OK, Standing.UNKNOWN]


def test_the_channels_that_it_is_in_are_named_and_those_that_it_is_not(installed: StandIn) -> None:
    """By name or by id, and those that RULEOUT_CHANNELS allows."""

    def looked(*named: str, allowed: tuple[str, ...] = ()) -> list[Line]:
        return list(slack.channels(installed.bot_token, installed.base_url, named, allowed))

    assert looked("C0INCNET01", "#inc-network", allowed=("C0INCNET01",)) == [
        Line(Standing.OK, "the bot is a member of #inc-network")
    ]
    assert wrongs(looked("general", allowed=("C0NOWHERE",))) == [
        "the bot is not in channel general",
        "the bot is not in channel C0NOWHERE",
    ]


def test_a_bot_that_nobody_invited_is_told_so(installed: StandIn) -> None:
    """The commonest reason for a card that never comes."""
    installed.look(lambda workspace: workspace.channels["C0INCNET01"].members.remove(BOT_USER))
    assert wrongs(slack.channels(installed.bot_token, installed.base_url, (), ())) == [
        "the bot is in no channel, so it can post nowhere"
    ]


def test_a_slack_that_cannot_be_reached_is_one_line_for_each_way_to_it() -> None:
    """A firewall, most often."""
    nowhere = "http://127.0.0.1:9/api/"
    assert ["Slack cannot be reached" in one for one in wrongs(slack.bot_token("xoxb-1", nowhere))] == [True]
    assert standings(slack.channels("xoxb-1", nowhere, (), ())) == {Standing.UNKNOWN}

"""Who somebody is and what a channel is, from a Slack that answers, that is slow, that limits and that is away."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from slack_sdk import WebClient

from bot.model.people import Channel, Member, Membership
from bot.model.request import Person
from bot.slack.directory import SlackDirectory, channel_of, membership
from deploy.demo.slack import StandIn
from deploy.demo.slack.records import BOT_USER, OTHER_TEAM, SLACKBOT, TEAM

MANIFEST = Path(__file__).parents[3] / "deploy" / "slack-manifest.yaml"
ANA, CHANNEL = Person(TEAM, "U0ANA00001"), "C0INCNET01"
ON_CALL = Member(Membership.FULL, frozenset({"S0ONCALL01"}))


class Hands:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def directory(slack: StandIn, hands: Hands) -> Iterator[SlackDirectory]:
    yield from opened(slack, hands)


def opened(slack: StandIn, hands: Hands, *, groups: bool = True, patience_s: float = 5.0) -> Iterator[SlackDirectory]:
    client = WebClient(slack.bot_token, slack.base_url)
    found = SlackDirectory(client, {TEAM}, groups=groups, clock=hands, patience_s=patience_s)
    yield found
    found.close()


def calls(slack: StandIn, method: str) -> int:
    return sum(entry["kind"] == "api" and entry["name"] == method for entry in slack.log())


@pytest.mark.parametrize(
    ("fault", "person", "member"),
    [
        pytest.param({}, ANA, ON_CALL, id="member in a group"),
        pytest.param({}, Person(TEAM, "U0MIA00001"), Member(Membership.FULL), id="member in no group"),
        pytest.param({"guest": "ana"}, ANA, Member(Membership.GUEST), id="guest"),
        pytest.param({"external": "ana"}, Person(OTHER_TEAM, ANA.user), Member(Membership.STRANGER), id="stranger"),
        pytest.param({"external": "ana"}, ANA, Member(Membership.STRANGER), id="stranger who says to be ours"),
        pytest.param({"deactivate": "ana"}, ANA, Member(Membership.GONE), id="deactivated"),
        pytest.param({}, Person(TEAM, BOT_USER), Member(Membership.BOT), id="bot"),
        pytest.param({}, Person(TEAM, SLACKBOT), Member(Membership.BOT), id="slackbot"),
        pytest.param({}, Person(TEAM, "U0NOBODY01"), None, id="nobody"),
        pytest.param({}, Person(OTHER_TEAM, ANA.user), None, id="ours who says to be of another team"),
    ],
)
def test_people_are_what_slack_says_they_are(
    slack: StandIn, directory: SlackDirectory, fault: dict[str, str], person: Person, member: Member | None
) -> None:
    """A right given to the wrong kind of person is given to another company."""
    slack.faults(**fault)
    assert directory.member(person) == member


@pytest.mark.parametrize(
    ("fault", "channel", "found"),
    [
        pytest.param({}, CHANNEL, Channel(shared=False), id="ours"),
        pytest.param({"share_outside": CHANNEL}, CHANNEL, Channel(shared=True), id="shared"),
        pytest.param({"archive": CHANNEL}, CHANNEL, Channel(shared=False, archived=True), id="archived"),
        pytest.param({}, "C0NOWHERE1", None, id="unknown"),
    ],
)
def test_channels_are_what_slack_says_they_are(
    slack: StandIn, directory: SlackDirectory, fault: dict[str, str], channel: str, found: Channel | None
) -> None:
    """In a shared channel everything that is said is said to another company."""
    slack.faults(**fault)
    assert directory.channel(channel) == found


PLAIN = {"id": "U1", "team_id": "T1", "deleted": False, "is_bot": False, "is_restricted": False,
         "is_ultra_restricted": False}  # fmt: skip
GRID = {"teams": ["T1", "T5"], "enterprise_id": "E1"}


@pytest.mark.parametrize(
    ("changes", "team", "found"),
    [
        pytest.param({}, "T1", Membership.FULL, id="full"),
        pytest.param({"is_ultra_restricted": True}, "T1", Membership.GUEST, id="single-channel guest"),
        pytest.param({"is_stranger": True}, "T1", Membership.STRANGER, id="not in any channel of ours"),
        pytest.param({"is_workflow_bot": True}, "T1", Membership.BOT, id="workflow"),
        pytest.param({"is_restricted": None}, "T1", None, id="not said whether guest"),
        pytest.param({"team_id": "E1", "enterprise_user": GRID}, "T1", Membership.FULL, id="grid, by workspace"),
        pytest.param({"team_id": "T5", "enterprise_user": GRID}, "E1", Membership.FULL, id="grid, by organisation"),
        pytest.param({"team_id": None}, "T1", Membership.STRANGER, id="no team"),
    ],
)
def test_what_slack_leaves_out_is_not_made_up(changes: dict[str, Any], team: str, found: Membership | None) -> None:
    """Missing is not false: a guest without the mark of one would be a full member."""
    assert membership({**PLAIN, **changes}, Person(team, "U1"), frozenset({"T1"})) is found


OURS = {"is_shared": False, "is_ext_shared": False, "is_pending_ext_shared": False, "is_archived": False}


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        pytest.param({}, Channel(shared=False), id="ours"),
        pytest.param({"is_shared": True, "is_org_shared": True}, Channel(shared=False), id="among our workspaces"),
        pytest.param({"is_shared": True}, Channel(shared=True), id="shared, not said with whom"),
        pytest.param({"is_shared": True, "is_org_shared": True, "is_ext_shared": True}, Channel(shared=True), id="all"),
        pytest.param({"is_pending_ext_shared": True}, Channel(shared=True), id="invited"),
        pytest.param({"pending_connected_team_ids": ["T9"]}, Channel(shared=True), id="invited by team"),
        pytest.param({"is_ext_shared": None}, None, id="not said"),
    ],
)  # fmt: skip
def test_a_channel_counts_as_shared_as_soon_as_others_are_invited(
    changes: dict[str, Any], found: Channel | None
) -> None:
    """They read what was said before they came."""
    assert channel_of({**OURS, **changes}) == found


def test_answers_are_kept_for_a_minute_and_no_longer(slack: StandIn, directory: SlackDirectory, hands: Hands) -> None:
    """Every click asks; Slack allows fifty questions a minute; who was thrown out must not stay for long."""
    for _ in range(3):
        assert directory.member(ANA) == ON_CALL
        assert directory.channel(CHANNEL) == Channel(shared=False)
    assert [calls(slack, name) for name in ("users.info", "usergroups.list", "conversations.info")] == [1, 1, 1]
    slack.faults(deactivate="ana")
    hands.now += 59.9
    assert directory.member(ANA) == ON_CALL
    hands.now += 0.2
    assert directory.member(ANA) == Member(Membership.GONE)


def test_many_who_ask_at_once_ask_slack_once(slack: StandIn, directory: SlackDirectory) -> None:
    """An alarm makes ten people press in the same second."""
    slack.faults(api_delay_s=0.2)
    with ThreadPoolExecutor(10) as people:
        found = list(people.map(directory.member, [ANA] * 10))
    assert found == [ON_CALL] * 10
    assert calls(slack, "users.info") == 1


def test_a_slow_slack_is_not_waited_for_and_its_answer_is_not_lost(slack: StandIn, hands: Hands) -> None:
    """An acknowledgement is due in three seconds; until Slack has answered, the answer is that nobody knows."""
    for directory in opened(slack, hands, groups=False, patience_s=0.05):
        slack.faults(api_delay_s=0.4)
        assert directory.member(ANA) is None
        ends_at = time.monotonic() + 10
        while (found := directory.member(ANA)) is None and time.monotonic() < ends_at:
            assert calls(slack, "users.info") <= 1, "all of them wait for the same answer"
        assert found == Member(Membership.FULL)
        assert calls(slack, "users.info") == 1


def test_while_slack_limits_it_is_left_in_peace(slack: StandIn, directory: SlackDirectory, hands: Hands) -> None:
    """A bot that asks on while it is limited is limited for longer."""
    slack.faults(fail={"method": "users.info", "error": "ratelimited", "retry_after_s": 30})
    assert directory.member(ANA) is None
    assert directory.member(Person(TEAM, "U0BEN00001")) is None
    assert calls(slack, "users.info") == 1
    hands.now += 30.5
    assert directory.member(ANA) == ON_CALL


def test_a_failure_is_forgotten_after_seconds(slack: StandIn, directory: SlackDirectory, hands: Hands) -> None:
    """A person who tries again after a hiccup must not be refused for a minute."""
    slack.faults(fail={"method": "conversations.info", "error": "internal_error"})
    assert directory.channel(CHANNEL) is None
    assert directory.channel(CHANNEL) is None
    assert calls(slack, "conversations.info") == 1
    hands.now += 5.1
    assert directory.channel(CHANNEL) == Channel(shared=False)


def test_without_an_answer_about_groups_somebody_is_in_none(slack: StandIn, directory: SlackDirectory) -> None:
    """Where user groups are not to be had, rights by name still hold."""
    slack.faults(fail={"method": "usergroups.list", "error": "paid_teams_only"})
    assert directory.member(ANA) == Member(Membership.FULL)


def test_where_no_right_hangs_on_a_group_nobody_asks_for_them(slack: StandIn, hands: Hands) -> None:
    """The scope can then be declined."""
    for directory in opened(slack, hands, groups=False):
        assert directory.member(ANA) == Member(Membership.FULL)
    assert calls(slack, "usergroups.list") == 0


def test_the_manifest_grants_what_is_asked_and_without_it_nothing_is_known(tmp_path: Path, hands: Hands) -> None:
    """An app that was installed before these scopes goes on checking; its operator finds the reason in the log."""
    bare = tmp_path / "manifest.yaml"
    bare.write_text("oauth_config: {scopes: {bot: [commands]}}\n")
    for manifest, member, channel in ((MANIFEST, ON_CALL, Channel(shared=False)), (bare, None, None)):
        with StandIn.start(manifest=manifest) as slack:
            for directory in opened(slack, hands):
                assert directory.member(ANA) == member
                assert directory.channel(CHANNEL) == channel


def test_a_slack_that_is_away_is_no_exception(slack: StandIn, directory: SlackDirectory) -> None:
    """Rights are asked at every click, so nothing may break there."""
    slack.close()
    assert directory.member(ANA) is None
    assert directory.channel(CHANNEL) is None

"""What Slack says of people and channels, as rights need it: at most a minute old, and None where it does not say.

Sources: docs.slack.dev, user object (is_stranger is false for people of other companies in channels that we see, so
the team decides) and conversation object (is_shared is true also between workspaces of one company).
"""

import time
from collections.abc import Callable, Collection, Mapping
from typing import Any

from slack_sdk import WebClient

from bot import log
from bot.model.people import Channel, Member, Membership
from bot.model.request import Person
from bot.slack.calls import counting
from bot.slack.remembered import Answer, Remembered

_log = log.get(__name__)

_TIMEOUT_S = 2  # of a call that nobody waits for any more
_SLACKBOT = "USLACKBOT"


class SlackDirectory:
    """bot.ports.Directory on the Web API.

    ``teams`` are those whose people belong to the house. ``groups``: whether any right hangs on a user group; where
    none does, Slack is not asked about them.
    """

    def __init__(
        self,
        client: WebClient,
        teams: Collection[str],
        *,
        groups: bool,
        clock: Callable[[], float] = time.monotonic,
        patience_s: float | None = None,
    ) -> None:
        # Without the SDK's retries: they sleep, and an old answer is worth less than none.
        self._client = WebClient(client.token, client.base_url, timeout=_TIMEOUT_S, retry_handlers=counting(client))
        self._teams, self._groups = frozenset(teams), groups
        self._answers = Remembered(clock) if patience_s is None else Remembered(clock, patience_s=patience_s)

    def member(self, person: Person) -> Member | None:
        """The person, or None; without an answer about groups somebody is in none."""
        asked = self._answers.ask("users.info", person.user, lambda: self._user(person.user))
        groups = self._answers.ask("usergroups.list", "", self._user_groups) if self._groups else None
        user = self._answers.waited(asked)
        standing = None if user is None else membership(user, person, self._teams)
        if standing is None:
            return None
        if standing is not Membership.FULL or groups is None:
            return Member(standing)
        found = self._answers.waited(groups)
        return Member(standing, frozenset(name for name, users in (found or {}).items() if person.user in users))

    def channel(self, channel: str) -> Channel | None:
        """The channel, or None: also a private one that the bot was not invited to."""
        found = self._answers.waited(
            self._answers.ask("conversations.info", channel, lambda: self._conversation(channel))
        )
        return None if found is None else channel_of(found)

    def close(self) -> None:
        """Ask nothing more."""
        self._answers.close()

    def _user(self, user: str) -> Answer:
        return _part(self._client.users_info(user=user).get("user"))

    def _user_groups(self) -> Answer:
        """The users of every group by its id, all at once: one call a minute, however many groups and people."""
        found = self._client.usergroups_list(include_users=True).get("usergroups")
        return {str(_part(group)["id"]): frozenset(_part(group).get("users") or ()) for group in found or ()}

    def _conversation(self, channel: str) -> Answer:
        return _part(self._client.conversations_info(channel=channel).get("channel"))


def _part(value: Any) -> Answer:
    if not isinstance(value, Mapping):
        raise ValueError("the answer lacks what was asked for")  # noqa: TRY004  Slack's mistake, not a type of ours
    return value


def membership(user: Answer, person: Person, teams: frozenset[str]) -> Membership | None:
    """How the user that Slack describes belongs to a house of these teams; None: it does not say, or contradicts."""
    team, enterprise = user.get("team_id"), user.get("enterprise_user") or {}
    told = {name: user.get(name) for name in ("deleted", "is_bot", "is_restricted", "is_ultra_restricted")}
    if user.get("deleted") is True:
        return Membership.GONE
    if told["is_bot"] or user.get("is_workflow_bot") or user.get("id") == _SLACKBOT:
        return Membership.BOT
    if user.get("is_stranger") or (team not in teams and not teams.intersection(enterprise.get("teams") or ())):
        return Membership.STRANGER
    if told["is_restricted"] or told["is_ultra_restricted"]:
        return Membership.GUEST
    if person.team not in (team, *(enterprise.get("teams") or ()), enterprise.get("enterprise_id")):
        _log.warning("team_contradicted", user=person.user, asked_as=person.team, known_as=team)
        return None
    if not all(isinstance(value, bool) for value in told.values()):
        return None
    return Membership.FULL


def channel_of(found: Answer) -> Channel | None:
    """The channel that Slack describes; None: it does not say all that counts."""
    told = [found.get(name) for name in ("is_shared", "is_ext_shared", "is_pending_ext_shared", "is_archived")]
    if not all(isinstance(value, bool) for value in told):
        return None
    shared, outside, invited, archived = told
    among_us = shared and found.get("is_org_shared") is True and not outside
    others = found.get("connected_team_ids") or found.get("pending_connected_team_ids") or found.get("pending_shared")
    return Channel(shared=bool(outside or invited or others or (shared and not among_us)), archived=bool(archived))

"""The bodies of envelopes, field by field as Slack sends them. Pure.

Source: slack_bolt 1.30 request/internals.py and its adapter tests; docs.slack.dev, interaction payloads.
"""

from deploy.demo.slack.records import APP, TEAM, TEAM_DOMAIN, Channel, Json, Message, User

_COMMON: Json = {"api_app_id": APP, "token": "stand-in", "enterprise": None, "is_enterprise_install": False}


def person(user: User) -> Json:
    """The ``user`` of an interaction."""
    return {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team}


def place(channel: Channel) -> Json:
    """The ``channel`` of an interaction."""
    return {"id": channel.id, "name": channel.name}


def slash_command(user: User, channel: Channel, command: str, text: str, url: str, trigger: str) -> Json:
    """A typed slash command."""
    return {
        "token": "stand-in",
        "team_id": TEAM,
        "team_domain": TEAM_DOMAIN,
        "channel_id": channel.id,
        "channel_name": channel.name,
        "user_id": user.id,
        "user_name": user.name,
        "command": command,
        "text": text,
        "api_app_id": APP,
        "is_enterprise_install": "false",
        "response_url": url,
        "trigger_id": trigger,
    }


def _interaction(kind: str, user: User, trigger: str) -> Json:
    team = {"id": TEAM, "domain": TEAM_DOMAIN}
    return {"type": kind, "team": team, "user": person(user), "trigger_id": trigger, **_COMMON}


def block_actions(user: User, channel: Channel, message: Message, action: Json, url: str, trigger: str) -> Json:
    """A pressed button or a made choice in a message; an ephemeral's own content is not sent."""
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": message.viewer is not None,
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    body = {
        **_interaction("block_actions", user, trigger),
        "container": container,
        "channel": place(channel),
        "state": {"values": {}},
        "response_url": url,
        "actions": [action],
    }
    return body if message.viewer else {**body, "message": message.json()}


def view_actions(user: User, view: Json, action: Json, trigger: str) -> Json:
    """A pressed button or a made choice in a modal or on the home."""
    container = {"type": "view", "view_id": view["id"]}
    body = _interaction("block_actions", user, trigger)
    return {**body, "container": container, "view": view, "actions": [action]}


def view_submission(user: User, view: Json, trigger: str) -> Json:
    """A submitted modal; what was entered lies in the view's state."""
    return {**_interaction("view_submission", user, trigger), "view": view, "response_urls": []}


def view_closed(user: User, view: Json, is_cleared: bool) -> Json:
    """A modal that its person closed."""
    return {**_interaction("view_closed", user, ""), "view": view, "is_cleared": is_cleared}


def message_action(user: User, channel: Channel, message: Message, callback_id: str, url: str, trigger: str) -> Json:
    """A message shortcut."""
    return {
        **_interaction("message_action", user, trigger),
        "callback_id": callback_id,
        "channel": place(channel),
        "message_ts": message.ts,
        "message": message.json(),
        "response_url": url,
        "action_ts": message.ts,
    }


def pressed(block: Json, element: Json, action_ts: str, option: Json | None) -> Json:
    """One of a payload's ``actions``."""
    action: Json = {
        name: element[name] for name in ("type", "action_id", "text", "value", "style", "url") if name in element
    }
    if option is not None:
        action["selected_option"] = option
    return {**action, "block_id": block["block_id"], "action_ts": action_ts}

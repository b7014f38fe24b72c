"""Modals and the app's home."""

import secrets
from typing import Any

from deploy.demo.slack.blocks_check import check_view
from deploy.demo.slack.methods import Method
from deploy.demo.slack.records import APP, BOT, TEAM, Json, new_id
from deploy.demo.slack.slack import Refused, Slack
from deploy.demo.slack.workspace import name_blocks

DEEPEST = 3


def checked(view: Any, kind: str) -> Json:
    """The view of a call.

    Raises:
        Refused: Slack would not show it.
    """
    wrong = check_view(view)
    if wrong:
        raise Refused(wrong.error, wrong.messages)
    if view["type"] != kind:
        raise Refused("invalid_arguments", [f"[ERROR] unsupported type: {view['type']} [json-pointer:/view/type]"])
    return dict(view)


def made(view: Json, below: Json | None = None) -> Json:
    """The view with what Slack adds to it: id, hash and its place in the stack."""
    view_id = new_id("V")
    name_blocks(view["blocks"])
    defaults: Json = {"callback_id": "", "private_metadata": "", "external_id": "", "clear_on_close": False}
    return {
        **defaults,
        "notify_on_close": False,
        "title": None,
        "submit": None,
        "close": None,
        **view,
        "id": view_id,
        "team_id": TEAM,
        "app_id": APP,
        "bot_id": BOT,
        "app_installed_team_id": TEAM,
        "state": {"values": {}},
        "hash": secrets.token_hex(8),
        "root_view_id": below["root_view_id"] if below else view_id,
        "previous_view_id": below["id"] if below else None,
    }


def show(slack: Slack, user: str) -> None:
    """Tell the person's pages which modals are open, the last one on top."""
    slack.workspace.changed("modals", {"user": user, "stack": slack.stacks.get(user, [])}, user)


def open_view(slack: Slack, args: Json) -> Json:
    """Open a modal for the person behind the trigger."""
    view = checked(args.get("view"), "modal")
    origin = slack.use_trigger(str(args.get("trigger_id", "")))
    opened = made(view)
    slack.stacks[origin.user] = [opened]
    show(slack, origin.user)
    return {"view": opened}


def push(slack: Slack, args: Json) -> Json:
    """Put a modal on top of the one that the trigger came from."""
    view = checked(args.get("view"), "modal")
    origin = slack.use_trigger(str(args.get("trigger_id", "")))
    return {"view": pushed(slack, origin.user, view)}


def pushed(slack: Slack, user: str, view: Json) -> Json:
    """The view, on top of the person's stack."""
    stack = slack.stacks.get(user)
    if not stack:
        raise Refused("not_found")
    if len(stack) >= DEEPEST:
        raise Refused("push_limit_reached")
    stack.append(made(view, stack[-1]))
    show(slack, user)
    return stack[-1]


def find(slack: Slack, view_id: str, external_id: str = "") -> tuple[str, int]:
    """The person and the place in their stack of an open modal."""
    for user, stack in slack.stacks.items():
        for index, view in enumerate(stack):
            if view["id"] == view_id or (external_id and view["external_id"] == external_id):
                return user, index
    raise Refused("not_found")


def replaced(slack: Slack, user: str, index: int, view: Json) -> Json:
    """The new content under the old view's id; what was typed into blocks that stay is kept."""
    old = slack.stacks[user][index]
    kept = {name: old[name] for name in ("id", "root_view_id", "previous_view_id", "state")}
    slack.stacks[user][index] = {**made(view), **kept}
    show(slack, user)
    return slack.stacks[user][index]


def update(slack: Slack, args: Json) -> Json:
    """Change an open modal."""
    view = checked(args.get("view"), "modal")
    user, index = find(slack, str(args.get("view_id", "")), str(args.get("external_id") or ""))
    if args.get("hash") and args["hash"] != slack.stacks[user][index]["hash"]:
        raise Refused("hash_conflict")
    return {"view": replaced(slack, user, index, view)}


def publish(slack: Slack, args: Json) -> Json:
    """Set what a person sees on the app's home; ``hash`` is that of the view which it may replace."""
    if not slack.manifest.home:
        raise Refused("not_enabled")
    view = checked(args.get("view"), "home")
    user = slack.user(args.get("user_id")).id
    before = slack.workspace.homes.get(user)
    if args.get("hash") and args["hash"] != (before or {}).get("hash"):
        raise Refused("hash_conflict")
    slack.workspace.homes[user] = made(view)
    slack.workspace.changed("home", {"user": user, "view": slack.workspace.homes[user]}, user)
    return {"view": slack.workspace.homes[user]}


METHODS = {
    "views.open": Method(open_view, None, 4),
    "views.push": Method(push, None, 4),
    "views.update": Method(update, None, 4),
    "views.publish": Method(publish, None, 4),
}

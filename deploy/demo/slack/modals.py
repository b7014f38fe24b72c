"""What people do in a modal or on the app's home: press, enter, submit, close."""

from collections.abc import Iterator

from deploy.demo.slack import payloads
from deploy.demo.slack.methods import views
from deploy.demo.slack.people import element, seen
from deploy.demo.slack.records import Json, User
from deploy.demo.slack.slack import Origin, Refused, Slack
from deploy.demo.slack.sockets import Delivery

_LONGEST = 3000  # what a plain_text_input holds


async def press_in_view(slack: Slack, user: str, view_id: str, name: str, option: str | None = None) -> Json:
    """Press a button in a modal or on the app's home."""
    who = slack.user(user)
    home = slack.workspace.homes.get(who.id)
    stack = [*slack.stacks.get(who.id, []), *([home] if home else [])]
    view = next((view for view in stack if view["id"] == view_id), None)
    if view is None:
        raise Refused("not_found")
    block, pressed, chosen = element(view["blocks"], name, option)
    action = payloads.pressed(block, pressed, slack.workspace.new_ts(), chosen)
    body = payloads.view_actions(who, view, action, slack.new_trigger(Origin(who.id, view=view_id)))
    return seen(await slack.sockets.deliver("interactive", body, f"block_actions {pressed['action_id']}"))


async def submit(slack: Slack, user: str, values: Json, view_id: str | None = None) -> Json:
    """Submit the modal on top. ``values`` are by action id or block id: text, or the value of a choice."""
    who = slack.user(user)
    stack = slack.stacks.get(who.id)
    if not stack or view_id not in (None, stack[-1]["id"]):
        raise Refused("not_found")
    view = stack[-1]
    view["state"] = {"values": dict(_entered(view, values))}
    missing = {
        block["block_id"]: "Please complete this required field."
        for block in view["blocks"]
        if block["type"] == "input" and not block.get("optional") and _is_empty(view, block)
    }
    if missing:
        return {"ok": False, "error": "required", "errors": missing}
    if long := dict(_too_long(view)):
        return {"ok": False, "error": "too_long", "errors": long}
    body = payloads.view_submission(who, view, slack.new_trigger(Origin(who.id, view=view["id"])))
    delivery = await slack.sockets.deliver("interactive", body, f"view_submission {view['callback_id']}")
    if delivery.error:
        return seen(delivery)
    return _after_submit(slack, who, view, delivery)


def _after_submit(slack: Slack, who: User, view: Json, delivery: Delivery) -> Json:
    answer, stack = delivery.payload, slack.stacks.get(who.id, [])
    match answer.get("response_action"):
        case "errors":
            return {"ok": False, "error": "errors", "errors": answer.get("errors", {}), "ack_ms": delivery.ack_ms}
        case "update":
            views.replaced(slack, who.id, stack.index(view), views.checked(answer.get("view"), "modal"))
        case "push":
            views.pushed(slack, who.id, views.checked(answer.get("view"), "modal"))
        case "clear":
            slack.stacks.pop(who.id, None)
        case _:
            if view in stack:
                stack.remove(view)
    views.show(slack, who.id)
    return {"ok": True, "ack_ms": delivery.ack_ms, "stack": slack.stacks.get(who.id, [])}


async def close_view(slack: Slack, user: str) -> Json:
    """Close the modal on top."""
    who = slack.user(user)
    stack = slack.stacks.get(who.id)
    if not stack:
        raise Refused("not_found")
    view = stack.pop()
    views.show(slack, who.id)
    if view["notify_on_close"]:
        await slack.sockets.deliver("interactive", payloads.view_closed(who, view, not stack), "view_closed")
    return {"ok": True}


def _entered(view: Json, values: Json) -> Iterator[tuple[str, Json]]:
    for block in view["blocks"]:
        if block["type"] != "input":
            continue
        element = block["element"]
        given = values.get(element["action_id"], values.get(block["block_id"]))
        yield block["block_id"], {element["action_id"]: _value(element, given)}


def _value(element: Json, given: object) -> Json:
    groups = element.get("option_groups", [])
    options = [*element.get("options", []), *(option for group in groups for option in group["options"])]
    if element["type"] == "checkboxes":
        wanted = given if isinstance(given, list) else [given]
        return {"type": "checkboxes", "selected_options": [option for option in options if option["value"] in wanted]}
    if options:
        chosen = next((option for option in options if given in (option["value"], option["text"]["text"])), None)
        first = element.get("initial_option") if given is None else None
        return {"type": element["type"], "selected_option": chosen or first}
    text = given if given is not None else element.get("initial_value")
    return {"type": element["type"], "value": str(text) if text not in (None, "") else None}


def _too_long(view: Json) -> Iterator[tuple[str, str]]:
    """What Slack's own field does not let anybody enter."""
    for block in view["blocks"]:
        element = block.get("element") or {}
        if block["type"] == "input" and element["type"] == "plain_text_input":
            most = int(element.get("max_length", _LONGEST))
            entered = view["state"]["values"][block["block_id"]][element["action_id"]].get("value") or ""
            if len(entered) > most:
                yield block["block_id"], f"Must be at most {most:,} characters."


def _is_empty(view: Json, block: Json) -> bool:
    entered = view["state"]["values"][block["block_id"]][block["element"]["action_id"]]
    return not (entered.get("value") or entered.get("selected_option") or entered.get("selected_options"))

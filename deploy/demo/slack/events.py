"""The Events API: an event is delivered until it is acknowledged, at most four times."""

import asyncio

from deploy.demo.slack.records import APP, BOT_USER, TEAM, Json, new_id
from deploy.demo.slack.slack import Slack


def emit(slack: Slack, event: Json) -> Json | None:
    """Deliver the event in the background, if the app subscribes to it; the ``event_callback`` that is sent."""
    if event["type"] not in slack.manifest.events and not (event["type"] == "message" and _reads_messages(slack)):
        return None
    channel = slack.workspace.channels.get(str(event.get("channel") or event.get("channel_id")))
    payload = {
        "token": "stand-in",
        "type": "event_callback",
        "team_id": TEAM,
        "context_team_id": TEAM,
        "context_enterprise_id": None,
        "api_app_id": APP,
        "event": event,
        "event_id": new_id("Ev"),
        "event_time": int(slack.workspace.clock()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": TEAM,
                "user_id": BOT_USER,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": bool(channel and channel.shared),
        "event_context": new_id("4-"),
    }
    slack.spawn(_deliver(slack, payload))
    return payload


async def _deliver(slack: Slack, payload: Json) -> None:
    reason = ""
    for attempt, wait_s in enumerate((0.0, *slack.timing.event_retries_s)):
        await asyncio.sleep(wait_s)
        delivery = await slack.sockets.deliver("events_api", payload, payload["event"]["type"], attempt, reason)
        if delivery.error is None:
            return
        reason = "timeout" if delivery.error == "operation_timeout" else "connection_failed"


async def redeliver(slack: Slack, event_id: str | None = None) -> str | None:
    """Deliver an event a second time although it was acknowledged (the last one by default); its id."""
    sent = [entry["payload"] for entry in slack.log if entry["kind"] == "envelope" and entry["type"] == "events_api"]
    found = next((body for body in reversed(sent) if event_id in (None, body["event_id"])), None)
    if found is None:
        return None
    await slack.sockets.deliver("events_api", found, found["event"]["type"], 1, "timeout")
    return str(found["event_id"])


def _reads_messages(slack: Slack) -> bool:
    return "message.channels" in slack.manifest.events

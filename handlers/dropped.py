"""A capture that somebody shared: offered a judgement, judged by a button, a shortcut or a mention."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.errors import InstrumentError, RequestError
from bot.model.dropped import DroppedFile
from bot.model.request import JUDGE, Place
from handlers.coordinator import Coordinator
from handlers.form import plain
from handlers.payloads import name_of, of_button, of_mention, of_share, of_view, words_to
from handlers.replies import whisper

FORM, _TARGET = "judge_form", "judge_target"
_THIS = re.compile(r"^(?:this|it|that|capture|pcap|file)\b(?:\s+(?:for|about|on|with))?\s*", re.IGNORECASE)
"""What people say between "judge" and the address."""


def register(app: App, coordinator: Coordinator) -> None:
    """Take the three ways to ask for a judgement, and the sharing that they begin with."""
    _by_mention(app, coordinator)
    _by_form(app, coordinator)

    @app.event("file_shared")
    def shared(event: dict[str, Any], context: dict[str, Any], client: WebClient) -> None:
        file = client.files_info(file=event["file_id"])["file"]
        person, place = of_share(event, file, context.get("actor_team_id") or context.get("team_id"))
        if person.user != context.get("bot_user_id"):  # our own uploads are shared too
            coordinator.dropped(_captures([file]), person, place)


def _by_mention(app: App, coordinator: Coordinator) -> None:
    @app.event("app_mention", matchers=[_says_judge])
    def mentioned(body: dict[str, Any], event: dict[str, Any], context: dict[str, Any], client: WebClient) -> None:
        _, text = words_to(context.get("bot_user_id"), event.get("text") or "")
        try:
            person, place = of_mention(event, context.get("actor_team_id"))
            files = event.get("files") or _in_thread(client, place)
            coordinator.judge(_captures(files), _THIS.sub("", text), person, place, name=name_of(body))
        except (RequestError, InstrumentError) as refusal:
            whisper(client, event["channel"], event["user"], event.get("thread_ts"), str(refusal))


def _by_form(app: App, coordinator: Coordinator) -> None:
    @app.action("judge")
    def pressed(ack: Ack, body: dict[str, Any], context: dict[str, Any], client: WebClient) -> None:
        ack()
        file, _, thread = context["incident"].partition(" ")
        place = Place(body["channel"]["id"], thread or None)
        client.views_open(trigger_id=body["trigger_id"], view=_form([file], place))

    @app.shortcut("judge_capture")
    def chosen(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        _, place = of_button(body, in_thread=True)
        files = [file["id"] for file in body["message"].get("files") or ()]
        client.views_open(trigger_id=body["trigger_id"], view=_form(files, place))

    @app.view(FORM)
    def submitted(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        *files, channel, thread = body["view"]["private_metadata"].split(" ")
        text = body["view"]["state"]["values"][_TARGET][_TARGET]["value"] or ""
        try:
            told = [client.files_info(file=file)["file"] for file in files]
            coordinator.judge(_captures(told), text, of_view(body), Place(channel, thread or None))
        except (RequestError, InstrumentError) as refusal:
            ack(response_action="errors", errors={_TARGET: str(refusal).replace("`", "")})
        except SlackApiError:
            ack(response_action="errors", errors={_TARGET: "Slack does not show me this file any more."})
        else:
            ack()


def _says_judge(event: dict[str, Any], context: dict[str, Any]) -> bool:
    return bool(event.get("user")) and words_to(context.get("bot_user_id"), event.get("text") or "")[0] == JUDGE


def _captures(files: Iterable[Mapping[str, Any]]) -> tuple[DroppedFile, ...]:
    return tuple(DroppedFile(file["id"], file.get("name") or file["id"], int(file.get("size") or 0)) for file in files)


def _in_thread(client: WebClient, place: Place) -> list[dict[str, Any]]:
    """What was shared last in the thread; reading it takes a scope that is optional."""
    if place.thread is None:
        return []
    try:
        said = client.conversations_replies(channel=place.channel, ts=place.thread, limit=200)["messages"]
    except SlackApiError as error:
        raise RequestError(
            "I may not read this thread, so I cannot find the file in it: mention me in the message that shares the "
            "file, press its button, or choose *Judge capture* among the message's shortcuts."
        ) from error
    with_files = [message["files"] for message in said if message.get("files")]
    return list(with_files[-1]) if with_files else []


def _form(files: list[str], place: Place) -> dict[str, Any]:
    asked = {"type": "plain_text_input", "action_id": _TARGET, "placeholder": plain("10.0.0.5")}
    return {
        "type": "modal",
        "callback_id": FORM,
        "private_metadata": " ".join((*files, place.channel, place.thread or "")),
        "title": plain("Judge a capture"),
        "submit": plain("Judge"),
        "close": plain("Cancel"),
        "blocks": [
            {
                "type": "input",
                "block_id": _TARGET,
                "element": asked,
                "label": plain("Which machine is it about?"),
                "hint": plain("Its IPv4 address, or a VM name or MAC that a vCenter knows"),
            }
        ],
    }

"""Tables that somebody pastes: in a mention, in the form behind a card's button, or by a message's shortcut."""

import json
from collections.abc import Mapping
from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient

from bot.errors import FormError, InstrumentError, RequestError
from bot.model.dropped import DroppedFile
from bot.model.form import Choice, TableForm
from bot.model.request import Place
from handlers.coordinator import Coordinator
from handlers.form import OTHER_VERSION, View, beside, entered, kept, place_of, plain
from handlers.payloads import of_button, of_mention, of_view, words_to
from handlers.replies import whisper

FORM = "tables_form"
_LONGEST = 3_000  # what a field of a form holds (docs.slack.dev, plain-text input element)
_RECOGNISE = "recognise"
_LONGER = "Longer ones: mention me with the table, or attach it as a file and choose this shortcut on that message."


def register(app: App, coordinator: Coordinator) -> None:
    """Take the three ways to paste."""
    _by_mention(app, coordinator)

    @app.action("add_tables")
    def pressed(ack: Ack, body: dict[str, Any], context: dict[str, Any], client: WebClient) -> None:
        ack()
        _open(coordinator, body, client, incident=context["incident"], text="", files=())

    @app.shortcut("read_tables")
    def chosen(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        message = body["message"]
        files = _files(message)
        text = "" if files else str(message.get("text") or "")
        _open(coordinator, body, client, incident=None, text=text, files=files)

    @app.view(FORM)
    def submitted(ack: Ack, body: dict[str, Any], view: dict[str, Any], client: WebClient) -> None:
        carried = kept(view)
        fields = {name: said for name, said in entered(view).items() if said != _RECOGNISE}
        files = _carried_files(carried)
        person, place = of_view(body), place_of(view)
        slow = bool(files) and not fields.get("text", "").strip()
        if slow:  # Slack waits three seconds for an answer, and the file may take longer
            ack()
        try:
            said = coordinator.paste(fields, files, person, place, _incident(carried))
        except FormError as wrong:
            if not slow:
                ack(response_action="errors", errors=beside(wrong.errors, view))
                return
            said = str(wrong)
        except (RequestError, InstrumentError) as refusal:
            if not slow:
                ack(response_action="errors", errors=beside({"text": str(refusal)}, view))
                return
            said = str(refusal)
        if not slow:
            ack()
        whisper(client, place.channel, person.user, place.thread, said)


def _by_mention(app: App, coordinator: Coordinator) -> None:
    @app.event("app_mention", matchers=[_says_table])
    def mentioned(event: dict[str, Any], context: dict[str, Any], client: WebClient) -> None:
        _, text = words_to(context.get("bot_user_id"), event.get("text") or "")
        try:
            person, place = of_mention(event, context.get("actor_team_id"))
            said = coordinator.paste_words(text, _files(event), person, place)
        except (RequestError, InstrumentError) as refusal:
            said = str(refusal)
        whisper(client, event["channel"], event["user"], event.get("thread_ts"), said)


def _says_table(event: dict[str, Any], context: dict[str, Any]) -> bool:
    first = words_to(context.get("bot_user_id"), event.get("text") or "")[0]
    return bool(event.get("user")) and first in ("table", "tables")


def _files(message: Mapping[str, Any]) -> tuple[DroppedFile, ...]:
    files = message.get("files") or ()
    return tuple(DroppedFile(file["id"], file.get("name") or file["id"], int(file.get("size") or 0)) for file in files)


def _carried_files(carried: Mapping[str, Any]) -> tuple[DroppedFile, ...]:
    """The files that the form was opened about, as ``table_form`` put them there."""
    found = []
    files = carried.get("files")
    for file in files if isinstance(files, list) else ():
        match file:
            case [str(id_), str(name), int(size)]:
                found.append(DroppedFile(id_, name, size))
            case _:
                raise RequestError(OTHER_VERSION)
    return tuple(found)


def _incident(carried: Mapping[str, Any]) -> str | None:
    incident = carried.get("incident")
    return incident if isinstance(incident, str) else None


def _open(
    coordinator: Coordinator, body: dict[str, Any], client: WebClient, *, incident: str | None, text: str,
    files: tuple[DroppedFile, ...],
) -> None:  # fmt: skip
    channel, user = body["channel"]["id"], body["user"]["id"]
    try:
        if len(text) > _LONGEST:
            raise RequestError(
                f"This message has {len(text):,} characters, and a form holds {_LONGEST:,}: mention me in a message "
                "with the table, `@ruleout table 10.0.0.5 core-1`, or attach it as a file."
            )
        person, place = of_button(body, in_thread=True)
        form = coordinator.table_form(incident, person, place)
    except (RequestError, InstrumentError) as refusal:
        whisper(client, channel, user, (body.get("message") or {}).get("thread_ts"), str(refusal))
        return
    client.views_open(trigger_id=body["trigger_id"], view=table_form(form, place, incident, text, files))


def table_form(form: TableForm, place: Place, incident: str | None, text: str, files: tuple[DroppedFile, ...]) -> View:
    """The form; what was in the message stands in its field already."""
    carried = {
        "place": [place.channel, place.thread],
        "incident": incident,
        "files": [[file.id, file.name[:100], file.size_bytes] for file in files[:3]],
    }
    target = form.fields.get("target")
    named = ", ".join(file.name for file in files)[:100]
    hint = f"Leave it empty to read {named}." if files else f"At most {_LONGEST:,} characters. {_LONGER}"
    return {
        "type": "modal",
        "callback_id": FORM,
        "private_metadata": json.dumps(carried),
        "title": plain("Add tables"),
        "submit": plain("Read"),
        "close": plain("Cancel"),
        "blocks": [
            _input("target", "Which machine is it about?", _line("10.0.0.5", target), optional=False),
            _input("device", "Whose table is it?", _line("core-1", None), "Empty: as its prompt says."),
            _input("role", "What is that device?", _select(form.roles, None)),
            _input("platform", "Platform", _select(form.platforms, Choice(_RECOGNISE, "Recognise it"))),
            _input(
                "text",
                "What it showed, with the line on which the command was typed",
                {**_line("core-1#show ip arp", text or None), "multiline": True, "max_length": _LONGEST},
                hint,
                optional=bool(files),
            ),
        ],
    }


def _line(example: str, value: str | None) -> View:
    element: View = {"type": "plain_text_input", "placeholder": plain(example)}
    return {**element, "initial_value": value} if value else element


def _select(choices: tuple[Choice, ...], first: Choice | None) -> View:
    options = [_option(choice) for choice in (*([first] if first else ()), *choices)]
    element: View = {"type": "static_select", "options": options, "placeholder": plain("Choose")}
    return {**element, "initial_option": options[0]} if first else element


def _option(choice: Choice) -> View:
    return {"value": choice.name, "text": plain(choice.says[:75])}


def _input(name: str, label: str, element: View, hint: str | None = None, *, optional: bool = True) -> View:
    block: View = {"type": "input", "block_id": name, "optional": optional, "label": plain(label)}
    block["element"] = {**element, "action_id": name}
    return {**block, "hint": plain(hint)} if hint else block

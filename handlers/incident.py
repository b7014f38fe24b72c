"""``/incident``: what the channel works on together is opened, summed up, listed, closed; and who asked for what."""

import html
import re
from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient

from bot.errors import InstrumentError, RequestError
from bot.model.request import INCIDENT, Person, Place
from handlers.coordinator import Coordinator
from handlers.payloads import by_person, of_button, of_command, of_mention, words_to
from handlers.replies import reply, show, whisper

_PERSON = re.compile(r"(?<!\S)([TE][A-Z0-9]+)/([UW][A-Z0-9]+)(?!\S)")
_USAGE = (
    '`/incident open "odd VMs lose packets" affected app01 app03 unaffected app02` begins; `summary` shows what is '
    "known, `summary share` to all; `timeline` lists what happened; `close` and `reopen`, with a word if you like; "
    "`export` makes one file of all of it, `export redact` with other addresses "
    "and names; `audit` shows who asked for what, and which rule allowed it."
)
_HELP = ("", "help", "?", "-h", "--help")


def register(app: App, coordinator: Coordinator) -> None:
    """Take the command, the same words in a mention, and the buttons below a summary."""

    @app.command(f"/{INCIDENT}")
    def asked(ack: Ack, body: dict[str, Any]) -> None:
        try:
            person, place = of_command(body)
            shown = _answer(coordinator, body.get("text") or "", person, place)
        except (RequestError, InstrumentError) as refusal:
            shown = reply(str(refusal))
        if shown is None:
            ack()
        else:
            ack(response_type="ephemeral", **shown)

    @app.event("app_mention", matchers=[_asks_here])
    def mentioned(event: dict[str, Any], context: dict[str, Any], client: WebClient) -> None:
        _, text = words_to(context.get("bot_user_id"), event.get("text") or "")
        try:
            person, place = of_mention(event, context.get("actor_team_id"))
            shown = _answer(coordinator, text, person, place)
        except (RequestError, InstrumentError) as refusal:
            shown = reply(str(refusal))
        if shown is not None:
            show(client, event["channel"], event["user"], event.get("thread_ts"), shown)

    @app.action("incident_summary")
    def summary(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        _pressed(coordinator, "summary", body, client)

    @app.action("incident_timeline")
    def timeline(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        _pressed(coordinator, "timeline", body, client)


def _asks_here(event: dict[str, Any], context: dict[str, Any]) -> bool:
    return by_person(event) and words_to(context.get("bot_user_id"), event.get("text") or "")[0] == INCIDENT


def _pressed(coordinator: Coordinator, word: str, body: dict[str, Any], client: WebClient) -> None:
    try:
        person, place = of_button(body)
        _answer(coordinator, word, person, place)
    except (RequestError, InstrumentError) as refusal:
        whisper(client, body["channel"]["id"], body["user"]["id"], None, str(refusal))


def _answer(coordinator: Coordinator, said: str, person: Person, place: Place) -> dict[str, Any] | None:
    """The reply for this person alone; None: what they asked for comes by itself."""
    word, _, rest = said.strip().partition(" ")
    doors = coordinator.inquirer
    assert doors is not None, "a bot with a channel has it"
    match word.lower():
        case "open":
            doors.open(rest, person, place)
            return reply("Opened. Its summary stands here in a moment and is kept current; I pin it where I may.")
        case "close":
            doors.close(rest, person, place)
            return reply("Closed. The last summary is posted here in a moment.")
        case "reopen":
            doors.reopen(rest, person, place)
            return reply("Opened again; its summary is kept current from now on.")
        case "summary":
            if rest.strip().lower() not in ("", "share"):
                return reply("Say `/incident summary`, or `/incident summary share` to post it for all.")
            doors.summary(person, place, share=bool(rest.strip()))
            return None
        case "timeline":
            doors.timeline(person, place)
            return None
        case "export":
            assert coordinator.exporter is not None, "a bot with a channel has it"
            return reply(coordinator.exporter.export(rest, person, place))
        case "audit":
            deeds = coordinator.audit_of(person, place)
            return _listed(deeds) if deeds else reply("Nothing was asked for in this channel yet.")
        case known if known in _HELP:
            return reply(_USAGE)
        case _:
            return reply(f"I know no /incident {word[:20]}. {_USAGE}")


def _listed(deeds: tuple[str, ...]) -> dict[str, Any]:
    """One line a deed. People appear as Slack shows them: in a message that one person sees nobody else is notified."""
    lines = [{"type": "rich_text_section", "elements": _elements(deed)} for deed in deeds]
    head = f"The newest {len(deeds)} deeds of this channel:" if len(deeds) > 1 else "The only deed of this channel:"
    listed = {"type": "rich_text_list", "style": "bullet", "elements": lines}
    begin = {"type": "rich_text_section", "elements": [{"type": "text", "text": head}]}
    return {
        "text": html.escape("\n".join((head, *deeds)), quote=False),
        "blocks": [{"type": "rich_text", "elements": [begin, listed]}],
    }


def _elements(deed: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for number, part in enumerate(deed.split("`")):
        if number % 2:
            found.append({"type": "text", "text": part, "style": {"code": True}})
            continue
        before, team, user, after = (*_PERSON.split(part, maxsplit=1), "", "", "")[:4]
        found += [{"type": "text", "text": before}] if before else []
        found += [{"type": "user", "user_id": user}] if team else []
        found += [{"type": "text", "text": after}] if after else []
    return [element for element in found if element.get("text") != ""]

"""``/incident audit``: who asked for what in this channel, for whoever may check here; only they see it."""

import html
import re
from typing import Any

from slack_bolt import Ack, App

from bot.errors import InstrumentError, RequestError
from handlers.coordinator import Coordinator
from handlers.payloads import of_command
from handlers.replies import reply

AUDIT = "audit"
_PERSON = re.compile(r"(?<!\S)([TE][A-Z0-9]+)/([UW][A-Z0-9]+)(?!\S)")
_USAGE = "`/incident audit` shows the newest deeds of this channel: who asked for what, and which rule allowed it."


def register(app: App, coordinator: Coordinator) -> None:
    """Take the command; any other word is answered with what there is."""

    @app.command("/incident")
    def asked(ack: Ack, body: dict[str, Any]) -> None:
        word = (body.get("text") or "").strip().lower()
        try:
            person, place = of_command(body)
            if word != AUDIT:
                known = word in ("", "help", "?", "-h", "--help")
                shown = reply(_USAGE if known else f"I know no /incident {word[:20]}. {_USAGE}")
            elif deeds := coordinator.audit_of(person, place):
                shown = _listed(deeds)
            else:
                shown = reply("Nothing was asked for in this channel yet.")
        except (RequestError, InstrumentError) as refusal:
            shown = reply(str(refusal))
        ack(response_type="ephemeral", **shown)


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

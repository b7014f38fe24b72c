"""The form for a note as a modal. Pure."""

import json
from collections.abc import Sequence
from typing import Any

from bot.model.form import Choice, NoteForm
from bot.model.request import Person, Place
from handlers.form import View, plain

FORM = "note_form"
LONGEST = 3_000  # what a field of a form holds (docs.slack.dev, plain-text input element)
_OPTION = 75
_LABEL = 75


def note_form(form: NoteForm, place: Place, message: str | None, author: Person | None) -> View:
    """The form; ``message`` is the timestamp of the message that it is about, and ``author`` who wrote that."""
    kept = {
        "place": [place.channel, place.thread],
        "message": message,
        "author": [author.team, author.user] if author else None,
    }
    groups = [{"label": plain(room[:_LABEL]), "options": _options(choices)} for room, choices in form.rooms]
    stages = _options(form.stages)
    return {
        "type": "modal",
        "callback_id": FORM,
        "private_metadata": json.dumps(kept),
        "title": plain("Add a note"),
        "submit": plain("Note"),
        "close": plain("Cancel"),
        "blocks": [
            _input(
                "says",
                "What do you report?",
                {"type": "static_select", "option_groups": groups, "placeholder": plain("Nothing: free text")},
                "What you choose is weighed as evidence, as your report; free text alone is kept and not weighed.",
            ),
            _input("value", "More exactly", _line("crashed", None), "Where there are several; I say which."),
            _input("about", "Which machine is it about?", _line("10.0.0.5", form.fields.get("about")), "Empty: all."),
            _input(
                "stage",
                "How do you know?",
                {"type": "radio_buttons", "options": stages, "initial_option": stages[0]},
                "By what was plain alone nobody is accused.",
            ),
            _input(
                "domain",
                "By what does it separate them?",
                {"type": "static_select", "options": _options(form.domains), "placeholder": plain("Choose")},
                "Only where an attribute separates the affected from the others.",
            ),
            _input(
                "text",
                "In your words",
                {**_line("What you saw, and where", form.fields.get("text")), "multiline": True, "max_length": LONGEST},
                f"At most {LONGEST:,} characters. What `ip neigh` or `show ip arp` showed is read as a table.",
            ),
        ],
    }


def _options(choices: Sequence[Choice]) -> list[View]:
    return [{"value": one.name, "text": plain(_short(one.says))} for one in choices]


def _short(text: str) -> str:
    return text if len(text) <= _OPTION else f"{text[: _OPTION - 1]}…"


def _line(example: str, value: str | None) -> View:
    element: View = {"type": "plain_text_input", "placeholder": plain(example)}
    return {**element, "initial_value": value} if value else element


def _input(name: str, label: str, element: dict[str, Any], hint: str) -> View:
    return {
        "type": "input",
        "block_id": name,
        "optional": True,
        "label": plain(label),
        "element": {**element, "action_id": name},
        "hint": plain(hint),
    }

"""The form of a capture and its preview as modals, and what was entered. Pure."""

import json
from collections.abc import Mapping
from typing import Any

from bot.errors import RequestError
from bot.model import codec
from bot.model.form import CaptureForm, Preview
from bot.model.request import Place
from handlers import payloads
from handlers.replies import reply

FORM, START = "capture_form", "capture_start"

View = dict[str, Any]

OTHER_VERSION = "This form was opened by another version of me; please close it and open it again."

_BOXES = 10  # Slack shows at most ten check boxes; of more vantages the name is typed
_TRAFFIC = (("usual", "ARP and ICMP"), ("arp", "ARP only"), ("icmp", "ICMP only"), ("all", "Everything"))


def loading() -> View:
    """What stands there for the moment until the form is known; a trigger lives three seconds."""
    return _modal("Capture packets", [_words("One moment …")])


def refusal(sentence: str) -> View:
    """A sentence instead of the form."""
    return _modal("Capture packets", reply(sentence)["blocks"])


def capture_form(form: CaptureForm, place: Place) -> View:
    """The form; its submission shows the preview, and starts nothing."""
    filled = form.fields
    options = [_option(value, says) for value, says in _TRAFFIC]
    blocks = [
        _text("target", "Whose packets", filled, 80, "10.0.0.5, a VM name or a MAC", optional=False),
        _text("for", "Seconds", filled, 20, "60, or 2m"),
        _input("traffic", "Traffic", {"type": "static_select", "options": options, "initial_option": options[0]}),
        _vantages(form),
        _text("peer", "Only with this machine", filled, 40, "10.0.0.7"),
        _text("host", "Further machines", filled, 500, "10.0.0.8, 10.0.0.9"),
        _text("port", "Port, TCP and UDP", filled, 10, "443"),
        _text("vlan", "VLAN", filled, 10, "20"),
    ]
    return _modal("Capture packets", blocks, FORM, "Preview", {"place": [place.channel, place.thread]})


def preview_view(preview: Preview, fields: Mapping[str, str], place: Place) -> View:
    """What would happen; its submission starts it."""
    second = preview.second or "Nobody: it begins at once."
    lines = [
        ("Whose packets", preview.target),
        ("Where", preview.where),
        ("Filter", f"`{preview.filter}`"),
        ("How long", f"{preview.duration_s:g} s"),
        (
            "How much",
            f"At most {preview.most_bytes >> 20} MiB from each vantage, and less where its agent allows less; headers "
            "only.",
        ),
        ("Who has to agree", second),
        ("The same in words", f"`/capture {preview.words}`"),
    ]
    blocks = [block for title, said in lines for block in reply(f"{title}: {said}")["blocks"]]
    carried = {"place": [place.channel, place.thread], "fields": dict(fields)}
    return _modal("What would happen", blocks, START, "Ask for it" if preview.second else "Start", carried)


def entered(view: Mapping[str, Any]) -> dict[str, str]:
    """What stands in the submitted form, by field; of a preview, what stood in its form."""
    fields = kept(view).get("fields")
    if isinstance(fields, dict):
        return {str(name): str(said) for name, said in fields.items()}
    values = (view.get("state") or {}).get("values") or {}
    return {name: said for name, inputs in values.items() for element in inputs.values() if (said := _said(element))}


def place_of(view: Mapping[str, Any]) -> Place:
    """Where the form was opened."""
    match kept(view).get("place"):
        case [channel, thread]:
            return payloads.place(channel, thread)
    raise RequestError(OTHER_VERSION)


def kept(view: Mapping[str, Any]) -> dict[str, Any]:
    """What the form carried from its opening to its submission.

    Raises:
        RequestError: it is not what this version puts there: the form was open while the bot was replaced.
    """
    try:
        found = codec.loads(view.get("private_metadata") or "{}")
    except ValueError as error:
        raise RequestError(OTHER_VERSION) from error
    if not isinstance(found, dict):
        raise RequestError(OTHER_VERSION)
    return found


def beside(errors: Mapping[str, str], view: Mapping[str, Any]) -> dict[str, str]:
    """The errors by blocks that the view has; what has no field of its own stands beside the target."""
    there = {block["block_id"] for block in view["blocks"] if block["type"] == "input"}
    shown: dict[str, str] = {}
    for field, sentence in errors.items():
        name = field if field in there else "target"
        shown[name] = f"{shown[name]} {sentence}" if name in shown else sentence
    return {name: sentence.replace("`", "")[:1000] for name, sentence in shown.items()}


def _said(element: Mapping[str, Any]) -> str:
    if "selected_options" in element:
        return ",".join(option["value"] for option in element["selected_options"] or ())
    chosen = element.get("selected_option")
    said = chosen["value"] if chosen else element.get("value") or ""
    return "" if said == "usual" else str(said)


def _vantages(form: CaptureForm) -> View:
    if not form.vantages or len(form.vantages) > _BOXES:
        known = ", ".join(choice.name for choice in form.vantages) or "none is alive"
        return _text("at", "Where", form.fields, 300, f"prod-1, or a segment: {known}"[:140])
    options = [_option(choice.name, f"{choice.name} ({choice.says})") for choice in form.vantages]
    hint = "None chosen: every segment that has the machine."
    return _input("at", "Where", {"type": "checkboxes", "options": options}, hint)


def _text(
    name: str, label: str, filled: Mapping[str, str], longest: int, example: str, *, optional: bool = True
) -> View:
    element: View = {"type": "plain_text_input", "max_length": longest, "placeholder": plain(example)}
    if name in filled:
        element["initial_value"] = filled[name]
    return {**_input(name, label, element), "optional": optional}


def _input(name: str, label: str, element: View, hint: str | None = None) -> View:
    block = {
        "type": "input",
        "block_id": name,
        "optional": True,
        "label": plain(label),
        "element": {**element, "action_id": name},
    }
    return {**block, "hint": plain(hint)} if hint else block


def _option(value: str, says: str) -> View:
    return {"value": value[:150], "text": plain(says if len(says) <= 75 else f"{says[:74]}…")}


def plain(text: str) -> View:
    """Text in which nothing is markup."""
    return {"type": "plain_text", "text": text}


def _words(text: str) -> View:
    return {"type": "section", "text": plain(text)}


def _modal(
    title: str, blocks: list[View], callback: str = "", submit: str = "", carried: Mapping[str, Any] | None = None
) -> View:
    view: View = {"type": "modal", "title": plain(title), "close": plain("Close"), "blocks": blocks}
    if submit:
        view |= {"callback_id": callback, "submit": plain(submit), "private_metadata": json.dumps(carried)}
    return view

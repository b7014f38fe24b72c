"""What each Block Kit block and element must look like, as data.

A shape takes a value and its JSON pointer and yields what is wrong with it, in Slack's words.
Source: docs.slack.dev, Block Kit reference; slack_sdk 3.47 models for the blocks of 2026.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

Shape = Callable[[Any, str], Iterator[str]]


def string(most: int, least: int = 1) -> Shape:
    """A string of ``least`` to ``most`` characters."""

    def check(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield f"must be a string [json-pointer:{at}]"
        elif len(value) > most:
            yield f"must be less than {most + 1} characters [json-pointer:{at}]"
        elif len(value) < least:
            yield f"must be more than {least - 1} characters [json-pointer:{at}]"

    return check


def among(*values: str) -> Shape:
    """One of a few words."""

    def check(value: Any, at: str) -> Iterator[str]:
        if value not in values:
            yield f"must be one of: {', '.join(values)} [json-pointer:{at}]"

    return check


def of_type(*kinds: type) -> Shape:
    """A JSON value of one of these Python types."""

    def check(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, kinds):
            yield f"must be of type {' or '.join(kind.__name__ for kind in kinds)} [json-pointer:{at}]"

    return check


def listed(item: Shape, most: int, least: int = 1) -> Shape:
    """An array of ``least`` to ``most`` items."""

    def check(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield f"must be an array [json-pointer:{at}]"
            return
        if len(value) > most:
            yield f"no more than {most} items allowed [json-pointer:{at}]"
        if len(value) < least:
            yield f"no fewer than {least} items allowed [json-pointer:{at}]"
        for index, each in enumerate(value):
            yield from item(each, f"{at}/{index}")

    return check


def thing(required: Mapping[str, Shape], optional: Mapping[str, Shape]) -> Shape:
    """An object with these fields and no others."""
    known = {"type": of_type(str), **required, **optional}

    def check(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"must be an object [json-pointer:{at}]"
            return
        yield from (f"missing required field: {name} [json-pointer:{at}]" for name in required if name not in value)
        for name, part in value.items():
            if name not in known:
                yield f"invalid additional property: {name} [json-pointer:{at}]"
            else:
                yield from known[name](part, f"{at}/{name}")

    return check


def one_of(table: Mapping[str, Shape]) -> Shape:
    """An object whose ``type`` chooses its shape."""

    def check(value: Any, at: str) -> Iterator[str]:
        kind = value.get("type") if isinstance(value, dict) else None
        if kind is None:
            yield f"missing required field: type [json-pointer:{at}]"
        elif kind not in table:
            yield f"unsupported type: {kind} [json-pointer:{at}/type]"
        else:
            yield from table[kind](value, at)

    return check


def text(most: int, *kinds: str) -> Shape:
    """A text object of one of these kinds (both when none is named); the text may not be empty."""
    table = {
        "plain_text": thing({"text": string(most)}, {"emoji": _BOOLEAN}),
        "mrkdwn": thing({"text": string(most)}, {"verbatim": _BOOLEAN}),
    }
    return one_of({kind: table[kind] for kind in kinds or table})


_BOOLEAN, _NUMBER, _OBJECT = of_type(bool), of_type(int, float), of_type(dict)
_PLAIN = "plain_text"
_ID = string(255)
_CONFIRM = thing(
    {"title": text(100, _PLAIN), "text": text(300), "confirm": text(30, _PLAIN), "deny": text(30, _PLAIN)},
    {"style": among("primary", "danger")},
)
_OPTION = thing({"text": text(75), "value": string(150)}, {"description": text(75, _PLAIN), "url": string(3000)})
_OPTIONS = listed(_OPTION, 100)
_GROUP = thing({"label": text(75, _PLAIN), "options": _OPTIONS}, {})
_ACTING = {"action_id": _ID, "confirm": _CONFIRM, "focus_on_load": _BOOLEAN}
_PICKING = {**_ACTING, "placeholder": text(150, _PLAIN)}
_IMAGE = {"image_url": string(3000), "slack_file": _OBJECT}
_TYPING = {
    "action_id": _ID,
    "placeholder": text(150, _PLAIN),
    "focus_on_load": _BOOLEAN,
    "dispatch_action_config": _OBJECT,
}

_STYLE = {"style": _OBJECT}
RICH_PIECE = one_of(
    {
        "text": thing({"text": string(12000)}, _STYLE),
        "link": thing({"url": string(3000)}, {"text": string(3000), "unsafe": _BOOLEAN, **_STYLE}),
        "emoji": thing({"name": string(255)}, {"unicode": string(255), "skin_tone": _NUMBER, **_STYLE}),
        "user": thing({"user_id": _ID}, _STYLE),
        "usergroup": thing({"usergroup_id": _ID}, _STYLE),
        "channel": thing({"channel_id": _ID}, _STYLE),
        "broadcast": thing({"range": among("here", "channel", "everyone")}, _STYLE),
        "date": thing(
            {"timestamp": _NUMBER, "format": string(255)}, {"url": string(3000), "fallback": string(255), **_STYLE}
        ),
        "color": thing({"value": string(255)}, _STYLE),
    }
)
_PIECES = listed(RICH_PIECE, 1000, 0)
_SECTION = thing({"elements": _PIECES}, {})
_BORDERED = thing({"elements": _PIECES}, {"border": _NUMBER, "language": string(255)})
_LIST = thing(
    {"elements": listed(one_of({"rich_text_section": _SECTION}), 1000), "style": among("bullet", "ordered")},
    {"indent": _NUMBER, "offset": _NUMBER, "border": _NUMBER},
)
_RICH_PARTS = {
    "rich_text_section": _SECTION,
    "rich_text_preformatted": _BORDERED,
    "rich_text_quote": _BORDERED,
    "rich_text_list": _LIST,
}
_RICH_TEXT = thing({"elements": listed(one_of(_RICH_PARTS), 1000)}, {"block_id": _ID})
_RICH = one_of({"rich_text": _RICH_TEXT})

BUTTON = thing(
    {"text": text(75, _PLAIN)},
    {**_ACTING, "value": string(2000), "url": string(3000), "style": among("primary", "danger"),
     "accessibility_label": string(75)},
)  # fmt: skip
OVERFLOW = thing({"options": listed(_OPTION, 5)}, _ACTING)
SELECT = thing({}, {**_PICKING, "options": _OPTIONS, "option_groups": listed(_GROUP, 100), "initial_option": _OPTION})
CHOICE = thing({"options": listed(_OPTION, 10)}, {**_ACTING, "initial_option": _OPTION, "initial_options": _OPTIONS})
IMAGE_ELEMENT = thing({"alt_text": string(2000)}, _IMAGE)
INTERACTIVE: Mapping[str, Shape] = {
    "button": BUTTON, "overflow": OVERFLOW, "static_select": SELECT, "checkboxes": CHOICE, "radio_buttons": CHOICE,
}  # fmt: skip
_INPUTS: Mapping[str, Shape] = {
    "plain_text_input": thing(
        {},
        {**_TYPING, "initial_value": string(3000), "multiline": _BOOLEAN, "min_length": _NUMBER, "max_length": _NUMBER},
    ),
    "number_input": thing(
        {"is_decimal_allowed": _BOOLEAN},
        {**_TYPING, "initial_value": string(255), "min_value": string(255), "max_value": string(255)},
    ),
    "static_select": SELECT, "checkboxes": CHOICE, "radio_buttons": CHOICE,
}  # fmt: skip

_CELL = one_of({
    "raw_text": thing({"text": string(3000)}, {}),
    "raw_number": thing({"value": _NUMBER}, {"text": string(3000)}),
    "rich_text": _RICH_TEXT,
})  # fmt: skip
_COLUMN = thing({}, {"align": among("left", "center", "right"), "is_wrapped": _BOOLEAN})
_NAMED = {"block_id": _ID}
_TASK = thing(
    {"task_id": string(255), "title": string(3000), "status": among("pending", "in_progress", "complete", "error")},
    {**_NAMED, "details": _RICH, "output": _RICH, "sources": listed(_OBJECT, 100, 0)},
)

BLOCKS: Mapping[str, Shape] = {
    "section": thing(
        {},
        {**_NAMED, "text": text(3000), "fields": listed(text(2000), 10), "expand": _BOOLEAN,
         "accessory": one_of({**INTERACTIVE, "image": IMAGE_ELEMENT})},
    ),
    "divider": thing({}, _NAMED),
    "header": thing({"text": text(150, _PLAIN)}, {**_NAMED, "level": _NUMBER}),
    "context": thing(
        {"elements": listed(one_of({"image": IMAGE_ELEMENT, _PLAIN: text(3000), "mrkdwn": text(3000)}), 10)}, _NAMED
    ),
    "actions": thing({"elements": listed(one_of(INTERACTIVE), 25)}, _NAMED),
    "image": thing({"alt_text": string(2000)}, {**_NAMED, **_IMAGE, "title": text(2000, _PLAIN)}),
    "input": thing(
        {"label": text(2000, _PLAIN), "element": one_of(_INPUTS)},
        {**_NAMED, "hint": text(2000, _PLAIN), "optional": _BOOLEAN, "dispatch_action": _BOOLEAN},
    ),
    "rich_text": _RICH_TEXT,
    "markdown": thing({"text": string(12000)}, _NAMED),
    "table": thing({"rows": listed(listed(_CELL, 20), 100)}, {**_NAMED, "column_settings": listed(_COLUMN, 20, 0)}),
    "alert": thing({"text": text(3000)}, {**_NAMED, "level": among("default", "info", "warning", "error", "success")}),
    "task_card": _TASK,
    "plan": thing({"title": string(3000)}, {**_NAMED, "tasks": listed(one_of({"task_card": _TASK}), 50, 0)}),
}  # fmt: skip
"""Every block type that the stand-in knows; any other is refused, as Slack refuses what it does not know."""

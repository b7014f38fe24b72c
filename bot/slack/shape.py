"""Whether a delivery has the shape that Slack documents, as far as anything of ours reads it. Pure.

A field that is not there is the reader's affair; one of another type than documented would travel far into the house
before it breaks something.
"""

from collections.abc import Iterator, Mapping
from typing import Any

_TEXTS: Mapping[str, tuple[str, ...]] = {
    "": ("type", "command", "text", "team_id", "user_id", "channel_id", "trigger_id", "event_id", "callback_id"),
    "event": ("type", "text", "user", "channel", "ts", "thread_ts", "team", "bot_id", "tab", "file_id", "channel_id",
              "user_id"),
    "user": ("id", "team_id"),
    "team": ("id",),
    "channel": ("id",),
    "message": ("ts", "thread_ts", "text", "user", "team", "bot_id"),
    "view": ("id", "callback_id", "private_metadata"),
}  # fmt: skip
"""Part of a delivery -> those of its fields that are texts (docs.slack.dev, interaction and event payloads)."""
_FILE = ("id", "name")
_ACTION = ("action_id", "block_id", "value")


def misfit(body: Mapping[str, Any]) -> str | None:
    """The first field that is of another type than documented; None: what is there is as it should be."""
    return next(_misfits(body), None)


def _misfits(body: Mapping[str, Any]) -> Iterator[str]:
    for name, texts in _TEXTS.items():
        part = body if not name else body.get(name)
        if part is None:
            continue
        if not isinstance(part, Mapping):
            yield name
            continue
        yield from _no_texts(part, texts, name)
    for name in ("event", "message"):
        part = body.get(name)
        if isinstance(part, Mapping):
            yield from _no_list(part, "files", _FILE)
    yield from _no_list(body, "actions", _ACTION)


def _no_texts(part: Mapping[str, Any], names: tuple[str, ...], where: str) -> Iterator[str]:
    yield from (f"{where}.{name}".lstrip(".") for name in names if not isinstance(part.get(name), str | None))


def _no_list(part: Mapping[str, Any], name: str, texts: tuple[str, ...]) -> Iterator[str]:
    rows = part.get(name)
    if rows is None:
        return
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        yield name
        return
    for row in rows:
        yield from _no_texts(row, texts, name)

"""Whether Slack would take these blocks, with the messages that it would send back."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from deploy.demo.slack.block_shapes import BLOCKS, listed, one_of, string, text, thing

SUM_CHARACTERS = 13_200
"""All text of a message's blocks together; beyond it Slack answers ``msg_blocks_too_long`` (bolt-js issue 2509)."""
TABLE_CHARACTERS = 10_000
MOST_BLOCKS = {"message": 50, "modal": 100, "home": 100}


@dataclass(frozen=True, slots=True)
class BlocksError:
    """The error code of the answer and its detailed messages."""

    error: str
    messages: tuple[str, ...] = ()


def check_blocks(blocks: Any, surface: str = "message") -> BlocksError | None:
    """What Slack would refuse these blocks with, or None when it would take them."""
    if not isinstance(blocks, list):
        return BlocksError("invalid_blocks_format")
    wrong = [*listed(one_of(BLOCKS), MOST_BLOCKS[surface], 0)(blocks, "/blocks")]
    if not wrong:
        wrong = [*_across(blocks, surface)]
    if wrong:
        return BlocksError("invalid_blocks", tuple(f"[ERROR] {message}" for message in wrong))
    tables = [block for block in blocks if block["type"] == "table"]
    if len(tables) > 1:
        return BlocksError("invalid_blocks", ("[ERROR] only_one_table_allowed",))
    if characters(tables) > TABLE_CHARACTERS or characters(blocks) > SUM_CHARACTERS:
        return BlocksError("msg_blocks_too_long")
    return None


def check_view(view: Any) -> BlocksError | None:
    """What Slack would refuse this modal or home view with, or None when it would take it."""
    if not isinstance(view, dict) or view.get("type") not in ("modal", "home"):
        return BlocksError("invalid_arguments", ("[ERROR] view must be a modal or a home [json-pointer:/view/type]",))
    surface = view["type"]
    known = {name: _anything for name in view if name not in ("title", "submit", "close", "private_metadata")}
    short = text(24, "plain_text")
    optional = {
        **known,
        "submit": short,
        "close": short,
        "private_metadata": string(3000, 0),
        "callback_id": string(255),
    }
    required = {"title": short} if surface == "modal" else {"blocks": _anything}
    wrong = [*thing(required, {**optional, "title": short})(view, "/view")]
    blocks = view.get("blocks")
    has_input = isinstance(blocks, list) and any(isinstance(b, dict) and b.get("type") == "input" for b in blocks)
    if surface == "modal" and has_input and not view.get("submit"):
        wrong.append("missing required field: submit [json-pointer:/view]")
    refused = check_blocks(blocks, surface)
    messages = [f"[ERROR] {message}" for message in wrong] + [*(refused.messages if refused else ())]
    if refused and not refused.messages:
        messages.append(f"[ERROR] {refused.error} [json-pointer:/view/blocks]")
    return BlocksError("invalid_arguments", tuple(messages)) if messages else None


def characters(value: Any) -> int:
    """How many characters of text lie in blocks, at any depth."""
    if isinstance(value, list):
        return sum(map(characters, value))
    if isinstance(value, dict):
        return sum(
            len(part) if isinstance(part, str) and name in ("text", "alt_text", "title") else characters(part)
            for name, part in value.items()
        )
    return 0


def _across(blocks: list[dict[str, Any]], surface: str) -> Iterator[str]:
    seen: set[str] = set()
    for index, block in enumerate(blocks):
        at = f"/blocks/{index}"
        kind, block_id = block["type"], block.get("block_id")
        if block_id in seen:
            yield f"block_id is already in use: {block_id} [json-pointer:{at}/block_id]"
        seen.update([block_id] if block_id else [])
        if kind == "section" and not ("text" in block or "fields" in block):
            yield f"must define either text or fields [json-pointer:{at}]"
        if kind == "input" and surface == "home":
            yield f"unsupported type: input [json-pointer:{at}/type]"
        if kind == "image" and ("image_url" in block) == ("slack_file" in block):
            yield f"must define either image_url or slack_file [json-pointer:{at}]"
        actions = [element["action_id"] for element in block.get("elements", ()) if "action_id" in element]
        if kind == "actions" and len(actions) != len(set(actions)):
            yield f"action_id must be unique within a block [json-pointer:{at}/elements]"


def _anything(_value: Any, _at: str) -> Iterator[str]:
    return iter(())

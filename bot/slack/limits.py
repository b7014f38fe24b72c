"""What Slack takes in one message, checked before it is sent.

The models of slack_sdk check single texts; they let 51 blocks, a field of 2001 characters and a table of 101 rows
pass, and nothing there knows that all blocks together may hold about 13,200 characters (bolt-js issue 2509).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

BLOCKS = 50
CHARACTERS = 12_000
_TEXT = {"header": 150, "section": 3000, "markdown": 12_000}
_LISTS = {"fields": 10, "rows": 100}
_ELEMENTS = {"context": 10, "actions": 25}
_STRINGS = {"block_id": 255, "action_id": 255, "value": 2000, "url": 3000}
_FIELD = 2000
_BUTTON = 75
_CELLS = 20


def check_message(blocks: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Every reason why Slack would refuse these blocks; empty when it takes them."""
    return tuple(_complaints(blocks))


def characters(node: Any) -> int:
    """How many characters of text stand in a block, a message or any part of one."""
    if isinstance(node, Mapping):
        return sum(len(v) if k == "text" and isinstance(v, str) else characters(v) for k, v in node.items())
    return sum(map(characters, node)) if isinstance(node, list | tuple) else 0


def _complaints(blocks: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield from _over("blocks", len(blocks), BLOCKS)
    yield from _over("characters in all blocks", characters(blocks), CHARACTERS)
    yield from _over("tables", sum(block["type"] == "table" for block in blocks), 1)
    for number, block in enumerate(blocks):
        for complaint in _block(block):
            yield f"block {number} ({block['type']}): {complaint}"


def _block(block: Mapping[str, Any]) -> Iterator[str]:
    kind = block["type"]
    if kind in _TEXT:
        yield from _over("characters", characters(block.get("text", {})) or len(_string(block)), _TEXT[kind])
        if "text" in block and not (characters(block["text"]) or _string(block)):
            yield "an empty text"
    for name, limit in _LISTS.items():
        yield from _over(name, len(block.get(name, ())), limit)
    for field in block.get("fields", ()):
        yield from _over("characters in a field", characters(field), _FIELD)
    for row in block.get("rows", ()):
        yield from _over("cells in a row", len(row), _CELLS)
    elements = block.get("elements", ())
    if kind in _ELEMENTS:
        yield from _over("elements", len(elements), _ELEMENTS[kind])
    for part in (block, *(element for element in elements if isinstance(element, Mapping))):
        for name, limit in _STRINGS.items():
            yield from _over(f"characters in {name}", len(part.get(name, "")), limit)
        if part["type"] == "button":
            yield from _over("characters on a button", characters(part), _BUTTON)


def _string(block: Mapping[str, Any]) -> str:
    text = block.get("text", "")
    return text if isinstance(text, str) else ""


def _over(what: str, count: int, limit: int) -> Iterator[str]:
    if count > limit:
        yield f"{count:,} {what}, {limit:,} allowed"

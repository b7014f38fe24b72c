"""A message as readable text in a terminal."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from deploy.demo.slack.mrkdwn import plain, with_emoji

Json = dict[str, Any]

EMOJI: Mapping[str, str] = json.loads((Path(__file__).parent / "static/emoji.json").read_text(encoding="utf-8"))
_STATUS = {"pending": "[ ]", "in_progress": "[…]", "complete": "[✓]", "error": "[✗]"}
_LEVEL = {"warning": "! ", "error": "!! ", "success": "✓ "}


def render_text(message: Json, names: Mapping[str, str] | None = None, width: int = 100) -> str:
    """The message's blocks, or its text where it has none, as lines of text without any terminal codes.

    ``names`` gives user and channel ids their names. Lines are not wrapped; ``width`` is that of rules.
    """
    return "\n".join(_Reader(names or {}, width).lines(message)).strip("\n")


class _Reader:
    def __init__(self, names: Mapping[str, str], width: int) -> None:
        self.names = names
        self.width = width

    def lines(self, message: Json) -> Iterator[str]:
        for block in message.get("blocks") or ():
            yield from getattr(self, f"_{block['type']}", self._unknown)(block)
        if not message.get("blocks"):
            yield self._mrkdwn(message.get("text", ""))
        for file in message.get("files") or ():
            yield f"[file: {file.get('title') or file.get('name')}, {file.get('size', 0)} bytes]"

    def _mrkdwn(self, text: str) -> str:
        return plain(text, self.names, EMOJI)

    def _text(self, item: Json) -> str:
        if item["type"] == "image":
            return f"[{item.get('alt_text', 'image')}]"
        return self._mrkdwn(item["text"]) if item["type"] == "mrkdwn" else with_emoji(item["text"], EMOJI)

    def _header(self, block: Json) -> Iterator[str]:
        title = self._text(block["text"])
        yield from ("", title, "=" * min(len(title), self.width))

    def _divider(self, _block: Json) -> Iterator[str]:
        yield "-" * self.width

    def _section(self, block: Json) -> Iterator[str]:
        yield ""
        if "text" in block:
            yield self._text(block["text"])
        for field in block.get("fields", ()):
            yield "  " + self._text(field).replace("\n", ": ", 1).replace("\n", "\n  ")
        if "accessory" in block:
            yield self._element(block["accessory"])

    def _context(self, block: Json) -> Iterator[str]:
        yield "  " + " · ".join(self._text(element) for element in block["elements"])

    def _actions(self, block: Json) -> Iterator[str]:
        yield from ("", "  ".join(self._element(element) for element in block["elements"]))

    def _element(self, element: Json) -> str:
        kind = element["type"]
        if kind == "button":
            return f"[ {self._text(element['text'])} ]"
        if kind == "image":
            return self._text(element)
        options = " | ".join(self._text(option["text"]) for option in element.get("options", ()))
        return f"[ … {options} ]" if kind == "overflow" else f"[ choose: {options} ]"

    def _image(self, block: Json) -> Iterator[str]:
        yield f"[image: {block.get('alt_text', '')}]"

    def _markdown(self, block: Json) -> Iterator[str]:
        yield from ("", block["text"].replace("**", ""))

    def _alert(self, block: Json) -> Iterator[str]:
        yield from ("", _LEVEL.get(block.get("level", ""), "") + self._text(block["text"]))

    def _plan(self, block: Json) -> Iterator[str]:
        yield from ("", block["title"])
        for task in block.get("tasks", ()):
            yield from ("  " + line for line in self._task_card(task))

    def _task_card(self, block: Json) -> Iterator[str]:
        yield f"{_STATUS[block['status']]} {block['title']}"
        for part in ("details", "output"):
            for line in self._rich_text(block.get(part) or {"elements": ()}):
                yield f"    {line}"

    def _table(self, block: Json) -> Iterator[str]:
        rows = [[self._cell(cell) for cell in row] for row in block["rows"]]
        columns = max(map(len, rows))
        widths = [max((len(row[at]) for row in rows if at < len(row)), default=0) for at in range(columns)]
        yield ""
        for number, row in enumerate(rows):
            yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)).rstrip()
            if number == 0:
                yield "  ".join("-" * width for width in widths)

    def _cell(self, cell: Json) -> str:
        if cell["type"] == "rich_text":
            return " ".join(self._rich_text(cell))
        return str(cell.get("text", cell.get("value", "")))

    def _rich_text(self, block: Json) -> Iterator[str]:
        for part in block["elements"]:
            if part["type"] == "rich_text_list":
                ordered = part["style"] == "ordered"
                for number, item in enumerate(part["elements"], 1 + part.get("offset", 0)):
                    mark = f"{number}." if ordered else "-"
                    yield f"{'  ' * part.get('indent', 0)}{mark} {self._pieces(item['elements'])}"
            else:
                mark = {"rich_text_preformatted": "    ", "rich_text_quote": "> "}.get(part["type"], "")
                yield from (mark + line for line in self._pieces(part["elements"]).split("\n"))

    def _pieces(self, pieces: list[Json]) -> str:
        return "".join(map(self._piece, pieces))

    def _piece(self, piece: Json) -> str:
        match piece["type"]:
            case "text":
                return str(piece["text"])
            case "link":
                return f"{piece['text']} ({piece['url']})" if piece.get("text") else str(piece["url"])
            case "emoji":
                return EMOJI.get(piece["name"], f":{piece['name']}:")
            case "user":
                return "@" + self.names.get(piece["user_id"], piece["user_id"])
            case "channel":
                return "#" + self.names.get(piece["channel_id"], piece["channel_id"])
            case "broadcast":
                return f"@{piece['range']}"
            case "date":
                return str(piece.get("fallback", piece["timestamp"]))
            case _:
                return ""

    def _unknown(self, block: Json) -> Iterator[str]:
        yield f"[{block['type']}]"

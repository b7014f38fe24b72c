"""Slack's message text: how typed text is stored, and how stored text reads."""

import html
import re
from collections.abc import Callable, Mapping

# A bare domain in a message becomes a link; an address such as 10.0.0.5 does not.
_TYPED_LINK = re.compile(
    r"\bhttps?://[^\s<>|]+|\b(?:[a-z0-9-]+\.)+(?:com|net|org|io|dev|de|eu)\b(?![-\w]|\.\w)", re.IGNORECASE
)
_TYPED_NAME = re.compile(r"(?<![\w.])([@#])([\w.-]*\w)")
_STORED = re.compile(r"<([@#!]?)([^<>|]+)(?:\|([^<>]*))?>")
_CODE = re.compile(r"(```.*?```|`[^`\n]+`)", re.DOTALL)
_SHORT_NAME = re.compile(r":([a-z0-9_+'-]+)(?=:)")


def escape(text: str) -> str:
    """The text with the three control characters replaced; what is already replaced stays."""
    text = re.sub(r"&(?!(?:amp|lt|gt);)", "&amp;", text)
    return text.replace("<", "&lt;").replace(">", "&gt;")


def normalised(text: str) -> str:
    """The text of an API call as Slack stores it: a lone ampersand is escaped, links and mentions are kept."""
    return re.sub(r"&(?!(?:amp|lt|gt);)", "&amp;", text)


def typed(text: str, name_to_id: Callable[[str, str], str | None]) -> str:
    """What a person typed, as stored: escaped, names and bare domains turned into references outside code.

    ``name_to_id`` gets ``@`` or ``#`` and a name, and gives the id or None.
    """

    def reference(match: re.Match[str]) -> str:
        found = name_to_id(match[1], match[2])
        return f"<{match[1]}{found}>" if found else match[0]

    def link(match: re.Match[str]) -> str:
        shown = match[0]
        return f"<{shown}>" if "://" in shown else f"<http://{shown}|{shown}>"

    parts = _CODE.split(html.escape(text, quote=False))
    for index in range(0, len(parts), 2):
        parts[index] = _TYPED_NAME.sub(reference, _TYPED_LINK.sub(link, parts[index]))
    return "".join(parts)


def mentioned(text: str, user: str) -> bool:
    """Whether the stored text mentions this user, outside code."""
    return any(f"<@{user}" in part for part in _CODE.split(text)[::2])


def plain(text: str, names: Mapping[str, str], emoji: Mapping[str, str]) -> str:
    """The stored text as a terminal shows it: references by name, marks of bold, italic and code gone."""
    parts = _CODE.split(text)
    for index, part in enumerate(parts):
        parts[index] = _unmarked(part, names, emoji) if index % 2 == 0 else html.unescape(part.strip("`").strip("\n"))
    return "".join(parts)


def with_emoji(text: str, emoji: Mapping[str, str]) -> str:
    """The text with the known ``:short_names:`` replaced, also where nobody meant one: inside a MAC address."""
    out, at = "", 0
    while match := _SHORT_NAME.search(text, at):
        known = emoji.get(match[1])
        out += text[at : match.start()] + (known or match[0])
        at = match.end() + 1 if known else match.end()
    return out + text[at:]


def _unmarked(text: str, names: Mapping[str, str], emoji: Mapping[str, str]) -> str:
    def shown(match: re.Match[str]) -> str:
        sign, target, label = match.groups()
        if sign in ("@", "#"):
            return sign + (names.get(target) or label or target)
        if sign == "!":
            return label or f"@{target.split('^')[0]}"
        return f"{label} ({target})" if label and label not in target else target

    text = with_emoji(text, emoji)
    text = re.sub(r"(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])", r"\1", text)
    text = re.sub(r"(?<![\w_])_(?=\S)([^_\n]+?)(?<=\S)_(?![\w_])", r"\1", text)
    return html.unescape(_STORED.sub(shown, text))

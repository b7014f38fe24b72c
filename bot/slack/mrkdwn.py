"""Foreign text as Slack's mark-up: it can neither call a channel, nor become an emoji, nor grow beyond a limit."""

import html
import re

_SPAN = re.compile(r"`([^`]+)`?")
# Two colons in one word can be an emoji: 00:50:56:de:ad:be would show a flag, 12:00:05 lose its middle.
_EDGE = r"\s()\[\]{}<>,;\"'`"
_TOLD = re.compile(r"\b(pasted|noted) by ([UW][A-Z0-9]{2,20})\b")
_COLONS = re.compile(rf"[^{_EDGE}]*:[^{_EDGE}]*:[^{_EDGE}]*(?<![.!?])")


def marked(text: str) -> str:
    """One line of text, escaped; what stood in backticks, and every word with two colons, in a code span."""
    out, at, line = [], 0, " ".join(text.split())
    for span in _SPAN.finditer(line):
        out += [_prose(line[at : span.start()]), code(span[1])]
        at = span.end()
    return "".join((*out, _prose(line[at:])))


def named(text: str) -> str:
    """``marked`` text in which who pasted or noted something is a person's name; an edit rings nobody."""
    return _TOLD.sub(r"\1 by <@\2>", text)


def code(text: str) -> str:
    """One line of text in a code span, whatever stands in it."""
    line = " ".join(text.replace("`", "").split())
    return f"`{html.escape(line, quote=False)}`"


def fitted(text: str, limit: int) -> str:
    """``marked`` in at most ``limit`` characters; when cut, it ends with how much is missing."""
    whole = marked(text)
    if len(whole) <= limit:
        return whole
    keep = limit
    while keep > 0:
        note = f" … ({len(text) - keep:,} characters cut)"
        piece = marked(text[:keep]) + note
        if len(piece) <= limit:
            return piece
        keep -= len(piece) - limit
    return f"… ({len(text):,} characters cut)"[:limit]


def fitted_lines(text: str, limit: int, longest: int = 2000) -> str:
    """``marked`` line by line, as many whole lines as fit; when cut, the last line says how many are missing."""
    lines = [fitted(line, min(limit, longest)) for line in text.splitlines()]
    kept: list[str] = []
    for line in lines:
        note = f"… ({len(lines) - len(kept)} more lines cut)"
        if sum(map(len, kept)) + len(kept) + len(line) + 1 + len(note) > limit:
            return "\n".join((*kept, note))
        kept.append(line)
    return "\n".join(kept)


def plain(text: str, limit: int) -> str:
    """One line for a ``plain_text`` element, without anything that would become an emoji."""
    line = " ".join(text.split())
    line = _COLONS.sub(lambda word: word[0].replace(":", "-"), line)
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def _prose(text: str) -> str:
    out, at, text = [], 0, text.replace("`", "")
    for word in _COLONS.finditer(text):
        out += [html.escape(text[at : word.start()], quote=False), code(word[0])]
        at = word.end()
    return "".join((*out, html.escape(text[at:], quote=False)))

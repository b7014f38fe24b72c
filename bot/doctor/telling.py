"""The lines for people and for programs; no secret of the settings stands in either."""

import re
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from bot import log
from bot.doctor.line import Line, Standing
from bot.doctor.running import Looked

_SHORTEST = 6
"""A shorter part of a secret is a word that stands in many sentences."""


class Hider:
    """Takes these secrets, and every part of them that is one by itself, out of texts.

    Of an address the password is secret: the rest says what was wrong with it.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        parts = {part for secret in secrets for part in _parts(secret)}
        self._parts = sorted((part for part in parts if len(part) >= _SHORTEST), key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """The text without them."""
        for part in self._parts:
            text = text.replace(part, "[redacted]")
        return log.redact(text)


def _parts(secret: str) -> tuple[str, ...]:
    if "://" in secret:
        parts = urlsplit(secret)
        asked = [given for name, given in parse_qsl(parts.query) if "password" in name]
        return (*(() if parts.password is None else (parts.password, unquote(parts.password))), *asked)
    return secret, *(pair.rpartition("=")[2] for pair in re.split(r"[\s,]", secret))  # queue=key: a name is no secret


def status(looked: Sequence[Looked], *, strict: bool) -> int:
    """0: something was looked at, nothing is wrong, and no look broke; ``strict``: nor is anything unknown."""
    lines = [line for one in looked for line in one.lines]
    bad = {Standing.WRONG, Standing.UNKNOWN} if strict else {Standing.WRONG}
    fine = any(line.standing is Standing.OK for line in lines)
    return 0 if fine and not any(line.standing in bad or line.broke for line in lines) else 1


def as_text(looked: Sequence[Looked], hide: Hider) -> str:
    """A line each, the cure behind what is wrong; then how many of each there are."""
    told = "".join(f"{line.standing:<8}{hide(_sentence(line))}\n" for one in looked for line in one.lines)
    counted = _counted(looked)
    return f"{told}{counted['ok']} ok, {counted['wrong']} wrong, {counted['unknown']} unknown.\n"


def as_data(looked: Sequence[Looked], hide: Hider, *, strict: bool) -> dict[str, Any]:
    """The same for a program: ``status`` is the exit status."""
    lines = [
        {
            "about": one.check.about,
            "check": one.check.name,
            "standing": str(line.standing),
            "says": hide(line.says),
            "do": None if line.do is None else hide(line.do),
        }
        for one in looked
        for line in one.lines
    ]
    return {"status": status(looked, strict=strict), **_counted(looked), "lines": lines}


def _sentence(line: Line) -> str:
    flat = " ".join(line.says.split())
    return flat if line.do is None else f"{flat}. Do this: {line.do}"


def _counted(looked: Sequence[Looked]) -> dict[str, int]:
    standings = [line.standing for one in looked for line in one.lines]
    return {str(one): standings.count(one) for one in Standing}

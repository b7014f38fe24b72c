"""``/incident open "odd VMs lose packets" affected app01 app03 unaffected app02``: the words, read."""

import re
from dataclasses import dataclass

from bot.errors import RequestError

OPEN, SUMMARY, TIMELINE, CLOSE, REOPEN = "open", "summary", "timeline", "close", "reopen"
USAGE = (
    '`/incident open "odd VMs lose packets" affected app01 app03 unaffected app02`; then `summary`, `timeline`, '
    "`close`, `reopen` and `audit`."
)
_LONGEST = 300
_MOST = 64
_NAME = re.compile(r"[\w][\w.:\-]{0,63}")
_GROUPS = re.compile(r"(?<!\S)(affected|unaffected)(?!\S)", re.IGNORECASE)
_QUOTES = "\"'“”„«»"


@dataclass(frozen=True, slots=True)
class Opening:
    """What is wrong, and which machines are and are not affected, as somebody said it."""

    text: str
    affected: tuple[str, ...] = ()
    unaffected: tuple[str, ...] = ()


def opening(said: str) -> Opening:
    """The words after ``open``.

    Raises:
        RequestError: nothing says what is wrong, or a machine's name is none, or stands on both sides.
    """
    text, rest = _text(said.strip())
    if not text:
        raise RequestError(f"Say in a few words what is wrong: {USAGE}")
    if len(text) > _LONGEST:
        raise RequestError(f"That is {len(text)} characters; say what is wrong in {_LONGEST} at most.")
    groups: dict[str, list[str]] = {"affected": [], "unaffected": []}
    parts = _GROUPS.split(rest)
    if parts[0].strip():
        raise RequestError(f"I do not know what {parts[0].strip()[:40]} means after the text. {USAGE}")
    for word, names in zip(parts[1::2], parts[2::2], strict=True):
        groups[word.lower()] += _names(names, word.lower())
    affected, unaffected = (tuple(dict.fromkeys(names)) for names in groups.values())
    folded = {name.casefold() for name in unaffected}
    if both := [name for name in affected if name.casefold() in folded]:
        raise RequestError(f"{both[0]} stands among the affected and the unaffected; it can be only one of them.")
    return Opening(text, affected, unaffected)


def _text(said: str) -> tuple[str, str]:
    """What is wrong, in quotes or up to the first group of machines, and the rest."""
    if said[:1] in tuple(_QUOTES):
        end = next((place for place, letter in enumerate(said[1:], 1) if letter in _QUOTES), None)
        if end is not None:
            return said[1:end].strip(), said[end + 1 :]
    found = _GROUPS.search(said)
    text, rest = (said[: found.start()], said[found.start() :]) if found else (said, "")
    return text.strip().strip(_QUOTES).strip(), rest


def _names(said: str, group: str) -> list[str]:
    names = [name for name in re.split(r"[\s,;]+", said) if name]
    if not names:
        raise RequestError(f"Name the machines after {group}, for example `{group} app01 app03`.")
    if len(names) > _MOST:
        raise RequestError(f"{len(names)} machines are {group}; name at most {_MOST}, the rest behaves alike.")
    if wrong := [name for name in names if not _NAME.fullmatch(name)]:
        raise RequestError(f"{wrong[0][:40]} is neither a machine's name nor its address.")
    return names

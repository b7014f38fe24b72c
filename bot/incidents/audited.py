"""A deed of the audit as one line for people: when, who, what, by which rule."""

from collections.abc import Iterator

from bot.model.audit import Entry

_DIGEST_SHOWN = len("sha256:") + 12
_LONGEST = 200
_WORDED = {"approval_asked": "approval asked"}


def told(entry: Entry) -> str:
    """The line. What somebody typed stands in backticks, so that nothing in it becomes a mention, link or emoji."""
    return ", ".join((f"{_code(f'{entry.at:%Y-%m-%d %H:%M:%S}Z')} {_who(entry)} {_what(entry)}", *_details(entry)))


def _who(entry: Entry) -> str:
    if entry.person is not None:
        return f"{entry.person.team}/{entry.person.user}"
    return entry.agent or "ruleout"


def _what(entry: Entry) -> str:
    deed = _WORDED.get(entry.deed, str(entry.deed))
    said = entry.read_as or entry.said
    return f"{deed}: {_code(said)}" if said else deed


def _details(entry: Entry) -> Iterator[str]:
    if entry.agent and entry.person is not None:
        yield f"at {_code(entry.agent)}"
    if entry.incident:
        yield _code(entry.incident)
    if entry.size_bytes is not None:
        yield f"{entry.size_bytes} bytes"
    if entry.dropped is not None:
        yield f"{entry.dropped} frames dropped"
    if entry.digest:
        yield _code(entry.digest[:_DIGEST_SHOWN])
    if entry.rule:
        yield f"by: {_code(entry.rule)}"


def _code(text: str) -> str:
    plain = " ".join(text.replace("`", "'").split())
    return f"`{plain if len(plain) <= _LONGEST else f'{plain[:_LONGEST]}...'}`"

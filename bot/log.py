"""Structured logs: a constant event plus fields; ids, not objects; never tokens, never payload bytes.

No secret leaves by a log line, a traceback or a sentence, whoever wrote it: what looks like one is replaced, and so is
every value that this process was given as one. bot.__main__ writes all of standard error through ``Guarded``.
"""

import io
import logging
import re
import sys
import threading
from collections.abc import Callable, Mapping, MutableMapping
from contextlib import AbstractContextManager
from contextvars import copy_context
from typing import Any, TextIO, TypeVar, cast
from urllib.parse import quote, unquote

import structlog

T = TypeVar("T")

_MARK = "[redacted]"
_LOOKS_SECRET = re.compile(
    r"xox[abposr]-[\w-]+|xapp-[\w-]+|ruleout1\.[\w-]+|hooks\.slack\.com/\S+|(?<=://)[^/\s]+(?=@)"
)
_SHORTEST = 6
"""Characters of a value that is replaced wherever it stands: a shorter one would tear words apart that are none."""

_lock = threading.Lock()
_given: set[str] = set()
_known: re.Pattern[str] | None = None


def conceal(secret: str) -> None:
    """Never show this value in a log or a sentence of this process, nor as it stands in an address."""
    global _known
    forms = {form for one in (secret, unquote(secret)) for form in (one, *(_quoted(one, safe) for safe in ("/", "")))}
    with _lock:
        if new := {form for form in forms if len(form) >= _SHORTEST} - _given:
            _given.update(new)
            _known = re.compile("|".join(map(re.escape, sorted(_given, key=len, reverse=True))))


def _quoted(text: str, safe: str) -> str:
    # What was no UTF-8 in the environment stands in the text as half surrogate pairs, which quote() takes only so.
    return quote(text, safe=safe, errors="surrogatepass")


def forget() -> None:
    """Conceal nothing any more, as a process that was given no secret yet."""
    global _known
    with _lock:
        _given.clear()
        _known = None


def redact(text: str) -> str:
    """The text with tokens, invitations, webhook addresses and whatever was concealed replaced by a mark."""
    known = _known
    return _LOOKS_SECRET.sub(_MARK, text if known is None else known.sub(_MARK, text))


class Guarded(io.TextIOBase):
    """A stream that people read, through which no secret passes; each must be written in one piece."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def write(self, text: str) -> int:
        """Write it redacted."""
        self._out.write(redact(text))
        return len(text)

    def flush(self) -> None:
        """Hand on what is waiting."""
        self._out.flush()

    def isatty(self) -> bool:
        """Whether a person sits there."""
        return self._out.isatty()

    def fileno(self) -> int:
        """Of the stream behind it."""
        return self._out.fileno()


def _plain(value: Any) -> Any:
    """A field of a log line, redacted also inside of what it holds."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, Mapping):
        return {redact(str(name)): _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(one) for one in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return redact(str(value))


def _redacted(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {key: _plain(value) for key, value in event.items()}


def setup(level: str = "INFO", *, as_json: bool = False) -> None:
    """Send every log line to standard error, as JSON lines where a machine reads them."""
    out = sys.stderr if isinstance(sys.stderr, Guarded) else Guarded(sys.stderr)
    # Libraries' own lines from WARNING on, whatever our level is: slack_sdk shows whole payloads at DEBUG.
    logging.basicConfig(level=logging.WARNING, stream=out)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _redacted,
            structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(cast(TextIO, out)),
        cache_logger_on_first_use=False,  # a second set-up holds for whoever has logged before, too
    )


def get(name: str) -> structlog.typing.FilteringBoundLogger:
    """The logger of one module."""
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger(room=name)
    return logger


def about(**ids: str) -> AbstractContextManager[None]:
    """Every line that this thread logs inside the block carries these ids, whoever writes it."""
    return structlog.contextvars.bound_contextvars(**ids)


def carried(work: Callable[[], T]) -> Callable[[], T]:
    """The work with the ids of whoever hands it on: a new thread begins without any."""
    context = copy_context()
    return lambda: context.run(work)

"""Structured logs: a constant event plus fields; ids, not objects; never tokens, never payload bytes."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_SECRET = re.compile(r"xox[abposr]-[\w-]+|xapp-[\w-]+|ruleout1\.[\w-]+|hooks\.slack\.com/\S+|(?<=://)[^/@\s]+(?=@)")


def redact(text: str) -> str:
    """The text with Slack tokens, invitations, webhook addresses and passwords inside URLs replaced by a mark."""
    return _SECRET.sub("[redacted]", text)


def _redacted(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {key: redact(value) if isinstance(value, str) else value for key, value in event.items()}


def setup(level: str = "INFO", *, as_json: bool = False) -> None:
    """Send every log line to standard error, as JSON lines where a machine reads them."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
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
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def get(name: str) -> structlog.typing.FilteringBoundLogger:
    """The logger of one module."""
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger(room=name)
    return logger

"""A pasted table as an artifact's JSON: the text as it came, who pasted it, and what they said about it."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.errors import BundleError
from bot.model import codec
from bot.model.network import Role

MOST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Paste:
    """The output of a device's command line; what is None was not said, and is looked for in the text itself."""

    text: str
    reporter: str
    pasted_at: datetime
    device: str | None = None
    role: Role | None = None
    platform: str | None = None
    command: str | None = None


def write(paste: Paste) -> bytes:
    """The paste as the artifact's JSON.

    Raises:
        BundleError: it is larger than anybody's table.
    """
    if len(paste.text.encode(errors="replace")) > MOST_BYTES:
        raise BundleError(too_large(len(paste.text)))
    told: dict[str, Any] = {
        "text": paste.text,
        "device": paste.device,
        "role": paste.role,
        "platform": paste.platform,
        "command": paste.command,
        "reporter": paste.reporter,
        "pasted_at": paste.pasted_at.astimezone(UTC).isoformat(),
    }
    return json.dumps(told).encode()


def parse(data: bytes) -> Paste:
    """The paste that ``write`` made the bytes from.

    Raises:
        BundleError: they are no such JSON.
    """
    if len(data) > 7 * MOST_BYTES:  # JSON writes a control character as six
        raise BundleError(too_large(len(data)))
    try:
        told = codec.loads(data)
        pasted_at = datetime.fromisoformat(told["pasted_at"])
        role = told["role"]
        paste = Paste(
            text=_text(told, "text") or "",
            reporter=_text(told, "reporter") or "",
            pasted_at=pasted_at if pasted_at.tzinfo else pasted_at.replace(tzinfo=UTC),
            device=_text(told, "device"),
            role=None if role is None else Role(role),
            platform=_text(told, "platform"),
            command=_text(told, "command"),
        )
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
        raise BundleError(f"This is not a pasted table: {type(error).__name__} {error}.") from error
    if len(paste.text.encode(errors="replace")) > MOST_BYTES:
        raise BundleError(too_large(len(paste.text)))
    return paste


def too_large(size: int) -> str:
    """Why so much is not read, as a sentence."""
    return (
        f"That is {size:,} characters, and a pasted table may have {MOST_BYTES:,} bytes; filter it on the device, for "
        "example `show ip arp | include 10.0.0.5`."
    )


def _text(told: Any, name: str) -> str | None:
    value = told[name]
    if not (value is None or isinstance(value, str)):
        raise TypeError(f"{name} is {value!r:.40}")
    return value

"""What the worker is told about one UCS Manager."""

from dataclasses import dataclass, field
from pathlib import Path

from bot.agents.network.config import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class UcsSettings:
    """One UCS domain. ``ca_file`` holds the CA that its certificate is checked against; None: the system's store."""

    name: str
    host: str
    user: str
    password: str = field(repr=False)
    port: int = 443
    ca_file: Path | None = None
    timeout_s: float = 5.0


def manager(entry: Entry) -> UcsSettings:
    """One ``[[ucs]]`` of the network file.

    Raises:
        RequestError: something is missing, wrong or unknown.
    """
    settings = UcsSettings(
        name=entry.text("name"),
        host=entry.text("host"),
        user=entry.text("user"),
        password=entry.secret("password"),
        port=int(entry.number("port", 443, least=1, most=65535, whole=True)),
        ca_file=_certificate(entry),
        timeout_s=entry.number("timeout_s", 5.0, least=0.1, most=15),
    )
    entry.done()
    return settings


def _certificate(entry: Entry) -> Path | None:
    if not entry.has("ca"):
        return None
    path = Path(entry.text("ca_file"))
    try:
        path.read_bytes()
    except OSError as error:
        raise entry.wrong(f"ca_file names {path}, which cannot be read: {error.strerror}.") from error
    return path

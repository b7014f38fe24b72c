"""The address of the queue server, taken apart: of one server, or of the sentinels that know which one it is. Pure."""

from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit

from bot.errors import InstrumentError

SENTINEL = "+sentinel"
SENTINEL_PORT = 26379
_MADE_SO = "redis+sentinel://USER:PASSWORD@HOST:26379,HOST2:26379/NAME, with the primary's name in the sentinels"


@dataclass(frozen=True, slots=True)
class Sought:
    """Who is asked for the primary called ``name``, and as whom; ``bare`` is how that one is then connected to.

    ``bare`` is an address as of one server, whose host is left out.
    """

    sentinels: tuple[tuple[str, int], ...]
    name: str
    user: str | None
    password: str | None
    bare: str


def parts(url: str) -> SplitResult:
    """The address of one server, when it can be read.

    Raises:
        InstrumentError: a password with ``/``, ``?`` or ``#`` as it is would end up in the path or as a port.
    """
    try:
        found = urlsplit(url)
        _ = found.port
    except ValueError:
        found = None
    return _whole(found)


def sought(url: str) -> Sought | None:
    """The sentinels of the address; None: it is that of one server.

    Written ``redis+sentinel://user:password@host:port,host:port/name/database``, ``rediss+sentinel://`` for TLS to all
    of them. User and password are the servers'; those of the sentinels are ``sentinel_username`` and
    ``sentinel_password`` behind the question mark.

    Raises:
        InstrumentError: it is one of sentinels and cannot be read.
    """
    scheme = url.partition("://")[0].lower()
    if not scheme.endswith(SENTINEL):
        return None
    try:
        found = urlsplit(url)
    except ValueError:
        found = None
    found = _whole(found)
    login, at, hosts = found.netloc.rpartition("@")
    name, _, database = found.path.strip("/").partition("/")
    try:
        sentinels = tuple(_host(one) for one in hosts.split(","))
    except ValueError:
        sentinels = ()
    if not (sentinels and name) or (database and not database.isdigit()):
        raise InstrumentError(f"The address of the sentinels cannot be read: write {_MADE_SO}.")
    options = dict(parse_qsl(found.query))
    user, password = options.pop("sentinel_username", None), options.pop("sentinel_password", None)
    asked = f"?{urlencode(options)}" if options else ""
    bare = f"{scheme.removesuffix(SENTINEL)}://{login}{at}/{database or 0}{asked}"
    return Sought(sentinels, unquote(name), user, password, bare)


def place(url: str) -> str:
    """The address without user, password and options, as people may read it."""
    found = urlsplit(url)
    path = "" if "@" in found.path else found.path  # what follows a slash in a password
    if found.scheme.endswith(SENTINEL):
        return f"{found.scheme}://{found.netloc.rpartition('@')[2]}{path}"
    try:
        port = f":{found.port}" if found.port else ""
    except ValueError:
        port = ""
    return f"{found.scheme}://{found.hostname or ''}{port}{path}"


def _whole(found: SplitResult | None) -> SplitResult:
    if found is None or "@" in f"{found.path}{found.query}{found.fragment}" or found.fragment:
        raise InstrumentError(
            "The address of the queue server cannot be read: in its user and password write everything but letters and "
            "digits as % and two digits, such as %2F for a slash."
        )
    return found


def _host(text: str) -> tuple[str, int]:
    """Raises ValueError where there is no host, or no number behind it."""
    found = urlsplit(f"//{text}")
    if not found.hostname:
        raise ValueError(text)
    return found.hostname, found.port or SENTINEL_PORT

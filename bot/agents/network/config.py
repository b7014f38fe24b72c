"""The file that says which devices there are and how each is asked; read strictly, one clear sentence a mistake.

A secret may lie in a file of its own: ``community_file`` instead of ``community``. No sentence here shows a secret.
"""

import tomllib
from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

from bot import log
from bot.agents.network.settings import AUTH, PRIV, DeviceSettings, User
from bot.errors import RequestError
from bot.model.network import Device, Role

KINDS = {"device": "a router, switch or firewall that is asked over SNMP", "ucs": "a UCS Manager"}
"""The tables that the file may hold."""

_SHORTEST_PASSWORD = 8
"""RFC 3414 section 11.2."""


class Entry:
    """One table of the file; every key has to be taken before ``done``. ``where`` begins each sentence."""

    def __init__(self, where: str, table: Mapping[str, Any]) -> None:
        self.where = where
        self._left = dict(table)

    def wrong(self, says: str) -> RequestError:
        """A mistake in this table."""
        return RequestError(f"{self.where}: {says}")

    def has(self, key: str) -> bool:
        """Whether the key, or the file of a secret of that name, is given."""
        return key in self._left or f"{key}_file" in self._left

    def text(self, key: str, default: str | None = None) -> str:
        """A text that is not empty."""
        value = self._left.pop(key, default)
        if value is None:
            raise self.wrong(f"{key} is missing.")
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(f"{key} must be a text in quotes that is not empty.")
        return value

    def secret(self, key: str) -> str:
        """A text, or what the file of that name holds."""
        if key in self._left and f"{key}_file" in self._left:
            raise self.wrong(f"give {key} or {key}_file, not both.")
        if f"{key}_file" not in self._left:
            if key not in self._left:
                raise self.wrong(f"{key} or {key}_file is missing.")
            return _concealed(self.text(key))
        path = self.text(f"{key}_file")
        try:
            value = Path(path).read_text().strip()
        except (
            OSError,
            ValueError,
        ) as error:  # ValueError: a path with a null character, or what lies there is no text
            reason = error.strerror if isinstance(error, OSError) else "it is no text"
            raise self.wrong(f"{key}_file names {path}, which cannot be read: {reason}.") from error
        if not value:
            raise self.wrong(f"{key}_file names {path}, which is empty.")
        return _concealed(value)

    def number(self, key: str, default: float, *, least: float, most: float, whole: bool = False) -> float:
        """A number within its bounds."""
        value = self._left.pop(key, default)
        kinds = (int,) if whole else (int, float)
        if isinstance(value, bool) or not isinstance(value, kinds) or not least <= value <= most:
            raise self.wrong(f"{key} must be a {'whole ' if whole else ''}number from {least:g} to {most:g}.")
        return value

    def choice(self, key: str, words: Sequence[str], default: str | None = None) -> str:
        """One of these words."""
        value = self.text(key, default)
        if value not in words:
            raise self.wrong(f"{key} must be one of {', '.join(words)}, which {value!r} is not.")
        return value

    def networks(self, key: str) -> tuple[IPv4Network, ...]:
        """A list of networks; not given: none."""
        value = self._left.pop(key, [])
        try:
            if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
                raise ValueError(value)
            return tuple(map(IPv4Network, value))
        except ValueError:
            raise self.wrong(f'{key} must be a list of networks such as ["10.0.0.0/24"].') from None

    def numbers(self, key: str, *, least: int, most: int) -> tuple[int, ...]:
        """A list of whole numbers; not given: none."""
        value = self._left.pop(key, [])
        if not isinstance(value, list) or not all(type(one) is int and least <= one <= most for one in value):
            raise self.wrong(f"{key} must be a list of whole numbers from {least} to {most}.")
        return tuple(value)

    def done(self) -> None:
        """Every key was known.

        Raises:
            RequestError: one was not.
        """
        if self._left:
            raise self.wrong(f"{next(iter(self._left))} is not a key that is known here.")


def _concealed(secret: str) -> str:
    log.conceal(secret)
    return secret


def entries(path: Path) -> dict[str, list[Entry]]:
    """The tables of the file by their kind (``KINDS``), each with its name in ``where``.

    Raises:
        RequestError: the file cannot be read, or holds something else; names are missing, or not unique.
    """
    try:
        told = tomllib.loads(path.read_text())
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise RequestError(f"{path} cannot be read: {reason}.") from error
    except (ValueError, RecursionError) as error:  # tomllib says ValueError of a number with more than 4,300 digits
        raise RequestError(f"{path} is no TOML file: {error}.") from error
    if unknown := next((key for key in told if key not in KINDS), None):
        raise RequestError(f"{path}: {unknown} is not known here; the file holds {_kinds()}.")
    names: set[str] = set()
    found: dict[str, list[Entry]] = {kind: [] for kind in KINDS}
    for kind, tables in told.items():
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            raise RequestError(f"{path}: {kind} must be written [[{kind}]], once for each.")
        for number, table in enumerate(tables, 1):
            name = table.get("name")
            if not isinstance(name, str) or not name.strip():
                raise RequestError(f"{path}: {kind} number {number} has no name.")
            if name in names:
                raise RequestError(f"{path}: the name {name!r} is given twice.")
            names.add(name)
            found[kind].append(Entry(f"{path}, {kind} {name}", table))
    return found


def device(entry: Entry) -> DeviceSettings:
    """One device.

    Raises:
        RequestError: something is missing, wrong or unknown.
    """
    name, host = entry.text("name"), entry.text("host")
    role = Role(entry.choice("role", [role.value for role in Role]))
    fabric = entry.text("fabric") if entry.has("fabric") else None
    version = entry.choice("version", ("2c", "3"))
    community, user = "", None
    if version == "2c":
        for key in ("user", "auth", "priv"):
            if entry.has(key):
                raise entry.wrong(f'{key} belongs to version = "3".')
        community = entry.secret("community")
    else:
        if entry.has("community"):
            raise entry.wrong('community belongs to version = "2c".')
        user = _user(entry)
    vlans = entry.numbers("community_per_vlan", least=1, most=4094)
    if vlans and version == "3":
        raise entry.wrong('community_per_vlan belongs to version = "2c".')
    settings = DeviceSettings(
        device=Device(name, role, fabric=fabric),
        host=host,
        port=int(entry.number("port", 161, least=1, most=65535, whole=True)),
        community=community,
        user=user,
        networks=entry.networks("networks"),
        requests_per_s=entry.number("requests_per_s", 50, least=1, most=1000),
        timeout_s=entry.number("timeout_s", 1.0, least=0.1, most=10),
        retries=int(entry.number("retries", 1, least=0, most=5, whole=True)),
        walk_rows=int(entry.number("walk_rows", 500, least=0, most=10_000, whole=True)),
        community_per_vlan=vlans,
    )
    entry.done()
    return settings


def _user(entry: Entry) -> User:
    name, auth = entry.text("user"), entry.choice("auth", tuple(AUTH))
    auth_password = entry.secret("auth_password")
    priv, priv_password = None, ""
    if entry.has("priv"):
        priv = entry.choice("priv", tuple(PRIV))
        priv_password = entry.secret("priv_password")
    elif entry.has("priv_password"):
        raise entry.wrong("priv_password is given, but not priv.")
    for key, password in (("auth_password", auth_password), ("priv_password", priv_password)):
        if password and len(password) < _SHORTEST_PASSWORD:
            raise entry.wrong(f"{key} has fewer than {_SHORTEST_PASSWORD} characters, which SNMPv3 does not allow.")
    return User(name=name, auth=auth, auth_password=auth_password, priv=priv, priv_password=priv_password)


def _kinds() -> str:
    return " and ".join(f"[[{kind}]] ({meaning})" for kind, meaning in KINDS.items())

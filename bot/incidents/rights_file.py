"""The rules file: TOML that an operator reads at a glance, read strictly into a Policy.

A mistake is one sentence that names the file, the table and what would be right: half-understood rules would give
somebody a right that nobody meant.
"""

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from ipaddress import IPv4Network
from typing import Any, TypeVar

from bot.errors import RequestError
from bot.incidents.rights import Capability, Grant, Policy, TwoPersons, Upload
from bot.model.request import Person

T = TypeVar("T")

_NOTHING = "nothing"
_HARMLESS = (Capability.LOOK_UP, Capability.CHECK)
_TABLES = ("members", "outside", "grant", "two_persons", "upload")
_PERSON = re.compile(r"[TE][A-Z0-9]+/[UW][A-Z0-9]+")
_GROUP = re.compile(r"S[A-Z0-9]+")
_CHANNEL = re.compile(r"[CG][A-Z0-9]+")


def parse(text: str, file: str, teams: tuple[str, ...], channels: tuple[str, ...] | None = None) -> Policy:
    """The policy that the text of the rules ``file`` means, for a bot that serves these teams and channels.

    Raises:
        RequestError: something in it is not a rule; the sentence says where and what would be right.
    """
    try:
        given = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # tomllib says ValueError of a number with more than 4,300 digits
        raise RequestError(f"{file} is not TOML: {error}.") from error
    for name in given:
        if name not in _TABLES:
            raise RequestError(f"{file} has {name!r}, which is none of {_either(_TABLES)}.")
    members = _Table(file, "[members]", given.get("members", {}), ("may", "barred"))
    outside = _Table(file, "[outside]", given.get("outside", {}), ("may", "channels"))
    barred = frozenset(members.people("barred", teams))
    may_members = members.step("may", (*_HARMLESS, _NOTHING), Capability.CHECK)
    may_outside = outside.step("may", _HARMLESS, None)
    outside_channels = frozenset(outside.ids("channels", _CHANNEL, "channel ids such as C0123ABCD"))
    if (may_outside is None) != (not outside_channels):
        raise outside.wrong('needs both may = "look_up" or "check" and channels')
    return Policy(
        teams=teams,
        channels=channels,
        members=may_members,
        outside=may_outside,
        outside_channels=outside_channels,
        grants=tuple(_grant(table, teams) for table in _tables(file, given, "grant", _GRANT)),
        barred=barred,
        two_persons=tuple(
            TwoPersons(table.prefixes(), table.text("because", needed=False))
            for table in _tables(file, given, "two_persons", ("prefixes", "because"))
        ),
        upload=_upload(file, given["upload"]) if "upload" in given else None,
    )


_GRANT = ("name", "may", "people", "groups", "prefixes", "channels")


def _grant(table: "_Table", teams: tuple[str, ...]) -> Grant:
    people = table.people("people", teams)
    groups = table.ids("groups", _GROUP, "ids of Slack user groups such as S0123ABCD")
    if not people and not groups:
        raise table.wrong("is a right of nobody: give people, groups or both")
    may = table.step("may", tuple(Capability), None)
    name = table.text("name")
    if may is None or name is None:
        raise table.wrong(f"lacks may: one of {_either(Capability)}")
    return Grant(
        name=name,
        may=may,
        people=frozenset(people),
        groups=frozenset(groups),
        prefixes=table.prefixes() if "prefixes" in table.given else None,
        channels=(
            frozenset(table.ids("channels", _CHANNEL, "channel ids such as C0123ABCD", empty=False))
            if "channels" in table.given
            else None
        ),
    )


def _upload(file: str, given: Any) -> Upload:
    table = _Table(file, "[upload]", given, ("prefixes", "largest_kib"))
    largest = table.given.get("largest_kib")
    if type(largest) is not int or largest < 1:
        raise table.wrong("lacks largest_kib, a whole number above zero")
    return Upload(table.prefixes(), largest * 1024)


def _tables(file: str, given: Mapping[str, Any], name: str, keys: Sequence[str]) -> "list[_Table]":
    found = given.get(name, [])
    if not isinstance(found, list):
        raise RequestError(f"{file}, [{name}]: write [[{name}]], with two brackets, because there may be several.")
    return [_Table(file, f"[[{name}]] number {number}", one, keys) for number, one in enumerate(found, 1)]


class _Table:
    """One table of the file; every reading of it may raise the sentence about it."""

    def __init__(self, file: str, name: str, given: Any, keys: Sequence[str]) -> None:
        self._file, self._name = file, name
        if not isinstance(given, dict):
            raise self.wrong("must be one table")
        self.given: dict[str, Any] = given
        for key in given:
            if key not in keys:
                raise self.wrong(f"has {key!r}, which is none of {_either(keys)}")

    def wrong(self, what: str) -> RequestError:
        """The sentence."""
        return RequestError(f"{self._file}, {self._name}: {what}.")

    def text(self, key: str, *, needed: bool = True) -> str | None:
        """Words on one line."""
        value = self.given.get(key)
        if value is None and not needed:
            return None
        if not isinstance(value, str) or not value.strip() or not value.isprintable():
            raise self.wrong(f"lacks {key}, a few words on one line")
        return value.strip()

    def step(self, key: str, allowed: Sequence[str], default: Capability | None) -> Capability | None:
        """A step of the ladder; None: nothing."""
        if key not in self.given:
            return default
        value = self.given[key]
        if value not in allowed:
            raise self.wrong(f"{key} = {value!r} must be one of {_either(allowed)}")
        return None if value == _NOTHING else Capability(value)

    def people(self, key: str, teams: tuple[str, ...]) -> tuple[Person, ...]:
        """TEAM/USER pairs of teams that may use the bot at all."""
        people = tuple(
            Person(*pair.split("/")) for pair in self.ids(key, _PERSON, "TEAM/USER ids such as T0123ABCD/U0123ABCD")
        )
        for person in people:
            if person.team not in teams:
                raise self.wrong(
                    f"{key} names {person.team}/{person.user}, whose team may not use ruleout: only "
                    f"{_either(teams)}, and those in RULEOUT_TEAMS"
                )
        return people

    def ids(self, key: str, form: re.Pattern[str], meant: str, *, empty: bool = True) -> tuple[str, ...]:
        """A list of ids."""

        def read(value: Any) -> str:
            if not isinstance(value, str) or not form.fullmatch(value):
                raise ValueError
            return value

        return self._list(key, read, meant, empty=empty)

    def prefixes(self) -> tuple[IPv4Network, ...]:
        """The networks; at least one."""
        return self._list("prefixes", _network, "networks without host bits such as 10.0.0.0/24", empty=False)

    def _list(self, key: str, read: Callable[[Any], T], meant: str, *, empty: bool) -> tuple[T, ...]:
        values = self.given.get(key, [])
        if not isinstance(values, list) or not (values or empty):
            raise self.wrong(f"{key} must be a list of {meant}")
        found = []
        for value in values:
            try:
                found.append(read(value))
            except ValueError:
                raise self.wrong(f"{key} has {value!r}, but must be a list of {meant}") from None
        return tuple(found)


def _network(value: Any) -> IPv4Network:
    return IPv4Network(value if isinstance(value, str) else "")  # a bare number would pass as an address


def _either(words: Sequence[str] | type[Capability]) -> str:
    *first, last = (str(word) for word in words)
    return f"{', '.join(first)} or {last}" if first else last

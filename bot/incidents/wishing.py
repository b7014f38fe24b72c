"""What a person types after ``/capture``, or fills into its form, as a target and a wish.

    TARGET [for 60s] [arp|icmp|all] [at VANTAGE[,VANTAGE]] [peer 10.0.0.7] [host 10.0.0.8] [port 443] [vlan 20]

in any order behind the target. There are no other words, so that nothing that is typed reaches a program or a shell.
Every mistake gets one sentence that says what would be right.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from ipaddress import AddressValueError, IPv4Address
from itertools import takewhile
from typing import TypeVar

from bot.errors import FormError, RequestError
from bot.incidents import asking
from bot.model.capture import DECIDING, CaptureWish, Traffic
from bot.model.request import CAPTURE, Target

T = TypeVar("T")

USUAL_S = 10.0
MOST_S = 600.0  # longer than any incident waits for one look; an agent may allow less
MOST_HOSTS = 31  # beside the target: the kernel's filter names 32 machines at most
MOST_VANTAGES = 8
_LONGEST = 600
_KEYS = ("for", "at", "peer", "host", "port", "vlan")
_TRAFFIC = {kind.value: kind for kind in Traffic}
_UNITS = {"s": 1, "sec": 1, "secs": 1, "second": 1, "seconds": 1, "m": 60, "min": 60, "mins": 60, "minute": 60,
          "minutes": 60, "h": 3600, "hour": 3600, "hours": 3600}  # fmt: skip
_BARE = re.compile(r"[+-]?[\d.,]+")
_TIME = re.compile(r"([+-]?\d+(?:[.,]\d+)?)\s*([a-z]*)", re.IGNORECASE)
_FILTERISH = frozenset(
    ("and", "or", "not", "net", "src", "dst", "ip", "ip6", "tcp", "udp", "sctp", "rarp", "ether", "proto", "portrange",
     "broadcast", "multicast", "less", "greater", "len", "inbound", "outbound", "tcpdump", "tshark", "dumpcap", "sudo")
)  # fmt: skip
_SIGNS = re.compile(r"^-|[\[\]=!&|<>;$\\]")
_ONLY = (
    "only `for 60s`, `arp`, `icmp`, `all`, `at VANTAGE`, `peer 10.0.0.7`, `host 10.0.0.8`, `port 443` and `vlan 20` "
    "can follow the target"
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose packets, and how."""

    target: Target
    wish: CaptureWish

    def __str__(self) -> str:
        """The same in words, as it could be typed."""
        return " ".join((str(self.target), *map(str, _words(self.wish))))


def parse(text: str) -> Wanted:
    """The target and the wish in what follows the command.

    Raises:
        RequestError: something in it cannot be asked for; its message is the reply.
    """
    if len(text) > _LONGEST:
        raise RequestError(f"That is {len(text):,} characters; one target and a few words are enough. {_usage()}")
    words = asking.words_of(re.sub(r"\s*,\s*", ",", text.strip(", \t\n")))
    named = list(takewhile(lambda word: word.lower() not in (*_KEYS, *_TRAFFIC), words))
    if not named:
        raise RequestError(_usage())
    return _wanted(_target(named), _given(words[len(named) :]))


def read(fields: Mapping[str, str]) -> Wanted:
    """The target and the wish in a filled form: ``target`` and, where they are not empty, the fields of the words.

    ``for`` may be a bare number of seconds, ``traffic`` is one of arp, icmp, all, or empty for ARP and ICMP.

    Raises:
        FormError: with a sentence for each field that is wrong.
    """
    errors: dict[str, str] = {}
    given = {name: value.strip() for name, value in fields.items() if value.strip()}
    target = _tried(errors, "target", lambda: _target(asking.words_of(given.get("target", ""))))
    said: dict[str, list[str]] = {
        name: [re.sub(r"[\s,]+", ",", given[name]).strip(",")] for name in _KEYS if name in given
    }
    if "for" in said and _BARE.fullmatch(said["for"][0]):
        said["for"] = [f"{given['for']}s"]
    elif "for" in said:
        said["for"] = [given["for"]]
    if "traffic" in given:
        said["traffic"] = given["traffic"].split()
    for name in said:  # each alone, so that each mistake stands beside its own field
        _tried(errors, name, lambda name=name: _wish({name: said[name]}))  # type: ignore[misc]
    if not errors and target is not None:
        wanted = _tried(errors, _blamed(said), lambda: _wanted(target, said))
        if wanted is not None:
            return wanted
    raise FormError(errors)


def _tried(errors: dict[str, str], field: str, read_it: Callable[[], T]) -> T | None:
    try:
        return read_it()
    except RequestError as error:
        errors[field] = str(error)
        return None


def _blamed(said: Mapping[str, list[str]]) -> str:
    """The field beside which two that do not go together are told."""
    return next((name for name in ("port", "peer", "host") if name in said), "target")


def _usage() -> str:
    return asking.usage(CAPTURE)


def _target(named: list[str]) -> Target:
    if not named:
        raise RequestError(_usage())
    first, *more = named
    for word in named:
        if _is_raw(word) and (word != first or first.startswith("-")):
            raise RequestError(_no_raw(word))
    if more and (re.fullmatch(r"[0-9.]+", first) or ":" in first):
        raise RequestError(_unknown(more[0]))
    return asking.parse(" ".join(named), CAPTURE).target


def _given(words: list[str]) -> dict[str, list[str]]:
    """What stands behind each key word; the kinds of traffic under ``traffic``."""
    given: dict[str, list[str]] = {}
    at = 0
    while at < len(words):
        word = words[at].lower()
        at += 1
        if word in _TRAFFIC:
            given.setdefault("traffic", []).append(word)
            continue
        if word not in _KEYS:
            raise RequestError(_unknown(words[at - 1]))
        if at == len(words) or words[at].lower() in (*_KEYS, *_TRAFFIC):
            raise RequestError(f"`{word}` needs {_NEEDS[word]}.")
        value = words[at]
        at += 1
        if word == "for" and _BARE.fullmatch(value) and at < len(words) and _is_unit(words[at]):
            value, at = f"{value} {words[at]}", at + 1
        if word in given and word not in ("host", "at"):
            raise RequestError(f"`{word}` can stand there once: choose `{word} {given[word][0]}` or `{word} {value}`.")
        given.setdefault(word, []).append(value)
    return given


_NEEDS = {
    "for": "a time, for example `for 60s`",
    "at": "the name of an agent or segment, for example `at prod-1`",
    "peer": "the address of the other machine, for example `peer 10.0.0.7`",
    "host": "the address of a further machine, for example `host 10.0.0.8`",
    "port": "a number from 1 to 65535, for example `port 443`",
    "vlan": "a number from 1 to 4094, for example `vlan 20`",
}


def _wanted(target: Target, given: Mapping[str, list[str]]) -> Wanted:
    wish = _wish(given)
    if target.address is not None and target.address == wish.peer:
        raise RequestError(
            f"The peer {wish.peer} is the target itself; name the other machine, for example `peer 10.0.0.7`."
        )
    if target.address is not None:  # named twice is named once
        wish = replace(wish, hosts=tuple(host for host in wish.hosts if host != target.address))
    return Wanted(target, wish)


def _wish(given: Mapping[str, list[str]]) -> CaptureWish:
    kinds = tuple(dict.fromkeys(_kind(word) for word in given.get("traffic", ())))
    port = _number("port", given["port"][0], 65_535) if "port" in given else None
    if port is not None and kinds and Traffic.ALL not in kinds:
        raise RequestError(
            f"ARP and ICMP have no port; leave out `{kinds[0]}`, for example `/{CAPTURE} 10.0.0.5 port {port}`."
        )
    hosts = tuple(dict.fromkeys(_address("host", said) for value in given.get("host", ()) for said in _split(value)))
    if len(hosts) > MOST_HOSTS:
        raise RequestError(
            f"That is {len(hosts)} further hosts; one capture is about {MOST_HOSTS} beside its target at most, so ask "
            "twice, or name the `peer` alone."
        )
    at = tuple(dict.fromkeys(name for value in given.get("at", ()) for name in _split(value)))
    if len(at) > MOST_VANTAGES:
        raise RequestError(f"That is {len(at)} vantages; one capture runs at {MOST_VANTAGES} at most, so ask twice.")
    peer = _address("peer", given["peer"][0]) if "peer" in given else None
    if peer is not None and peer in hosts:
        raise RequestError(f"{peer} stands there as `peer` and as `host`; name it once.")
    return CaptureWish(
        duration_s=duration_s(given["for"][0]) if "for" in given else USUAL_S,
        traffic=kinds if port is None and kinds else (Traffic.ALL,) if port is not None else DECIDING,
        at=at,
        hosts=hosts,
        peer=peer,
        port=port,
        vlan=_number("vlan", given["vlan"][0], 4094) if "vlan" in given else None,
    )


def _kind(word: str) -> Traffic:
    if word.lower() not in _TRAFFIC:
        raise RequestError(f"{word[:20]} is no kind of traffic; there are `arp`, `icmp` and `all`.")
    return _TRAFFIC[word.lower()]


def duration_s(said: str, *, most_s: float = MOST_S, what: str = "capture", least_s: float = 1.0) -> float:
    """A time with its unit, in seconds.

    Raises:
        RequestError: it is none, or not one in which to do ``what``.
    """
    found = _TIME.fullmatch(said.strip())
    unit = found[2].lower() if found else ""
    if not found or (unit and unit not in _UNITS):
        raise RequestError(f"`{said[:20]}` is no time; say seconds or minutes, for example `for 60s` or `for 2m`.")
    number = found[1].replace(",", ".")
    if not unit:
        raise RequestError(f"`for {said[:20]}` has no unit; say `for {number}s` or `for {number}m`.")
    seconds = float(number) * _UNITS[unit]
    least = "a second" if least_s == 1 else f"{least_s:g} seconds"
    if seconds <= 0:
        raise RequestError(f"{said[:20]} is no time to {what} in; give at least {least}, for example `for 60s`.")
    if seconds > most_s:
        less = ", and an agent may allow less" if what == "capture" else ""
        raise RequestError(
            f"{said[:20]} is too long: one {what} takes {most_s / 60:g} minutes at most{less}, for example `for 60s`."
        )
    if seconds < least_s:
        raise RequestError(f"{said[:20]} is too short to see anything; give at least {least}, for example `for 60s`.")
    return seconds


def _number(what: str, said: str, most: int) -> int:
    if not re.fullmatch(r"[0-9]{1,6}", said) or not 1 <= int(said) <= most:
        raise RequestError(f"`{what} {said[:20]}` cannot be: `{what}` needs {_NEEDS[what]}.")
    return int(said)


def _address(what: str, said: str) -> IPv4Address:
    try:
        IPv4Address(said)
    except AddressValueError:
        raise RequestError(f"`{what} {said[:40]}` is no IPv4 address: `{what}` needs {_NEEDS[what]}.") from None
    return asking.host(said, CAPTURE)


def _split(value: str) -> list[str]:
    return [part for part in value.split(",") if part]


def _is_unit(word: str) -> bool:
    return word.isalpha() and word.lower() not in (*_KEYS, *_TRAFFIC)


def _is_raw(word: str) -> bool:
    return bool(_SIGNS.search(word)) or word.lower() in _FILTERISH


def _no_raw(word: str) -> str:
    return f"`{word[:20].replace('`', '')}` belongs to a capture program, and none is called with your words: {_ONLY}."


def _unknown(word: str) -> str:
    if _is_raw(word):
        return _no_raw(word)
    try:
        second = IPv4Address(word)
    except AddressValueError:
        return f"I do not know what `{word[:40].replace('`', '')}` means there: {_ONLY}."
    return f"A capture has one target; write `host {second}` to take that machine too, or `peer {second}` for what " \
        "passes between the two."  # fmt: skip


def _words(wish: CaptureWish) -> list[str]:
    said = [f"for {wish.duration_s:g}s"]
    said += [str(kind) for kind in wish.traffic] if wish.traffic != DECIDING and wish.port is None else []
    said += [f"at {','.join(wish.at)}"] if wish.at else []
    said += [f"peer {wish.peer}"] if wish.peer else []
    said += [f"host {','.join(map(str, wish.hosts))}"] if wish.hosts else []
    said += [f"port {wish.port}"] if wish.port is not None else []
    return said + ([f"vlan {wish.vlan}"] if wish.vlan is not None else [])

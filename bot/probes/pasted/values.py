"""The words in a table's columns: MACs in every notation, ages, VLANs."""

import re
from ipaddress import IPv4Address

from bot.model.addresses import ZERO, Mac, ipv4_of, mac_from_bytes

NO_MAC = frozenset({"incomplete", "failed", "unresolved", "-", "--", "n/a", "none", "00:00:00:00:00:00"})
"""What a device writes where a MAC would stand, while it asks and hears nothing."""

_OCTETS = re.compile(r"[0-9a-f]{1,2}(?:[:-][0-9a-f]{1,2}){5}")
_GROUPS = re.compile(r"[0-9a-f]{4}(?:[.:-][0-9a-f]{4}){2}|[0-9a-f]{6}[:-][0-9a-f]{6}|[0-9a-f]{12}")
_CLOCK = re.compile(r"(?:(\d{1,5}) ?d(?:ays?)?,? ?)?(\d{1,5}):(\d{2})(?::(\d{2})(?:\.\d+)?)?")
_SPAN = re.compile(r"(?:(\d{1,4})y)?(?:(\d{1,4})w)?(?:(\d{1,5})d)?(?:(\d{1,5})h)?(?:(\d{1,5})m)?(?:(\d{1,9})s)?")
_SPAN_S = (31_536_000, 604_800, 86_400, 3600, 60, 1)
_NUMBER = re.compile(r"\d{1,9}(?:\.\d{1,6})?")


def mac(word: str) -> Mac | None:
    """The MAC, in any of the notations; None: the word says that there is none yet.

    Raises:
        ValueError: it is neither.
    """
    told = word.strip().strip("<>()[]").lower()
    if told in NO_MAC:
        return None
    if _OCTETS.fullmatch(told):  # BSD leaves a leading zero out
        octets = bytes(int(octet, 16) for octet in re.split("[:-]", told))
    elif _GROUPS.fullmatch(told):
        octets = bytes.fromhex(re.sub("[.:-]", "", told))
    else:
        raise ValueError(f"not a MAC address: {word[:40]!r}")
    read = mac_from_bytes(octets)
    return None if read == ZERO else read


def ip(word: str) -> IPv4Address | None:
    """The IPv4 address; None: it is another thing, such as an IPv6 address."""
    return ipv4_of(word.strip("()"))


def age_s(word: str, unit_s: float | None) -> float | None:
    """The age in seconds; a bare number counts units of ``unit_s``. None: it was not told."""
    told = word.strip().lower()
    if clock := _CLOCK.fullmatch(told):
        days, *rest = clock.groups()
        hours, minutes, seconds = rest if rest[2] is not None else ("0", *rest[:2])
        return float(int(days or 0) * 86_400 + int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0))
    if told and (span := _SPAN.fullmatch(told)):
        return float(sum(int(part or 0) * size for part, size in zip(span.groups(), _SPAN_S, strict=True)))
    if unit_s is not None and _NUMBER.fullmatch(told):
        return float(told) * unit_s
    return None


def vlan(word: str) -> int | None:
    """The VLAN's number; a name counts only where it is made of its number, as ``Vlan10``."""
    found = re.fullmatch(r"(?:vlan|vl|v)?[-_ ]?0*(\d{1,4})(?:/(?:-|\d{1,4}))?", word.strip().lower())
    return number if found and 1 <= (number := int(found[1])) <= 4094 else None
